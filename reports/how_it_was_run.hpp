// What a report says of a run before its verdicts, a line each: how many replications, when they were looked at, how
// sure the intervals are, and which files besides the scenario the result depends on.
#pragma once

#include <string>
#include <vector>

#include "scenarios/result.hpp"

namespace faultline::reports {

std::vector<std::string> how_it_was_run(const scenarios::RunResult& result);

}  // namespace faultline::reports
