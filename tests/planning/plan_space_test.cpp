// Goal:   a search space says what it is or what is wrong with it: pointers, options, constraints.
// Method: sections "plan" over one small scenario, read as the command reads them.
#include <gtest/gtest.h>

#include "planning/plan/space.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

std::string planned_counter(const std::string& plan) {
    return R"({"name": "counter", "run": {"warm_up": "0s", "measured": "60s"}, "network": {"profile": "zero"},
        "offices": {"boston": {"access": "none"}}, "stations": {"counter": {"servers": 1}},
        "workload": {"arrivals": {"rate": "10/s"}, "classes": {"lookup": {"share": 1, "route": ["counter"],
        "deadline": "1s", "demand": "1ms"}}},
        "requirements": {"fast": {"measure": "latency p95", "of": "lookup", "at_most": "20ms"}}, "plan": )" +
           plan + "}";
}

struct ReadSpace {
    Space space{};
    SweepBase base{};
    std::string problems{};
};

ReadSpace space_from(const std::string& plan) {
    ReadSpace read;
    scenarios::Problems problems;
    const std::string text = planned_counter(plan);
    const auto scenario = scenarios::read_scenario(text, "s.json", "", problems);
    if (scenario) {
        read.base = {.file = "s.json", .folder = "", .model = scenarios::Json::parse(text), .scenario = *scenario};
        read.base.model.erase("plan");
        const auto asked = scenarios::read_plan_space(text, "s.json", problems);
        EXPECT_TRUE(asked);
        if (asked) read.space = space_of(*asked, read.base, problems);
    }
    for (const auto& one : problems.sorted()) read.problems += scenarios::to_text(one) + "\n";
    return read;
}

void expect_problem(const std::string& plan, const std::string& text) {
    const std::string problems = space_from(plan).problems;
    EXPECT_NE(problems.find(text), std::string::npos) << "no \"" << text << "\" in\n" << problems;
}

constexpr const char* two_choices = R"({"choices": {
    "servers": {"at": "/stations/counter/servers", "range": "1..4 step 1", "ordered": true},
    "load": {"options": {"low": {"workload": {"arrivals": {"rate": "5/s"}}}, "as it is": {}}}})";

TEST(PlanSpaceTest, EveryCombinationIsATopology) {
    const ReadSpace read = space_from(std::string{two_choices} + "}");
    EXPECT_EQ(read.problems, "");
    ASSERT_EQ(read.space.topologies.size(), 8U);
    const SweepPoint point = point_of(read.base, read.space, read.space.topologies[4]);  // 3 servers, low
    ASSERT_TRUE(point.scenario);
    EXPECT_EQ(point.scenario->stations.front().servers, 3);
    EXPECT_DOUBLE_EQ(point.scenario->workload.arrivals.rate_per_s, 5.0);
    EXPECT_TRUE(is_weaker(read.space, read.space.topologies[4], read.space.topologies[0]));
    EXPECT_FALSE(is_weaker(read.space, read.space.topologies[4], read.space.topologies[1])) << "another load";
    EXPECT_FALSE(is_weaker(read.space, read.space.topologies[0], read.space.topologies[4]));
    EXPECT_TRUE(are_neighbours(read.space.topologies[4], read.space.topologies[5]));
    EXPECT_FALSE(are_neighbours(read.space.topologies[0], read.space.topologies[4]));
}

TEST(PlanSpaceTest, ConstraintsLeaveCombinationsOut) {
    const ReadSpace read = space_from(std::string{two_choices} +
                                      R"(, "constraints": [{"when": {"load": ["low"]}, "then": {"servers": [1]}}]})");
    EXPECT_EQ(read.problems, "");
    EXPECT_EQ(read.space.combinations, 8U);
    EXPECT_EQ(read.space.topologies.size(), 5U);
}

TEST(PlanSpaceTest, ContradictionsNameTheConstraint) {
    expect_problem(
        std::string{two_choices} + R"(, "constraints": [{"then": {"servers": [1, 2]}}, {"then": {"servers": [3]}}]})",
        "/plan/constraints/1: no topology is left: it contradicts those before it");
    expect_problem(std::string{two_choices} +
                       R"(, "constraints": [{"when": {"servers": [1, 2, 3, 4]}, "then": {"servers": [1]}},
                                            {"when": {"servers": [1]}, "then": {"servers": [2]}}]})",
                   "no topology is left");
}

TEST(PlanSpaceTest, MistakesAreNamed) {
    expect_problem(R"({"choices": {}})", "the space is empty");
    expect_problem(R"({"choices": {"servers": {"at": "/stations/conter/servers", "values": [1]}}})",
                   "did you mean \"counter\"?");
    expect_problem(R"({"choices": {"servers": {"at": "/stations/counter/servers", "values": []}}})",
                   "expected a list with one value at least");
    expect_problem(R"({"choices": {"servers": {"at": "/stations/counter/servers", "values": [1, 1]}}})", "twice");
    expect_problem(R"({"choices": {"servers": {"at": "/stations/counter/servers", "values": [1], "range": "1..2/2"}}})",
                   "expected one of \"values\", \"options\" and \"range\", found several");
    expect_problem(R"({"choices": {"servers": {"at": "/stations/counter/servers", "range": "1..4"}}})",
                   "expected a number of values or a step");
    expect_problem(R"({"choices": {"servers": {"values": [1]}}})", "only \"options\" go without one");
    expect_problem(std::string{two_choices} + R"(, "constraints": [{"then": {"server": [1]}}]})",
                   "did you mean \"servers\"?");
    expect_problem(std::string{two_choices} + R"(, "constraints": [{"then": {"load": ["lower"]}}]})",
                   "there are: \"low\"");
}

// What a patch has removed cannot be set: that combination is none, and says so.
TEST(PlanSpaceTest, APointerMayHitNothingInOneCombination) {
    const ReadSpace read = space_from(R"({"choices": {
        "servers": {"at": "/stations/counter/servers", "values": [1, 2]},
        "counter": {"options": {"kept": {}, "gone": {"stations": {"counter": null}}}}}})");
    ASSERT_EQ(read.space.topologies.size(), 4U);
    const SweepPoint gone = point_of(read.base, read.space, read.space.topologies[1]);
    EXPECT_FALSE(gone.scenario);
    ASSERT_EQ(gone.problems.size(), 1U);
    EXPECT_NE(gone.problems.front().find("hits nothing in this combination"), std::string::npos);
    EXPECT_TRUE(point_of(read.base, read.space, read.space.topologies[0]).scenario);
}

}  // namespace
}  // namespace faultline::planning
