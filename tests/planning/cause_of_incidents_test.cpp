// Goal:   what faults did is told of the fault that did it: of the incidents that missed a limit, and of the part that
// had
//         no room then.
// Method: results made by hand in which an easy answer would be the wrong one.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "planning/cause.hpp"
#include "tests/planning/example_results.hpp"

namespace faultline::planning {
namespace {

using scenarios::ReplicationResult;
using scenarios::Requirement;

constexpr std::int64_t second_ns = 1'000'000'000;

Requirement requirement_on(const char* measure, const char* of) {
    Requirement made;
    made.measure = measure;
    made.of = of;
    return made;
}

std::string told(const Requirement& requirement, const char* place, const ReplicationResult& result) {
    scenarios::Scenario scenario = tests::example_scenario();
    scenario.workload.classes.front().route = {{scenarios::TargetRole::reader, "orders"}};
    const std::vector<ReplicationResult> results{result, result};
    return cause(scenario, requirement, place, results);
}

// Lookups that are bad there until so many seconds after its start.
scenarios::IncidentResult incident_of(const char* fault, const char* office, std::int64_t rto_s) {
    scenarios::IncidentResult incident;
    incident.faults = {fault};
    incident.waterfall = {{"detection", 6 * second_ns}, {"promotion", 18 * second_ns}};
    scenarios::Recovery recovery;
    recovery.of = "lookup";
    recovery.office = office;
    recovery.any_bad = true;
    recovery.rto_ns = recovery.bad_until_ns = rto_s * second_ns;
    recovery.bad_time_ns = 60 * second_ns;
    recovery.first_impact_ns = 18 * second_ns;
    incident.recoveries = {recovery};
    return incident;
}

TEST(CauseOfIncidentsTest, AnRtoIsExplainedByTheIncidentsThatMissedItAtTheOffice) {
    Requirement rto = requirement_on("rto", "lookup");
    rto.limit = 60.0;
    ReplicationResult result = tests::example_replication(1);
    // A failover in time; a line that is cut, in which nothing fails over; and what another office waited for.
    result.incidents = {incident_of("zone lost", "boston", 24), incident_of("line cut", "boston", 78),
                        incident_of("crash", "denver", 400)};
    result.incidents[1].waterfall.clear();
    EXPECT_EQ(told(rto, "boston", result),
              "what took longer was line cut; nothing failed over; it is felt after 18 s and bad for 60 s on average");
    EXPECT_EQ(
        told(rto, "denver", result).find("what took longer was crash; the longest part of a recovery is promotion"),
        0U);
    rto.limit = 1000.0;
    EXPECT_EQ(told(rto, "boston", result).find("the longest part of a recovery is promotion"), 0U) << "of all of them";
}

TEST(CauseOfIncidentsTest, AvailabilityNamesTheIncidentThatHoldsMostOfWhatFailed) {
    ReplicationResult result = tests::example_replication(1);
    auto& lookup = result.classes.front();
    lookup.steady.assign(2, {});
    lookup.degraded.assign(2, {});
    lookup.degraded[0].outcomes = {.due = 90, .answered = 50, .refused = 30, .timed_out = 10, .good = 50};
    lookup.due_per_s.assign(100, 10);
    lookup.good_per_s.assign(100, 10);
    for (std::size_t s = 30; s < 40; ++s) lookup.good_per_s[s] = s < 38 ? 0 : 5;
    lookup.good_per_s[70] = 0;
    result.end_ns = 100 * second_ns;
    result.incidents = {incident_of("crash", "boston", 8), incident_of("zone lost", "boston", 1)};
    result.incidents[0].start_ns = 30 * second_ns;
    result.incidents[1].start_ns = 70 * second_ns;
    const std::string text = told(requirement_on("availability", "lookup"), "boston", result);
    EXPECT_NE(text.find("100 % of them while a fault was active (crash)"), std::string::npos) << text;
}

TEST(CauseOfIncidentsTest, AnInstanceWithoutRoomForConnectionsIsNamed) {
    ReplicationResult result = tests::example_replication(1);
    result.incidents = {incident_of("crash", "boston", 300)};
    result.instances = {
        {.name = "orders/instance-1", .connections_peak = 15, .connections_max = 100},
        {.name = "orders/instance-2", .connections_refused = 672, .connections_peak = 100, .connections_max = 100},
        {.name = "others/instance-1", .connections_refused = 9000}};
    const Requirement rto = requirement_on("rto", "lookup");
    EXPECT_TRUE(told(rto, "boston", result)
                    .ends_with("; orders/instance-2 refused 672 new connections a run: it has room for 100"))
        << told(rto, "boston", result);
    result.instances[1].connections_peak = 40;  // IAM
    EXPECT_TRUE(told(rto, "boston", result).ends_with("refused 672 new connections a run: too many a second"));
    result.instances[1].connections_refused = 3;
    EXPECT_EQ(told(rto, "boston", result).find("refused"), std::string::npos) << "no word for a few";
}

// The zone's database failed over in seconds; the warehouse was relocated for twenty minutes.
TEST(CauseOfIncidentsTest, AClassOfAWarehouseWaitsForTheWarehouse) {
    scenarios::Scenario scenario = tests::example_scenario();
    scenario.workload.classes.front().route = {{scenarios::TargetRole::warehouse, "reports"}};
    scenario.warehouses.emplace_back().name = "reports";
    ReplicationResult result = tests::example_replication(1);
    result.end_ns = 3000 * second_ns;
    result.incidents = {incident_of("zone lost", "boston", 1300)};
    result.states = {{0, "reports/compute-1", "serving"},
                     {100 * second_ns, "reports/compute-1", "zone lost"},
                     {100 * second_ns, "reports/scaling-1", "not there"},
                     {110 * second_ns, "reports/compute-1", "relocating"},
                     {1310 * second_ns, "reports/compute-1", "serving"}};
    const std::vector<ReplicationResult> results{result, result};
    EXPECT_EQ(cause(scenario, requirement_on("rto", "lookup"), "boston", results),
              "reports/compute-1 was relocating for 20 min a run");
    result.states.resize(1);
    const std::vector<ReplicationResult> calm{result, result};
    EXPECT_NE(cause(scenario, requirement_on("rto", "lookup"), "boston", calm).find("promotion"), std::string::npos);
}

// It sleeps for half an hour before the incident and for five minutes into it: those are the incident's, and of its age
// all of it is.
TEST(CauseOfIncidentsTest, WhatAWarehouseDidBeforeAnIncidentIsNoneOfItsCauses) {
    scenarios::Scenario scenario = tests::example_scenario();
    scenario.workload.classes.front().route = {{scenarios::TargetRole::warehouse, "reports"}};
    scenario.warehouses.emplace_back().name = "reports";
    ReplicationResult result = tests::example_replication(1);
    result.end_ns = 9000 * second_ns;
    result.incidents = {incident_of("zone lost", "boston", 900)};
    result.incidents[0].start_ns = 3000 * second_ns;
    result.incidents[0].full_recovery_ns = 4000 * second_ns;
    result.states = {{0, "reports/compute-1", "serving"},
                     {1200 * second_ns, "reports/compute-1", "paused"},
                     {3300 * second_ns, "reports/compute-1", "relocating"},
                     {3840 * second_ns, "reports/compute-1", "serving"}};
    const auto of = [&](const char* measure) {
        const std::vector<ReplicationResult> results{result, result};
        return cause(scenario, requirement_on(measure, "lookup"), "boston", results);
    };
    EXPECT_EQ(of("rto"), "reports/compute-1 was relocating for 9 min and paused for 5 min a run");
    auto& lookup = result.classes.front();
    lookup.steady.assign(2, {});
    lookup.steady[0].outcomes = {.due = 90, .answered = 50, .failed = 40, .good = 50};
    EXPECT_TRUE(of("availability").ends_with("; reports/compute-1 was paused for 35 min a run")) << of("availability");
    result.warehouses.emplace_back().name = "reports";
    result.warehouses[0].tables.emplace_back().loads = 10;
    EXPECT_NE(of("freshness").find("reports/compute-1 was paused for 35 min a run"), std::string::npos)
        << of("freshness");
}

TEST(CauseOfIncidentsTest, ALogWhoseWayIsCutIsSoTold) {
    ReplicationResult result = tests::example_replication(1);
    for (const auto& [target, until_s] : {std::pair{"boston/line", 900}, std::pair{"us-east-1 - us-west-2", 340}}) {
        scenarios::FaultResult cut;
        cut.name = "cut";
        cut.target = target;
        cut.kind = "link-cut";
        cut.started = cut.ended = true;
        cut.start_ns = 100 * second_ns;
        cut.end_ns = until_s * second_ns;
        result.faults.push_back(cut);
    }
    EXPECT_EQ(
        told(requirement_on("replica-lag", "orders/us-west-2"), "", result),
        "nothing on the log's way is busy: it is the way itself; cut (link-cut of us-east-1 - us-west-2) took a part "
        "of that way out for 4 min");
}

}  // namespace
}  // namespace faultline::planning
