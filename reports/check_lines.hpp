// Findings of the checks as lines of at most so many characters; and in a few words, for the end of a run.
#pragma once

#include <string>
#include <vector>

#include "scenarios/check_result.hpp"

namespace faultline::reports {

// What counts, each with why and its mend; suppressed ones in a line each, with the reason. Whole lines with their
// ends.
std::string check_table(const std::vector<scenarios::CheckFinding>& findings, std::size_t width);

// "2 warnings and 3 notes of the checks (2 suppressed): no-replica, ...". Empty: there is nothing to say.
std::string check_summary(const std::vector<scenarios::CheckFinding>& findings);

}  // namespace faultline::reports
