// The month in which each requirement breaks, and the multiple of today's load that still holds. The quick models
// (resources.hpp) say where to look; simulations decide, step by step (step_search.hpp), with the stopping rule of a
// run and the store of a sweep: all months see the same seed, so the same work in common, and what has been simulated
// is never simulated again.
//
// The multiple is of the load alone, with data and offices as today. The confidence is of each verdict.
#pragma once

#include <functional>
#include <string>

#include "planning/sweep/sweep.hpp"
#include "scenarios/growth_result.hpp"

namespace faultline::planning {

struct GrowthPlan {
    std::uint32_t most = 40;    // replications of a step, >= 2
    double within = 0.05;       // two multiples of load that are next to each other: this share apart, above 0
    double load_most = 8.0;     // the largest multiple that is tried, above 1
    std::string requirement{};  // empty: all
};

// Fills months, lines and resources of it by the quick models. Requires scenario.growth and a requirement of a run.
// False: today's model is none, which problems say.
bool estimate_growth(const SweepBase& base, const GrowthPlan& plan, scenarios::GrowthResult& into);

// After estimate_growth(). False: a signal came; `into` has what was found until then.
bool confirm_growth(const SweepBase& base, const GrowthPlan& plan, Sweep& sweep, scenarios::GrowthResult& into);

}  // namespace faultline::planning
