// The checks of a topology: what an architect would ask of it before anything is simulated. Each finding says why it
// matters here and the smallest change that mends it; those that the scenario accepts carry its reason. Beside them,
// planning/lint.hpp says what is wrong with the plan of a run. The list of all: scenarios/check_ids.hpp,
// docs/checks.md.
//
// They stand in planning/ and not in models/: what an instance has, and how many connections its engine gives it, is
// planning's (instance_shape.hpp), and a second source of it would drift.
//
// Leaves out: what a price list or a run would have to say; prices of the mends.
#pragma once

#include <vector>

#include "scenarios/check_result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// Errors first, then warnings, then notes; suppressed ones among them. The scenario is one that the reader accepts.
std::vector<scenarios::CheckFinding> check_topology(const scenarios::Scenario& scenario);

// Of those that count, not suppressed.
std::size_t count_of(const std::vector<scenarios::CheckFinding>& findings, std::string_view severity);

}  // namespace faultline::planning
