// What is allowed in a scenario and still looks wrong, told without simulating. Here: what the plan of a run itself
// shows; the checks of the topology are in planning/checks.
#pragma once

#include <string>
#include <vector>

#include "scenarios/scenario.hpp"

namespace faultline::planning {

enum class Severity { error, warning };  // an error: the run could not answer the question
struct LintFinding {
    Severity severity = Severity::warning;
    std::string about;  // "/requirements/writes recover", or empty
    std::string message;
    friend bool operator==(const LintFinding&, const LintFinding&) = default;
};

// In the order of the checks.
std::vector<LintFinding> lint(const scenarios::Scenario& scenario);

}  // namespace faultline::planning
