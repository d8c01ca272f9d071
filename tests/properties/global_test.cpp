// A database over two regions in the whole system: failover by an operator, a partition with an unfenced writer, a
// switchover, reads from the nearest region.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <map>
#include <vector>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

using namespace std::chrono_literals;

// The small system with a second region that follows, and an operator who is quick and always the same: paged after
// 20 s without an answer, decides within 20 s, promotes within 20 s.
scenarios::Scenario two_regions(std::string_view faults, const std::function<void(scenarios::Scenario&)>& change = {}) {
    std::string text = in_two_regions(faults);
    replace_in(text, R"("replicas": [ { "zone": "b" }, { "zone": "c" } ])",
               R"("replicas": [ { "zone": "b" } ],
               "secondaries": { "us-west-2": { "replicas": [ { "zone": "a" }, { "zone": "b" } ] } })");
    return read(text, [&](scenarios::Scenario& scenario) {
        scenarios::GlobalOperation& global = scenario.databases.front().global;
        global.alarm_after = 20s;
        global.decision = constant(20.0);
        global.fence_timeout = 5s;
        global.promotion = constant(20.0);
        global.switchover = constant(10.0);
        global.dns_update = constant(5.0);
        global.step_fails = 0.0;
        global.health_interval = 5s;
        leave_cache_out(scenario);
        if (change) change(scenario);
    });
}

constexpr std::string_view region_lost =
    R"("region lost": { "kind": "region-outage", "target": "region-of: orders/writer", "at": "60s" })";
constexpr std::string_view cut =
    R"("cut": { "kind": "link-cut", "target": "us-east-1 - us-west-2", "at": "60s", "lasts": "120s" })";
constexpr std::string_view moved = R"("moved": { "kind": "switchover", "target": "orders/us-west-2", "at": "60s" })";

// Lost at 120 s. Paged 20 to 30 s later, decided after 20 s more; fencing 5 s, promotion 20 s, name 5 s, and what the
// clients remember of it.
TEST(GlobalTest, AnOperatorPromotesTheOtherRegionAndWhatHadNotArrivedIsLost) {
    test::in_child([] {
        const auto result = run(two_regions(region_lost));
        const auto& updates = class_named(result, "update");
        EXPECT_EQ(good_between(updates, 121, 190), 0U);
        EXPECT_GT(good_between(updates, 260, 360), 0U);
        ASSERT_EQ(result.incidents.size(), 1U);
        const auto& loss = result.incidents.front().losses.front();
        EXPECT_GT(loss.commits_lost, 0U);
        std::uint64_t told = 0;
        for (const auto& at : loss.lost_at) told += at.commits;
        EXPECT_NEAR(static_cast<double>(told), static_cast<double>(loss.commits_lost), 2.0) << "all but canaries'";
        EXPECT_EQ(loss.lost_at.size(), 2U);
        EXPECT_LT(loss.gap_ns, 150'000'000) << "one way from us-east-1 to us-west-2, with its jitter";
        EXPECT_TRUE(reached(result, "orders/us-west-2/instance-1", "writer"));
    });
}

// Hung writes must not take the threads and connections that reads need: that is another story, and a true one.
TEST(GlobalTest, ReadsGoOnInTheOtherRegion) {
    test::in_child([] {
        const auto result = run(two_regions(region_lost, [](scenarios::Scenario& scenario) {
            scenario.services.front().steering = "region:us-west-2";
            scenario.services.front().threads = 512;
            scenario.services.front().pool_wait = 500ms;
            scenario.workload.office_pool = 1000;
        }));
        const auto& lookups = class_named(result, "lookup");
        const std::uint64_t before = good_between(lookups, 60, 120);
        EXPECT_GT(good_between(lookups, 122, 182), before * 9 / 10);
    });
}

TEST(GlobalTest, AHeadlessRegionIsGivenAnInstanceFirst) {
    test::in_child([] {
        const auto result = run(two_regions(region_lost, [](scenarios::Scenario& scenario) {
            scenario.databases.front().secondaries.front().replicas.clear();
            scenario.databases.front().global.add_instance = constant(60.0);
        }));
        const auto& updates = class_named(result, "update");
        EXPECT_EQ(good_between(updates, 121, 250), 0U) << "a minute longer";
        EXPECT_GT(good_between(updates, 320, 360), 0U);
        EXPECT_TRUE(reached(result, "orders/operator", "adding an instance"));
    });
}

// The region is back at 150 s, before the operator has decided: nobody is promoted, and nothing is lost.
TEST(GlobalTest, AnOperatorLooksAgainBeforeTheFailover) {
    test::in_child([] {
        constexpr std::string_view back =
            R"("region lost": { "kind": "region-outage", "target": "us-east-1", "at": "60s", "lasts": "30s" })";
        const auto result = run(two_regions(
            back, [](scenarios::Scenario& scenario) { scenario.databases.front().global.decision = constant(60.0); }));
        EXPECT_TRUE(reached(result, "orders/operator", "deciding"));
        EXPECT_FALSE(reached(result, "orders/operator", "promoting"));
        EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
        EXPECT_GT(good_between(class_named(result, "update"), 300, 360), 0U);
    });
}

// The service stays in the old writer's region and keeps its connections: it goes on there until the link is back at
// 240 s. The failover is over at about 190 s, so a minute of acknowledged commits is lost.
TEST(GlobalTest, WhatAnUnfencedWriterTellsIsLost) {
    test::in_child([] {
        const auto result = run(two_regions(
            cut, [](scenarios::Scenario& scenario) { scenario.services.front().steering = "region:us-east-1"; }));
        ASSERT_EQ(result.incidents.size(), 1U);
        const auto& loss = result.incidents.front().losses.front();
        const auto& updates = class_named(result, "update");
        EXPECT_TRUE(reached(result, "orders/operator", "promoting"));
        EXPECT_GT(good_between(updates, 200, 230), 25U * 150U) << "who is in the partition notices nothing";
        EXPECT_GE(loss.commits_lost, good_between(updates, 121, 238)) << "each since the cut";
        EXPECT_GT(loss.gap_ns, 115'000'000'000);
        EXPECT_LT(loss.gap_ns, 130'000'000'000);
        EXPECT_GT(good_between(updates, 300, 360), 0U) << "all write in the new region now";
        EXPECT_TRUE(reached(result, "orders", "copying"));
    });
}

// Instances that take writes, at this second of the run; of an abandoned lineage, or of those that are not.
std::size_t writers_at(const scenarios::ReplicationResult& result, std::size_t second, bool abandoned) {
    std::map<std::string, std::string> states;
    for (const auto& change : result.states) {
        if (change.at_ns <= static_cast<std::int64_t>(second) * 1'000'000'000) states[change.component] = change.state;
    }
    std::size_t writers = 0;
    for (const auto& [component, state] : states) {
        if (state != "writer" || !component.starts_with("orders/")) continue;
        const bool in_the_west = component.starts_with("orders/us-west-2/");
        const bool of_old = !in_the_west && states["orders/us-west-2/instance-1"] == "writer";
        if (of_old == abandoned) ++writers;
    }
    return writers;
}

// Whatever happens, one instance at most takes writes that the database keeps. Another one goes on only where the old
// region was not told, and its commits are counted as lost.
TEST(GlobalTest, AtMostOneWriterIsUnfencedInEachSecond) {
    for (const std::string_view fault : {region_lost, cut, moved}) {
        test::in_child([fault] {
            const auto result = run(two_regions(
                fault, [](scenarios::Scenario& scenario) { scenario.services.front().steering = "region:us-east-1"; }));
            std::size_t of_two = 0;
            for (std::size_t s = 1; s <= 360; ++s) {
                EXPECT_LE(writers_at(result, s, false), 1U) << s;
                EXPECT_LE(writers_at(result, s, true), 1U) << s;
                of_two += writers_at(result, s, true);
            }
            EXPECT_EQ(writers_at(result, 100, false), 1U);
            EXPECT_EQ(writers_at(result, 355, false), 1U);
            EXPECT_EQ(writers_at(result, 355, true), 0U) << "healed";
            if (fault == cut) {
                EXPECT_GT(of_two, 20U) << "from the promotion, at about 190 s, to the end of the cut, at 240 s";
                EXPECT_GT(result.incidents.front().losses.front().commits_lost, 0U);
            } else {
                EXPECT_EQ(of_two, 0U);
            }
        });
    }
}

// The other secondary is made anew of the new primary: 10 GB at 1 Gbit/s take 80 s, and nobody reads there meanwhile.
TEST(GlobalTest, AThirdRegionIsRebuiltAndUnreadableMeanwhile) {
    test::in_child([] {
        std::string text = in_two_regions(region_lost);
        replace_in(text, R"("us-west-2": { "zones": ["a", "b", "c"] } })",
                   R"("us-west-2": { "zones": ["a", "b", "c"] }, "eu-west-1": { "zones": ["a", "b", "c"] } })");
        replace_in(text, R"("replicas": [ { "zone": "b" }, { "zone": "c" } ])",
                   R"("replicas": [ { "zone": "b" } ],
                   "secondaries": { "us-west-2": { "replicas": [ { "zone": "a" } ] },
                                    "eu-west-1": { "replicas": [ { "zone": "a" } ] } })");
        const auto result = run(read(text, [](scenarios::Scenario& scenario) {
            scenarios::Database& orders = scenario.databases.front();
            orders.data = engine::Bytes{10'000'000'000};
            orders.global.alarm_after = 20s;
            orders.global.decision = constant(20.0);
            orders.global.fence_timeout = 5s;
            orders.global.promotion = constant(20.0);
            orders.global.dns_update = constant(5.0);
            orders.global.step_fails = 0.0;
            orders.global.copy_rate = engine::BitsPerSecond{1e9};
            scenario.workload.arrivals.rate_per_s = 60.0;
        }));
        std::vector<double> down_s, back_s;
        const bool west = reached(result, "orders/us-west-2/instance-1", "writer");
        const std::string third = west ? "orders/eu-west-1" : "orders/us-west-2";
        EXPECT_TRUE(reached(result, third, "copying"));
        for (const auto& change : result.states) {
            if (change.component != third + "/instance-1" || change.at_ns < 120'000'000'000) continue;
            (change.state == "down" ? down_s : back_s).push_back(static_cast<double>(change.at_ns) * 1e-9);
        }
        ASSERT_EQ(down_s.size(), 1U);
        ASSERT_EQ(back_s.size(), 1U);
        EXPECT_NEAR(back_s.front() - down_s.front(), 80.0, 12.0);
    });
}

// The writer's instance hangs and no replica of its region is left; the old region hears the request to stop.
TEST(GlobalTest, AFencedRegionTellsNobodyAnything) {
    test::in_child([] {
        constexpr std::string_view crash =
            R"("writer lost": { "kind": "instance-crash", "target": "orders/writer", "at": "60s", "lasts": "200s" })";
        const auto result = run(two_regions(crash, [](scenarios::Scenario& scenario) {
            scenario.databases.front().replicas.clear();
            scenario.databases.front().global.fence_fails = 0.0;
        }));
        const auto& loss = result.incidents.front().losses.front();
        EXPECT_TRUE(reached(result, "orders/us-west-2/instance-1", "writer"));
        EXPECT_EQ(loss.commits_lost, 0U) << "all had arrived long before";
        EXPECT_GT(good_between(class_named(result, "update"), 260, 320), 0U);
    });
}

TEST(GlobalTest, ASwitchoverLosesNothingAndIsShort) {
    test::in_child([] {
        const auto result = run(two_regions(moved));
        ASSERT_EQ(result.faults.front().hit.size(), 1U);
        EXPECT_EQ(result.faults.front().hit.front(), "orders");
        const auto& updates = class_named(result, "update");
        EXPECT_EQ(good_between(updates, 121, 129), 0U);
        EXPECT_GT(good_between(updates, 200, 260), 0U);
        EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
        EXPECT_TRUE(reached(result, "orders/us-west-2/instance-1", "writer"));
        EXPECT_TRUE(reached(result, "orders", "secondary"));
        EXPECT_FALSE(reached(result, "orders", "copying"));
    });
}

// There and back again: the first region has followed the second one meanwhile.
TEST(GlobalTest, WhoFollowsCanTakeOverAgain) {
    test::in_child([] {
        const std::string twice =
            std::string{moved} +
            R"(, "lost": { "kind": "region-outage", "target": "region-of: orders/writer", "at": "150s" })";
        const auto result = run(two_regions(twice));
        ASSERT_EQ(result.faults.size(), 2U);
        const auto& hit = result.faults[1].hit;
        EXPECT_NE(std::find(hit.begin(), hit.end(), "orders/us-west-2"), hit.end()) << "the writer's region by then";
        EXPECT_GT(good_between(class_named(result, "update"), 330, 360), 0U);
    });
}

// 182 commits a second into a thread that can do 83: at the loss, at 120 s, 143 s of work wait. Those who execute it
// first are promoted when it is done, at about 263 s, and lose what was on its way; those who do not are promoted at
// about 200 s, and lose what had not been executed when the operator had decided.
TEST(GlobalTest, ALogicalReplicaIsPromotedWhenItHasExecutedWhatItHas) {
    for (const bool waits : {true, false}) {
        test::in_child([waits] {
            const auto result = run(two_regions(region_lost, [waits](scenarios::Scenario& scenario) {
                scenarios::Database& orders = scenario.databases.front();
                orders.logical = true;
                orders.binlog.apply_threads = 1;
                orders.binlog.apply_time = 12ms;
                orders.binlog.promoted_with =
                    waits ? scenarios::PromotedWith::received : scenarios::PromotedWith::applied;
            }));
            const auto& updates = class_named(result, "update");
            const auto& loss = result.incidents.at(0).losses.at(0);
            EXPECT_EQ(reached(result, "orders/operator", "applying"), waits);
            EXPECT_EQ(good_between(updates, 121, waits ? 275 : 190), 0U);
            EXPECT_GT(good_between(updates, waits ? 320 : 260, 360), 0U);
            const double gap_s = static_cast<double>(loss.gap_ns) * 1e-9;
            if (waits) {
                EXPECT_LT(gap_s, 0.15);
            } else {
                EXPECT_GT(gap_s, 25.0);
                EXPECT_LT(gap_s, 60.0);
            }
        });
    }
}

// Reads at the other region only, and nothing that hangs takes threads from them.
scenarios::ReplicationResult read_in_the_west(std::string_view fault, const std::string& version) {
    return run(two_regions(fault, [&](scenarios::Scenario& scenario) {
        scenario.databases.front().version = version;
        scenario.databases.front().failover.restart = constant(5.0);
        scenario.services.front().steering = "region:us-west-2";
        scenario.services.front().threads = 512;
        scenario.services.front().pool_wait = 500ms;
        scenario.workload.office_pool = 1000;
    }));
}

// The writer is away from 120 s to 122 s and back as it was, after a restart of 5 s: newer readers elsewhere do not
// notice, older ones begin anew with it. Without readers of its own the region sends its clients to the primary's.
TEST(GlobalTest, ReadersOfOlderVersionsBeginAnewWithTheWriter) {
    constexpr std::string_view crash =
        R"("crash": { "kind": "instance-crash", "target": "orders/writer", "at": "60s", "lasts": "2s" })";
    test::in_child([&] {
        const auto result = read_in_the_west(crash, "3.06");
        EXPECT_FALSE(reached(result, "orders/us-west-2", "without its stream"));
        EXPECT_FALSE(reached(result, "orders/us-west-2/instance-1", "down"));
    });
    test::in_child([&] {
        const auto result = read_in_the_west(crash, "8.0.mysql_aurora.3.05.2");
        EXPECT_TRUE(reached(result, "orders/us-west-2", "without its stream"));
        EXPECT_TRUE(reached(result, "orders/us-west-2/instance-1", "down"));
        EXPECT_TRUE(reached(result, "orders/us-west-2/instance-2", "down"));
        const auto& lookups = class_named(result, "lookup");
        const std::uint64_t before = good_between(lookups, 100, 120);
        EXPECT_LT(good_between(lookups, 122, 130), before * 8 / 20 / 2) << "a restart of 5 s and the way to notice";
        EXPECT_GT(good_between(lookups, 160, 180), before * 9 / 10);
    });
}

// A cut path: they stop until it is back, and stay away for as long.
TEST(GlobalTest, ReadersOfOlderVersionsStopWhileTheirStreamIsCut) {
    test::in_child([] {
        const auto result = read_in_the_west(cut, "3.05");
        const auto down = std::find_if(result.states.begin(), result.states.end(), [](const auto& change) {
            return change.component == "orders/us-west-2" && change.state == "without its stream";
        });
        ASSERT_NE(down, result.states.end());
        EXPECT_LT(down->at_ns, 130'000'000'000) << "three questions of a second, each a second apart, after 120 s";
        const auto back = std::find_if(down, result.states.end(), [](const auto& change) {
            return change.component == "orders/us-west-2/instance-1" && change.state != "down";
        });
        ASSERT_NE(back, result.states.end());
        EXPECT_GT(back->at_ns, 160'000'000'000) << "promoted by the operator, or back after 240 s";
    });
}

// The writer's region is lost: the readers elsewhere have stopped, and are promoted all the same.
TEST(GlobalTest, ReadersThatHaveStoppedCanBePromoted) {
    test::in_child([] {
        const auto result = read_in_the_west(region_lost, "3.05");
        EXPECT_TRUE(reached(result, "orders/us-west-2", "without its stream"));
        EXPECT_TRUE(reached(result, "orders/us-west-2/instance-1", "writer"));
        const auto& lookups = class_named(result, "lookup");
        const auto& updates = class_named(result, "update");
        EXPECT_EQ(good_between(lookups, 135, 170), 0U) << "nobody serves in between";
        EXPECT_GT(good_between(updates, 300, 360), 0U);
        EXPECT_GT(good_between(lookups, 300, 360), 0U);
        EXPECT_TRUE(reached(result, "orders/us-west-2/instance-2", "replica"));
    });
}

TEST(GlobalTest, AStreamThatIsTooThinLags) {
    test::in_child([] {
        const auto behind = run(two_regions("", [](scenarios::Scenario& scenario) {
            scenario.databases.front().global.bandwidth = engine::BitsPerSecond{400e3};
        }));
        EXPECT_GT(behind.databases.front().replica_lag_ms_max, 60'000.0) << "1.5 Mbit/s into 0.4, for six minutes";
        EXPECT_GT(behind.databases.front().max_ns, 60'000'000'000);
    });
}

// What children find, each in a process of its own.
struct Found {
    std::uint64_t values[2];
};
Found& found_by_child() {
    static void* const memory = mmap(nullptr, sizeof(Found), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return *static_cast<Found*>(memory);
}

// Connections stay where they are; the canary of the office in the west makes a new one every second.
TEST(GlobalTest, ABoundOnStalenessSendsNewReadersElsewhere) {
    for (const bool bounded : {false, true}) {
        Found& found = found_by_child();
        test::in_child([&found, bounded] {
            const auto result = run(two_regions("", [bounded](scenarios::Scenario& scenario) {
                scenario.services.front().steering = "region:us-west-2";
                scenario.databases.front().global.bandwidth = engine::BitsPerSecond{400e3};
                if (bounded) scenario.databases.front().global.staleness_bound = 5s;
                scenario.offices[0].city = "Seattle, US";
                scenario.offices[1].city = "Los Angeles, US";
            }));
            for (const auto& queue : result.queues) {
                if (queue.name == "orders/instance-2") found.values[bounded ? 1 : 0] = queue.served;
            }
        });
    }
    EXPECT_LT(found_by_child().values[0], 10U);
    EXPECT_GT(found_by_child().values[1], 400U) << "two canaries for five minutes";
}

TEST(GlobalTest, TheSameSeedGivesTheSameRun) {
    Found& found = found_by_child();
    for (std::uint64_t& fingerprint : found.values) {
        test::in_child([&] { fingerprint = run(two_regions(region_lost)).fingerprint; });
    }
    EXPECT_EQ(found.values[0], found.values[1]);
    EXPECT_NE(found.values[0], 0U);
}

}  // namespace
}  // namespace faultline::tests
