// For how long the load of a run stays as it is at its beginning: what an automatic warm-up may look at, for MSER-5
// takes a change of the load for the end of a transient.
#pragma once

#include <chrono>

#include "scenarios/scenario.hpp"

namespace faultline::scenarios {

// Without surges, which have an instant of their own. Nothing at all of a trace: nobody knows its rate beforehand.
// With a curve until the next full hour, where its factor may be another one; offices lie whole hours apart.
inline Duration constant_load(const Scenario& scenario) {
    const Arrivals& arrivals = scenario.workload.arrivals;
    if (arrivals.trace) return Duration::zero();
    if (arrivals.curve.empty() && arrivals.week.empty()) return Duration::max();
    constexpr std::int32_t hour_s = 3600;
    return std::chrono::seconds{hour_s - scenario.run.start_of_day_s % hour_s};
}

}  // namespace faultline::scenarios
