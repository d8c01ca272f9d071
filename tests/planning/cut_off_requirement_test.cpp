// Goal:   availability leaves out what the end of the run has kept from its answer, and nothing else.
// Method: results made by hand.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "planning/requirement.hpp"
#include "tests/planning/example_results.hpp"

namespace faultline::planning {
namespace {

// Five of a thousand are cut off by the end of the run: of the others all are good.
TEST(CutOffRequirementTest, WhatTheEndOfTheRunCutsOffIsNoFailure) {
    std::vector<scenarios::ReplicationResult> results;
    for (std::uint32_t r = 1; r <= 20; ++r) {
        scenarios::ReplicationResult replication = tests::example_replication(r);
        for (int office = 0; office < 2; ++office) {
            scenarios::ClassAtOffice part;
            part.outcomes = {
                .due = 1000, .answered = 995, .in_flight = 5, .good = 995, .undecided = office == 0 ? 5U : 0U};
            replication.classes.front().steady.push_back(part);
        }
        results.push_back(std::move(replication));
    }
    scenarios::Requirement availability;
    availability.measure = "availability";
    availability.of = "lookup";
    availability.limit = 0.999;
    availability.at_most = false;
    const auto judged = judge(tests::example_scenario(), availability, results);
    EXPECT_EQ(judged.worst_at, "denver") << "there they are old enough to count";
    EXPECT_EQ(judged.verdict, scenarios::Verdict::violated);
    for (auto& replication : results) replication.classes.front().steady[1].outcomes.undecided = 5;
    EXPECT_EQ(judge(tests::example_scenario(), availability, results).estimate, 1.0);
    EXPECT_NE(judge(tests::example_scenario(), availability, results).verdict, scenarios::Verdict::violated);
}

}  // namespace
}  // namespace faultline::planning
