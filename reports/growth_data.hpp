// Growth for programs: all of it as JSON; and as CSV (RFC 4180) a row for each requirement and simulated step.
#pragma once

#include <string>

#include "scenarios/growth_result.hpp"

namespace faultline::reports {

std::string growth_json(const scenarios::GrowthResult& result);
std::string growth_csv(const scenarios::GrowthResult& result);

}  // namespace faultline::reports
