#include <gtest/gtest.h>

#include <limits>

#include "tests/models/measures/trace.hpp"

namespace faultline::models {
namespace {

using scenarios::IncidentResult;
using scenarios::Recovery;

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

Duration after(const IncidentResult& incident, std::int64_t instant_ns) {
    return Duration{instant_ns - incident.start_ns};
}
auto outage(Duration from, Duration to, Fate fate) {
    return [=](Duration due) { return due >= from && due < to ? fate : answered; };
}

// Goal:   windows are aligned to the incident's start, wherever in its second that lies.
// Method: the fault strikes at 130.25 s and refuses all for 20 s; windows on the clock's seconds would give 20.75 s.
TEST(RecoveryTimesTest, AGapOfFailures) {
    Trace trace(small_shape(300s));
    trace.operations({}, 10s, 300s, outage(130250ms, 150250ms, refused));
    trace.fault(0, 130250ms, 160s);
    const ReplicationResult result = trace.run();
    ASSERT_EQ(result.incidents.size(), 1U);
    const IncidentResult& incident = result.incidents[0];
    EXPECT_EQ(incident.faults, std::vector<std::string>{"first"});
    EXPECT_EQ(Duration{incident.start_ns}, 130250ms);
    const Recovery& update = recovery_of(result, "update");
    EXPECT_FALSE(update.canary);
    EXPECT_TRUE(update.recovered);
    EXPECT_EQ(update.first_impact_ns, 0);
    EXPECT_EQ(Duration{update.rto_ns}, 20s);
    EXPECT_EQ(Duration{update.bad_time_ns}, 20s);
    EXPECT_EQ(update.normal_share, 1.0);
    EXPECT_EQ(after(incident, incident.full_recovery_ns), 30s);  // the first window that begins after the fault
}

// All that was due in the outage is answered correctly at its end. None of it was good.
TEST(RecoveryTimesTest, AnAnswerAfterTheDeadlineIsNotGood) {
    Trace trace(small_shape(300s));
    trace.operations({}, 10s, 299s, [](Duration due) {
        return due >= 130s && due < 160s ? Fate{FailureReason::none, 162s - due} : answered;
    });
    trace.fault(0, 130s, 160s);
    const ReplicationResult result = trace.run();
    EXPECT_EQ(Duration{recovery_of(result, "update").rto_ns}, 30s);
    const scenarios::Outcomes all = outcomes_of(result.classes[0]);
    EXPECT_EQ(all.answered, all.due);
    EXPECT_EQ(all.due - all.good, 30'000U);
}

// Goal:   no survivor bias. Users are blocked by the outage and send nothing; a few that still get through are
// answered. Method: what they did not send is due all the same, and refused. By the answers alone nothing happened.
TEST(RecoveryTimesTest, WhatABlockedUserDidNotSendIsDueAndFailed) {
    Trace trace(small_shape(300s));
    trace.operations({}, 10s, 300s, outage(130s, 170s, Fate{FailureReason::queue, 0s}));
    trace.operations({.every = 100ms}, 10s, 300s, answered);
    trace.fault(0, 130s, 170s);
    const ReplicationResult result = trace.run();
    const scenarios::ClassAtOffice& degraded = result.classes[0].degraded[0];
    EXPECT_EQ(degraded.outcomes.due, 40'400U);
    EXPECT_EQ(degraded.outcomes.good, 400U);
    EXPECT_EQ(degraded.latency.failed, 40'000U);
    EXPECT_EQ(Duration{recovery_of(result, "update").rto_ns}, 40s);
}

TEST(RecoveryTimesTest, ARelapseBeforeFullRecovery) {
    Trace trace(small_shape(400s));
    trace.operations({}, 10s, 400s, [](Duration due) {
        const bool bad = (due >= 130s && due < 140s) || (due >= 170s && due < 175s);
        return bad ? reset : answered;
    });
    trace.fault(0, 130s, 135s);
    const ReplicationResult result = trace.run();
    const Recovery& update = recovery_of(result, "update");
    EXPECT_EQ(Duration{update.rto_ns}, 45s);
    EXPECT_EQ(Duration{update.bad_time_ns}, 15s);
    EXPECT_EQ(update.relapses, 1);
    EXPECT_EQ(after(result.incidents[0], result.incidents[0].full_recovery_ns), 50s);
}

TEST(RecoveryTimesTest, ARelapseAfterFullRecoveryOpensTheIncidentAgain) {
    Trace trace(small_shape(600s));
    trace.operations({}, 10s, 600s, [](Duration due) {
        const bool bad = (due >= 130s && due < 140s) || (due >= 400s && due < 420s);
        return bad ? reset : answered;
    });
    trace.fault(0, 130s, 135s);
    const ReplicationResult result = trace.run();
    ASSERT_EQ(result.incidents.size(), 1U);
    EXPECT_EQ(Duration{recovery_of(result, "update").rto_ns}, 290s);
    EXPECT_EQ(recovery_of(result, "update").relapses, 1);
    EXPECT_EQ(after(result.incidents[0], result.incidents[0].full_recovery_ns), 290s);
}

TEST(RecoveryTimesTest, AnOutageThatReachesTheEndIsNotRecovered) {
    Trace trace(small_shape(300s));
    trace.operations({}, 10s, 300s, outage(130s, 300s, timed_out));
    trace.fault(0, 130s, 140s);
    const ReplicationResult result = trace.run();
    const Recovery& update = recovery_of(result, "update");
    EXPECT_TRUE(update.any_bad);
    EXPECT_FALSE(update.recovered);
    EXPECT_EQ(update.rto_ns, never);
    EXPECT_EQ(result.incidents[0].full_recovery_ns, 0);
    EXPECT_GT(result.classes[0].recovering[0].outcomes.due, 0U);
}

TEST(RecoveryTimesTest, QuietIsNotRecoveryUntilTheLongestClientTimerHasExpired) {
    for (const Duration longest : {30s, 120s, 200s}) {
        MeasuresShape shape = small_shape(300s);
        shape.longest_client_timer = longest;
        Trace trace(shape);
        trace.operations({}, 10s, 300s, outage(130s, 150s, reset));
        trace.fault(0, 130s, 140s);
        EXPECT_EQ(recovery_of(trace.run(), "update").recovered, longest < 150s) << longest.count();
    }
}

// The end of the run cuts off what would have been answered in time: that alone is not an outage.
TEST(RecoveryTimesTest, WhatIsStillInTimeAtTheEndDoesNotCountAgainstRecovery) {
    Trace trace(small_shape(300s));
    trace.operations({}, 10s, 130s, Fate{FailureReason::none, 900ms});
    trace.operations({}, 130s, 140s, reset);
    trace.operations({}, 140s, 300s, Fate{FailureReason::none, 900ms});
    trace.fault(0, 130s, 140s);
    const ReplicationResult result = trace.run();
    EXPECT_TRUE(recovery_of(result, "update").recovered);
    EXPECT_EQ(Duration{recovery_of(result, "update").rto_ns}, 10s);
}

TEST(RecoveryTimesTest, WhatHangsAtTheEndCounts) {
    Trace trace(small_shape(300s));
    trace.operations({}, 10s, 300s, outage(280s, 300s, hangs));
    trace.fault(0, 130s, 140s);
    const Recovery update = recovery_of(trace.run(), "update");
    EXPECT_FALSE(update.recovered);
    EXPECT_EQ(Duration{update.first_impact_ns}, 150s);
}

// Goal:   the fault does not lower the standard it is judged by.
// Method: operations take up to 30 s; the fault kills those in flight, a quarter of all that came before. The share
//         before the incident is of those whose deadline had passed when it began.
TEST(RecoveryTimesTest, WhatTheFaultCaughtInFlightIsNoPartOfTheNormalShare) {
    MeasuresShape shape = small_shape(400s);
    shape.classes[0].deadline = 30s;
    Trace trace(shape);
    trace.operations({}, 10s, 400s, [](Duration due) {
        return due >= 100s && due < 130s ? Fate{FailureReason::connection_lost, 131s - due}
                                         : Fate{FailureReason::none, 25s};
    });
    trace.fault(0, 130s, 135s);
    EXPECT_EQ(recovery_of(trace.run(), "update").normal_share, 1.0);
}

TEST(RecoveryTimesTest, TheNormalShareIsOfSteadyTimeSinceTheWarmUp) {
    Trace trace(small_shape(400s));
    trace.operations({.every = 1ms}, 0s, 10s, refused);
    int number = 0;
    trace.operations({.every = 1ms}, 10s, 400s, [&](Duration) { return ++number % 10 == 0 ? refused : answered; });
    trace.fault(0, 130s, 131s);
    const Recovery update = recovery_of(trace.run(), "update");
    EXPECT_NEAR(update.normal_share, 0.9, 1e-9);
    EXPECT_FALSE(update.any_bad);
}

// --- rare classes and canaries

TEST(RecoveryTimesTest, AClassOfFewerThan50OperationsASecondIsJudgedByItsCanary) {
    MeasuresShape shape = small_shape(300s);
    shape.classes.push_back({"report", 5s, false, true, "orders", scenarios::TargetRole::reader});
    Trace trace(shape);
    trace.operations({.query_class = 0, .every = 20ms}, 10s, 300s, outage(130s, 160s, reset));
    trace.operations({.query_class = 1, .every = 21ms}, 10s, 300s, answered);
    trace.canaries(0, 0, [](Duration due) { return due < 131s || due >= 152s; });
    trace.canaries(0, 1, [](Duration due) { return due < 140s || due >= 145s; });
    trace.fault(0, 130s, 150s);
    const ReplicationResult result = trace.run();
    EXPECT_FALSE(recovery_of(result, "update").canary);  // 50 a second: just enough
    EXPECT_EQ(Duration{recovery_of(result, "update").rto_ns}, 30s);
    const Recovery& report = recovery_of(result, "report");
    EXPECT_TRUE(report.canary);
    EXPECT_EQ(Duration{report.first_impact_ns}, 10s);
    EXPECT_EQ(Duration{report.rto_ns}, 15s);
    EXPECT_EQ(Duration{report.bad_time_ns}, 5s);
    const Recovery& writer = recovery_of(result, "orders/writer");  // the service RTO, always there
    EXPECT_TRUE(writer.canary);
    EXPECT_EQ(writer.office, "boston");
    EXPECT_EQ(Duration{writer.rto_ns}, 22s);
    EXPECT_EQ(Duration{recovery_of(result, "orders/reader").rto_ns}, 15s);
}

TEST(RecoveryTimesTest, ARareClassThatAServiceServesIsJudgedByTheCanaryThatGoesThroughIt) {
    MeasuresShape shape = small_shape(300s);
    shape.classes[0].via = "shop";
    shape.canary_targets.emplace_back("orders/writer via shop");
    Trace trace(shape);
    trace.operations({.every = 100ms}, 10s, 300s, answered);
    trace.canaries(0, 0, [](Duration) { return true; });
    trace.canaries(0, 2, [](Duration due) { return due < 131s || due >= 152s; });
    trace.fault(0, 130s, 150s);
    const ReplicationResult result = trace.run();
    EXPECT_TRUE(recovery_of(result, "update").canary);
    EXPECT_EQ(Duration{recovery_of(result, "update").rto_ns}, 22s);
    EXPECT_EQ(Duration{recovery_of(result, "orders/writer via shop").rto_ns}, 22s);
    EXPECT_FALSE(recovery_of(result, "orders/writer").any_bad) << "the database was well";
}

TEST(RecoveryTimesTest, ARareClassWithoutACanaryTakesTheTimeThat500OperationsTake) {
    Trace trace(small_shape(600s));
    trace.operations({.every = 100ms}, 10s, 600s, outage(130s, 150s, reset));
    trace.fault(0, 130s, 140s);
    const Recovery update = recovery_of(trace.run(), "update");
    EXPECT_FALSE(update.canary);
    EXPECT_EQ(Duration{update.rto_ns}, 50s);
}

// 500 of them would take longer than the run: it would not recover, though everything is well after half a minute.
TEST(RecoveryTimesTest, AVeryRareClassWithoutACanaryIsJudgedEachMinute) {
    Trace trace(small_shape(600s));
    trace.operations({.every = 2s}, 10s, 600s, outage(130s, 160s, reset));
    trace.fault(0, 130s, 140s);
    const Recovery update = recovery_of(trace.run(), "update");
    EXPECT_FALSE(update.canary);
    EXPECT_TRUE(update.recovered);
    EXPECT_EQ(Duration{update.rto_ns}, 60s);
}

TEST(RecoveryTimesTest, ACanaryThatFallsSilentHasFailed) {
    Trace trace(small_shape(300s));
    for (Duration due = 500ms; due < 300s; due += 1s) {
        if (due < 140s || due >= 170s) trace.call(due, [=](Measures& m) { m.canary(0, 0, at(due), true); });
    }
    trace.fault(0, 130s, 135s);
    const Recovery writer = recovery_of(trace.run(), "orders/writer");
    EXPECT_EQ(Duration{writer.rto_ns}, 40s);
    EXPECT_EQ(Duration{writer.first_impact_ns}, 11s);  // one empty second says nothing
}

TEST(RecoveryTimesTest, AClassOfWhichNothingWasDueHasNoRecoveryTime) {
    MeasuresShape shape = small_shape(300s);
    shape.classes.push_back({"never", 1s, false, true, "hot", scenarios::TargetRole::cache});
    Trace trace(shape);
    trace.operations({}, 10s, 300s, answered);
    trace.fault(0, 130s, 135s);
    const ReplicationResult result = trace.run();
    ASSERT_EQ(result.incidents.at(0).recoveries.size(), 1U);  // no canary was heard of either
    EXPECT_EQ(result.incidents[0].recoveries[0].of, "update");
}

}  // namespace
}  // namespace faultline::models
