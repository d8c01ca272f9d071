#include "engine/statistics/confidence.hpp"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "engine/check.hpp"
#include "engine/statistics/tally.hpp"

namespace faultline::engine {
namespace {

void check_confidence(double confidence) {
    SIM_CHECK(confidence > 0.0 && confidence < 1.0);
}

// P(at most `successes` of `trials`).
double binomial_cdf(std::uint64_t successes, std::uint64_t trials, double p) {
    if (successes >= trials) return 1.0;
    return boost::math::cdf(boost::math::binomial_distribution<double>{static_cast<double>(trials), p},
                            static_cast<double>(successes));
}

}  // namespace

Interval confidence_interval(std::span<const double> observations, double confidence) {
    check_confidence(confidence);
    Tally tally;
    for (const double value : observations) tally.record(value);
    Interval interval;
    interval.estimate = tally.mean();
    if (tally.count() < 2 || !std::isfinite(tally.mean()) || !std::isfinite(tally.variance())) return interval;

    const auto count = static_cast<double>(tally.count());
    const boost::math::students_t_distribution<double> student{count - 1.0};
    const double t = boost::math::quantile(boost::math::complement(student, 0.5 * (1.0 - confidence)));
    const double half_width = t * std::sqrt(tally.variance() / count);
    interval.low = interval.estimate - half_width;
    interval.high = interval.estimate + half_width;
    return interval;
}

std::vector<double> batch_means(std::span<const double> observations, std::size_t batches) {
    SIM_CHECK(batches >= 1);
    const std::size_t size = observations.size() / batches;
    std::vector<double> means;
    if (size == 0) return means;
    means.reserve(batches);
    const std::span<const double> kept = observations.last(size * batches);
    for (std::size_t i = 0; i < batches; ++i) {
        Tally batch;
        for (const double value : kept.subspan(i * size, size)) batch.record(value);
        means.push_back(batch.mean());
    }
    return means;
}

Interval batch_means_interval(std::span<const double> observations, std::size_t batches, double confidence) {
    return confidence_interval(batch_means(observations, batches), confidence);
}

RankInterval quantile_ranks(std::uint64_t count, double p, double confidence) {
    check_confidence(confidence);
    SIM_CHECK(p >= 0.0 && p <= 1.0);
    const double error = 0.5 * (1.0 - confidence);
    // The number of observations at or below the quantile is binomial. The rank `low` errs when fewer than `low` are:
    // the largest rank whose error is allowed. The rank `high` errs when `high` or more are: the smallest allowed.
    RankInterval ranks{.low = 0, .high = count + 1};
    std::uint64_t above = count + 1;  // ranks.low stays allowed, `above` is not: bisection
    while (above - ranks.low > 1) {
        const std::uint64_t middle = ranks.low + (above - ranks.low) / 2;
        (binomial_cdf(middle - 1, count, p) <= error ? ranks.low : above) = middle;
    }
    std::uint64_t below = 0;
    while (ranks.high - below > 1) {
        const std::uint64_t middle = below + (ranks.high - below) / 2;
        (1.0 - binomial_cdf(middle - 1, count, p) <= error ? ranks.high : below) = middle;
    }
    return ranks;
}

Interval quantile_interval(std::span<const double> observations, double p, double confidence) {
    const RankInterval ranks = quantile_ranks(observations.size(), p, confidence);
    Interval interval;
    if (observations.empty()) return interval;
    std::vector<double> sorted(observations.begin(), observations.end());
    std::sort(sorted.begin(), sorted.end());
    const auto count = static_cast<double>(sorted.size());
    const double rank = std::clamp(std::ceil(p * count * (1.0 - 1e-15)), 1.0, count);
    interval.estimate = sorted[static_cast<std::size_t>(rank) - 1];
    if (sorted.size() < 2) return interval;
    if (ranks.low >= 1) interval.low = sorted[ranks.low - 1];
    if (ranks.high <= sorted.size()) interval.high = sorted[ranks.high - 1];
    return interval;
}

double proportion_lower_bound(Trials seen, double confidence) {
    check_confidence(confidence);
    SIM_CHECK(seen.successes <= seen.trials);
    if (seen.successes == 0) return 0.0;
    const auto successes = static_cast<double>(seen.successes);
    const auto failures = static_cast<double>(seen.trials - seen.successes);
    const boost::math::beta_distribution<double> beta{successes, failures + 1.0};
    return boost::math::quantile(beta, 1.0 - confidence);
}

double proportion_upper_bound(Trials seen, double confidence) {
    SIM_CHECK(seen.successes <= seen.trials);
    const Trials failed{.successes = seen.trials - seen.successes, .trials = seen.trials};
    return 1.0 - proportion_lower_bound(failed, confidence);
}

Interval proportion_interval(Trials seen, double confidence) {
    check_confidence(confidence);
    const double each_side = 0.5 * (1.0 + confidence);
    Interval interval{.low = proportion_lower_bound(seen, each_side), .high = proportion_upper_bound(seen, each_side)};
    if (seen.trials > 0) interval.estimate = static_cast<double>(seen.successes) / static_cast<double>(seen.trials);
    return interval;
}

std::uint64_t successes_to_show(double proportion, double confidence) {
    check_confidence(confidence);
    SIM_CHECK(proportion > 0.0 && proportion < 1.0);
    return static_cast<std::uint64_t>(std::ceil(std::log(1.0 - confidence) / std::log(proportion)));
}

}  // namespace faultline::engine
