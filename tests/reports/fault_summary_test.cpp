// Goal: the report says of each fault what it was, when, what it hit and what it followed; and nothing of what never
// came.
#include "reports/fault_summary.hpp"

#include <gtest/gtest.h>

namespace faultline::reports {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

scenarios::FaultResult zone_lost() {
    scenarios::FaultResult fault;
    fault.name = "zone lost";
    fault.target = "us-east-1/a";
    fault.kind = "zone-outage";
    fault.started = fault.ended = true;
    fault.start_ns = 180 * second_ns;
    fault.end_ns = 240 * second_ns;
    fault.hit = {"a", "b", "c", "d", "e"};
    fault.operations_cut = 34;
    return fault;
}

scenarios::RunResult two_runs_of(const std::vector<scenarios::FaultResult>& faults) {
    scenarios::RunResult result;
    result.replications.resize(2);
    for (auto& one : result.replications) {
        one.warm_up_ns = 60 * second_ns;
        one.faults = faults;
    }
    return result;
}

TEST(FaultSummaryTest, SaysWhatWhenAndHowFar) {
    const auto lines = fault_lines(two_runs_of({zone_lost()}));
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(
        lines[0],
        "zone lost (zone-outage of us-east-1/a): from 2 min for 60 s, hit a, b, c, d and 1 more; 34 processes cut "
        "off each time.");
}

TEST(FaultSummaryTest, CountsWhatComesByChanceAndNamesItsCause) {
    scenarios::FaultResult follower = zone_lost();
    follower.name = "ill";
    follower.kind = "control-plane-impaired";
    follower.target = "us-east-1";
    follower.by_chance = true;
    follower.caused_by = "zone lost";
    follower.hit = {"orders"};
    follower.operations_cut = 0;
    scenarios::FaultResult never = follower;
    never.started = false;
    auto result = two_runs_of({never});
    result.replications[1].faults.push_back(follower);
    const auto lines = fault_lines(result);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0], "ill (control-plane-impaired of us-east-1): 0.5 times a run, hit orders; after zone lost.");
}

TEST(FaultSummaryTest, SaysThatWorkWasPlannedAndThatAnOutageHasNoEnd) {
    scenarios::FaultResult patch = zone_lost();
    patch.kind = "patch";
    patch.planned = true;
    patch.ended = false;
    patch.hit.clear();
    patch.operations_cut = 0;
    EXPECT_EQ(
        fault_lines(two_runs_of({patch})),
        std::vector<std::string>{"zone lost (patch of us-east-1/a, planned): from 2 min to the end, hit nothing."});
}

}  // namespace
}  // namespace faultline::reports
