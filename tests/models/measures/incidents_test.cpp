#include <gtest/gtest.h>

#include "tests/models/measures/trace.hpp"

namespace faultline::models {
namespace {

using scenarios::IncidentResult;

Duration after(const IncidentResult& incident, std::int64_t instant_ns) {
    return Duration{instant_ns - incident.start_ns};
}
auto outage(Duration from, Duration to, Fate fate) {
    return [=](Duration due) { return due >= from && due < to ? fate : answered; };
}

// --- which faults make an incident

TEST(IncidentsTest, AFaultBeforeFullRecoveryBelongsToTheIncident) {
    Trace trace(small_shape(500s));
    trace.operations({}, 10s, 500s, [](Duration due) {
        const bool bad = (due >= 130s && due < 140s) || (due >= 180s && due < 190s);
        return bad ? reset : answered;
    });
    trace.fault(0, 130s, 135s);
    trace.fault(1, 180s, 185s);  // 45 s quiet before
    const ReplicationResult result = trace.run();
    ASSERT_EQ(result.incidents.size(), 1U);
    EXPECT_EQ(result.incidents[0].faults, (std::vector<std::string>{"first", "second"}));
    EXPECT_EQ(Duration{recovery_of(result, "update").rto_ns}, 60s);
}

TEST(IncidentsTest, AFaultAfterFullRecoveryIsAnIncidentOfItsOwn) {
    Trace trace(small_shape(500s));
    trace.operations({}, 10s, 500s, [](Duration due) {
        const bool bad = (due >= 130s && due < 140s) || (due >= 300500ms && due < 307500ms);
        return bad ? reset : answered;
    });
    trace.fault(0, 130s, 135s);
    trace.fault(1, 300500ms, 302s);
    const ReplicationResult result = trace.run();
    ASSERT_EQ(result.incidents.size(), 2U);
    EXPECT_EQ(Duration{recovery_of(result, "update", 0).rto_ns}, 10s);
    EXPECT_EQ(Duration{recovery_of(result, "update", 1).rto_ns}, 7s);
    EXPECT_EQ(after(result.incidents[0], result.incidents[0].full_recovery_ns), 10s);
}

// What the second fault catches in flight was due before it, and belongs to no recovery from the first one.
TEST(IncidentsTest, AFaultAfterFullRecoverySpoilsNothingOfTheIncidentBefore) {
    Trace trace{small_shape(400s)};
    trace.operations({}, 0s, 400s, [](Duration due) {
        const bool caught = due > 299500ms && due < 300s;
        return (due > 100s && due < 120s) || caught ? timed_out : answered;
    });
    trace.fault(0, 100s, 110s);
    trace.fault(1, 300s, 310s);
    const ReplicationResult result = trace.run();
    ASSERT_EQ(result.incidents.size(), 2U);
    const scenarios::Recovery& first = recovery_of(result, "update", 0);
    EXPECT_TRUE(first.recovered);
    EXPECT_EQ(first.relapses, 0);
    EXPECT_EQ(first.rto_ns, Duration{20s}.count());
    EXPECT_GT(result.incidents.front().full_recovery_ns, 0);
}

TEST(IncidentsTest, FullRecoveryWaitsForRedundancyHitRateAndLatency) {
    const auto run = [](const std::function<void(Trace&)>& lack, Fate slow) {
        Trace trace(small_shape(500s));
        trace.operations({}, 10s, 500s, outage(140s, 200s, slow));
        for (Duration now = 10s; now < 500s; now += 20ms) {
            trace.call(now, [=](Measures& m) { m.cache_read(0, CacheRead::fresh_hit, at(now)); });
        }
        trace.fault(0, 130s, 135s);
        lack(trace);
        const ReplicationResult result = trace.run();
        EXPECT_EQ(recovery_of(result, "update").rto_ns, 0);
        return after(result.incidents[0], result.incidents[0].full_recovery_ns);
    };
    const auto nothing = [](Trace&) {};
    EXPECT_EQ(run(nothing, answered), 10s);
    EXPECT_EQ(run(nothing, Fate{FailureReason::none, 6ms}), 70s);     // 20 % slower, all of it good
    EXPECT_EQ(run(nothing, Fate{FailureReason::none, 5400us}), 10s);  // within the band
    EXPECT_EQ(run(nothing, Fate{FailureReason::none, 1ms}), 10s);     // faster is no fault
    const auto copy_lost = [](Trace& trace) {
        trace.call(130s, [](Measures& m) { m.redundancy(0, false, at(130s)); });
        trace.call(237s, [](Measures& m) { m.redundancy(0, true, at(237s)); });
    };
    EXPECT_EQ(run(copy_lost, answered), 110s);
    const auto cold_cache = [](Trace& trace) {
        for (Duration now = 130s; now < 250s; now += 50ms) {
            trace.call(now, [=](Measures& m) { m.cache_read(0, CacheRead::miss, at(now)); });
        }
    };
    EXPECT_EQ(run(cold_cache, answered), 120s);
}

TEST(IncidentsTest, OneSlowWindowByChanceDoesNotDelayRecovery) {
    Trace trace(small_shape(500s));
    trace.operations({}, 10s, 500s, outage(160s, 170s, Fate{FailureReason::none, 6ms}));
    trace.fault(0, 130s, 135s);
    const ReplicationResult result = trace.run();
    EXPECT_EQ(after(result.incidents[0], result.incidents[0].full_recovery_ns), 10s);
}

// --- phases

// Goal:   an operation belongs to the phase of its due time, and what was called recovering was.
// Method: one operation a millisecond, so that counts are lengths; recovery is known a minute late, and the time until
//         then is steady after the event.
TEST(IncidentsTest, PhasesAreByDueTime) {
    Trace trace(small_shape(300s));
    trace.operations({}, 10s, 299s, outage(130s, 150s, timed_out));
    trace.fault(0, 130s, 142s);
    const ReplicationResult result = trace.run();
    const scenarios::ClassResult& update = result.classes[0];
    EXPECT_EQ(update.degraded[0].outcomes.due, 12'000U);
    EXPECT_EQ(update.degraded[0].outcomes.timed_out, 12'000U);  // though they ended after the fault
    EXPECT_EQ(update.recovering[0].outcomes.due, 18'000U);      // until 160 s: the bad window was judged then
    EXPECT_EQ(update.recovering[0].outcomes.timed_out, 8'000U);
    EXPECT_EQ(update.steady[0].outcomes.due, 259'000U);
    EXPECT_EQ(update.steady[0].outcomes.good, update.steady[0].outcomes.due);
}

TEST(IncidentsTest, WhatNobodyKnowsToBeRecoveredIsRecovering) {
    Trace trace(small_shape(170s));
    trace.operations({}, 10s, 170s, answered);
    trace.fault(0, 130s, 140s);
    const ReplicationResult result = trace.run();
    EXPECT_EQ(result.classes[0].recovering[0].outcomes.due, 30'000U);
    EXPECT_EQ(result.classes[0].steady[0].outcomes.due, 120'000U);
}

TEST(IncidentsTest, AnOperationDueAtTheInstantOfAFaultKeepsItsPlace) {
    Trace trace(small_shape(300s));
    trace.operations({.every = 2ms}, 9999ms, 298999ms, answered);  // due on whole milliseconds, before the fault's call
    trace.fault(0, 130s, 140s);
    const ReplicationResult result = trace.run();
    EXPECT_EQ(outcomes_of(result.classes[0]).good, 144'500U);
    EXPECT_EQ(result.incidents[0].start_ns, Duration{130s}.count() + 1);
}

// --- what was lost

TEST(IncidentsTest, RpoIsTheLargestGapAndTheSumOfCommits) {
    Trace trace(small_shape(600s));
    trace.operations({}, 10s, 600s, answered);
    trace.fault(0, 130s, 135s);
    trace.fault(1, 300s, 305s);
    // Acknowledged until 129.9 s, complete until 128.4 s; then a second loss on the same day.
    trace.call(150s, [](Measures& m) { m.commits_lost(0, 7, 129900ms - 128400ms, at(150s)); });
    trace.call(160s, [](Measures& m) { m.commits_lost(0, 2, 400ms, at(160s)); });
    trace.call(170s, [](Measures& m) { m.commits_reconciled(0, 4, at(170s)); });
    trace.call(310s, [](Measures& m) { m.commits_lost(0, 3, 2s, at(310s)); });
    trace.call(320s, [](Measures& m) { m.commits_reconciled(0, 3, at(320s)); });
    trace.call(330s, [](Measures& m) { m.commits_lost(0, 0, 0s, at(330s)); });
    const ReplicationResult result = trace.run();
    ASSERT_EQ(result.incidents.size(), 2U);
    EXPECT_EQ(result.incidents[0].losses[0].commits_lost, 5U);
    EXPECT_EQ(Duration{result.incidents[0].losses[0].gap_ns}, 1500ms);
    EXPECT_EQ(result.incidents[1].losses[0].commits_lost, 0U);  // all of it reconciled
    EXPECT_EQ(result.incidents[1].losses[0].gap_ns, 0);
}

TEST(IncidentsTest, LostCommitsAreThoseOfTheOfficesThatWereToldOfThem) {
    MeasuresShape shape = small_shape(600s);
    shape.offices = {"boston", "denver", "miami"};
    Trace trace(shape);
    trace.operations({}, 10s, 600s, answered);
    trace.fault(0, 130s, 135s);
    trace.fault(1, 300s, 305s);
    const std::vector<std::uint64_t> first{2, 0, 4}, second{1};
    trace.call(150s, [=](Measures& m) { m.commits_lost(0, 7, 1s, at(150s), first); });
    trace.call(151s, [=](Measures& m) { m.commits_lost(0, 1, 1s, at(151s), second); });
    trace.call(310s, [=](Measures& m) { m.commits_lost(0, 6, 1s, at(310s), first); });
    trace.call(320s, [](Measures& m) { m.commits_reconciled(0, 6, at(320s)); });
    const ReplicationResult result = trace.run();
    ASSERT_EQ(result.incidents.size(), 2U);
    const scenarios::DataLoss& loss = result.incidents[0].losses[0];
    EXPECT_EQ(loss.commits_lost, 8U);
    ASSERT_EQ(loss.lost_at.size(), 2U) << "denver lost nothing, and of one commit nobody knows whom it was told to";
    EXPECT_EQ(loss.lost_at[0].office, "boston");
    EXPECT_EQ(loss.lost_at[0].commits, 3U);
    EXPECT_EQ(loss.lost_at[1].office, "miami");
    EXPECT_EQ(loss.lost_at[1].commits, 4U);
    EXPECT_TRUE(result.incidents[1].losses[0].lost_at.empty()) << "all of it was reconciled";
}

// Ten minutes of a hundred operations a second in two classes. A minute is good with exactly 1 % lost, not with more;
// one in which nothing was due is none.
TEST(IncidentsTest, GoodMinutesAreThoseOfAllClassesAtAnOffice) {
    MeasuresShape shape = small_shape(610s);
    shape.classes.push_back({"lookup", 1s, false, true, "orders", scenarios::TargetRole::reader});
    shape.offices = {"boston", "denver"};
    Trace trace(shape);
    const auto lost_of_6000 = [](Duration minute, int lost) {
        return [=](Duration due) {
            const bool bad = due >= minute && due < minute + lost * 20ms;
            return bad ? refused : answered;
        };
    };
    trace.operations({0, 0, 20ms}, 10s, 610s, lost_of_6000(70s, 60));  // the second minute: 60 of 6,000
    trace.operations({1, 0, 20ms}, 10s, 610s, answered);
    trace.operations({0, 1, 20ms}, 10s, 310s, lost_of_6000(190s, 61));  // the fourth: 61, and nothing after the fifth
    trace.operations({1, 1, 20ms}, 10s, 310s, answered);
    trace.fault(0, 100s, 101s);
    const ReplicationResult result = trace.run();
    ASSERT_EQ(result.office_minutes.size(), 2U);
    EXPECT_EQ(result.office_minutes[0].office, "boston");
    EXPECT_EQ(result.office_minutes[0].minutes, 10U);
    EXPECT_EQ(result.office_minutes[0].good, 10U);
    EXPECT_EQ(result.office_minutes[1].minutes, 5U);
    EXPECT_EQ(result.office_minutes[1].good, 4U);
}

// Office by office only if it is asked for; together they are the timelines of all.
TEST(IncidentsTest, TimelinesByOfficeAreThereOnRequest) {
    for (const bool asked : {false, true}) {
        MeasuresShape shape = small_shape(300s);
        shape.offices = {"boston", "denver"};
        shape.office_timelines = asked;
        Trace trace(shape);
        trace.operations({}, 10s, 300s, outage(130s, 150s, reset));
        trace.operations({.office = 1}, 10s, 300s, answered);
        trace.fault(0, 130s, 160s);
        const ReplicationResult result = trace.run();
        const scenarios::ClassResult& all = result.classes[0];
        ASSERT_EQ(all.by_office.size(), asked ? 2U : 0U);
        if (!asked) continue;
        EXPECT_EQ(all.by_office[0].office, "boston");
        EXPECT_EQ(all.by_office[0].good_per_s[140], 0U);
        EXPECT_GT(all.by_office[0].due_per_s[140], 0U);
        EXPECT_EQ(all.by_office[1].good_per_s[140], all.by_office[1].due_per_s[140]);
        for (std::size_t s = 0; s < all.due_per_s.size(); ++s) {
            EXPECT_EQ(all.by_office[0].due_per_s[s] + all.by_office[1].due_per_s[s], all.due_per_s[s]) << s;
            EXPECT_EQ(all.by_office[0].good_per_s[s] + all.by_office[1].good_per_s[s], all.good_per_s[s]) << s;
        }
    }
}

TEST(IncidentsTest, UnknownWritesAndDuplicatesAreCountedApart) {
    MeasuresShape shape = small_shape(300s);
    shape.classes.push_back({"put", 1s, true, true, "orders", scenarios::TargetRole::writer});
    Trace trace(shape);
    trace.fault(0, 130s, 135s);
    trace.call(140s, [](Measures& m) {
        for (int i = 0; i < 5; ++i) m.write_unknown(0, at(131s));
        m.write_unknown_resolved(0, at(131s), true);
        m.write_unknown_resolved(0, at(131s), false);
        m.write_unknown_resolved(0, at(131s), false);
        m.write_duplicate(0, at(131s));
        m.write_duplicate(1, at(131s));  // idempotent: no harm
    });
    const ReplicationResult result = trace.run();
    EXPECT_EQ(result.classes[0].unknown, 5U);
    EXPECT_EQ(result.classes[0].unknown_durable, 1U);
    EXPECT_EQ(result.classes[0].unknown_absent, 2U);
    EXPECT_EQ(result.classes[0].duplicates, 1U);
    EXPECT_EQ(result.classes[1].duplicates, 0U);
    EXPECT_EQ(result.incidents[0].losses[0].unknown_durable, 1U);
    EXPECT_EQ(result.incidents[0].losses[0].unknown_absent, 2U);
    EXPECT_EQ(result.databases[0].commits_durable_unacknowledged, 1U);
}

// --- what is told

TEST(IncidentsTest, TheWaterfallIsWhatLiesBetweenTheMarks) {
    Trace trace(small_shape(400s));
    trace.operations({}, 10s, 400s, outage(130s, 172s, reset));
    trace.fault(0, 130s, 160s);
    trace.call(141s, [](Measures& m) { m.incident_stage("promotion", at(141s)); });
    trace.call(155s, [](Measures& m) { m.incident_stage("dns", at(155s)); });
    trace.call(158s, [](Measures& m) { m.incident_stage("reconnection", at(158s)); });
    trace.call(172s, [](Measures& m) { m.connection_lost(at(171500ms)); });
    const ReplicationResult result = trace.run();
    using Stages = std::vector<std::pair<std::string, std::int64_t>>;
    const auto ns = [](Duration d) { return d.count(); };
    EXPECT_EQ(result.incidents[0].waterfall,
              (Stages{{"detection", ns(11s)}, {"promotion", ns(14s)}, {"dns", ns(3s)}, {"reconnection", ns(14s)}}));
}

// Up to the last client that finds its connection dead it is reconnection, what is bad after that is backlog. One that
// finds it dead when all is well again says nothing.
TEST(IncidentsTest, ReconnectionEndsWithTheLastLostConnectionAndTheRestIsBacklog) {
    Trace trace(small_shape(400s));
    trace.operations({}, 10s, 400s, outage(130s, 172s, reset));
    trace.fault(0, 130s, 160s);
    trace.call(90s, [](Measures& m) { m.connection_lost(at(90s)); });  // before any incident
    trace.call(158s, [](Measures& m) { m.incident_stage("reconnection", at(158s)); });
    trace.call(161s, [](Measures& m) { m.connection_lost(at(160s)); });
    trace.call(166s, [](Measures& m) { m.connection_lost(at(165s)); });
    trace.call(300s, [](Measures& m) { m.connection_lost(at(299s)); });
    const ReplicationResult result = trace.run();
    using Stages = std::vector<std::pair<std::string, std::int64_t>>;
    const auto ns = [](Duration d) { return d.count(); };
    EXPECT_EQ(result.incidents[0].waterfall,
              (Stages{{"detection", ns(28s)}, {"reconnection", ns(7s)}, {"backlog", ns(7s)}}));
}

// While a cache has too few hits, what is bad after the reconnection is its re-warming.
TEST(IncidentsTest, ACacheThatWarmsUpAgainIsNoBacklog) {
    Trace trace(small_shape(400s));
    trace.operations({}, 10s, 400s, outage(130s, 172s, reset));
    const auto reads = [&](Duration from, Duration to, CacheRead kind) {
        for (Duration t = from; t < to; t += 50ms) trace.call(t, [=](Measures& m) { m.cache_read(0, kind, at(t)); });
    };
    reads(10s, 130s, CacheRead::fresh_hit);
    reads(130s, 165s, CacheRead::miss);
    reads(165s, 400s, CacheRead::fresh_hit);
    trace.fault(0, 130s, 160s);
    trace.call(158s, [](Measures& m) { m.incident_stage("reconnection", at(158s)); });
    trace.call(161s, [](Measures& m) { m.connection_lost(at(160s)); });
    const ReplicationResult result = trace.run();
    using Stages = std::vector<std::pair<std::string, std::int64_t>>;
    const auto ns = [](Duration d) { return d.count(); };
    EXPECT_EQ(result.incidents[0].waterfall,
              (Stages{{"detection", ns(28s)}, {"reconnection", ns(2s)}, {"re-warming", ns(10s)}, {"backlog", ns(2s)}}));
}

TEST(IncidentsTest, AFaultProvesWhatItDid) {
    Trace trace(small_shape(300s));
    trace.fault(0, 130s, 400s);
    trace.call(130s, [](Measures& m) {
        m.fault_hit(0, "orders/instance-1");
        m.fault_hit(0, "orders/instance-1");
        m.fault_cut(0, 12);
        m.fault_cut(0, 3);
    });
    trace.call(131s, [](Measures& m) { m.state_change(at(131s), "orders", "promoting"); });
    const ReplicationResult result = trace.run();
    EXPECT_EQ(result.faults[0].target, "orders/instance-1");
    EXPECT_TRUE(result.faults[0].started);
    EXPECT_FALSE(result.faults[0].ended);
    EXPECT_EQ(result.faults[0].hit.size(), 1U);
    EXPECT_EQ(result.faults[0].operations_cut, 15U);
    EXPECT_FALSE(result.faults[1].started);
    EXPECT_EQ(result.states.at(0).state, "promoting");
    EXPECT_EQ(result.incidents.size(), 1U);
}

}  // namespace
}  // namespace faultline::models
