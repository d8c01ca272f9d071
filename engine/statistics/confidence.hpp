// How far an estimate can be trusted. Every interval is over independent observations (replications, incidents, batch
// means); with too few of them it is unbounded, never a guess.
//
//   confidence   of the whole interval, or of the one bound        0 < confidence < 1, else SIM_CHECK
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace faultline::engine {

struct Interval {
    double low = -std::numeric_limits<double>::infinity();
    double estimate = std::numeric_limits<double>::quiet_NaN();
    double high = std::numeric_limits<double>::infinity();

    bool contains(double value) const { return low <= value && value <= high; }
    double half_width() const { return 0.5 * (high - low); }
};

// Student's t interval for the mean of independent, roughly normal observations. For fewer than two it is
// (-infinity, +infinity). An observation that is not finite makes the interval unbounded too.
Interval confidence_interval(std::span<const double> observations, double confidence);

// Means of consecutive batches of one size; a remainder at the start, where a transient would be, is dropped. Empty
// when there are fewer observations than batches. Requires batches >= 1.
std::vector<double> batch_means(std::span<const double> observations, std::size_t batches);

// The mean of one long, correlated run. Its batches must be long against the correlation time: 10 to 30 batches.
// Source: A. Law, Simulation Modeling and Analysis, 5th ed., McGraw-Hill 2015, section 9.5.3.
Interval batch_means_interval(std::span<const double> observations, std::size_t batches, double confidence);

// Ranks (from 1) of the order statistics that enclose the p-quantile of any continuous distribution. low 0: no bound
// below; high count + 1: no bound above. Each side errs with at most (1 - confidence) / 2, exactly (binomial).
// Source: W. Conover, Practical Nonparametric Statistics, 3rd ed., Wiley 1999, section 3.2.
struct RankInterval {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
};
RankInterval quantile_ranks(std::uint64_t count, double p, double confidence);

// The same, as values; +infinity stands for an operation that failed. The estimate is the rank ceil(p * count).
Interval quantile_interval(std::span<const double> observations, double p, double confidence);

// `successes` of `trials` independent trials. Requires successes <= trials.
struct Trials {
    std::uint64_t successes = 0;
    std::uint64_t trials = 0;
};
// One-sided exact bounds of the probability of success, 0 and 1 where there is none. 59 of 59 show more than 0.95 at
// 95 %, 58 of 58 do not. "p95 <= limit over incidents" is met when the bound of "within the limit" is 0.95 or more.
// Source: C. Clopper, E. Pearson, The use of confidence or fiducial limits, Biometrika 26(4), 1934.
double proportion_lower_bound(Trials seen, double confidence);
double proportion_upper_bound(Trials seen, double confidence);
// Both, each at (1 + confidence) / 2.
Interval proportion_interval(Trials seen, double confidence);

// The least number of trials, all of them successes, that shows `proportion` or more: 59 for 0.95 at 95 %.
// Requires 0 < proportion < 1.
std::uint64_t successes_to_show(double proportion, double confidence);

}  // namespace faultline::engine
