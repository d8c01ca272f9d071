// How many minutes were good at each office (scenarios::OfficeMinutes), over all replications, in a sentence.
#pragma once

#include <string>

#include "scenarios/result.hpp"

namespace faultline::reports {

// "good minutes, with 99 % good at that office: 98.4 % of 244 at indianapolis, the worst of 40 offices; 99.1 % of all".
// Empty: nothing was due.
std::string office_minutes_text(const scenarios::RunResult& result);

}  // namespace faultline::reports
