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

// Downtime of an incident: at each office the longest bad time of any class, averaged over offices by their weight,
// with what was skipped. Loss: the largest gap of any database. Planned work costs downtime, too.
scenarios::CostResult cost_of(const scenarios::Scenario& scenario,
                              std::span<const scenarios::ReplicationResult> replications);

}  // namespace faultline::planning
