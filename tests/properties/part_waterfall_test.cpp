// Goal:   an incident of a cache or a warehouse tells how long each stage of its recovery took.
// Method: stages by hand; then whole systems whose stages have lengths that the scenario says.
#include "planning/part_waterfall.hpp"

#include <gtest/gtest.h>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

using namespace std::chrono_literals;
using planning::PartMark;
using Waterfall = std::vector<std::pair<std::string, std::int64_t>>;

constexpr std::int64_t second_ns = 1'000'000'000;

PartMark mark(const char* part, std::string_view stage, engine::Duration at) {
    return {part, stage, engine::start_of_time + at};
}

scenarios::IncidentResult incident_at(engine::Duration start) {
    scenarios::IncidentResult incident;
    incident.start_ns = start.count();
    return incident;
}

TEST(PartWaterfallTest, EachStageLastsUntilTheNextAndRewarmingUntilTheCacheIsWarm) {
    std::vector<scenarios::IncidentResult> incidents{incident_at(100s)};
    incidents[0].rewarmed = {{"hot", 90 * second_ns}};
    const std::vector<PartMark> marks{mark("caches/hot/1/shard", planning::rewarming_stage, 0s),
                                      mark("caches/hot/1/shard", "promotion", 115s),
                                      mark("caches/hot/1/shard", planning::rewarming_stage, 120s)};
    planning::add_part_waterfalls(marks, incidents);
    EXPECT_EQ(incidents[0].waterfall, (Waterfall{{"detection", 15 * second_ns},
                                                 {"promotion", 5 * second_ns},
                                                 {"reconnection, re-warming", 70 * second_ns}}));
}

TEST(PartWaterfallTest, OfSeveralPartsTheOneThatIsBackLastIsTold) {
    std::vector<scenarios::IncidentResult> incidents{incident_at(100s), incident_at(500s)};
    incidents[0].full_recovery_ns = 300 * second_ns;
    const std::vector<PartMark> marks{
        mark("caches/hot/1", "replacement", 100s),
        mark("reports/compute-1", "relocation", 110s),
        mark("caches/hot/1", planning::rewarming_stage, 130s),
        mark("reports/compute-1", planning::catch_up_stage, 200s),
        mark("reports/compute-1", planning::caught_up, 310s),  // known after the full recovery
        mark("reports/compute-1", "resumption", 400s)};        // a pause, which is of no incident
    planning::add_part_waterfalls(marks, incidents);
    EXPECT_EQ(
        incidents[0].waterfall,
        (Waterfall{{"detection", 10 * second_ns}, {"relocation", 90 * second_ns}, {"catch-up", 110 * second_ns}}));
    EXPECT_TRUE(incidents[1].waterfall.empty());
}

TEST(PartWaterfallTest, ADatabasesOwnIsLeftAlone) {
    std::vector<scenarios::IncidentResult> incidents{incident_at(100s)};
    incidents[0].waterfall = {{"promotion", second_ns}};
    planning::add_part_waterfalls({mark("caches/hot/1", "replacement", 110s)}, incidents);
    EXPECT_EQ(incidents[0].waterfall.size(), 1U);
}

// A zone is lost with a node of a cache and an instance of a service: the cache is back after 20 s and warm after 30,
// and for 90 s the balancer goes on to send calls to whom it takes for well.
TEST(PartWaterfallTest, WhatGoesOnWhenTheCacheIsBackIsOfTheServices) {
    std::vector<scenarios::IncidentResult> incidents{incident_at(100s)};
    incidents[0].rewarmed = {{"hot", 30 * second_ns}};
    incidents[0].waterfall = {{"health checks", 90 * second_ns}, {"backlog", 3 * second_ns}};
    const std::vector<PartMark> marks{mark("caches/hot/1/shard", "promotion", 115s),
                                      mark("caches/hot/1/shard", planning::rewarming_stage, 120s)};
    planning::add_part_waterfalls(marks, incidents);
    EXPECT_EQ(incidents[0].waterfall, (Waterfall{{"detection", 15 * second_ns},
                                                 {"promotion", 5 * second_ns},
                                                 {"reconnection, re-warming", 10 * second_ns},
                                                 {"health checks", 60 * second_ns},
                                                 {"backlog", 3 * second_ns}}));
}

// They were done before it was: they have no stage.
TEST(PartWaterfallTest, WhatEndsBeforeTheCacheIsWarmIsHidden) {
    std::vector<scenarios::IncidentResult> incidents{incident_at(100s)};
    incidents[0].rewarmed = {{"hot", 30 * second_ns}};
    incidents[0].waterfall = {{"health checks", 25 * second_ns}, {"backlog", 2 * second_ns}};
    const std::vector<PartMark> marks{mark("caches/hot/1/shard", "promotion", 115s),
                                      mark("caches/hot/1/shard", planning::rewarming_stage, 120s)};
    planning::add_part_waterfalls(marks, incidents);
    EXPECT_EQ(incidents[0].waterfall, (Waterfall{{"detection", 15 * second_ns},
                                                 {"promotion", 5 * second_ns},
                                                 {"reconnection, re-warming", 10 * second_ns}}));
}

std::int64_t length_of(const scenarios::IncidentResult& incident, std::string_view stage) {
    for (const auto& [name, ns] : incident.waterfall) {
        if (name == stage) return ns;
    }
    ADD_FAILURE() << "no stage " << stage;
    return 0;
}

// The service notices in 12 s and promotes in 7 s, and what the clients need comes after that.
TEST(PartWaterfallTest, ACachesFailoverTakesWhatItsStagesSay) {
    test::in_child([] {
        std::string text = small_system(
            R"("lost": { "kind": "cache-node-loss", "target": "hot/shard-1/primary", "at": "60s", "lasts": "60s" })");
        replace_in(
            text, R"("shards": 3,)",
            R"("shards": 3, "replicas": 1, "failover": { "by": "service", "detection": "12s", "promotion": "7s" },)");
        const auto result = run(read(text));
        ASSERT_EQ(result.incidents.size(), 1U);
        EXPECT_EQ(length_of(result.incidents[0], "detection"), 12 * second_ns);
        EXPECT_EQ(length_of(result.incidents[0], "promotion"), 7 * second_ns);
    });
}

// Nobody stands in for a node without a replica: it is away for its 60 s, and then cold.
TEST(PartWaterfallTest, ANodeWithoutReplicaIsReplacedAndFilledAgain) {
    test::in_child([] {
        const auto result = run(read(small_system(
            R"("lost": { "kind": "cache-node-loss", "target": "hot/shard-1/primary", "at": "60s", "lasts": "60s" })")));
        ASSERT_EQ(result.incidents.size(), 1U);
        EXPECT_EQ(length_of(result.incidents[0], "replacement"), 60 * second_ns);
        EXPECT_GT(length_of(result.incidents[0], "reconnection, re-warming"), 0);
    });
}

// All that was committed while a node was replaced has to be loaded: until the next load, 30 s after the one before.
TEST(PartWaterfallTest, AWarehouseIsReplacedAndCatchesUp) {
    test::in_child([] {
        std::string text = small_system(
            R"("node lost": { "kind": "instance-crash", "target": "reports/node-2", "mode": "crash", "at": "60s" })");
        replace_in(text, R"("workload": {)",
                   R"("warehouses": { "reports": { "region": "us-east-1", "zone": "a", "class": "ra3.xlplus",
                        "tables": { "sales": { "source": "orders", "load": "copy", "interval": "30s", "data": "1GB" } },
                        "recovery": { "detection": "9s", "node_replacement": "40s" } } },
                      "workload": {)");
        const auto result = run(read(text));
        ASSERT_EQ(result.incidents.size(), 1U);
        EXPECT_EQ(length_of(result.incidents[0], "detection"), 9 * second_ns);
        EXPECT_EQ(length_of(result.incidents[0], "node replacement"), 40 * second_ns);
        EXPECT_GT(length_of(result.incidents[0], "catch-up"), 0);
        EXPECT_LT(length_of(result.incidents[0], "catch-up"), 90 * second_ns);
    });
}

}  // namespace
}  // namespace faultline::tests
