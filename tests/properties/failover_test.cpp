// What the loss of a zone does to the whole system, measured as users would see it.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t second_ns = 1'000'000'000;

TEST(FailoverTest, WritesStopAndComeBackAndNothingToldIsLost) {
    test::in_child([] {
        const auto result = run(read(small_system(writers_zone_lost)));
        ASSERT_EQ(result.incidents.size(), 1U);
        const auto& incident = result.incidents.front();
        ASSERT_EQ(incident.losses.size(), 1U);
        EXPECT_EQ(incident.losses.front().commits_lost, 0U);
        EXPECT_EQ(incident.losses.front().gap_ns, 0);
        const auto& updates = class_named(result, "update");
        // The fault is 60 s after the warm-up of 60 s; detection takes seconds, so 125 s to 130 s is without a writer.
        EXPECT_EQ(good_between(updates, 125, 130), 0U);
        EXPECT_GT(good_between(updates, 300, 360), 0U);
        EXPECT_GT(good_between(updates, 60, 120), 9U * good_between(updates, 120, 140));
    });
}

TEST(FailoverTest, TheFaultProvesWhatItHit) {
    test::in_child([] {
        const auto result = run(read(small_system(writers_zone_lost)));
        ASSERT_EQ(result.faults.size(), 1U);
        // The writer, the storage nodes (one hit), a cache shard and a service instance stand in zone a.
        EXPECT_EQ(result.faults.front().hit.size(), 4U);
        EXPECT_GT(result.faults.front().operations_cut, 0U);
        EXPECT_EQ(result.faults.front().start_ns, 120 * second_ns);
    });
}

// Without replicas. The writer's zone is lost at 120 s of the run, for 90 s or for good.
scenarios::ReplicationResult without_replicas(std::string_view fault, double decision_s) {
    return run(read(small_system(fault), [decision_s](scenarios::Scenario& scenario) {
        scenario.run.measured = 240s;
        scenarios::Database& orders = scenario.databases.front();
        orders.replicas.clear();
        orders.failover.detection = constant(5.0);
        orders.failover.restart = constant(8.0);
        orders.global.alarm_after = 20s;
        orders.global.decision = constant(decision_s);
        orders.global.add_instance = constant(30.0);
    }));
}

// The zone is back at 210 s, and the process 8 s later: a minute before the operator would have decided.
TEST(FailoverTest, WithoutAReplicaElsewhereTheWriterRestartsWhenItsZoneIsBack) {
    test::in_child([] {
        const auto result = without_replicas(writers_zone_lost, 120.0);
        const auto& updates = class_named(result, "update");
        EXPECT_EQ(good_between(updates, 122, 210), 0U) << "the zone is lost from 120 s to 210 s";
        EXPECT_GT(good_between(updates, 235, 265), 30U * 160U) << "of 180 a second";
        EXPECT_TRUE(reached(result, "orders", "deciding"));
        EXPECT_TRUE(reached(result, "orders", "restarting"));
        EXPECT_FALSE(reached(result, "orders", "adding an instance"));
    });
}

// Noticed within 7 s, alarm 20 s, decision 20 s, the instance 30 s, promotion some 4 s, and the name some 17 s: at
// about 220 s. By itself nobody would do it.
TEST(FailoverTest, WithoutItsZoneAnOperatorHasAWriterMadeInAnother) {
    test::in_child([] {
        const auto result = without_replicas(
            R"("zone lost": { "kind": "zone-outage", "target": "az-of: orders/writer", "at": "60s" })", 20.0);
        const auto& updates = class_named(result, "update");
        EXPECT_EQ(good_between(updates, 122, 195), 0U);
        EXPECT_GT(good_between(updates, 260, 295), 35U * 120U) << "of 180 a second; a server of the shop is lost, too";
        EXPECT_TRUE(reached(result, "orders/instance-2", "writer"));
        EXPECT_NEAR(entered_at_s(result, "orders", "adding an instance"), 120.0 + 7.0 + 40.0, 3.0);
        ASSERT_EQ(result.incidents.size(), 1U);
        EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
        for (const char* const stage : {"alarm", "decision", "instance"}) {
            const auto& waterfall = result.incidents.front().waterfall;
            EXPECT_TRUE(std::any_of(waterfall.begin(), waterfall.end(), [stage](const auto& one) {
                return one.first == stage && one.second > 0;
            })) << stage;
        }
    });
}

constexpr std::string_view process_lost =
    R"("process lost": { "kind": "instance-crash", "target": "orders/writer", "at": "60s", "mode": "crash" })";
constexpr std::string_view host_lost =
    R"("host lost": { "kind": "instance-crash", "target": "orders/writer", "at": "60s", "mode": "crash",
                      "lasts": "100s" })";

// At the default figures: a restart takes 8 s on average, a promotion and its record 21 s, and a rebuild minutes.
TEST(FailoverTest, AProcessWhoseHostStandsRestartsInPlace) {
    for (const bool replicas : {true, false}) {
        test::in_child([replicas] {
            const auto result = run(read(small_system(process_lost), [replicas](scenarios::Scenario& scenario) {
                scenario.run.measured = 120s;
                if (!replicas) scenario.databases.front().replicas.clear();
            }));
            EXPECT_GT(good_between(class_named(result, "update"), 145, 175), 30U * 160U) << "of 180 a second";
            for (const char* const state : {"promoting", "rebuilding", "publishing"}) {
                EXPECT_FALSE(reached(result, "orders", state)) << state;
            }
            EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
        });
    }
}

// Without its host there is nothing to restart, until it is back: then as a replica.
TEST(FailoverTest, AProcessWithoutItsHostIsReplaced) {
    test::in_child([] {
        const auto result = run(read(small_system(host_lost)));
        EXPECT_TRUE(reached(result, "orders/instance-2", "writer"));
        EXPECT_GT(good_between(class_named(result, "update"), 170, 200), 30U * 160U);
        double back_at_s = 0.0;
        for (const auto& change : result.states) {
            if (change.component == "orders/instance-1" && change.state == "replica")
                back_at_s = static_cast<double>(change.at_ns) * 1e-9;
        }
        EXPECT_GT(back_at_s, 220.0);
    });
}

// Until the host is back at 220 s nobody else can take over; then the process is there within seconds, and long before
// the rebuild, which ends at 365 s at the earliest.
TEST(FailoverTest, AHostThatIsBackEndsARebuild) {
    test::in_child([] {
        const auto result = run(read(small_system(host_lost), [](scenarios::Scenario& scenario) {
            scenario.databases.front().replicas.clear();
        }));
        EXPECT_TRUE(reached(result, "orders", "rebuilding"));
        EXPECT_EQ(good_between(class_named(result, "update"), 122, 220), 0U);
        EXPECT_GT(good_between(class_named(result, "update"), 250, 280), 30U * 160U);
    });
}

// What children find, each in a process of its own.
std::uint64_t* shared_numbers() {
    static void* const memory =
        mmap(nullptr, 2 * sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return static_cast<std::uint64_t*>(memory);
}

// What readers experience of a failover. Instance 2 is promoted, and instance 3 goes on, or restarts with it: then
// about half of the lookups that look for a connection find nobody, until the control plane has missed it.
TEST(FailoverTest, ReadersOfOlderVersionsBeginAnewWithTheNewWriter) {
    std::uint64_t* const good = shared_numbers();
    for (const bool older : {false, true}) {
        test::in_child([older, good] {
            std::string text = small_system(host_lost);
            replace_in(text, R"(["hot", "orders/reader"])", R"(["orders/reader"])");
            if (older) replace_in(text, R"("version": "3.08")", R"("version": "2.09")");
            const auto result = run(read(text, [](scenarios::Scenario& scenario) {
                scenario.run.measured = 180s;
                scenario.databases.front().failover.restart = constant(8.0);
                scenario.services.front().threads = 512;
                scenario.services.front().pool_wait = 500ms;
                scenario.workload.office_pool = 1000;
            }));
            EXPECT_TRUE(reached(result, "orders/instance-2", "writer"));
            EXPECT_EQ(reached(result, "orders/instance-3", "down"), older);
            const auto promoted_s = static_cast<std::size_t>(entered_at_s(result, "orders", "publishing"));
            const auto& lookups = class_named(result, "lookup");
            good[older ? 1 : 0] = good_between(lookups, promoted_s, promoted_s + 8);
            EXPECT_GT(good_between(lookups, 200, 230), 30U * 380U) << "of 420 a second";
        });
    }
    EXPECT_GT(good[0], 8U * 380U) << "who reads from instance 3 notices nothing";
    EXPECT_LT(good[1] + 200U, good[0]);
}

// Whatever the version would have them do, a scenario may say otherwise.
TEST(FailoverTest, WhatReadersDoMayBeSaid) {
    for (const bool restart : {false, true}) {
        test::in_child([restart] {
            std::string text = small_system(host_lost);
            if (!restart) replace_in(text, R"("version": "3.08")", R"("version": "2.09")");
            const std::string readers = restart ? "restart" : "stay";
            replace_in(text, R"("region": "us-east-1",)",
                       R"("region": "us-east-1", "failover": { "readers": ")" + readers + R"(" },)");
            const auto result = run(read(text));
            EXPECT_TRUE(reached(result, "orders/instance-2", "writer"));
            EXPECT_EQ(reached(result, "orders/instance-3", "down"), restart);
        });
    }
}

// Who is promoted: the lowest tier, then the most CPUs, then the most memory, then the oldest.
TEST(FailoverTest, TheLowestTierThenTheLargestIsPromoted) {
    struct Case {
        const char* second;
        const char* third;
        const char* promoted;
    };
    for (const Case& one : {Case{R"("class": "db.r6g.4xlarge", "promotion_tier": 2)", R"("promotion_tier": 1)", "3"},
                            Case{R"("class": "db.r6g.xlarge")", R"("class": "db.r6g.2xlarge")", "3"},
                            Case{R"("class": "db.r6g.2xlarge")", R"("class": "db.x2g.2xlarge")", "3"},
                            Case{R"("class": "db.r6g.2xlarge")", R"("class": "db.r6g.2xlarge")", "2"}}) {
        test::in_child([&one] {
            std::string text = small_system(host_lost);
            replace_in(text, R"({ "zone": "b" })", std::string{R"({ "zone": "b", )"} + one.second + " }");
            replace_in(text, R"({ "zone": "c" })", std::string{R"({ "zone": "c", )"} + one.third + " }");
            const auto result = run(read(text, [](scenarios::Scenario& scenario) {
                scenario.run.measured = 100s;
                scenario.workload.arrivals.rate_per_s = 20.0;
            }));
            EXPECT_TRUE(reached(result, std::string{"orders/instance-"} + one.promoted, "writer")) << one.second;
        });
    }
}

// Two of six copies: no read quorum. The process that restarts at 135 s finds none, and waits until the nodes are back
// and their segments are repaired; then nothing is lost.
TEST(FailoverTest, AZoneAndTwoMoreNodesMakeARecoveryWait) {
    test::in_child([] {
        const std::string faults =
            R"("zone lost": { "kind": "zone-outage", "target": "us-east-1/c", "at": "60s", "lasts": "60s" },
               "node lost": { "kind": "storage-node-loss", "target": "orders/storage/b/1", "at": "65s",
                              "lasts": "30s" },
               "other lost": { "kind": "storage-node-loss", "target": "orders/storage/b/2", "at": "65s",
                               "lasts": "30s" },
               "process lost": { "kind": "instance-crash", "target": "orders/writer", "at": "70s", "mode": "crash" })";
        const auto result = run(read(small_system(faults), [](scenarios::Scenario& scenario) {
            scenarios::Database& orders = scenario.databases.front();
            orders.storage.nodes_per_zone = 2;
            orders.data = engine::Bytes{20'000'000'000};
            orders.failover.restart = constant(5.0);
            scenario.workload.arrivals.rate_per_s = 60.0;
        }));
        EXPECT_TRUE(reached(result, "orders", "waiting for a read quorum"));
        const auto& waterfall = result.incidents.front().waterfall;
        EXPECT_TRUE(std::any_of(waterfall.begin(), waterfall.end(), [](const auto& one) {
            return one.first == "write quorum";
        })) << "the writer restarts in place: for want of copies alone nothing is told";
        const auto& updates = class_named(result, "update");
        EXPECT_EQ(good_between(updates, 127, 155), 0U);
        EXPECT_GT(good_between(updates, 320, 360), 40U * 16U) << "of 18 a second";
        for (const auto& incident : result.incidents) EXPECT_EQ(incident.losses.front().commits_lost, 0U);
    });
}

// Three zones overlap: no copy is left of any group, and a zone's nodes come back empty. Whatever was acknowledged is
// gone with them: a loss without bound, in the run. Two zones leave two copies, which wait for the others.
TEST(FailoverTest, ZonesThatAreLostTogetherTakeTheVolume) {
    for (const int zones : {2, 3}) {
        test::in_child([zones] {
            std::string faults;
            for (int zone = 0; zone < zones; ++zone) {
                const std::string name(1, static_cast<char>('a' + zone));
                faults += (zone > 0 ? ", \"" : "\"") + name +
                          R"( lost": { "kind": "zone-outage", "target": "us-east-1/)" + name + R"(", "at": ")" +
                          std::to_string(60 + 5 * zone) + R"(s", "lasts": "40s" })";
            }
            const auto result = run(read(small_system(faults), [](scenarios::Scenario& scenario) {
                scenario.databases.front().data = engine::Bytes{20'000'000'000};
                scenario.workload.arrivals.rate_per_s = 60.0;
            }));
            const auto& loss = result.incidents.front().losses.front();
            EXPECT_EQ(loss.unbounded, zones == 3);
            EXPECT_EQ(loss.commits_lost, 0U) << "none that could be counted";
            const bool back = good_between(class_named(result, "update"), 300, 360) > 0;
            EXPECT_EQ(back, zones == 2);
            const auto& waterfall = result.incidents.front().waterfall;
            const bool said = std::any_of(waterfall.begin(), waterfall.end(),
                                          [](const auto& stage) { return stage.first == "volume lost"; });
            EXPECT_EQ(said, zones == 3);
        });
    }
}

// Zone c is lost from 60 s to 180 s, and at 70 s a node of zone b for 60 s. Hung writes must not take the threads and
// connections that reads need: that is another story, and a true one.
scenarios::ReplicationResult zone_and_one_more(int nodes_per_zone) {
    const std::string both =
        R"("zone lost": { "kind": "zone-outage", "target": "us-east-1/c", "at": "60s", "lasts": "120s" },
           "node lost": { "kind": "storage-node-loss", "target": "orders/storage/b/1", "at": "70s", "lasts": "60s" })";
    return run(read(small_system(both), [&](scenarios::Scenario& scenario) {
        scenario.databases.front().storage.nodes_per_zone = nodes_per_zone;
        scenario.services.front().threads = 512;
        scenario.services.front().pool_wait = std::chrono::milliseconds{500};
        scenario.workload.office_pool = 1000;
    }));
}

// A commit needs four of six in every group: the zone out and a node of another zone stop the writes, until the
// segments of the node are repaired. The reads go on. Without a third node in the zone they are repaired when the node
// is back.
TEST(FailoverTest, AZoneAndOneMoreNodeStopWritesAndNotReads) {
    test::in_child([] {
        const auto result = zone_and_one_more(2);
        const auto& updates = class_named(result, "update");
        const auto& lookups = class_named(result, "lookup");
        EXPECT_GT(good_between(updates, 125, 129), 0U) << "4 of 6: writes go on without zone c";
        EXPECT_EQ(good_between(updates, 133, 188), 0U) << "3 of 6: no write quorum";
        EXPECT_GT(good_between(lookups, 145, 188), 40U * 300U) << "reads go on";
        EXPECT_GT(good_between(updates, 340, 360), 0U) << "the segments are repaired";
        // The cluster sees it in its next round, and so does the waterfall: nothing fails over.
        EXPECT_NEAR(entered_at_s(result, "orders", "without a write quorum"), 130.0, 2.5);
        EXPECT_FALSE(reached(result, "orders", "promoting"));
        const auto& waterfall = result.incidents.front().waterfall;
        const auto stage = std::find_if(waterfall.begin(), waterfall.end(),
                                        [](const auto& one) { return one.first == "write quorum"; });
        ASSERT_NE(stage, waterfall.end());
        EXPECT_GT(stage->second, 58'000'000'000) << "as long as the node is away, at least";
    });
}

// With others to repair to: noticed after 3 s, and 8 s for a segment, or less for the last one of the volume.
TEST(FailoverTest, ALostNodeIsRepairedElsewhereInSeconds) {
    test::in_child([] {
        const auto result = zone_and_one_more(20);
        const auto& updates = class_named(result, "update");
        EXPECT_EQ(good_between(updates, 132, 138), 0U);
        EXPECT_GT(good_between(updates, 150, 180), 0U) << "long before the node is back at 190 s";
    });
}

// From the fault, at 120 s, to the first of five seconds in a row in which half of the updates due are good.
std::uint64_t seconds_of_bad_writes(const scenarios::ReplicationResult& result) {
    const auto& updates = class_named(result, "update");
    std::size_t healthy = 0;
    for (std::size_t s = 120; s < updates.due_per_s.size(); ++s) {
        healthy = 2 * updates.good_per_s[s] >= updates.due_per_s[s] ? healthy + 1 : 0;
        if (healthy == 5) return s - 4 - 120;
    }
    return updates.due_per_s.size();
}

// Two connections an instance, and both wait for an answer of the lost host. A reset tells them at once, and they are
// back with the new name; without one they hang until the client's own timer ends it, 60 s after the last
// acknowledgement.
TEST(FailoverTest, ACrashThatResetsIsNoticedSoonerThanASilentOne) {
    std::uint64_t* const seconds = shared_numbers();
    for (const bool silent : {false, true}) {
        test::in_child([silent, seconds] {
            const std::string fault =
                R"("writer lost": { "kind": "instance-crash", "target": "orders/writer", "at": "60s", "lasts": "150s",
                                    "mode": ")" +
                std::string{silent ? "silent" : "crash"} + R"(" })";
            const auto result = run(read(small_system(fault), [](scenarios::Scenario& scenario) {
                scenario.services.front().driver.dead_peer_after = 60s;
                scenario.services.front().driver.socket_timeout.reset();
                scenario.services.front().pool = 2;
            }));
            ASSERT_EQ(result.faults.front().hit.size(), 1U);
            seconds[silent ? 1 : 0] = seconds_of_bad_writes(result);
            if (silent) {
                EXPECT_GT(all_outcomes(class_named(result, "update")).timed_out, 0U);
            }
        });
    }
    EXPECT_GE(seconds[0], 15U) << "detection, promotion and the name";
    EXPECT_LE(seconds[0], 45U);
    EXPECT_GE(seconds[1], 60U);
    EXPECT_GE(seconds[1], seconds[0] + 15U);
}

// A writer that is nearly full without its fault has queries and retries to work off when all clients are connected
// again; one with room is well as soon as they are.
TEST(FailoverTest, WhatIsBadAfterTheLastReconnectionIsBacklog) {
    for (const bool full : {false, true}) {
        test::in_child([full] {
            std::string text = small_system(writers_zone_lost);
            replace_in(text, R"("route": ["hot", "orders/reader"])", R"("route": ["orders/reader"])");
            replace_in(text, R"("threads": 64)", R"("threads": 400, "pool": 200)");
            replace_in(text, R"("statements": 3)",
                       std::string{R"("statements": 3, "timeout": "10s", "retry": { "attempts": 8 }, "demand": )"} +
                           (full ? R"({ "exponential": "14ms" })" : R"({ "exponential": "1ms" })"));
            const auto result = run(read(text));
            ASSERT_EQ(result.incidents.size(), 1U);
            std::vector<std::string> stages;
            for (const auto& [stage, ns] : result.incidents.front().waterfall) {
                stages.push_back(stage);
                EXPECT_GT(ns, 0) << stage;
            }
            std::vector<std::string> expected{"detection", "promotion", "dns", "reconnection"};
            if (full) expected.emplace_back("backlog");
            EXPECT_EQ(stages, expected);
        });
    }
}

}  // namespace
}  // namespace faultline::tests
