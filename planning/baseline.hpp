// An earlier result as the first system of a comparison.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planning/comparison.hpp"
#include "scenarios/problem.hpp"

namespace faultline::planning {

struct Baseline {
    std::string variant;  // that it was a run of; empty: the base
    scenarios::RunResult result;
    scenarios::Scenario scenario;  // as this program reads what it ran
};

// None, and problems: no result file of this schema version, or of a scenario that this program does not read.
std::optional<Baseline> read_baseline(const std::string& path, scenarios::Problems& problems);

// The name of the system is "baseline".
Measured measured_then(const Baseline& baseline, const std::string& path, const std::vector<Measure>& measures);

// What differs between then and now besides the model: program, machine, seed; and whether replications are paired.
std::vector<std::string> notes_on(const Baseline& baseline, const scenarios::Comparison& comparison);

}  // namespace faultline::planning
