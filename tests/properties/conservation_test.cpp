// Every due operation ends exactly once: answered, refused, timed out, failed, or in flight at the end.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "planning/replication.hpp"
#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

void expect_conservation(const scenarios::ReplicationResult& result) {
    for (const auto& query_class : result.classes) {
        const scenarios::Outcomes sum = all_outcomes(query_class);
        EXPECT_EQ(sum.due, sum.answered + sum.refused + sum.timed_out + sum.failed + sum.in_flight) << query_class.name;
        EXPECT_LE(sum.good, sum.answered) << query_class.name;
        EXPECT_GT(sum.due, 0U) << query_class.name;
        std::uint64_t with_reason = 0;
        for (const auto& one : query_class.unanswered) with_reason += one.count;
        EXPECT_EQ(with_reason, sum.refused + sum.timed_out + sum.failed) << query_class.name;
        std::uint64_t by_second = 0;
        for (const std::uint32_t due : query_class.due_per_s) by_second += due;
        EXPECT_EQ(by_second, sum.due) << query_class.name << ": the timeline counts the same operations";
    }
}

TEST(ConservationTest, HoldsInCalm) {
    test::in_child([] {
        const auto result = run(read(small_system("")));
        expect_conservation(result);
        const scenarios::Outcomes lookups = all_outcomes(class_named(result, "lookup"));
        EXPECT_GT(static_cast<double>(lookups.good), 0.999 * static_cast<double>(lookups.due));
    });
}

TEST(ConservationTest, HoldsThroughTheLossOfAZone) {
    test::in_child([] {
        const auto result = run(read(small_system(writers_zone_lost)));
        expect_conservation(result);
        const scenarios::Outcomes updates = all_outcomes(class_named(result, "update"));
        EXPECT_LT(updates.good, updates.due) << "a fault that nobody feels is not one";
    });
}

TEST(ConservationTest, HoldsInOverload) {
    test::in_child([] {
        const auto result = run(read(small_system(""), [](scenarios::Scenario& scenario) {
            scenario.workload.arrivals.rate_per_s = 60'000.0;
            scenario.run.measured = std::chrono::seconds{20};
            scenario.run.warm_up = std::chrono::seconds{5};
        }));
        expect_conservation(result);
        const scenarios::Outcomes updates = all_outcomes(class_named(result, "update"));
        EXPECT_GT(updates.refused + updates.timed_out + updates.failed, 0U);
    });
}

// At most 1.2 KB for each query in flight, of which most wait for a database; what stands from the start is fixed.
TEST(ConservationTest, AQueryInFlightTakesFewBytes) {
    test::in_child([] {
        const auto result = run(read(
            small_system(""), [](scenarios::Scenario& scenario) { scenario.run.measured = std::chrono::seconds{60}; }));
        EXPECT_GT(result.memory.in_flight_peak, 30U);
        EXPECT_GT(result.memory.bytes_per_query, 200U) << "frames and operations are counted";
        EXPECT_LE(result.memory.bytes_per_query, 1'200U);
        EXPECT_GT(result.memory.fixed_bytes, 100'000U);
    });
}

// Stage sums equal latency exactly: over all answered operations of a class, the times by stage add up to the sum of
// the histograms, to the nanosecond.
TEST(ConservationTest, TimeByStageIsAllOfTheLatency) {
    test::in_child([] {
        const auto result = run(read(small_system(writers_zone_lost)));
        for (const auto& query_class : result.classes) {
            std::int64_t by_stage = 0;
            for (const std::int64_t stage : query_class.stage_ns) by_stage += stage;
            std::int64_t latency = 0;
            for (const auto* phase : {&query_class.steady, &query_class.degraded, &query_class.recovering}) {
                for (const auto& at_office : *phase) latency += at_office.latency.sum_ns;
            }
            EXPECT_EQ(by_stage, latency) << query_class.name;
        }
    });
}

// With every query traced, the pieces of those that were answered are all the time that the stages were charged.
TEST(ConservationTest, ATraceHasEveryPieceOfAQuery) {
    test::in_child([] {
        constexpr std::uint32_t all = 1'000'000;
        const auto result = planning::run_replication(read(small_system(writers_zone_lost)), 1, {}, all);
        std::vector<std::array<std::int64_t, scenarios::stage_count>> seen(result.classes.size());
        for (const scenarios::TracedQuery& query : result.traced) {
            if (!query.answered) continue;
            for (std::size_t i = 0; i < query.stages.size(); ++i)
                seen[query.query_class][query.stages[i]] += static_cast<std::int64_t>(query.lengths_ns[i]);
        }
        for (std::size_t i = 0; i < seen.size(); ++i)
            EXPECT_EQ(seen[i], result.classes[i].stage_ns) << result.classes[i].name;
    });
}

TEST(ConservationTest, ATraceIsASampleOfAboutTheSizeAskedFor) {
    test::in_child([] {
        const scenarios::Scenario scenario = read(small_system(""));
        const auto untraced = planning::run_replication(scenario, 1, {});
        const auto result = planning::run_replication(scenario, 1, {}, 500);
        EXPECT_EQ(result.fingerprint, untraced.fingerprint) << "who looks on changes nothing";
        EXPECT_GE(result.traced.size(), 450U);
        EXPECT_LE(result.traced.size(), 500U);
        EXPECT_GT(result.traced.back().due_ns - result.traced.front().due_ns,
                  std::chrono::nanoseconds{std::chrono::seconds{240}}.count())
            << "over all of the measured part";
    });
}

}  // namespace
}  // namespace faultline::tests
