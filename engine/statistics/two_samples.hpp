// Two systems under comparison: an interval for how much larger the second one's figure is than the first one's.
//
// Where all observations are finite it is of the difference of means, by Student's t. An infinite one ("never
// recovered", "failed") has no mean: then the interval is of medians, by exact ranks, and needs no distribution. Two
// infinite observations of a pair are equal.
//
//   confidence   of the whole interval        0 < confidence < 1, else SIM_CHECK
//
// With fewer than two observations of either system it is unbounded, never a guess.
#pragma once

#include <span>

#include "engine/statistics/confidence.hpp"

namespace faultline::engine {

struct DifferenceInterval {
    Interval interval{};      // of second - first
    bool of_medians = false;  // else of means

    // Larger or smaller, whatever the sign: zero lies outside.
    bool significant() const { return interval.low > 0.0 || interval.high < 0.0; }
};

// Observations that belong together, by their places: of one replication under common random numbers. What both share
// cancels out. Requires first.size() == second.size(). Medians: of the differences (the sign test's interval).
// Source: A. Law, Simulation Modeling and Analysis, 5th ed., McGraw-Hill 2015, sections 10.2.1 and 11.2.
DifferenceInterval paired_difference(std::span<const double> first, std::span<const double> second, double confidence);

// Independent observations, of unequal variances and numbers. Degrees of freedom by Satterthwaite. Medians: the
// difference of two intervals, each of half the error, so it errs less often than it says.
// Source: B. Welch, The generalization of "Student's" problem, Biometrika 34(1-2), 1947; Law, section 10.2.2.
DifferenceInterval independent_difference(std::span<const double> first, std::span<const double> second,
                                          double confidence);

}  // namespace faultline::engine
