// Which of several systems is better at what, by paired differences under common random numbers.
//
// Replication k of every system draws the same arrivals, keys, demands and fault times as far as it asks for them, so
// what they share cancels out of the difference of their replications k. That difference has an interval by Student's
// t (engine/statistics/two_samples.hpp); where it contains zero there is no winner. The confidence is of each
// difference; `joint`: of all of them together (Bonferroni).
//
// An earlier result is paired in the same way if it has the same seed and the same operations were due in each
// replication, second by second; else the two are independent samples (Welch).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "planning/candidates.hpp"
#include "planning/measure.hpp"
#include "planning/replications.hpp"
#include "scenarios/comparison.hpp"

namespace faultline::planning {

// What one system measured: all that is kept of its replications.
struct Measured {
    scenarios::ComparedSystem system;
    std::vector<std::vector<double>> values;                 // by measure, by replication
    std::vector<scenarios::RequirementResult> requirements;  // as they were judged
    std::vector<std::uint64_t> work;                         // by replication (measure.hpp)
    std::string model;                                       // its text
    std::vector<scenarios::UnpricedPart> unpriced{};         // of what it costs
};
Measured measured(const scenarios::Scenario& scenario, const scenarios::RunResult& result,
                  const std::vector<Measure>& measures);

struct ComparisonRules {
    double confidence = 0.95;
    bool joint = false;
    bool with_baseline = false;  // the first system is an earlier result
};
// The first one is what the others are compared with. `systems` has one at least.
scenarios::Comparison compare(const std::vector<Measured>& systems, const std::vector<Measure>& measures,
                              const ComparisonRules& rules);

// Some system is significantly worse at something than the first one.
bool has_regression(const scenarios::Comparison& comparison);

struct ComparisonPlan {
    int jobs = 0;
    Ranks* ranks = nullptr;  // as of ReplicationPlan
    std::string tool_version;
    std::function<std::string(const Candidate&)> repeat_command;
    std::function<void(const Progress&)> on_progress{};
};
struct ComparisonRuns {
    std::vector<Measured> systems;
    bool interrupted = false;
};
// Runs each candidate with as many replications as its scenario says.
ComparisonRuns run_candidates(const std::vector<Candidate>& candidates, const std::vector<Measure>& measures,
                              const ComparisonPlan& plan, SignalWatch& signals);

}  // namespace faultline::planning
