// A search for programs: format "faultline-plan".
#pragma once

#include <string>

#include "scenarios/plan_result.hpp"

namespace faultline::reports {

std::string plan_json(const scenarios::PlanResult& plan);

}  // namespace faultline::reports
