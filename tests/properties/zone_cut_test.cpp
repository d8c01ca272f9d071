// Goal:   a zone that is cut off and alive: one side at most has a write quorum, the other takes over, nothing told is
//         lost, and who stands with the smaller side fails until the cut is healed.
// Method: a small system whose second office, Denver, reaches the zone that is cut off and nothing else. The cut is
// from
//         120 s to 210 s of the run.
#include <gtest/gtest.h>

#include <string>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

constexpr std::size_t boston = 0, denver = 1;

std::string cut(const std::string& zone) {
    return R"("cut": { "kind": "zone-cut", "target": ")" + zone +
           R"(", "offices": ["denver"], "at": "60s", "lasts": "90s" })";
}

scenarios::Outcomes while_cut(const scenarios::ReplicationResult& result, const std::string& name, std::size_t office) {
    return class_named(result, name).degraded[office].outcomes;
}

double good_share(const scenarios::Outcomes& outcomes) {
    return static_cast<double>(outcomes.good) / static_cast<double>(outcomes.due);
}

// Each shard of its cache has a replica on the other side of any cut.
scenarios::ReplicationResult with_followed_cache(const std::string& faults) {
    return run(read(small_system(faults), [](scenarios::Scenario& scenario) { scenario.caches.front().replicas = 1; }));
}

TEST(ZoneCutTest, AWriterInTheSmallerSideLosesItsQuorumAndTheOtherTakesOver) {
    test::in_child([] {
        const auto result = run(read(small_system(cut("az-of: orders/writer"))));
        ASSERT_EQ(result.faults.size(), 1U);
        EXPECT_EQ(result.faults.front().hit, (std::vector<std::string>{"us-east-1/a", "denver"}));
        EXPECT_EQ(result.faults.front().operations_cut, 0U) << "nothing ends with it";

        EXPECT_TRUE(reached(result, "orders", "promoting"));
        ASSERT_EQ(result.incidents.size(), 1U);
        ASSERT_EQ(result.incidents.front().losses.size(), 1U);
        EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U) << "no acknowledged commit had two copies";

        // The old writer hears of its successor when it can be reached, not before, and begins anew as a replica.
        EXPECT_GT(entered_at_s(result, "orders/instance-1", "down"), 210.0);
        EXPECT_LT(entered_at_s(result, "orders/instance-1", "down"), 214.0);
        EXPECT_TRUE(reached(result, "orders/instance-1", "replica"));

        const auto& updates = class_named(result, "update");
        EXPECT_EQ(good_between(updates, 122, 125), 0U) << "neither side can write";
        const std::uint64_t before = good_between(updates, 100, 120), during = good_between(updates, 185, 205);
        EXPECT_GT(during, before / 3) << "Boston goes on, by two instances of three";
        EXPECT_LT(during, before * 2 / 3) << "and Denver does not";
        EXPECT_GT(good_between(updates, 260, 280), before * 9 / 10) << "healed";
        // What was under way at the cut may have been answered: it is known what becomes of a packet when it leaves.
        EXPECT_LT(good_share(while_cut(result, "update", denver)), 0.01);
        EXPECT_LT(good_share(while_cut(result, "lookup", denver)), 0.9) << "it reaches one shard of three";
        EXPECT_GT(good_share(while_cut(result, "update", boston)), 0.5);
    });
}

TEST(ZoneCutTest, AWriterInTheLargerSideFeelsNothing) {
    test::in_child([] {
        const auto calm = with_followed_cache("");
        const auto result = with_followed_cache(cut("us-east-1/c"));
        EXPECT_FALSE(reached(result, "orders", "promoting"));
        EXPECT_FALSE(reached(result, "orders/instance-1", "down"));
        EXPECT_FALSE(reached(result, "orders/instance-3", "down")) << "a replica behind the cut goes on";
        // Two health checks of 5 s find the instance that Boston does not reach, and the cache's service its shard.
        const auto& updates = class_named(result, "update");
        const auto as_ever = static_cast<double>(good_between(class_named(calm, "update"), 165, 205));
        EXPECT_NEAR(static_cast<double>(good_between(updates, 165, 205)), as_ever / 2.0, 0.06 * as_ever)
            << "Boston's, which are half";
        EXPECT_GT(good_share(while_cut(result, "update", boston)), 1.0 - 15.0 / 90.0);
        EXPECT_LT(good_share(while_cut(result, "update", denver)), 0.01);
        const auto after = static_cast<double>(good_between(updates, 260, 350));
        EXPECT_NEAR(after, static_cast<double>(good_between(class_named(calm, "update"), 260, 350)), 0.02 * after);
    });
}

// Without offices on it the cut side has no clients but its own service, which nobody calls.
TEST(ZoneCutTest, WithoutOfficesNobodyCallsWhatIsCutOff) {
    test::in_child([] {
        std::string fault = cut("us-east-1/c");
        replace_in(fault, R"("offices": ["denver"], )", "");
        const auto result = with_followed_cache(fault);
        EXPECT_EQ(result.faults.front().hit, std::vector<std::string>{"us-east-1/c"});
        EXPECT_GT(good_between(class_named(result, "update"), 165, 205), 40U * 170U) << "of 180 a second";
    });
}

// The control plane cannot start what it does not reach. It takes the zone for lost: alarm, decision, a new instance.
TEST(ZoneCutTest, WithoutAReplicaNobodyRestartsTheWriterBehindTheCut) {
    test::in_child([] {
        const auto result = run(read(small_system(cut("az-of: orders/writer")), [](scenarios::Scenario& scenario) {
            scenarios::Database& orders = scenario.databases.front();
            orders.replicas.clear();
            orders.failover.detection = constant(5.0);
            orders.failover.restart = constant(8.0);
            orders.global.alarm_after = std::chrono::seconds{20};
            orders.global.decision = constant(600.0);
        }));
        const auto& updates = class_named(result, "update");
        EXPECT_EQ(good_between(updates, 122, 207), 0U) << "those that wait at the end are durable with its end";
        EXPECT_TRUE(reached(result, "orders", "deciding"));
        EXPECT_FALSE(reached(result, "orders/instance-2", "writer"));
        EXPECT_GT(good_between(updates, 260, 290), 30U * 160U) << "of 180 a second: it is restarted after the cut";
    });
}

// A primary that is cut off is replaced; whoever was with it wrote until then, and that is undone.
TEST(ZoneCutTest, ACachesPrimaryBehindTheCutIsReplacedAndComesBackAsAReplica) {
    test::in_child([] {
        const auto result = with_followed_cache(cut("us-east-1/b"));
        const auto& hot = result.caches.front();
        EXPECT_EQ(hot.failovers, 1U) << "one shard of three has its primary in zone b";
        EXPECT_EQ(hot.keys_lost, 0U);
        EXPECT_GT(hot.writes_lost, 0U) << "Denver's service deletes and fills behind the cut";
        EXPECT_LT(hot.writes_lost, hot.writes_acknowledged / 100);
        EXPECT_GE(hot.full_syncs, 1U) << "the old primary begins anew";
    });
}

// Two probes of half a minute, and as long between them: the cache has long been back when the balancer leaves out who
// is behind the cut.
TEST(ZoneCutTest, ABalancerThatCallsWhoIsBehindTheCutIsAStageOfTheRecovery) {
    test::in_child([] {
        std::string text = small_system(cut("us-east-1/b"));
        replace_in(text, R"("interval": "5s")", R"("interval": "30s", "timeout": "30s")");
        const auto result =
            run(read(text, [](scenarios::Scenario& scenario) { scenario.caches.front().replicas = 1; }));
        std::string stages;
        for (const auto& [stage, ns] : result.incidents.at(0).waterfall) stages += stage + ", ";
        EXPECT_NE(stages.find("re-warming, health checks, "), std::string::npos) << stages;
    });
}

TEST(ZoneCutTest, ACachesReplicaBehindTheCutIsGivenTheRestAfterwards) {
    test::in_child([] {
        const auto result = run(read(small_system(cut("us-east-1/b")), [](scenarios::Scenario& scenario) {
            scenario.caches.front().replicas = 1;
            scenario.caches.front().shards = 1;
        }));
        EXPECT_EQ(result.caches.front().failovers, 0U);
        EXPECT_EQ(result.caches.front().writes_lost, 0U);
    });
}

}  // namespace
}  // namespace faultline::tests
