#include "engine/statistics/warm_up.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/random/distributions.hpp"
#include "engine/random/stream.hpp"

namespace faultline::engine {
namespace {

// Uniform noise of unit width around `level`, plus a transient that starts at `height` and decays over `decay`.
std::vector<double> run_with_transient(std::size_t count, double height, double decay) {
    RandomStream stream{stream_key(Seed{1}, 0, "test", "warm-up")};
    std::vector<double> values(count);
    for (std::size_t i = 0; i < count; ++i) {
        values[i] = 10.0 + stream.uniform() + height * std::exp(-static_cast<double>(i) / decay);
    }
    return values;
}

// Method: the transient falls below the noise of one batch mean (0.13) after decay * ln(20 / 0.13), that is 5 decays:
//         the cut must lie from 3 decays (bias 1, plainly seen) to 12 (nothing left but chance).
TEST(WarmUpTest, CutsATransientWhereItDrownsInNoise) {
    const auto cut = mser5_truncation(run_with_transient(5000, 20.0, 100.0));
    ASSERT_TRUE(cut.has_value());
    EXPECT_EQ(*cut % 5, 0U);
    EXPECT_GE(*cut, 300U);
    EXPECT_LE(*cut, 1200U);
}

TEST(WarmUpTest, KeepsNearlyAllOfASteadyRun) {
    const auto cut = mser5_truncation(run_with_transient(5000, 0.0, 1.0));
    ASSERT_TRUE(cut.has_value());
    EXPECT_LE(*cut, 1000U);
    EXPECT_EQ(mser5_truncation(std::vector<double>(100, 3.0)), 0U);
}

TEST(WarmUpTest, SaysWhenTheRunIsTooShort) {
    EXPECT_FALSE(mser5_truncation(run_with_transient(500, 20.0, 400.0)).has_value());
    EXPECT_FALSE(mser5_truncation(std::vector<double>(49, 1.0)).has_value());
}

}  // namespace
}  // namespace faultline::engine
