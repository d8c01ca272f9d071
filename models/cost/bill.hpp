// What a topology costs a month of 730 h, from what the scenario describes and what its runs have used.
//
// Hours of instances, storage and nodes are as described; I/O, capacity that follows the load, and bytes that cross
// zones, regions or the provider's border are as measured, in the steady part of a run where phases are known, weighted
// to a month (month_weight). Groups: "running"; "standby", what exists only for recovery; "drills"; and "incidents",
// which is of one incident and no part of a month. A GB is 2^30 bytes, as it is billed.
//
// Leaves out: reserved prices, support, taxes, the first 100 GB a month to the internet that are free, ports and lines
// of offices, instances that an incident launches, snapshots that are moved by hand, and bulk flows inside of a region.
#pragma once

#include <span>

#include "scenarios/cost_result.hpp"
#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::models {

using Replications = std::span<const scenarios::ReplicationResult>;

// What a month has of what was measured: 730 h over the measured time, times the mean of the arrivals' curves over a
// week, over their mean while it was measured. Closed users and traces are as they are all the time.
double month_weight(const scenarios::Scenario& scenario);

// The least that the arrivals' curves are at any minute of the measured part of a run, over all offices by their
// weight; 1 without curves. What arrives in it is no less than this many times the rate.
double least_load_factor(const scenarios::Scenario& scenario);

// The lines, by what these replications used on average, and their sum. No interval.
scenarios::CostResult bill_of(const scenarios::Scenario& scenario, Replications replications);

// Sum of the lines of a month whose price is known; how many are not.
struct MonthlySum {
    double dollars = 0.0;
    int unknown = 0;
};
MonthlySum sum_of(const std::vector<scenarios::CostLine>& lines);

}  // namespace faultline::models
