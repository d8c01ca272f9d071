// Why a requirement stands as it does, in one sentence for an architect.
#pragma once

#include <span>
#include <string>

#include "planning/estimate.hpp"
#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// The place of an estimate that is about the RPO exposure, not about an incident.
inline constexpr const char* exposure_place = "(exposure)";

std::string reason(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement,
                   const scenarios::RequirementResult& result, const Estimate& at, Results replications);

}  // namespace faultline::planning
