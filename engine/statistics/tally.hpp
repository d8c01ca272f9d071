// Count, mean, variance and range of observations, without keeping them. Left out: quantiles (latency_histogram.hpp).
//
// Source: B. P. Welford, Note on a method for calculating corrected sums of squares and products, Technometrics 4(3),
// 1962; merging: T. Chan, G. Golub, R. LeVeque, Algorithms for computing the sample variance, Am. Stat. 37(3), 1983.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

namespace faultline::engine {

class Tally {
public:
    void record(double value) {
        ++count_;
        const double off_mean = value - mean_;
        mean_ += off_mean / static_cast<double>(count_);
        squares_ += off_mean * (value - mean_);
        min_ = std::min(min_, value);
        max_ = std::max(max_, value);
    }

    // As if the other's observations had been recorded here. The last bits depend on the order of merging: merge in the
    // order of replications.
    void merge(const Tally& other) {
        if (other.count_ == 0) return;
        const auto own = static_cast<double>(count_);
        const auto others = static_cast<double>(other.count_);
        const double apart = other.mean_ - mean_;
        count_ += other.count_;
        mean_ += apart * (others / (own + others));
        squares_ += other.squares_ + apart * apart * (own * others / (own + others));
        min_ = std::min(min_, other.min_);
        max_ = std::max(max_, other.max_);
    }

    std::uint64_t count() const { return count_; }
    double mean() const { return count_ == 0 ? unknown : mean_; }  // NaN without observations
    // Unbiased; NaN for fewer than two observations.
    double variance() const { return count_ < 2 ? unknown : squares_ / static_cast<double>(count_ - 1); }
    double min() const { return min_; }  // +infinity without observations
    double max() const { return max_; }  // -infinity without observations

private:
    static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

    std::uint64_t count_ = 0;
    double mean_ = 0.0;
    double squares_ = 0.0;  // sum of squared deviations from the mean
    double min_ = std::numeric_limits<double>::infinity();
    double max_ = -std::numeric_limits<double>::infinity();
};

}  // namespace faultline::engine
