// When the faults of a replication come, where the scenario leaves `within` out, and where it gives it.
#include "planning/fault_shape.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "scenarios/read_scenario.hpp"
#include "tests/scenarios/example_scenario.hpp"

namespace faultline::planning {
namespace {

constexpr int replications = 40;

// The example with these faults; its requirement is of one that is called "zone lost".
scenarios::Scenario example_with(const std::string& faults) {
    const std::string before =
        R"("faults": { "zone lost": { "kind": "zone-outage", "target": "az-of: orders/writer", "at": "5min", "lasts": )"
        R"("1min" } })";
    scenarios::Problems problems;
    const std::string text = scenarios::replaced(scenarios::example_text(), before, R"("faults": {)" + faults + "}");
    const auto scenario = scenarios::read_scenario(text, "example.json", "", problems);
    EXPECT_EQ(scenarios::all_of(problems), "");
    return scenario.value_or(scenarios::Scenario{});
}

// Of each fault, in seconds, one a replication.
std::vector<std::vector<double>> starts_s(const scenarios::Scenario& scenario) {
    std::vector<std::vector<double>> starts(scenario.faults.size());
    for (std::uint32_t replication = 1; replication <= replications; ++replication) {
        const engine::Simulation simulation({engine::Seed{scenario.run.seed}, replication});
        const auto faults = faults_of(scenario, simulation, replication - 1);
        for (std::size_t i = 0; i < faults.size(); ++i) starts[i].push_back(engine::in_seconds(faults[i].at));
    }
    return starts;
}

constexpr const char* zone_lost =
    R"("zone lost": { "kind": "zone-outage", "target": "az-of: orders/writer", "at": "5min", "lasts": "1min" })";

// Uniform over 30 s: the mean of 40 within four standard deviations, 30 s / sqrt(12 * 40), and none outside.
TEST(FaultsOfTest, WithoutAWordEachReplicationHasAnotherInstantOfHalfAMinute) {
    const auto starts = starts_s(example_with(zone_lost)).at(0);
    double sum_s = 0.0;
    for (const double start_s : starts) {
        EXPECT_GE(start_s, 300.0);
        EXPECT_LT(start_s, 330.0);
        sum_s += start_s;
    }
    EXPECT_NEAR(sum_s / replications, 315.0, 4.0 * 30.0 / std::sqrt(12.0 * replications));
    const auto [first, last] = std::minmax_element(starts.begin(), starts.end());
    EXPECT_GT(*last - *first, 20.0) << "a chance of 1e-5 of uniform draws";
}

// A second loss a minute after the first, and people who answer the first, stay as far from it as the file says.
TEST(FaultsOfTest, AllOfAScheduleMoveTogether) {
    const auto starts = starts_s(
        example_with(std::string{zone_lost} +
                     R"(, "node lost": { "kind": "storage-node-loss", "target": "orders/storage/b/1", "at": "6min" },
             "patched": { "kind": "patch", "target": "orders", "at": "8min" })"));
    for (int i = 0; i < replications; ++i) {
        const auto at = static_cast<std::size_t>(i);
        EXPECT_NEAR(starts[1][at] - starts[0][at], 60.0, 1e-6);
        EXPECT_NEAR(starts[2][at] - starts[0][at], 180.0, 1e-6);
    }
}

// Its own is drawn by itself, "0s" is none at all, and neither moves what stands beside it.
TEST(FaultsOfTest, WhatSaysWithinMovesByItself) {
    const auto starts = starts_s(example_with(
        R"("zone lost": { "kind": "zone-outage", "target": "az-of: orders/writer", "at": "5min", "within": "0s" },
           "node lost": { "kind": "storage-node-loss", "target": "orders/storage/b/1", "at": "6min" },
           "host lost": { "kind": "instance-crash", "target": "orders/instance-2", "at": "7min", "within": "2min" })"));
    double apart_s = 0.0;
    for (int i = 0; i < replications; ++i) {
        const auto at = static_cast<std::size_t>(i);
        EXPECT_EQ(starts[0][at], 300.0);
        apart_s = std::max(apart_s, std::abs(starts[2][at] - starts[1][at] - 60.0));
    }
    EXPECT_GT(apart_s, 30.0) << "more than one draw of half a minute allows";
}

TEST(FaultsOfTest, PlannedWorkAloneComesByTheClock) {
    const auto starts = starts_s(example_with(R"("zone lost": { "kind": "patch", "target": "orders", "at": "5min" })"));
    for (const double start_s : starts.at(0)) EXPECT_EQ(start_s, 300.0);
}

}  // namespace
}  // namespace faultline::planning
