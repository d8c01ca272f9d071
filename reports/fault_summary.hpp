// What was injected, over all replications: what it was, when, what it hit and what it cut off.
#pragma once

#include <string>
#include <vector>

#include "scenarios/result.hpp"

namespace faultline::reports {

// One line for each fault, kind and target, in the order in which they first appear; of those that began.
std::vector<std::string> fault_lines(const scenarios::RunResult& result);

}  // namespace faultline::reports
