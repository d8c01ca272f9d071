// The section "plan" of a scenario file.
#pragma once

#include "scenarios/plan_space.hpp"
#include "scenarios/reader/object_reader.hpp"

namespace faultline::scenarios {

// None: there is none.
std::optional<PlanSpace> read_plan(ObjectReader& file);

}  // namespace faultline::scenarios
