// Intervals for the means and quantiles of independent replications, narrowed by control variates.
//
// A control is a sum over a replication whose expectation is exactly 0 because of how its numbers were drawn:
// sum of weight * (draw - mean of the draw), the weight being any function of what was drawn BEFORE. It comes from the
// draws alone, never from the model under test, so no defect of the model can make it anything but 0 on average: the
// estimate minus its regression on the controls has the expectation of the estimate. It only loses the part of its
// variance that the draws explain (more than nine tenths in a busy queue).
// Sources: S. Lavenberg, P. Welch, A perspective on the use of control variables to increase the efficiency of Monte
// Carlo simulations, Management Science 27(3), 1981; S. Henderson, P. Glynn, Approximating martingales for variance
// reduction in Markov process simulation, Mathematics of Operations Research 27(2), 2002 (choice of weights).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/statistics/confidence.hpp"

namespace faultline::oracles {

// A measure of one replication: sum / count (of customers), or sum / time.
struct Ratio {
    double sum = 0.0;
    double over = 0.0;
};

struct Replication {
    std::map<std::string, Ratio> measures;
    std::vector<double> controls;  // as many in every replication
};

// Durations are whole nanoseconds, rounded up: a mean of 1 ms is 5e-7 too long. No interval is closer than this
// (relative), so that a measure without any variance left can be compared.
inline constexpr double resolution = 1e-6;

// Of the ratio of expectations, the measure's value over an endless run: linearised (its bias is the square of the
// relative error of all replications together), then Student's t over the residuals of the regression.
engine::Interval controlled_interval(const std::vector<Replication>& results, const std::string& measure,
                                     double confidence);

}  // namespace faultline::oracles
