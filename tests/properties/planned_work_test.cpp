// Goal:   planned work takes down what it says for as long as it says, counts from its order, and is told apart.
// Method: a small system, one piece of work in each run. 180 updates and 420 lookups a second are due; it is warm after
//         60 s, so that an order at "60s" comes at 120 s of the run.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

std::string ordered(const std::string& kind, const std::string& target, const std::string& more) {
    return R"("work": { "kind": ")" + kind + R"(", "target": ")" + target + R"(", "at": "60s")" + more + " }";
}

std::uint64_t updates(const scenarios::ReplicationResult& result, std::size_t from_s, std::size_t to_s) {
    return good_between(class_named(result, "update"), from_s, to_s);
}

double longest_rto_s(const scenarios::ReplicationResult& result, const std::string& of) {
    double worst = 0.0;
    for (const auto& recovery : result.incidents.front().recoveries) {
        if (recovery.of == of) worst = std::max(worst, static_cast<double>(recovery.rto_ns) * 1e-9);
    }
    return worst;
}

const scenarios::InstanceResult& instance_named(const scenarios::ReplicationResult& result, std::string_view name) {
    const auto found = std::find_if(result.instances.begin(), result.instances.end(),
                                    [name](const auto& instance) { return instance.name == name; });
    EXPECT_NE(found, result.instances.end());
    return *found;
}

TEST(PlannedWorkTest, APatchWithARestartIsNoFailover) {
    test::in_child([] {
        const auto result = run(read(small_system(ordered("patch", "orders", R"(, "work": "20s")"))));
        EXPECT_EQ(updates(result, 122, 139), 0U);
        EXPECT_GT(updates(result, 160, 200), 38U * 170U);
        EXPECT_FALSE(reached(result, "orders", "promoting"));
        ASSERT_EQ(result.incidents.size(), 1U);
        EXPECT_TRUE(result.incidents.front().planned);
        EXPECT_TRUE(result.faults.front().planned);
        EXPECT_EQ(result.faults.front().hit.size(), 3U);
        EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
    });
}

// What fails is down for the work, and for as long as it takes to undo it. A probability of nought changes nothing.
TEST(PlannedWorkTest, APatchThatFailsIsRolledBack) {
    for (const std::string probability : {"0%", "100%"}) {
        test::in_child([&probability] {
            const bool fails = probability == "100%";
            const auto result = run(read(small_system(ordered(
                "patch", "orders", R"(, "work": "20s", "rollback": "30s", "work_fails": ")" + probability + "\""))));
            EXPECT_EQ(reached(result, "orders", "rolling back"), fails);
            EXPECT_EQ(updates(result, 122, fails ? 169 : 139), 0U);
            EXPECT_GT(updates(result, fails ? 190 : 160, 220), 30U * 170U);
            ASSERT_EQ(result.incidents.size(), 1U);
            EXPECT_TRUE(result.incidents.front().planned);
            const double rto_s = longest_rto_s(result, "update");
            EXPECT_GE(rto_s, fails ? 50.0 : 20.0);
            EXPECT_LE(rto_s, (fails ? 50.0 : 20.0) + 15.0) << "reconnection";
            EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
        });
    }
}

// Nobody had left the old environment: it serves again after the rollback.
TEST(PlannedWorkTest, ABlueGreenUpgradeThatFailsLeavesWhatWasThere) {
    test::in_child([] {
        const auto result = run(read(
            small_system(ordered("upgrade", "orders", R"(, "method": "blue-green", "preparation": "0s", "work": "10s",
                                            "rollback": "15s", "work_fails": "100%")"))));
        EXPECT_TRUE(reached(result, "orders", "rolling back"));
        EXPECT_EQ(updates(result, 122, 144), 0U);
        EXPECT_GT(updates(result, 165, 200), 35U * 170U);
    });
}

TEST(PlannedWorkTest, WhatNeedsNoRestartNobodyNotices) {
    test::in_child([] {
        const auto calm = run(read(small_system("")));
        const auto result =
            run(read(small_system(ordered("patch", "orders", R"(, "method": "no-restart", "work": "30s")"))));
        EXPECT_EQ(updates(result, 110, 200), updates(calm, 110, 200));
        EXPECT_EQ(result.faults.front().hit.size(), 3U);
    });
}

// Sessions survive: whoever asks meanwhile waits, and is answered.
TEST(PlannedWorkTest, APatchWithoutDowntimeKeepsItsSessions) {
    test::in_child([] {
        const auto result =
            run(read(small_system(ordered("patch", "orders", R"(, "method": "zero-downtime", "work": "1s")")),
                     [](scenarios::Scenario& one) { one.workload.arrivals.rate_per_s = 100.0; }));
        const auto sum = all_outcomes(class_named(result, "update"));
        EXPECT_EQ(sum.failed, 0U);
        EXPECT_EQ(sum.refused, 0U);
        EXPECT_FALSE(reached(result, "orders", "patching"));
        float slowest = 0.0F;
        for (std::size_t s = 119; s < 124; ++s) {
            slowest = std::max(slowest, class_named(result, "update").latency_mean_ms_per_s[s]);
        }
        EXPECT_GT(slowest, 300.0F) << "half a second on average of those that came in that second";
    });
}

// Prepared beside the database for a minute, which nobody notices and which its RTO has in it.
TEST(PlannedWorkTest, ABlueGreenUpgradeCountsFromItsOrder) {
    test::in_child([] {
        const auto result = run(read(small_system(
            ordered("upgrade", "orders", R"(, "method": "blue-green", "preparation": "60s", "work": "20s")"))));
        EXPECT_GT(updates(result, 121, 179), 57U * 170U);
        EXPECT_EQ(updates(result, 182, 199), 0U);
        EXPECT_GT(updates(result, 230, 290), 58U * 170U);
        EXPECT_GE(longest_rto_s(result, "update"), 80.0);
        EXPECT_LT(longest_rto_s(result, "update"), 100.0);
    });
}

TEST(PlannedWorkTest, AWriterHandsOverBeforeItChangesItsClass) {
    const std::string more = R"(, "class": "db.r6g.4xlarge", "work": "60s")";
    test::in_child([&] {
        const auto over = run(read(small_system(ordered("class-change", "orders/writer", more))));
        const auto in_place =
            run(read(small_system(ordered("class-change", "orders/writer", more + R"(, "method": "in-place")"))));
        EXPECT_TRUE(reached(over, "orders", "promoting"));
        EXPECT_FALSE(reached(in_place, "orders", "promoting"));
        EXPECT_GT(updates(over, 155, 180), 20U * 170U) << "another one writes by then";
        EXPECT_EQ(updates(in_place, 122, 179), 0U) << "nobody else does";
        EXPECT_GT(updates(in_place, 215, 260), 40U * 170U);
        for (const auto* result : {&over, &in_place}) {
            EXPECT_GT(instance_named(*result, "orders/instance-1").connections_max,
                      instance_named(*result, "orders/instance-2").connections_max);
        }
    });
}

scenarios::Scenario at_a_low_rate(const std::string& faults) {
    return read(small_system(faults), [](scenarios::Scenario& one) { one.workload.arrivals.rate_per_s = 8.0; });
}

// The lock is asked for behind a query of 20 s: statements that come later wait behind it, and their users give up.
TEST(PlannedWorkTest, AChangeOfATableWaitsForItsOldestReaderAndAllWaitBehind) {
    const std::string instant = R"(, "classes": ["update"], "method": "instant")";
    test::in_child([&] {
        const auto quick = run(at_a_low_rate(ordered("schema-change", "orders", instant)));
        const auto queued =
            run(at_a_low_rate(ordered("schema-change", "orders", instant + R"(, "long_query": "20s")")));
        const auto copied = run(at_a_low_rate(
            ordered("schema-change", "orders", R"(, "classes": ["update"], "method": "copy", "work": "20s")")));
        // 2.4 updates and 5.6 lookups a second are due.
        EXPECT_GT(updates(quick, 121, 139), 25U);
        EXPECT_EQ(updates(queued, 123, 137), 0U);
        EXPECT_EQ(updates(copied, 123, 137), 0U) << "nobody writes while it is copied";
        EXPECT_GT(updates(queued, 150, 200), 90U);
        EXPECT_GT(good_between(class_named(queued, "lookup"), 121, 139), 75U) << "another table, other instances";
        EXPECT_FALSE(reached(queued, "orders", "promoting"));
    });
}

// At 75 times the rate those who wait fill the threads of the service, and others find none.
TEST(PlannedWorkTest, WhoWaitsForATableTakesTheThreadsOfOthers) {
    const std::string queued =
        ordered("schema-change", "orders", R"(, "classes": ["update"], "method": "instant", "long_query": "20s")");
    test::in_child([&] {
        const auto result = run(read(small_system(queued)));
        EXPECT_LT(good_between(class_named(result, "lookup"), 123, 137), 14U * 100U) << "420 a second are due";
        EXPECT_GT(good_between(class_named(result, "lookup"), 180, 200), 19U * 400U);
    });
}

// One shard after the other, for a second each: whoever asks meanwhile waits.
TEST(PlannedWorkTest, ACacheScalesShardByShard) {
    test::in_child([] {
        const auto result =
            run(read(small_system(ordered("cache-scaling", "hot", R"(, "class": "cache.r6g.xlarge", "work": "1s")"))));
        const auto& work = result.faults.front();
        EXPECT_EQ(work.hit.size(), 3U);
        const double lasted_s = static_cast<double>(work.end_ns - work.start_ns) * 1e-9;
        EXPECT_GE(lasted_s, 3.0) << "it is over when the last shard answers";
        EXPECT_LT(lasted_s, 4.0) << "what it holds is copied in milliseconds";
        const auto& lookups = class_named(result, "lookup").latency_mean_ms_per_s;
        EXPECT_GT(*std::max_element(lookups.begin() + 119, lookups.begin() + 125), 2.0F * lookups[110]);
        EXPECT_LT(lookups[135], 1.5F * lookups[110]);
        EXPECT_GT(result.memory.resident_keys, 10'000U) << "with all that it held";
    });
}

// Whoever takes over afterwards is of the new class, too. 20,000 keys of 1 KB; nodes that held 1 MB hold all of them.
TEST(PlannedWorkTest, AScaledShardKeepsItsMemoryOverAFailover) {
    test::in_child([] {
        std::string faults = ordered("cache-scaling", "hot", R"(, "class": "cache.r6g.xlarge", "work": "100ms")");
        for (const char* const shard : {"1", "2", "3"}) {
            faults += std::string{R"(, "lost )"} + shard +
                      R"(": { "kind": "cache-node-loss", "at": "70s", "lasts": "10s",
                "target": "hot/shard-)" +
                      shard + R"(/primary", "mode": "crash" })";
        }
        std::string text = small_system(faults);
        replace_in(text, R"("shards": 3,)", R"("shards": 3, "replicas": 1, "memory": "1MB",
            "failover": { "detection": "1s", "promotion": "1s" },)");
        const auto result = run(read(text));
        EXPECT_EQ(result.caches.front().failovers, 3U);
        EXPECT_GT(result.caches.front().resident_keys, 6'000U) << "3 MB are 2,800 of them";
        // The failover has its own stages.
        std::vector<std::string> stages;
        for (const auto& [stage, ns] : result.incidents.front().waterfall) stages.push_back(stage);
        EXPECT_NE(std::find(stages.begin(), stages.end(), "promotion"), stages.end());
    });
}

// The replica forks: nobody waits for it.
TEST(PlannedWorkTest, ASnapshotIsTakenWhereItHurtsLeast) {
    test::in_child([] {
        std::string text = small_system(ordered("cache-snapshot", "hot", ""));
        replace_in(text, R"("shards": 3,)", R"("shards": 3, "replicas": 1, "resync": { "fork_per_gib": "10s" },)");
        const auto result = run(read(text));
        std::vector<std::string> hit = result.faults.front().hit;
        EXPECT_EQ(hit, (std::vector<std::string>{"caches/hot/1/node-2", "caches/hot/2/node-2", "caches/hot/3/node-2"}));
        const auto& lookups = class_named(result, "lookup").latency_mean_ms_per_s;
        EXPECT_LT(lookups[120], 1.3F * lookups[110]);
    });
}

TEST(PlannedWorkTest, AnEvacuatedZoneServesNobody) {
    test::in_child([] {
        const auto result = run(
            read(small_system(ordered("zone-evacuation", "us-east-1/a", R"(, "preparation": "0s", "lasts": "100s")"))));
        EXPECT_TRUE(reached(result, "orders", "promoting")) << "its writer stands there";
        const auto& hit = result.faults.front().hit;
        EXPECT_NE(std::find(hit.begin(), hit.end(), "orders/instance-1"), hit.end());
        EXPECT_GT(updates(result, 160, 300), 135U * 170U);
        EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
    });
}

}  // namespace
}  // namespace faultline::tests
