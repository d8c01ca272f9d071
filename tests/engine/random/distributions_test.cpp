#include "engine/random/distributions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <functional>
#include <string>

#include "engine/random/stream.hpp"
#include "engine/statistics/tally.hpp"

namespace faultline::engine {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

double normal_cdf(double z) {
    return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

struct Case {
    std::string name;
    Distribution distribution;
    std::function<double(double)> cdf;
};

std::vector<Case> continuous_cases() {
    const double p = 0.5 * (1.0 + std::sqrt(4.0 / 6.0));
    constexpr std::array<QuantilePoint, 3> points{{{0.0, 1.0}, {0.5, 2.0}, {1.0, 6.0}}};
    return {
        {"uniform", Distribution::uniform(2.0, 6.0), [](double x) { return std::clamp((x - 2.0) / 4.0, 0.0, 1.0); }},
        {"exponential", Distribution::exponential(3.0), [](double x) { return -std::expm1(-x / 3.0); }},
        {"lognormal", Distribution::lognormal(2.0, 0.5), [](double x) { return normal_cdf(std::log(x / 2.0) / 0.5); }},
        {"pareto", Distribution::pareto(2.0, 3.0), [](double x) { return x < 2 ? 0.0 : 1.0 - std::pow(2.0 / x, 3.0); }},
        {"erlang4", Distribution::gamma(2.0, 4.0), [](double x) { return boost::math::gamma_p(4.0, x * 2.0); }},
        {"gamma0.5", Distribution::gamma(2.0, 0.5), [](double x) { return boost::math::gamma_p(0.5, x * 0.25); }},
        {"hyperexponential", Distribution::hyperexponential(2.0, 5.0),
         [p](double x) { return 1.0 - p * std::exp(-x * p) - (1.0 - p) * std::exp(-x * (1.0 - p)); }},
        {"empirical", Distribution::empirical(points),
         [](double x) { return x < 1   ? 0.0
                               : x < 2 ? 0.5 * (x - 1)
                                       : std::min(1.0, 0.5 + 0.5 * (x - 2) / 4); }},
        {"shifted", Distribution::exponential(3.0).shifted(1.0),
         [](double x) { return x < 1 ? 0.0 : -std::expm1(-(x - 1.0) / 3.0); }},
        {"scaled", Distribution::exponential(3.0).scaled(2.0), [](double x) { return -std::expm1(-x / 6.0); }},
    };
}

// Goal:   each kind draws the distribution that it names.
// Method: Kolmogorov-Smirnov, 200'000 draws: the distance of a right generator exceeds 2.2 / sqrt(n) once in 8'000
// seeds
//         (2 exp(-2 * 2.2^2)), for ten kinds once in 800.
TEST(DistributionTest, DrawsFollowTheirDistributionFunction) {
    for (const Case& each : continuous_cases()) {
        RandomStream stream{stream_key(Seed{1}, 0, "test", each.name)};
        std::vector<double> draws(200'000);
        for (double& draw : draws) draw = each.distribution.sample(stream);
        std::sort(draws.begin(), draws.end());
        const auto count = static_cast<double>(draws.size());
        double distance = 0.0;
        for (std::size_t i = 0; i < draws.size(); ++i) {
            const double expected = each.cdf(draws[i]);
            const double below = static_cast<double>(i) / count;
            distance = std::max({distance, expected - below, below + 1.0 / count - expected});
        }
        EXPECT_LT(distance, 2.2 / std::sqrt(count)) << each.name;
    }
}

// Goal:   mean() and scv() are those of the draws, the cap included.
// Method: a million draws. The mean errs by its standard error, sqrt(variance / n); the variance by that of the squared
//         deviations, taken from the sample itself. 4.5 of each, 20 cases: a false alarm once in 3'700 seeds.
TEST(DistributionTest, MomentsAreThoseOfTheDraws) {
    std::vector<Case> cases = continuous_cases();
    for (const Case& each : continuous_cases()) {
        cases.push_back({each.name + " capped", each.distribution.capped(each.distribution.mean() * 1.5), {}});
    }
    for (const Case& each : cases) {
        if (each.name == "pareto") continue;  // its fourth moment is infinite: no standard error; capped it is tested
        RandomStream stream{stream_key(Seed{1}, 0, "test", each.name)};
        const double mean = each.distribution.mean();
        const double variance = each.distribution.scv() * mean * mean;
        Tally values;
        Tally squares;
        for (int i = 0; i < 1'000'000; ++i) {
            const double value = each.distribution.sample(stream);
            values.record(value);
            squares.record((value - mean) * (value - mean));
        }
        EXPECT_NEAR(values.mean(), mean, 4.5 * std::sqrt(variance * 1e-6)) << each.name;
        EXPECT_NEAR(squares.mean(), variance, 4.5 * std::sqrt(squares.variance() * 1e-6)) << each.name;
    }
}

TEST(DistributionTest, MomentsInClosedForm) {
    EXPECT_DOUBLE_EQ(Distribution::constant(5.0).mean(), 5.0);
    EXPECT_EQ(Distribution::constant(5.0).scv(), 0.0);
    EXPECT_EQ(Distribution::constant(0.0).scv(), 0.0);
    EXPECT_DOUBLE_EQ(Distribution::uniform(0.0, 2.0).scv(), 1.0 / 3.0);
    EXPECT_DOUBLE_EQ(Distribution::uniform(3.0, 3.0).mean(), 3.0);
    EXPECT_DOUBLE_EQ(Distribution::exponential(3.0).scv(), 1.0);
    EXPECT_NEAR(Distribution::lognormal_from_mean_cv(3.0, 2.0).mean(), 3.0, 1e-12);
    EXPECT_NEAR(Distribution::lognormal_from_mean_cv(3.0, 2.0).scv(), 4.0, 1e-12);
    EXPECT_DOUBLE_EQ(Distribution::lognormal_from_mean_cv(3.0, 0.0).mean(), 3.0);
    EXPECT_NEAR(Distribution::gamma(3.0, 4.0).scv(), 0.25, 1e-12);
    EXPECT_NEAR(Distribution::hyperexponential(3.0, 5.0).scv(), 5.0, 1e-12);
    EXPECT_NEAR(Distribution::hyperexponential(3.0, 1.0).scv(), 1.0, 1e-12);
    EXPECT_DOUBLE_EQ(Distribution::exponential(3.0).shifted(1.0).mean(), 4.0);
    EXPECT_DOUBLE_EQ(Distribution::exponential(3.0).shifted(1.0).scv(), 9.0 / 16.0);
}

TEST(DistributionTest, HeavyTailsHaveInfiniteMomentsUntilTheyAreCapped) {
    EXPECT_EQ(Distribution::pareto(1.0, 1.0).mean(), infinity);
    EXPECT_EQ(Distribution::pareto(1.0, 1.0).scv(), infinity);
    EXPECT_EQ(Distribution::pareto(1.0, 2.0).scv(), infinity);
    EXPECT_DOUBLE_EQ(Distribution::pareto(1.0, 2.0).mean(), 2.0);
    EXPECT_NEAR(Distribution::pareto(1.0, 1.0).capped(std::exp(1.0)).mean(), 2.0, 1e-12);  // 1 + ln(cap)
}

TEST(DistributionTest, CapAndShiftCompose) {
    const Distribution capped_then_shifted = Distribution::constant(5.0).capped(3.0).shifted(1.0);
    const Distribution shifted_then_capped = Distribution::constant(5.0).shifted(1.0).capped(3.0);
    RandomStream stream{stream_key(Seed{1}, 0, "test", "cap")};
    EXPECT_EQ(capped_then_shifted.sample(stream), 4.0);
    EXPECT_EQ(capped_then_shifted.mean(), 4.0);
    EXPECT_EQ(shifted_then_capped.sample(stream), 3.0);
    EXPECT_EQ(Distribution::exponential(1.0).shifted(5.0).capped(3.0).mean(), 3.0);
    EXPECT_EQ(Distribution::exponential(1.0).shifted(5.0).capped(3.0).scv(), 0.0);
}

TEST(DistributionTest, EmpiricalInventsNoTail) {
    constexpr std::array<QuantilePoint, 2> points{{{0.5, 10.0}, {0.9, 20.0}}};
    const Distribution distribution = Distribution::empirical(points);
    RandomStream stream{stream_key(Seed{1}, 0, "test", "empirical")};
    int at_low = 0;
    int at_high = 0;
    constexpr int draws = 100'000;
    for (int i = 0; i < draws; ++i) {
        const double value = distribution.sample(stream);
        at_low += value == 10.0 ? 1 : 0;
        at_high += value == 20.0 ? 1 : 0;
    }
    EXPECT_NEAR(at_low, 0.5 * draws, 4.5 * std::sqrt(draws * 0.25));  // binomial standard deviations
    EXPECT_NEAR(at_high, 0.1 * draws, 4.5 * std::sqrt(draws * 0.09));
    EXPECT_DOUBLE_EQ(distribution.mean(), 0.5 * 10.0 + 0.4 * 15.0 + 0.1 * 20.0);
}

TEST(DistributionTest, DurationsAreSecondsRoundedUp) {
    RandomStream stream{stream_key(Seed{1}, 0, "test", "duration")};
    EXPECT_EQ(Distribution::constant(0.035).sample_duration(stream), 35ms);
    EXPECT_EQ(Distribution::constant(1.5e-9).sample_duration(stream), 2ns);
}

TEST(DistributionTest, ParametersOutOfRangeAreProgrammingErrors) {
    EXPECT_DEATH(Distribution::exponential(0.0), "check failed");
    EXPECT_DEATH(Distribution::uniform(2.0, 1.0), "check failed");
    EXPECT_DEATH(Distribution::constant(-1.0), "check failed");
    EXPECT_DEATH(Distribution::gamma(1.0, std::nan("")), "check failed");
    EXPECT_DEATH(Distribution::hyperexponential(1.0, 0.5), "check failed");
    EXPECT_DEATH(Distribution::empirical({}), "check failed");
}

}  // namespace
}  // namespace faultline::engine
