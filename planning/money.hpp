// The bill of a scenario with its interval over replications, and beside it what incidents are expected to cost.
#pragma once

#include <span>
#include <vector>

#include "planning/results.hpp"
#include "scenarios/cost_result.hpp"
#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// Of a month, by what each replication used: one figure for each. `unknown`: lines of them whose price is not known.
struct MonthlyCosts {
    std::vector<double> dollars;
    int unknown = 0;
};
MonthlyCosts monthly_costs(const scenarios::Scenario& scenario, Results replications);

// The parts of a month's bill that have no price. "3 x db.r6g.large" and "2 x db.r6g.large" are of one price.
std::vector<scenarios::UnpricedPart> unpriced_in(const scenarios::CostResult& bill);

// Each of these parts is among the others, and no more of it: whatever it costs, the others cost as much for it.
bool has_all_of(const std::vector<scenarios::UnpricedPart>& others, const std::vector<scenarios::UnpricedPart>& these);

// Downtime of an incident: at each office the longest bad time of any class, averaged over offices by their weight,
// with what was skipped. Loss: the largest gap of any database. Planned work costs downtime, too.
scenarios::CostResult cost_of(const scenarios::Scenario& scenario,
                              std::span<const scenarios::ReplicationResult> replications);

}  // namespace faultline::planning
