#include "engine/statistics/two_samples.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <vector>

#include "engine/check.hpp"
#include "engine/statistics/tally.hpp"

namespace faultline::engine {
namespace {

constexpr double median = 0.5;

bool all_finite(std::span<const double> values) {
    return std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); });
}

Tally tally_of(std::span<const double> values) {
    Tally tally;
    for (const double value : values) tally.record(value);
    return tally;
}

// Of the mean: its variance, and the degrees of freedom that this is known with.
struct MeanVariance {
    double value = 0.0, freedom = 0.0;
};
MeanVariance variance_of_mean(const Tally& tally) {
    const auto count = static_cast<double>(tally.count());
    return {.value = tally.variance() / count, .freedom = count - 1.0};
}

DifferenceInterval difference_of_medians(std::span<const double> first, std::span<const double> second,
                                         double confidence) {
    const double each = 0.5 * (1.0 + confidence);
    const Interval a = quantile_interval(first, median, each);
    const Interval b = quantile_interval(second, median, each);
    const auto minus = [](double x, double y) { return x == y ? 0.0 : x - y; };
    DifferenceInterval difference{.interval = {}, .of_medians = true};
    difference.interval.estimate = minus(b.estimate, a.estimate);
    // An end that is open on either side is open here; infinity minus infinity says nothing.
    if (std::isfinite(a.high)) difference.interval.low = b.low - a.high;
    if (std::isfinite(a.low) || (a.low > 0.0 && std::isfinite(b.high))) difference.interval.high = b.high - a.low;
    return difference;
}

}  // namespace

DifferenceInterval paired_difference(std::span<const double> first, std::span<const double> second, double confidence) {
    SIM_CHECK(first.size() == second.size());
    std::vector<double> differences;
    differences.reserve(first.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
        differences.push_back(first[i] == second[i] ? 0.0 : second[i] - first[i]);
    }
    if (all_finite(differences) && all_finite(first)) {
        return {.interval = confidence_interval(differences, confidence), .of_medians = false};
    }
    return {.interval = quantile_interval(differences, median, confidence), .of_medians = true};
}

DifferenceInterval independent_difference(std::span<const double> first, std::span<const double> second,
                                          double confidence) {
    SIM_CHECK(confidence > 0.0 && confidence < 1.0);
    if (!all_finite(first) || !all_finite(second)) return difference_of_medians(first, second, confidence);
    const Tally a = tally_of(first);
    const Tally b = tally_of(second);
    DifferenceInterval difference;
    Interval& interval = difference.interval;
    interval.estimate = b.mean() - a.mean();
    if (a.count() < 2 || b.count() < 2) return difference;
    const MeanVariance of_a = variance_of_mean(a);
    const MeanVariance of_b = variance_of_mean(b);
    const double variance = of_a.value + of_b.value;
    double half_width = 0.0;
    if (variance > 0.0) {
        const double freedom =
            variance * variance / (of_a.value * of_a.value / of_a.freedom + of_b.value * of_b.value / of_b.freedom);
        const boost::math::students_t_distribution<double> student{freedom};
        half_width =
            boost::math::quantile(boost::math::complement(student, 0.5 * (1.0 - confidence))) * std::sqrt(variance);
    }
    interval.low = interval.estimate - half_width;
    interval.high = interval.estimate + half_width;
    return difference;
}

}  // namespace faultline::engine
