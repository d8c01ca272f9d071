#include "models/topology.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/network/wiring.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::end_of_time;
using engine::start_of_time;

NetworkPlan two_regions() {
    NetworkPlan plan;
    plan.regions = {{"us-east-1", {"a", "b", "c"}}, {"us-west-2", {"a", "b"}}};
    plan.sites = {{.name = "boston", .city = "Boston, US"}, {.name = "denver", .city = "Denver, US"}};
    return plan;
}

WiredNetwork wired(const NetworkPlan& plan, const NetworkProfile& profile = NetworkProfile::aws_2025()) {
    std::vector<UnknownName> unknown;
    WiredNetwork network = wire_network(profile, plan, unknown);
    EXPECT_TRUE(unknown.empty());
    return network;
}

LinkId link_between(const Topology& topology, PlaceId a, PlaceId b) {
    for (const LinkId link : topology.links_of(a)) {
        if (topology.link(link).from == b || topology.link(link).to == b) return link;
    }
    ADD_FAILURE() << "no link between " << topology.name(a) << " and " << topology.name(b);
    return {};
}

// What messages send is counted on each link of their path, in its direction; also after the path has moved.
TEST(TopologyTest, LinksCountTheBytesOfMessages) {
    NetworkPlan plan = two_regions();
    plan.backbone_bandwidth = {1e9};
    WiredNetwork net = wired(plan);
    Topology& topology = net.topology;
    const LinkId backbone = link_between(topology, net.regions[0], net.regions[1]);
    topology.path(net.zones[0][0], net.zones[1][1]).send({1'000}, {200});
    topology.path(net.zones[1][0], net.zones[0][2]).send({30}, {4});
    topology.path(net.zones[0][0], net.zones[0][1]).send({5'000}, {5'000});
    EXPECT_EQ(topology.carried(backbone, net.regions[0]).count, 0) << "it is counted when it is asked for";
    topology.count_carried();
    EXPECT_EQ(topology.carried(backbone, net.regions[0]).count, 1'000 + 4);
    EXPECT_EQ(topology.carried(backbone, net.regions[1]).count, 200 + 30);
    topology.path(net.zones[0][0], net.zones[1][1]).send({7}, {0});
    topology.fail_link(backbone, start_of_time);
    topology.converge(end_of_time);
    EXPECT_EQ(topology.carried(backbone, net.regions[0]).count, 1'011) << "routes that changed were asked before";
    const LinkId access = net.access[0].front();
    topology.path(net.sites[0], net.zones[0][0]).send({11}, {13});
    const std::size_t both_ways = topology.add_carried_group();
    topology.count_into(both_ways, access, net.sites[0]);
    topology.count_into(both_ways, access, topology.link(access).to);
    topology.count_carried();
    EXPECT_EQ(topology.carried_in(both_ways).count, 11 + 13) << "what is counted from now on";
    topology.count_carried();
    EXPECT_EQ(topology.carried_in(both_ways).count, 11 + 13) << "once";
    EXPECT_EQ(topology.carried(access, net.sites[0]).count, 11);
    EXPECT_EQ(topology.carried(access, topology.link(access).to).count, 13);
}

TEST(TopologyTest, PathsAddUpToTheProfilesFigures) {
    const NetworkProfile profile = NetworkProfile::aws_2025();
    const WiredNetwork net = wired(two_regions(), profile);
    const Topology& topology = net.topology;

    const Path& regions = topology.path(net.zones[0][0], net.zones[1][1]);
    EXPECT_EQ(regions.base_round_trip, profile.region_round_trip("us-east-1", "us-west-2")->round_trip);
    EXPECT_EQ(regions.links.size(), 3U);
    ASSERT_EQ(regions.classes.size(), 1U) << "uplinks add no jitter of their own";
    EXPECT_EQ(regions.classes[0], LinkClass::Backbone);
    EXPECT_TRUE(regions.usable);

    const Path& zones = topology.path(net.zones[0][0], net.zones[0][2]);
    EXPECT_EQ(zones.base_round_trip, 962us);
    EXPECT_EQ(zones.links.size(), 1U);

    const Path& within = topology.path(net.zones[0][0], net.zones[0][0]);
    EXPECT_EQ(within.base_round_trip, 100us);
    ASSERT_EQ(within.classes.size(), 1U);
    EXPECT_EQ(within.classes[0], LinkClass::IntraZone);
    EXPECT_TRUE(within.usable);

    const Path& office = topology.path(net.sites[0], net.zones[0][0]);
    EXPECT_EQ(office.base_round_trip,
              profile.site_round_trip("Boston, US", "us-east-1")->round_trip + profile.access("fibre")->round_trip);
    ASSERT_EQ(office.classes.size(), 2U);
    EXPECT_EQ(office.bandwidth, engine::BitsPerSecond{1e9});
    EXPECT_NEAR(office.loss_per_round_trip, 2.0 * (2e-4 + 5e-4), 1e-6);
    EXPECT_GT(office.retransmission_timeout, office.base_round_trip + 200ms);
    EXPECT_LT(office.retransmission_timeout, office.base_round_trip + 210ms);
}

TEST(TopologyTest, ThereAndBackAreTheSameRoute) {
    const WiredNetwork net = wired(two_regions());
    for (std::uint32_t a = 0; a < net.topology.place_count(); ++a) {
        for (std::uint32_t b = 0; b < net.topology.place_count(); ++b) {
            const Path& there = net.topology.path({a}, {b});
            const Path& back = net.topology.path({b}, {a});
            EXPECT_EQ(there.base_round_trip, back.base_round_trip);
            std::vector<LinkId> reversed(back.links.rbegin(), back.links.rend());
            EXPECT_TRUE(std::equal(there.links.begin(), there.links.end(), reversed.begin(), reversed.end()));
        }
    }
    EXPECT_FALSE(net.topology.path(net.sites[0], net.sites[1]).reachable);
}

TEST(TopologyTest, PacketsAreLostUntilTheRoutersConverge) {
    WiredNetwork net = wired(two_regions());
    Topology& topology = net.topology;
    const Path& path = topology.path(net.zones[0][0], net.zones[0][1]);
    const LinkId direct = link_between(topology, net.zones[0][0], net.zones[0][1]);

    EXPECT_EQ(topology.next_convergence(), end_of_time);
    topology.fail_link(direct, start_of_time + 10s);
    EXPECT_FALSE(path.usable);
    EXPECT_TRUE(path.reachable) << "the routers do not know yet";
    EXPECT_EQ(path.loss_per_round_trip, 1.0);
    EXPECT_EQ(topology.next_convergence(), start_of_time + 10'900ms);
    EXPECT_FALSE(topology.converge(start_of_time + 10'899ms));
    EXPECT_FALSE(path.usable);

    EXPECT_TRUE(topology.converge(start_of_time + 10'900ms));
    EXPECT_TRUE(path.usable) << "over the third zone";
    EXPECT_EQ(path.base_round_trip, 962us + 790us);
    EXPECT_EQ(&path, &topology.path(net.zones[0][0], net.zones[0][1])) << "the address is stable";

    topology.restore_link(direct, start_of_time + 60s);
    EXPECT_EQ(path.base_round_trip, 962us + 790us) << "the detour stays until the routers see the link again";
    EXPECT_TRUE(topology.converge(topology.next_convergence()));
    EXPECT_EQ(path.base_round_trip, 807us);
    EXPECT_EQ(topology.next_convergence(), end_of_time);
}

TEST(TopologyTest, AFlapThatNobodyNoticedChangesNoRoute) {
    WiredNetwork net = wired(two_regions());
    const LinkId direct = link_between(net.topology, net.zones[0][0], net.zones[0][1]);
    net.topology.fail_link(direct, start_of_time);
    net.topology.restore_link(direct, start_of_time + 500ms);
    EXPECT_EQ(net.topology.next_convergence(), end_of_time);
    EXPECT_TRUE(net.topology.path(net.zones[0][0], net.zones[0][1]).usable);
}

TEST(TopologyTest, FailuresNestAndARegionTakesItsZones) {
    WiredNetwork net = wired(two_regions());
    Topology& topology = net.topology;
    const PlaceId zone = net.zones[0][0];
    topology.fail_place(zone, start_of_time);
    topology.fail_place(net.regions[0], start_of_time + 1s);
    EXPECT_FALSE(topology.alive(net.zones[0][1]));
    EXPECT_FALSE(topology.path(net.zones[0][1], net.zones[0][1]).usable);
    EXPECT_FALSE(topology.path(net.sites[0], net.zones[0][1]).usable);
    EXPECT_TRUE(topology.path(net.sites[0], net.zones[1][0]).usable);
    topology.restore_place(net.regions[0], start_of_time + 5s);
    EXPECT_TRUE(topology.alive(net.zones[0][1]));
    EXPECT_FALSE(topology.alive(zone));
    topology.restore_place(zone, start_of_time + 6s);
    EXPECT_TRUE(topology.alive(zone));
}

TEST(TopologyTest, AnInternetPathGivesWayToTheBackboneAfterTheHoldTimer) {
    WiredNetwork net = wired(two_regions());
    Topology& topology = net.topology;
    const Path& path = topology.path(net.sites[0], net.zones[0][0]);
    const auto before = path.base_round_trip;
    const LinkId internet = path.links[1];
    EXPECT_EQ(topology.link(internet).link_class, LinkClass::InternetTypical);
    topology.fail_link(internet, start_of_time);
    EXPECT_EQ(topology.next_convergence(), start_of_time + 90s);
    topology.converge(start_of_time + 90s);
    EXPECT_TRUE(path.usable);
    EXPECT_GT(path.base_round_trip, before + 50ms) << "through the other region";
}

TEST(TopologyTest, OfficesCarryNoTrafficBetweenRegions) {
    WiredNetwork net = wired(two_regions());
    Topology& topology = net.topology;
    topology.fail_link(link_between(topology, net.regions[0], net.regions[1]), start_of_time);
    topology.converge(start_of_time + 1s);
    EXPECT_FALSE(topology.path(net.zones[0][0], net.zones[1][0]).reachable);
    EXPECT_TRUE(topology.path(net.sites[0], net.zones[0][0]).usable);
    EXPECT_TRUE(topology.path(net.sites[0], net.zones[1][0]).usable);

    const auto parts = topology.partitions();
    ASSERT_EQ(parts.size(), 2U);
    for (const auto& part : parts) {
        EXPECT_EQ(std::count(part.begin(), part.end(), net.sites[0]), 1) << "the office reaches both parts";
    }
}

// A zone and an office on one side, and all else on the other: within a side nothing changes.
TEST(TopologyTest, ACutPartsPlacesWhoseLinksAreAlive) {
    WiredNetwork net = wired(two_regions());
    Topology& topology = net.topology;
    const auto [a, b, office] = std::tuple{net.zones[0][0], net.zones[0][1], net.sites[0]};
    const auto within = topology.path(office, a).base_round_trip;
    const std::size_t cut = topology.cut_off({a, office});
    EXPECT_TRUE(topology.apart(a, b));
    EXPECT_TRUE(topology.apart(office, net.regions[0]));
    EXPECT_FALSE(topology.path(a, b).usable);
    EXPECT_FALSE(topology.path(b, a).usable);
    EXPECT_FALSE(topology.path(net.regions[0], a).usable);
    EXPECT_FALSE(topology.path(net.zones[1][0], a).usable);
    EXPECT_FALSE(topology.path(office, b).usable);
    EXPECT_TRUE(topology.path(a, a).usable);
    EXPECT_TRUE(topology.path(office, a).usable);
    EXPECT_EQ(topology.path(office, a).base_round_trip, within);
    EXPECT_TRUE(topology.path(b, net.regions[0]).usable);
    topology.converge(start_of_time + 100s);
    EXPECT_FALSE(topology.path(a, b).usable) << "no detour leads around it";
    const auto parts = topology.partitions();
    ASSERT_EQ(parts.size(), 2U);
    for (const auto& part : parts) {
        const auto has = [&](PlaceId place) { return std::count(part.begin(), part.end(), place) == 1; };
        EXPECT_EQ(has(a), has(office));
        EXPECT_NE(has(a), has(b));
    }

    const std::size_t second = topology.cut_off({a});
    EXPECT_FALSE(topology.path(office, a).usable) << "cuts overlap";
    topology.join(cut);
    EXPECT_FALSE(topology.path(a, b).usable);
    EXPECT_TRUE(topology.path(office, b).usable);
    topology.join(second);
    EXPECT_TRUE(topology.path(a, b).usable);
    EXPECT_FALSE(topology.any_cut());
}

TEST(TopologyTest, GrayLinksSlowAndLoseButMoveNoRoute) {
    WiredNetwork net = wired(two_regions());
    Topology& topology = net.topology;
    const Path& path = topology.path(net.zones[0][0], net.zones[0][1]);
    const LinkId link = path.links[0];
    const double median_s = path.jitter[0]->body_median_s;
    topology.degrade_link(link, {.latency_multiplier = 10.0, .extra_loss = 0.02});
    EXPECT_EQ(path.base_round_trip, 8'070us);
    EXPECT_DOUBLE_EQ(path.jitter[0]->body_median_s, 10.0 * median_s);
    EXPECT_DOUBLE_EQ(path.bodies[0].median_s, 10.0 * median_s) << "what messages look at";
    EXPECT_NEAR(path.extra_loss, 0.02, 1e-6);
    EXPECT_TRUE(path.usable);
    EXPECT_EQ(topology.next_convergence(), end_of_time);
    topology.degrade_link(link, {});
    EXPECT_EQ(path.base_round_trip, 807us);
    EXPECT_DOUBLE_EQ(path.jitter[0]->body_median_s, median_s);
    EXPECT_DOUBLE_EQ(path.bodies[0].median_s, median_s);
}

// A path that is made late is what it would be, had it been there all the time.
TEST(TopologyTest, WhenAPathIsFirstAskedForChangesNothing) {
    NetworkPlan plan = two_regions();
    plan.sites[1].backup_access = "lte";
    WiredNetwork early = wired(plan), late = wired(plan);
    const auto each_pair = [&](const auto& look) {
        for (std::uint32_t a = 0; a < early.topology.place_count(); ++a) {
            for (std::uint32_t b = 0; b < early.topology.place_count(); ++b) look(PlaceId{a}, PlaceId{b});
        }
    };
    each_pair([&](PlaceId a, PlaceId b) { static_cast<void>(early.topology.path(a, b)); });
    EXPECT_EQ(late.topology.path_count(), 0U);
    const Path& kept = late.topology.path(early.sites[0], early.zones[0][0]);
    for (Topology* const topology : {&early.topology, &late.topology}) {
        topology->fail_link(early.access[1][0], Instant{1s});
        topology->fail_place(early.zones[0][1], Instant{2s});
        topology->converge(Instant{100s});
        topology->degrade_link(early.access[0][0], {.latency_multiplier = 3.0, .extra_loss = 0.01});
        topology->cut_off({early.zones[1][0], early.zones[1][1]});
        topology->fail_link(topology->links_of(early.zones[0][2])[0], Instant{101s});  // not noticed yet
    }
    EXPECT_EQ(late.topology.path_count(), 1U);
    EXPECT_EQ(&kept, &late.topology.path(early.sites[0], early.zones[0][0]));
    int usable = 0, reachable = 0;
    each_pair([&](PlaceId a, PlaceId b) {
        const Path& one = early.topology.path(a, b);
        const Path& other = late.topology.path(a, b);
        ASSERT_TRUE(std::equal(one.links.begin(), one.links.end(), other.links.begin(), other.links.end()));
        ASSERT_EQ(one.jitter.size(), other.jitter.size());
        ASSERT_EQ(one.usable, other.usable);
        ASSERT_EQ(one.reachable, other.reachable);
        ASSERT_EQ(one.base_round_trip, other.base_round_trip);
        ASSERT_EQ(one.loss_one_way, other.loss_one_way);
        ASSERT_EQ(one.retransmission_timeout, other.retransmission_timeout);
        ASSERT_EQ(one.bandwidth.value, other.bandwidth.value);
        usable += one.usable ? 1 : 0;
        reachable += one.reachable ? 1 : 0;
    });
    EXPECT_GT(usable, 0);
    EXPECT_GT(reachable, usable);
    EXPECT_EQ(early.topology.path_count(), late.topology.path_count());
}

TEST(TopologyTest, SinglePointsAreNamedInTheArchitectsTerms) {
    NetworkPlan plan = two_regions();
    plan.sites[1].backup_access = "lte";
    const WiredNetwork net = wired(plan);
    const Topology& topology = net.topology;
    const auto office_from_zone = [&](PlaceId a, PlaceId) { return topology.kind(a) == PlaceKind::Site; };
    std::vector<std::string> names;
    for (const SinglePoint& point : topology.single_points(office_from_zone)) {
        names.push_back(topology.words(point));
    }
    const std::vector<std::string> expected{"region us-east-1", "region us-west-2", "exchange boston's exchange",
                                            "link boston - boston's exchange"};
    EXPECT_EQ(names, expected) << "denver has a second line";

    for (const SinglePoint& point : topology.single_points(office_from_zone)) {
        if (topology.words(point) != "link boston - boston's exchange") continue;
        ASSERT_EQ(point.separates.size(), 1U);
        EXPECT_EQ(point.separates[0].from, net.sites[0]);
        std::vector<PlaceId> zones = net.zones[0];
        zones.insert(zones.end(), net.zones[1].begin(), net.zones[1].end());
        EXPECT_EQ(point.separates[0].others, zones);
    }
    const auto nothing = [](PlaceId, PlaceId) { return false; };
    EXPECT_TRUE(topology.single_points(nothing).empty());
}

TEST(TopologyTest, ABackupLineTakesOverWhenTheFirstIsKnownToBeDown) {
    NetworkPlan plan = two_regions();
    plan.sites[1].backup_access = "mpls";  // faster than fibre, and still the backup
    WiredNetwork net = wired(plan);
    const Path& path = net.topology.path(net.sites[1], net.zones[0][0]);
    EXPECT_EQ(path.links[0], net.access[1][0]);
    net.topology.fail_link(net.access[1][0], start_of_time);
    EXPECT_FALSE(path.usable);
    net.topology.converge(start_of_time + 90s);
    EXPECT_TRUE(path.usable);
    EXPECT_EQ(path.links[0], net.access[1][1]);
}

TEST(TopologyTest, TheZeroProfileGivesZeroPaths) {
    const WiredNetwork net = wired(two_regions(), NetworkProfile::zero());
    for (const PlaceId site : net.sites) {
        const Path& path = net.topology.path(site, net.zones[1][0]);
        EXPECT_TRUE(path.usable);
        EXPECT_EQ(path.base_round_trip, 0ms);
        EXPECT_EQ(path.loss_per_round_trip, 0.0);
        EXPECT_TRUE(path.jitter.empty());
    }
    EXPECT_EQ(net.topology.path(net.zones[0][0], net.zones[0][0]).base_round_trip, 0ms);
}

TEST(TopologyTest, AllUnknownNamesAreReportedOnce) {
    NetworkPlan plan = two_regions();
    plan.regions[0].code = "us-est-1";
    plan.sites[0].city = "Bostn, US";
    plan.sites[1].access = "fiber";
    std::vector<UnknownName> unknown;
    wire_network(NetworkProfile::aws_2025(), plan, unknown);
    ASSERT_EQ(unknown.size(), 3U);
    EXPECT_EQ(unknown[0].name, "us-est-1");
    EXPECT_EQ(unknown[1].name, "Bostn, US");
    EXPECT_EQ(unknown[2].name, "fiber");
}

}  // namespace
}  // namespace faultline::models
