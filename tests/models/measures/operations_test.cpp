#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "tests/models/measures/trace.hpp"

namespace faultline::models {
namespace {

using scenarios::ClassResult;
using scenarios::HistogramData;
using scenarios::Outcomes;

std::uint64_t recorded(const HistogramData& data) {
    return std::accumulate(data.counts.begin(), data.counts.end(), std::uint64_t{0});
}

TEST(OperationsTest, EveryDueOperationEndsInExactlyOneWay) {
    Trace trace(small_shape(60s));
    const std::array fates{answered, refused, timed_out, reset, hangs, Fate{FailureReason::none, 2s}};
    std::size_t next = 0;
    trace.operations({}, 10s, 40s, [&](Duration) { return fates[next++ % fates.size()]; });
    const ReplicationResult result = trace.run();
    const Outcomes all = outcomes_of(result.classes.at(0));
    EXPECT_EQ(all.due, 30'000U);
    EXPECT_EQ(all.answered, 10'000U);
    EXPECT_EQ(all.good, 5'000U);  // half of the answers came after the deadline
    EXPECT_EQ(all.refused, 5'000U);
    EXPECT_EQ(all.timed_out, 5'000U);
    EXPECT_EQ(all.failed, 5'000U);
    EXPECT_EQ(all.in_flight, 5'000U);
    EXPECT_EQ(all.undecided, 0U);
    EXPECT_EQ(all.due, all.answered + all.refused + all.timed_out + all.failed + all.in_flight);
    EXPECT_EQ(result.classes[0].attempts, 25'000U);
    const HistogramData& latency = result.classes[0].steady[0].latency;
    EXPECT_EQ(recorded(latency), 10'000U);
    EXPECT_EQ(latency.failed, 20'000U);  // those in flight rank with the failed
    EXPECT_EQ(latency.min_ns, Duration{5ms}.count());
    EXPECT_EQ(latency.max_ns, Duration{2s}.count());
    EXPECT_EQ(latency.sum_ns, 5'000 * Duration{2005ms}.count());
}

TEST(OperationsTest, WhatWasNotAnsweredHasItsReason) {
    Trace trace(small_shape(60s));
    const std::array fates{answered, refused, Fate{FailureReason::pool, 1ms}, refused, timed_out, reset};
    std::size_t next = 0;
    trace.operations({}, 10s, 40s, [&](Duration) { return fates[next++ % fates.size()]; });
    const ReplicationResult result = trace.run();
    std::vector<std::string> seen;
    for (const scenarios::UnansweredResult& one : result.classes.at(0).unanswered) {
        seen.push_back(one.outcome + " " + one.reason + " " + std::to_string(one.count));
        EXPECT_EQ(one.steady, std::vector<std::uint64_t>{one.count});
        EXPECT_EQ(one.degraded, std::vector<std::uint64_t>{0});
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"refused queue 10000", "refused pool 5000", "failed connection-lost 5000",
                                              "timed out network 5000"}));
}

TEST(OperationsTest, WhatIsDueBeforeTheWarmUpsEndIsDroppedEverywhere) {
    Trace trace(small_shape(60s));
    trace.operations({}, 0s, 10s, Fate{FailureReason::none, 500ms});  // some end after the warm-up
    trace.operations({}, 0s, 10s, hangs);
    trace.operations({}, 10s, 11s, answered);
    trace.canaries(0, 0, [](Duration due) { return due > 10s; });
    trace.call(5s, [](Measures& m) {
        m.write_unknown(0, at(5s));
        m.commit_latency(0, 3ms, at(5s));
        m.cache_read(0, CacheRead::miss, at(5s));
        m.replica_lag(0, "orders", 1s, at(5s));
    });
    const ReplicationResult result = trace.run();
    EXPECT_EQ(outcomes_of(result.classes[0]).due, 1000U);
    EXPECT_EQ(outcomes_of(result.classes[0]).good, 1000U);
    EXPECT_EQ(result.classes[0].unknown, 0U);
    EXPECT_EQ(result.databases[0].commits_acknowledged, 0U);
    EXPECT_EQ(result.databases[0].replica_lag_ms_max, 0.0);
    EXPECT_EQ(result.caches[0].reads, 0U);
    EXPECT_EQ(result.classes[0].due_per_s[9], 0U);
    EXPECT_EQ(result.classes[0].due_per_s[10], 1000U);
    EXPECT_EQ(trace.measures().in_flight(), 10'000U);
}

TEST(OperationsTest, TimelinesAreByDueTime) {
    Trace trace(small_shape(60s));
    trace.operations({}, 20s, 21s, Fate{FailureReason::none, 900ms});
    trace.operations({}, 21s, 22s, Fate{FailureReason::none, 2500ms});
    trace.operations({}, 22s, 23s, refused);
    const ReplicationResult result = trace.run();
    const ClassResult& update = result.classes[0];
    EXPECT_EQ(update.due_per_s.size(), 61U);
    EXPECT_EQ(update.due_per_s[20], 1000U);
    EXPECT_EQ(update.good_per_s[20], 1000U);
    EXPECT_EQ(update.good_per_s[21], 0U);
    EXPECT_FLOAT_EQ(update.latency_mean_ms_per_s[20], 900.0F);
    EXPECT_FLOAT_EQ(update.latency_mean_ms_per_s[21], 2500.0F);
    EXPECT_EQ(update.due_per_s[22], 1000U);
    EXPECT_TRUE(std::isnan(update.latency_mean_ms_per_s[22]));
}

// Goal:   no coordinated omission: a stall of 10 s shows in the latency of what was due in it.
// Method: all that is due in the stall is answered at its end; the median of those is half of the stall.
TEST(OperationsTest, AStallShowsInTheLatencyOfAllThatWasDueInIt) {
    Trace trace(small_shape(40s));
    trace.operations({}, 10s, 20s, [](Duration due) { return Fate{FailureReason::none, 20s - due + 1ms}; });
    const HistogramData latency = trace.run().classes[0].steady[0].latency;
    EXPECT_EQ(recorded(latency), 10'000U);
    EXPECT_NEAR(static_cast<double>(latency.sum_ns) / 1e4, 5.001e9, 1e6);
}

TEST(OperationsTest, NobodyShinesByNeverAnswering) {
    Trace trace(small_shape(100s));
    trace.operations({.every = 10ms}, 10s, 11s, answered);
    trace.operations({.every = 10ms}, 11s, 100s, hangs);
    const ReplicationResult result = trace.run();
    const scenarios::ClassAtOffice& steady = result.classes[0].steady[0];
    EXPECT_EQ(steady.outcomes.in_flight, 8900U);
    // All but one or two are older than the p99 of the answers.
    EXPECT_LE(steady.outcomes.undecided, 4U);
    EXPECT_EQ(steady.latency.failed, 8900U - steady.outcomes.undecided) << "the median has failed";
}

// Goal:   whoever answers all in 24 ms is not charged with those whom the end of the run keeps from their answer.
// Method: 200 operations a second, of which the last five are in flight; then the same with the last tenth of a second
//         hanging, of which all but what is due in 24 ms, and chance, count.
TEST(OperationsTest, WhatIsDueJustBeforeTheEndSaysNothing) {
    Trace trace(small_shape(40s));
    trace.operations({.every = 5ms}, 10s, 40s, Fate{FailureReason::none, 24ms});
    const scenarios::ClassAtOffice calm = trace.run().classes[0].steady[0];
    EXPECT_GE(calm.outcomes.in_flight, 4U);
    EXPECT_EQ(calm.outcomes.undecided, calm.outcomes.in_flight);
    EXPECT_EQ(calm.latency.failed, 0U);

    Trace stuck(small_shape(40s));
    stuck.operations({.every = 5ms}, 10s, 39900ms, Fate{FailureReason::none, 24ms});
    stuck.operations({.every = 5ms}, 39900ms, 40s, hangs);
    const scenarios::ClassAtOffice hanging = stuck.run().classes[0].steady[0];
    EXPECT_EQ(hanging.outcomes.in_flight, 20U);
    EXPECT_GE(hanging.latency.failed, 20U - 12U) << "5, and 3 times the root of 5";
}

// Goal:   long queries cut off by the end of the run are neither failures nor answers.
// Method: each takes 20 s and may take 60 s: those due in the last 20 s are in flight and say nothing.
TEST(OperationsTest, WhatIsInFlightBecauseTheRunEndsIsUndecided) {
    MeasuresShape shape = small_shape(310s);
    shape.classes[0].deadline = 60s;
    Trace trace(shape);
    trace.operations({.every = 100ms}, 10s, 310s, Fate{FailureReason::none, 20s});
    const ReplicationResult result = trace.run();
    const scenarios::ClassAtOffice& steady = result.classes[0].steady[0];
    EXPECT_EQ(steady.outcomes.in_flight, 200U);
    EXPECT_EQ(steady.outcomes.undecided, 200U);
    EXPECT_EQ(steady.latency.failed, 0U);
    EXPECT_EQ(steady.outcomes.good, 2800U);
}

TEST(OperationsTest, StagesAddUpAndTheSlowestAreKnown) {
    Trace trace(small_shape(40s));
    int number = 0;
    for (Duration due = 10s; due < 30s; due += 1ms) {
        const Duration storage = ++number % 200 == 0 ? 90ms : Duration{};  // 0.5 % are slow, by storage
        trace.call(due, [=](Measures& m) { m.due(0, 0, at(due)); });
        trace.call(due + 10ms + storage, [=](Measures& m) {
            std::array<Duration, scenarios::stage_count> stages = stages_of(6ms);
            stages[static_cast<std::size_t>(scenarios::Stage::cpu)] = 4ms;
            stages[static_cast<std::size_t>(scenarios::Stage::storage)] = storage;
            m.ended(0, 0, at(due), at(due + 10ms + storage), FailureReason::none, stages, 2);
        });
    }
    const ReplicationResult result = trace.run();
    const ClassResult& update = result.classes[0];
    const auto stage = [](const auto& sums, scenarios::Stage of) {
        return Duration{sums[static_cast<std::size_t>(of)]};
    };
    EXPECT_EQ(stage(update.stage_ns, scenarios::Stage::network), 20'000 * 6ms);
    EXPECT_EQ(stage(update.stage_ns, scenarios::Stage::storage), 100 * 90ms);
    const std::int64_t sum = std::accumulate(update.stage_ns.begin(), update.stage_ns.end(), std::int64_t{0});
    EXPECT_EQ(sum, update.steady[0].latency.sum_ns);
    EXPECT_EQ(update.stage_slow_count, 100U);
    EXPECT_EQ(stage(update.stage_slow_ns, scenarios::Stage::storage), 100 * 90ms);
    EXPECT_EQ(update.attempts, 40'000U);
}

TEST(OperationsDeathTest, AnEndWithoutItsDueAnEndTwiceAndALostNanosecondEndTheRun) {
    Measures measures(small_shape(60s));
    const auto end = [&](Duration due, Duration latency, Duration charged) {
        measures.ended(0, 0, at(due), at(due + latency), FailureReason::none, stages_of(charged), 1);
    };
    measures.due(0, 0, at(20s));
    EXPECT_DEATH(end(21s, 5ms, 5ms), "check failed");
    EXPECT_DEATH(end(20s, 5ms, 4ms), "sum == latency");
    end(20s, 5ms, 5ms);
    EXPECT_DEATH(end(20s, 5ms, 5ms), "check failed");
    EXPECT_DEATH(measures.due(1, 0, at(20s)), "check failed");
    EXPECT_DEATH(measures.due(0, 1, at(20s)), "check failed");
}

}  // namespace
}  // namespace faultline::models
