// The highest load, or other value, at which requirements are still met, by bisection with intervals.
//
// A probe is met, violated or undecided, and never guessed: it looks at 5, 10, 20, ... replications (stopping.hpp)
// until it is decided or the most are used up. Between the highest value that is met and the lowest that is violated
// the search goes on at their middle. Where that is undecided, two searches go on, one below and one above it. It ends
// when each gap is narrow enough, or has no value left between. What is undecided in the end lies between `holds` and
// `fails`.
//
// It takes for granted that what is met at a value is met at every lower one: a requirement that gets better with load
// (a hit rate) is not for it. The confidence is of each probe.
#pragma once

#include <string>

#include "planning/sweep/sweep.hpp"

namespace faultline::planning {

struct SaturationPlan {
    Dimension dimension;      // has a range
    Combination others;       // of the dimensions before it
    std::string requirement;  // empty: all must be met
    std::uint32_t most = 40;  // replications of a probe
    double within = 0.02;     // a gap is narrow enough: this share of its upper end
};

// False: a signal came; `into` has what was found until then.
bool find_saturation(const SweepBase& base, const std::vector<Dimension>& dimensions, const SaturationPlan& plan,
                     Sweep& sweep, scenarios::Saturation& into);

}  // namespace faultline::planning
