// Goal: planned work is judged apart unless a requirement asks for it, and what comes by chance need not hit every
// time.
#include <gtest/gtest.h>

#include <array>

#include "planning/requirement.hpp"
#include "tests/planning/example_results.hpp"

namespace faultline::planning {
namespace {

using scenarios::Verdict;
using tests::example_replication;
using tests::example_scenario;

// Each with a quick recovery from a fault, and a slow one from a patch.
std::vector<scenarios::ReplicationResult> results() {
    std::vector<scenarios::ReplicationResult> all;
    for (std::uint32_t i = 1; i <= 59; ++i) {
        auto one = example_replication(i);
        one.incidents = {tests::incident(std::array{30.0, 40.0}), tests::incident(std::array{300.0, 400.0})};
        one.incidents[1].faults = {"patched"};
        one.incidents[1].planned = true;
        all.push_back(one);
    }
    return all;
}

scenarios::Requirement rto_of_a_minute() {
    scenarios::Requirement requirement;
    requirement.measure = "rto";
    requirement.statistic = "p95";
    requirement.of = "update";
    requirement.limit = 60.0;
    return requirement;
}

TEST(PlannedRequirementTest, PlannedWorkIsJudgedApartUnlessItIsAskedFor) {
    scenarios::Requirement requirement = rto_of_a_minute();
    const auto apart = judge(example_scenario(), requirement, results());
    EXPECT_EQ(apart.verdict, Verdict::met);
    EXPECT_EQ(apart.observations, 59U);
    requirement.planned_included = true;
    EXPECT_EQ(judge(example_scenario(), requirement, results()).verdict, Verdict::violated);
    requirement.planned_included = false;
    requirement.after = "patched";
    EXPECT_EQ(judge(example_scenario(), requirement, results()).verdict, Verdict::violated) << "it is named";
}

TEST(PlannedRequirementTest, WhatComesByChanceMustHitSomethingOnce) {
    std::vector<scenarios::ReplicationResult> all{example_replication(1), example_replication(2)};
    scenarios::FaultResult fault;
    fault.name = "crashes";
    fault.by_chance = true;
    for (auto& one : all) one.faults = {fault};
    EXPECT_TRUE(faults_without_effect(all).empty()) << "it did not come";
    for (auto& one : all) one.faults[0].started = true;
    ASSERT_EQ(faults_without_effect(all).size(), 1U);
    EXPECT_EQ(faults_without_effect(all)[0], "crashes, which comes by chance, never hit anything in 2 replications");
    fault.hit = {"orders/instance-2"};
    all[1].faults.push_back(fault);
    EXPECT_TRUE(faults_without_effect(all).empty());
}

}  // namespace
}  // namespace faultline::planning
