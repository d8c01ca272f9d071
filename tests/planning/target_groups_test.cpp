// Goal:   a requirement is judged for each target of a fault that hits each of a domain, and the worst one decides.
// Method: results made by hand, in which the target of a replication says how it went.
#include "planning/target_groups.hpp"

#include <gtest/gtest.h>

#include <array>

#include "engine/random/stream.hpp"
#include "planning/comparison.hpp"
#include "planning/requirement.hpp"
#include "planning/stopping.hpp"
#include "tests/planning/example_results.hpp"

namespace faultline::planning {
namespace {

using scenarios::Requirement;
using scenarios::RequirementResult;
using scenarios::Verdict;

const std::vector<std::string> zones{"us-east-1/a", "us-east-1/b", "us-east-1/c"};

scenarios::Scenario scenario_of_each(const std::vector<std::string>& targets = zones) {
    scenarios::Scenario scenario = tests::example_scenario();
    scenarios::Fault fault;
    fault.name = "zone lost";
    fault.targets = targets;
    fault.target = targets.front();
    fault.each = true;
    scenario.faults.push_back(fault);
    return scenario;
}

Requirement back_within(double limit_s) {
    Requirement requirement;
    requirement.name = "back";
    requirement.measure = "rto";
    requirement.statistic = "p50";
    requirement.of = "update";
    requirement.after = "zone lost";
    requirement.limit = limit_s;
    return requirement;
}

// Replication r has target r - 1 modulo their number, and the RTO that is given for that one.
std::vector<scenarios::ReplicationResult> in_turn(std::uint32_t count, const std::vector<double>& rto_s,
                                                  const std::vector<std::string>& targets = zones) {
    std::vector<scenarios::ReplicationResult> all;
    for (std::uint32_t number = 1; number <= count; ++number) {
        const std::size_t turn = (number - 1) % targets.size();
        auto one = tests::example_replication(number);
        one.incidents.push_back(tests::incident(std::array{rto_s[turn]}));
        one.faults.push_back({});
        one.faults.back().name = "zone lost";
        one.faults.back().target = targets[turn];
        all.push_back(one);
    }
    return all;
}

// 40 of 60 incidents are within the limit, enough for a median that is met; one zone never is.
TEST(TargetGroupsTest, OneTargetThatIsViolatedDecidesThoughTwoInThreeAreMet) {
    const auto results = in_turn(60, {20.0, 300.0, 20.0});
    scenarios::Scenario in_turn_only = scenario_of_each();
    in_turn_only.faults[0].each = false;
    EXPECT_EQ(judge(in_turn_only, back_within(60.0), results).verdict, Verdict::met) << "all together";

    const RequirementResult judged = judge(scenario_of_each(), back_within(60.0), results);
    EXPECT_EQ(judged.verdict, Verdict::violated);
    EXPECT_EQ(judged.worst_target, "us-east-1/b");
    EXPECT_EQ(judged.estimate, 300.0);
    EXPECT_EQ(judged.observations, 20U);
    EXPECT_NE(judged.why.find("us-east-1/b is the worst of 3 targets of \"zone lost\" (2 met, 1 violated)"),
              std::string::npos)
        << judged.why;
    ASSERT_EQ(judged.targets.size(), 3U);
    for (const scenarios::TargetVerdict& one : judged.targets) {
        EXPECT_EQ(one.replications, 20U);
        EXPECT_EQ(one.verdict, one.target == "us-east-1/b" ? Verdict::violated : Verdict::met) << one.target;
    }
}

TEST(TargetGroupsTest, MetAtEachIsMetAndTheSlowestIsNamed) {
    const RequirementResult judged = judge(scenario_of_each(), back_within(60.0), in_turn(60, {20.0, 30.0, 40.0}));
    EXPECT_EQ(judged.verdict, Verdict::met);
    EXPECT_EQ(judged.worst_target, "us-east-1/c");
    EXPECT_EQ(judged.estimate, 40.0);
}

TEST(TargetGroupsTest, ATargetThatFewerThanTwoReplicationsHitIsUndecidedAndSaysSo) {
    // The third zone was hit once, in time, and the others twice.
    const auto results = in_turn(5, {20.0, 20.0, 20.0});
    Requirement requirement = back_within(60.0);
    const RequirementResult judged = judge(scenario_of_each(), requirement, results);
    EXPECT_EQ(judged.verdict, Verdict::undecided);
    EXPECT_EQ(judged.targets.at(2).replications, 1U);
    EXPECT_NE(judged.why.find("fewer than 2 replications hit us-east-1/c: 6 in all are needed"), std::string::npos)
        << judged.why;

    // Those of another zone are missing altogether.
    const RequirementResult two =
        judge(scenario_of_each(), requirement, in_turn(40, {20.0, 20.0}, {zones[0], zones[1]}));
    EXPECT_EQ(two.verdict, Verdict::undecided);
    EXPECT_EQ(two.worst_target, "us-east-1/c");
    EXPECT_NE(two.why.find("\"zone lost\" hit us-east-1/c in 0 of 40 replications"), std::string::npos) << two.why;
}

TEST(TargetGroupsTest, WhatComesAfterAnotherFaultIsJudgedForEveryTargetToo) {
    scenarios::Scenario scenario = scenario_of_each();
    scenarios::Fault node = scenario.faults[0];
    node.name = "node lost";
    node.targets = {"hot/shard-1/node-1", "hot/shard-2/node-1"};
    scenario.faults.push_back(node);
    EXPECT_EQ(targets_judged(scenario, back_within(60.0)).size(), 3U);
    Requirement answered;
    answered.measure = "availability";
    EXPECT_EQ(targets_judged(scenario, answered).size(), 5U);
    Requirement encrypted;
    encrypted.measure = "encrypted";
    EXPECT_TRUE(targets_judged(scenario, encrypted).empty()) << "it does not depend on what breaks";
    EXPECT_EQ(replications_a_turn(scenario), 6U);
    EXPECT_EQ(replications_a_turn(tests::example_scenario()), 1U);
}

TEST(TargetGroupsTest, LooksComeWhenAllHaveHadAsManyTurns) {
    scenarios::Scenario scenario = scenario_of_each();
    scenario.requirements = {back_within(60.0)};
    Stopping stopping(scenario, 100);
    std::vector<std::uint32_t> looks;
    for (std::uint32_t next = stopping.next_look();; next = stopping.next_look()) {
        looks.push_back(next);
        // One zone is back in time in every second of its replications: the median stays open.
        auto results = in_turn(next, {20.0, 20.0, 20.0});
        for (std::size_t i = 0; i < results.size(); i += 6) {
            results[i].incidents = {tests::incident(std::array{300.0})};
        }
        stopping.look(results);
        if (stopping.next_look() == next) break;
    }
    EXPECT_EQ(looks, (std::vector<std::uint32_t>{6, 12, 24, 48, 96, 100}));

    Stopping seven(scenario_of_each({"1", "2", "3", "4", "5", "6", "7"}), 100);
    EXPECT_EQ(seven.next_look(), 14U) << "two of each";
}

// Three zones whose truth lies exactly at the limit: every second incident is late. "Violated" at any of them is wrong,
// and may come in 5 % of the runs: of 400, more than 30 would come with a probability below 1 % (binomial: 20 + 2.33 *
// sqrt(19)). Were the error not shared by the targets, three times as many would be expected.
TEST(TargetGroupsTest, ManyTargetsMakeNoMoreFalseViolations) {
    int violated = 0;
    engine::RandomStream draws{engine::stream_key(engine::Seed{11}, 1, "target groups", "late")};
    for (int run = 0; run < 400; ++run) {
        auto results = in_turn(60, {20.0, 20.0, 20.0});
        for (auto& one : results) {
            if (draws.uniform() < 0.5) one.incidents = {tests::incident(std::array{300.0})};
        }
        if (judge(scenario_of_each(), back_within(60.0), results).verdict == Verdict::violated) ++violated;
    }
    EXPECT_LE(violated, 30);
    EXPECT_GT(violated, 0) << "judging that never says violated proves nothing";
}

// 10 s sooner at two zones, 15 s later at the third: over all of them nobody wins, and at the third one is worse.
TEST(TargetGroupsTest, ComparedAtEachTargetWhatIsWorseAtOneShows) {
    scenarios::Scenario scenario = scenario_of_each();
    scenario.requirements = {back_within(110.0)};
    const std::vector<const scenarios::Scenario*> models{&scenario};
    const std::vector<Measure> measures = with_targets(measures_of(scenario, false), models);
    ASSERT_EQ(measures.size(), 1U + zones.size());
    const auto system = [&](const std::vector<double>& rto_s) {
        scenarios::RunResult result;
        result.scenario_source = "{}";
        result.replications = in_turn(60, rto_s);
        result.requirements = judge_all(scenario, result.replications);
        return measured(scenario, result, measures);
    };
    const auto compared = compare({system({20.0, 20.0, 100.0}), system({10.0, 10.0, 115.0})}, measures, {});
    using scenarios::Standing;
    const std::array<Standing, 4> expected{Standing::no_winner, Standing::better, Standing::better, Standing::worse};
    for (std::size_t i = 0; i < measures.size(); ++i) {
        EXPECT_EQ(compared.measures[i].systems[1].standing, expected[i]) << compared.measures[i].name;
    }
    EXPECT_EQ(compared.measures[3].target, "us-east-1/c");
    EXPECT_EQ(compared.measures[3].requirement, "back");
    EXPECT_EQ(compared.measures[3].systems[1].pairs, 20U);
    EXPECT_EQ(compared.measures[3].systems[0].verdict, Verdict::met);
    EXPECT_EQ(compared.measures[3].systems[1].verdict, Verdict::violated);
    EXPECT_TRUE(has_regression(compared));
}

}  // namespace
}  // namespace faultline::planning
