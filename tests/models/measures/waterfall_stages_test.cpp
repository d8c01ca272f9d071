// Goal:   a stage of a recovery is named after what was waited for, whatever else is broken or ordered meanwhile.
// Method: marks set by hand, and operations that are bad for so long.
#include <gtest/gtest.h>

#include "tests/models/measures/trace.hpp"

namespace faultline::models {
namespace {

auto outage(Duration from, Duration to, Fate fate) {
    return [=](Duration due) { return due >= from && due < to ? fate : answered; };
}

// A fault that joins an open incident is detected from its own start on; what passed before it is no detection.
TEST(WaterfallStagesTest, WhatPassedBeforeTheFaultThatTookADatabaseDownIsNotItsDetection) {
    for (const char* const hit : {"orders/instance-1", "services/shop/us-east-1/1"}) {
        Trace trace(small_shape(400s));
        trace.operations({}, 10s, 400s, outage(130s, 172s, reset));
        trace.fault(0, 130s, 165s);
        trace.fault(1, 150s, 160s);
        trace.call(151s, [hit](Measures& m) { m.fault_hit(1, hit); });
        trace.call(157s, [](Measures& m) { m.incident_stage("promotion", at(157s)); });
        const ReplicationResult result = trace.run();
        using Stages = std::vector<std::pair<std::string, std::int64_t>>;
        const auto ns = [](Duration d) { return d.count(); };
        const bool down = std::string_view{hit} == "orders/instance-1";
        const Stages split{{"the time before second", ns(20s)}, {"detection", ns(7s)}, {"promotion", ns(15s)}};
        const Stages whole{{"detection", ns(27s)}, {"promotion", ns(15s)}};
        EXPECT_EQ(result.incidents[0].waterfall, down ? split : whole) << hit;
    }
}

TEST(WaterfallStagesTest, WorkOnACacheIsNoStageOfADatabaseThatFailsOver) {
    Trace trace(small_shape(400s));
    trace.operations({}, 10s, 400s, outage(130s, 172s, reset));
    trace.fault(0, 130s, 160s);
    trace.call(141s, [](Measures& m) { m.incident_stage("promotion", at(141s)); });
    trace.call(150s, [](Measures& m) { m.incident_stage("forking", at(150s)); });
    using Stages = std::vector<std::pair<std::string, std::int64_t>>;
    const auto ns = [](Duration d) { return d.count(); };
    EXPECT_EQ(trace.run().incidents[0].waterfall, (Stages{{"detection", ns(11s)}, {"promotion", ns(31s)}}));
}

// Calls that a balancer still sends to a lost instance are no backlog; without a database that fails over they are all.
TEST(WaterfallStagesTest, HealthChecksAreWaitedFor) {
    for (const bool failover : {true, false}) {
        Trace trace(small_shape(400s));
        trace.operations({}, 10s, 400s, outage(130s, 172s, reset));
        trace.fault(0, 130s, 180s);
        if (failover) trace.call(138s, [](Measures& m) { m.incident_stage("reconnection", at(138s)); });
        for (Duration now = 20s; now < 166s; now += 1s) {
            if (now < 30s || now > 130s) trace.call(now, [now](Measures& m) { m.balancer_misled(at(now)); });
        }
        trace.call(141s, [](Measures& m) { m.connection_lost(at(140s)); });
        using Stages = std::vector<std::pair<std::string, std::int64_t>>;
        const auto ns = [](Duration d) { return d.count(); };
        const Stages with{
            {"detection", ns(8s)}, {"reconnection", ns(2s)}, {"health checks", ns(25s)}, {"backlog", ns(7s)}};
        const Stages without{{"health checks", ns(35s)}, {"backlog", ns(7s)}};
        EXPECT_EQ(trace.run().incidents[0].waterfall, failover ? with : without);
    }
}

// What is bad because of another fault that has joined is not worked off.
TEST(WaterfallStagesTest, WhatALaterFaultSpoilsIsNoBacklog) {
    Trace trace(small_shape(600s));
    trace.operations({}, 10s, 600s, [](Duration due) {
        const bool bad = (due >= 130s && due < 142s) || (due >= 150s && due < 200s);
        return bad ? Fate{FailureReason::connection_lost, 0ms} : Fate{FailureReason::none, 5ms};
    });
    trace.fault(0, 130s, 300s);
    trace.fault(1, 150s, 200s);
    trace.call(138s, [](Measures& m) { m.incident_stage("reconnection", at(138s)); });
    trace.call(141s, [](Measures& m) { m.connection_lost(at(140s)); });
    const ReplicationResult result = trace.run();
    ASSERT_EQ(result.incidents.size(), 1U);
    using Stages = std::vector<std::pair<std::string, std::int64_t>>;
    const auto ns = [](Duration d) { return d.count(); };
    EXPECT_EQ(result.incidents[0].waterfall, (Stages{{"detection", ns(8s)},
                                                     {"reconnection", ns(2s)},
                                                     {"the time before second", ns(10s)},
                                                     {"the time since second", ns(50s)}}));
}

}  // namespace
}  // namespace faultline::models
