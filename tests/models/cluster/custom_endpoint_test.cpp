// Custom endpoints of a cluster: who belongs to one, through failovers and scaling.
#include "models/cluster/custom_endpoint.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "models/cluster/cluster.hpp"
#include "models/network/transfers.hpp"
#include "tests/models/cluster/small_region.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Distribution;

class Nobody : public ClusterObserver {
public:
    void on_commit(const ToldCommit&) override {}
    void on_recovered(const RecoveredLog&) override {}
    void on_stage(const char*) override {}
    void on_whole(bool) override {}
};

constexpr std::size_t readers_2_and_3 = 0, any_but_2 = 1, readers_but_3 = 2, only_4 = 3;

// A writer in zone a, replicas 2, 3 and 4 in b, c and a; 2 is promoted first.
struct System {
    System() : transfers(region.simulation, region.network.topology) {
        ClusterShape shape;
        shape.path = "orders";
        shape.zones = region.zones();
        shape.zone_names = region.zone_names();
        shape.volume.size = Bytes{1};
        shape.failover.detection = Distribution::constant(2.0);
        shape.failover.promotion = Distribution::constant(1.0);
        shape.failover.dns_update = Distribution::constant(3.0);
        shape.failover.restart = Distribution::constant(5.0);
        shape.dns_ttl = 5s;
        shape.control_plane = region.network.regions[0];
        shape.custom_endpoints = {{"readers", true, false, {1, 2}},
                                  {"any", false, true, {1}},
                                  {"others", true, true, {2}},
                                  {"only", false, false, {3}}};
        cluster.emplace(region.simulation, region.transport, &transfers, shape, observer);
        for (const std::size_t zone : {0U, 1U, 2U, 0U}) {
            const std::size_t number = cluster->instances().size();
            cluster->add_instance(region.zone(zone), {.class_name = "db", .promotion_tier = number == 1 ? 0 : 1});
        }
        cluster->begin();
    }
    ~System() { region.simulation.close(); }

    void run_to(Duration at) { region.simulation.run_until(engine::start_of_time + at); }
    // Numbers of the instances, from 1 as in their names.
    std::vector<std::size_t> members(std::size_t endpoint) {
        std::vector<std::size_t> numbers;
        for (const Instance* const member : cluster->custom_endpoint(endpoint).addresses()) {
            for (std::size_t i = 0; i < cluster->instances().size(); ++i) {
                if (cluster->instances()[i].get() == member) numbers.push_back(i + 1);
            }
        }
        return numbers;
    }
    Instance& instance(std::size_t number) { return *cluster->instances()[number - 1]; }

    SmallRegion region;
    Transfers transfers;
    Nobody observer;
    std::optional<Cluster> cluster;
};

using Numbers = std::vector<std::size_t>;

TEST(CustomEndpointTest, StandsForThoseWhoBelongToIt) {
    test::in_child([] {
        System system;
        EXPECT_EQ(system.members(readers_2_and_3), (Numbers{2, 3}));
        EXPECT_EQ(system.members(any_but_2), (Numbers{1, 3, 4})) << "the writer, too";
        EXPECT_EQ(system.members(readers_but_3), (Numbers{2, 4}));
        EXPECT_EQ(system.members(only_4), (Numbers{4}));
        EXPECT_EQ(system.cluster->custom_endpoint(any_but_2).time_to_live(), 5s);
    });
}

// In turn, so that connections are spread evenly.
TEST(CustomEndpointTest, AnswersWithOneMemberAfterTheOther) {
    test::in_child([] {
        System system;
        Endpoint& endpoint = system.cluster->custom_endpoint(any_but_2);
        std::vector<int> answers(4);
        for (int i = 0; i < 300; ++i) {
            const Instance* const answer = endpoint.resolve();
            for (std::size_t n = 1; n <= 4; ++n) answers[n - 1] += answer == &system.instance(n) ? 1 : 0;
        }
        EXPECT_EQ(answers, (std::vector<int>{100, 0, 100, 100}));
    });
}

// Instance 2 becomes the writer: of type READER it leaves, of type ANY nobody does. The old writer is back as a replica
// and joins where it is not excluded.
TEST(CustomEndpointTest, FollowsTheRolesThroughAFailover) {
    test::in_child([] {
        System system;
        system.run_to(10s);
        system.instance(1).crash(engine::Health::crash);
        system.run_to(12s + 500ms);
        EXPECT_EQ(system.members(any_but_2), (Numbers{3, 4})) << "it does not answer";
        system.run_to(40s);
        ASSERT_EQ(&system.cluster->writer(), &system.instance(2));
        ASSERT_EQ(system.instance(1).role(), Role::replica);
        EXPECT_EQ(system.members(readers_2_and_3), (Numbers{3}));
        EXPECT_EQ(system.members(any_but_2), (Numbers{1, 3, 4}));
        EXPECT_EQ(system.members(readers_but_3), (Numbers{1, 4}));
        system.instance(2).crash(engine::Health::crash);
        system.run_to(80s);
        ASSERT_NE(&system.cluster->writer(), &system.instance(2));
        EXPECT_EQ(system.members(readers_2_and_3).front(), 2U) << "a replica again";
    });
}

// Those that scaling adds belong to every endpoint with a list of exclusions, and to no other.
TEST(CustomEndpointTest, TakesInWhatScalingAdds) {
    test::in_child([] {
        System system;
        system.run_to(10s);
        Instance& added = system.cluster->admit(system.region.zone(1), {.class_name = "db"});
        EXPECT_EQ(system.members(any_but_2), (Numbers{1, 3, 4, 5}));
        EXPECT_EQ(system.members(readers_but_3), (Numbers{2, 4, 5}));
        EXPECT_EQ(system.members(readers_2_and_3), (Numbers{2, 3}));
        system.cluster->withdraw(added);
        EXPECT_EQ(system.members(any_but_2), (Numbers{1, 3, 4})) << "it is leaving";
    });
}

// The only member is gone: no address, and no fallback to another instance; until it answers again.
TEST(CustomEndpointTest, WithoutAMemberItHasNoAddress) {
    test::in_child([] {
        System system;
        system.run_to(10s);
        system.instance(4).crash(engine::Health::crash);
        system.run_to(15s);
        EXPECT_EQ(system.members(only_4), Numbers{});
        EXPECT_EQ(system.cluster->custom_endpoint(only_4).resolve(), nullptr);
        EXPECT_EQ(system.members(readers_but_3), (Numbers{2})) << "where it is one of several, the others go on";
        system.cluster->host_restored(system.instance(4));
        system.run_to(30s);
        EXPECT_EQ(system.members(only_4), (Numbers{4}));
    });
}

}  // namespace
}  // namespace faultline::models
