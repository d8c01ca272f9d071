// What a search tells besides its winner: which topologies no other beats, and how much room the winner has.
#pragma once

#include <vector>

#include "planning/observations.hpp"
#include "scenarios/plan_result.hpp"

namespace faultline::planning {

// Axes: cost, the first requirement on RTO, and of those on a quantile of latency the one that is nearest to its limit
// at the winner (without one: the first). Among the topologies that were simulated, by their estimates.
void add_front(const scenarios::Scenario& scenario, scenarios::PlanResult& result);

// Whether the cheapest one is not known to be: something of it has no price, which costs nothing in a bill, and there
// are topologies without that. Sets `maybe_cheaper` to the one of them that costs least of those that may meet all.
void find_maybe_cheaper(scenarios::PlanResult& result);

// The fullest first; what is never used for half a percent of a minute is left out.
std::vector<scenarios::HeadRoom> head_room(Results results);

}  // namespace faultline::planning
