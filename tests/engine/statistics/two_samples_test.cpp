// Goal:   the intervals of a comparison are those of the textbook, and see what they should.
// Method: small samples worked by hand, with quantiles of Student's t from a table; and the mistakes that would be easy
//         to make (independent in place of paired, the wrong sign, pooled variances) each give other numbers.
#include "engine/statistics/two_samples.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "engine/random/stream.hpp"

namespace faultline::engine {
namespace {

using Values = std::vector<double>;
constexpr double never = std::numeric_limits<double>::infinity();

// Differences 1, 2, 3, 2: mean 2, variance 2/3, so the half-width is t(0.975, 3) * sqrt(2/3 / 4) = 3.18245 * 0.408248.
TEST(TwoSamplesTest, PairedIsStudentsIntervalOfTheDifferences) {
    const Values first{10.0, 20.0, 30.0, 40.0};
    const Values second{11.0, 22.0, 33.0, 42.0};
    const DifferenceInterval difference = paired_difference(first, second, 0.95);
    EXPECT_DOUBLE_EQ(difference.interval.estimate, 2.0);
    EXPECT_NEAR(difference.interval.low, 2.0 - 1.299228, 1e-5);
    EXPECT_NEAR(difference.interval.high, 2.0 + 1.299228, 1e-5);
    EXPECT_TRUE(difference.significant());
    EXPECT_FALSE(difference.of_medians);
    // What is shared, 10 to 40, drowns the difference if pairs are torn apart.
    EXPECT_FALSE(independent_difference(first, second, 0.95).significant());
    // The other way round: the other sign.
    EXPECT_DOUBLE_EQ(paired_difference(second, first, 0.95).interval.estimate, -2.0);
    EXPECT_NEAR(paired_difference(second, first, 0.95).interval.high, -(2.0 - 1.299228), 1e-5);
}

// Means 2 and 8, variances 1 (n = 3) and 10 (n = 5): squared error 1/3 + 2; degrees of freedom by Satterthwaite
// (7/3)^2 / ((1/3)^2 / 2 + 2^2 / 4) = 5.15789; t(0.975, 5.15789) = 2.54709 (the density integrated by Simpson) and the
// half-width 3.89075.
TEST(TwoSamplesTest, IndependentIsWelchsInterval) {
    const Values first{1.0, 2.0, 3.0};
    const Values second{4.0, 6.0, 8.0, 10.0, 12.0};
    const DifferenceInterval difference = independent_difference(first, second, 0.95);
    EXPECT_DOUBLE_EQ(difference.interval.estimate, 6.0);
    EXPECT_NEAR(difference.interval.half_width(), 3.89075, 1e-4);
    EXPECT_NEAR(difference.interval.low, 6.0 - 3.89075, 1e-4);
}

TEST(TwoSamplesTest, EqualSamplesDifferByExactlyNothing) {
    const Values values{0.1, 0.7, 0.3};
    const DifferenceInterval difference = paired_difference(values, values, 0.95);
    EXPECT_EQ(difference.interval.low, 0.0);
    EXPECT_EQ(difference.interval.high, 0.0);
    EXPECT_FALSE(difference.significant());
}

TEST(TwoSamplesTest, TooFewSayNothing) {
    EXPECT_FALSE(paired_difference(Values{1.0}, Values{9.0}, 0.95).significant());
    EXPECT_FALSE(paired_difference(Values{}, Values{}, 0.95).significant());
    EXPECT_FALSE(independent_difference(Values{1.0}, Values{9.0, 9.1}, 0.95).significant());
}

// Six of six pairs: the sign test at 95 % (2 * 0.5^6 = 0.03); five of five are too few (0.06).
TEST(TwoSamplesTest, WhatNeverEndsIsComparedByRanks) {
    const Values ended(6, 30.0);
    const Values not_ended(6, never);
    const DifferenceInterval worse = paired_difference(ended, not_ended, 0.95);
    EXPECT_TRUE(worse.of_medians);
    EXPECT_TRUE(worse.significant());
    EXPECT_GT(worse.interval.low, 0.0);
    EXPECT_LT(paired_difference(not_ended, ended, 0.95).interval.high, 0.0);
    EXPECT_FALSE(paired_difference(Values(5, 30.0), Values(5, never), 0.95).significant());
    EXPECT_FALSE(paired_difference(not_ended, not_ended, 0.95).significant()) << "both never: equal";
}

// Each median within half of the error: 2 * 0.5^7 = 0.016 is below 0.025, 2 * 0.5^6 = 0.031 is not.
TEST(TwoSamplesTest, AndSoIsWhatIsIndependent) {
    EXPECT_GT(independent_difference(Values(7, 30.0), Values(7, never), 0.95).interval.low, 0.0);
    EXPECT_LT(independent_difference(Values(7, never), Values(7, 30.0), 0.95).interval.high, 0.0);
    EXPECT_FALSE(independent_difference(Values(6, 30.0), Values(6, never), 0.95).significant());
    EXPECT_FALSE(independent_difference(Values(7, never), Values(7, never), 0.95).significant());
}

// Goal:   a 90 % interval misses the truth in about 10 % of 2,000 repetitions, paired and independent.
// Method: uniform draws; of 2,000 with p = 0.1, six standard deviations are 80.
TEST(TwoSamplesTest, CoverWhatTheySay) {
    int missed_paired = 0, missed_independent = 0;
    constexpr int repetitions = 2000;
    RandomStream draws{stream_key(Seed{7}, 1, "two samples", "test")};
    for (int i = 0; i < repetitions; ++i) {
        Values first, second, third;
        for (int n = 0; n < 12; ++n) {
            const double shared = 5.0 * draws.uniform();
            first.push_back(shared + draws.uniform());
            second.push_back(shared + 3.0 * draws.uniform());
            third.push_back(10.0 * draws.uniform());
        }
        if (!paired_difference(first, second, 0.9).interval.contains(1.0)) ++missed_paired;
        if (!independent_difference(first, third, 0.9).interval.contains(2.0)) ++missed_independent;
    }
    EXPECT_NEAR(missed_paired, 200, 80);
    EXPECT_NEAR(missed_independent, 200, 80);
}

}  // namespace
}  // namespace faultline::engine
