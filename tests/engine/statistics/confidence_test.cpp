#include "engine/statistics/confidence.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "engine/random/distributions.hpp"
#include "engine/random/stream.hpp"

namespace faultline::engine {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(ConfidenceTest, StudentIntervalOfFourNumbers) {
    constexpr std::array<double, 4> values{1.0, 2.0, 3.0, 4.0};
    const Interval interval = confidence_interval(values, 0.95);
    // t(0.975, 3) = 3.182446305; standard error sqrt(5/3 / 4).
    EXPECT_DOUBLE_EQ(interval.estimate, 2.5);
    EXPECT_NEAR(interval.half_width(), 3.182446305 * std::sqrt(5.0 / 12.0), 1e-8);
    EXPECT_TRUE(interval.contains(2.5));
    EXPECT_FALSE(interval.contains(5.0));
}

TEST(ConfidenceTest, FewerThanTwoObservationsBoundNothing) {
    constexpr std::array<double, 1> one{5.0};
    for (const Interval& interval : {confidence_interval(one, 0.95), confidence_interval({}, 0.95),
                                     quantile_interval(one, 0.5, 0.95), batch_means_interval(one, 10, 0.95)}) {
        EXPECT_EQ(interval.low, -infinity);
        EXPECT_EQ(interval.high, infinity);
    }
    EXPECT_EQ(confidence_interval(one, 0.95).estimate, 5.0);
}

TEST(ConfidenceTest, AnObservationThatIsNotFiniteBoundsNothing) {
    constexpr std::array<double, 3> values{1.0, infinity, 2.0};
    EXPECT_EQ(confidence_interval(values, 0.95).low, -infinity);
    EXPECT_EQ(confidence_interval(values, 0.95).high, infinity);
}

// Goal:   the t interval of 5 normal observations holds the mean as often as it says.
// Method: 20'000 intervals; the number that hold it is binomial, 4 standard deviations of it are the tolerance. The
//         normal quantile in place of Student's would hold 88 % and fail.
TEST(ConfidenceTest, StudentIntervalCoversAsItSays) {
    RandomStream stream{stream_key(Seed{1}, 0, "test", "coverage")};
    const Distribution lognormal = Distribution::lognormal(1.0, 1.0);
    constexpr int intervals = 20'000;
    int held = 0;
    for (int i = 0; i < intervals; ++i) {
        std::array<double, 5> values{};
        for (double& value : values) value = std::log(lognormal.sample(stream));
        held += confidence_interval(values, 0.95).contains(0.0) ? 1 : 0;
    }
    EXPECT_NEAR(held, 0.95 * intervals, 4.0 * std::sqrt(intervals * 0.95 * 0.05));
}

// Goal:   the interval of a quantile needs no distribution, and holds it at least as often as it says.
// Method: 10'000 intervals of 100 exponential values; a binomial of at least 0.95, less 4 standard deviations. It is
//         conservative because ranks are whole: at most 2 % here, or it would be useless.
TEST(ConfidenceTest, QuantileIntervalCoversAsItSays) {
    RandomStream stream{stream_key(Seed{1}, 0, "test", "coverage")};
    const Distribution exponential = Distribution::exponential(1.0);
    constexpr int intervals = 10'000;
    const double p90 = std::log(10.0);
    int held = 0;
    for (int i = 0; i < intervals; ++i) {
        std::array<double, 100> values{};
        for (double& value : values) value = exponential.sample(stream);
        held += quantile_interval(values, 0.9, 0.95).contains(p90) ? 1 : 0;
    }
    const double deviation = std::sqrt(intervals * 0.95 * 0.05);
    EXPECT_GT(held, 0.95 * intervals - 4.0 * deviation);
    EXPECT_LT(held, 0.97 * intervals + 4.0 * deviation);
}

TEST(ConfidenceTest, RanksOfTheMedianAreThoseOfTheTables) {
    const RankInterval ten = quantile_ranks(10, 0.5, 0.95);  // Conover, table A3: ranks 2 and 9, 97.9 %
    EXPECT_EQ(ten.low, 2U);
    EXPECT_EQ(ten.high, 9U);
    const RankInterval five = quantile_ranks(5, 0.5, 0.95);  // 1 - 2 / 32 = 93.75 %: five are too few
    EXPECT_EQ(five.low, 0U);
    EXPECT_EQ(five.high, 6U);
    const RankInterval none = quantile_ranks(0, 0.5, 0.95);
    EXPECT_EQ(none.low, 0U);
    EXPECT_EQ(none.high, 1U);
}

TEST(ConfidenceTest, AHighQuantileOfFewObservationsHasNoUpperBound) {
    EXPECT_EQ(quantile_ranks(71, 0.95, 0.95).high, 72U);  // even the largest lies below p95 in 0.95^71 = 2.6 % of cases
    EXPECT_EQ(quantile_ranks(72, 0.95, 0.95).high, 72U);  // 0.95^72 = 2.49 %: the largest is a bound
    EXPECT_LE(quantile_ranks(1000, 0.95, 0.95).high, 1000U);
}

TEST(ConfidenceTest, FiftyNineWithoutAMissShowP95AndFiftyEightDoNot) {
    EXPECT_GE(proportion_lower_bound({59, 59}, 0.95), 0.95);
    EXPECT_LT(proportion_lower_bound({58, 58}, 0.95), 0.95);
    EXPECT_LT(proportion_lower_bound({92, 93}, 0.95), 0.95 + 1e-3);
    EXPECT_GE(proportion_lower_bound({92, 93}, 0.95), 0.95);  // one miss takes 93 trials
    EXPECT_LT(proportion_lower_bound({91, 92}, 0.95), 0.95);
    EXPECT_EQ(successes_to_show(0.95, 0.95), 59U);
    EXPECT_EQ(successes_to_show(0.99, 0.95), 299U);
}

TEST(ConfidenceTest, BoundsOfAProportion) {
    EXPECT_EQ(proportion_lower_bound({0, 10}, 0.95), 0.0);
    EXPECT_EQ(proportion_upper_bound({10, 10}, 0.95), 1.0);
    EXPECT_NEAR(proportion_upper_bound({0, 10}, 0.95), 1.0 - std::pow(0.05, 0.1), 1e-12);
    const Interval interval = proportion_interval({5, 10}, 0.95);  // Clopper and Pearson's tables
    EXPECT_NEAR(interval.low, 0.1870860284, 1e-9);
    EXPECT_NEAR(interval.high, 0.8129139716, 1e-9);
    EXPECT_EQ(interval.estimate, 0.5);
    EXPECT_EQ(proportion_interval({0, 0}, 0.95).low, 0.0);
    EXPECT_EQ(proportion_interval({0, 0}, 0.95).high, 1.0);
}

TEST(ConfidenceTest, BatchMeansDropTheRemainderAtTheStart) {
    constexpr std::array<double, 7> values{100.0, 1.0, 3.0, 5.0, 7.0, 9.0, 11.0};
    EXPECT_EQ(batch_means(values, 3), (std::vector<double>{2.0, 6.0, 10.0}));
    EXPECT_TRUE(batch_means(values, 8).empty());
    EXPECT_EQ(batch_means_interval(values, 3, 0.95).estimate, 6.0);
}

}  // namespace
}  // namespace faultline::engine
