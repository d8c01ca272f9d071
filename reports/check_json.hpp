// Findings of the checks for programs.
#pragma once

#include <string>
#include <vector>

#include "scenarios/check_result.hpp"

namespace faultline::reports {

// What was found in the file as it is (no variant), or in one of its variants and not in the file as it is.
struct CheckedVariant {
    std::string variant;
    std::vector<scenarios::CheckFinding> findings;
};

// One JSON object with a line end: the file, the scenario's name, and a list of findings, each with its variant.
std::string check_json(const std::string& file, const std::string& scenario,
                       const std::vector<CheckedVariant>& checked);

}  // namespace faultline::reports
