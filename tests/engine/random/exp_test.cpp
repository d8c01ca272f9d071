#include "engine/random/exp.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace faultline::engine {
namespace {

// Against the extended precision of long double. The bound is the header's: half a unit in the last place of the
// table's entry and of each of the last two operations.
TEST(Exp, IsExactToTheLastPlaces) {
    double worst = 0.0;
    for (int i = -70'000; i <= 70'000; ++i) {
        const double x = 0.00999871 * i;
        const long double truth = std::exp(static_cast<long double>(x));
        worst = std::max(worst, static_cast<double>(std::abs((exp_of(x) - truth) / truth)));
    }
    EXPECT_LT(worst, 3e-16);
    EXPECT_GT(worst, 1e-17);
}

TEST(Exp, MeetsTheLibraryAtItsEnds) {
    EXPECT_EQ(exp_of(0.0), 1.0);
    EXPECT_EQ(exp_of(710.0), std::numeric_limits<double>::infinity());
    EXPECT_EQ(exp_of(-800.0), 0.0);
    EXPECT_TRUE(std::isnan(exp_of(std::numeric_limits<double>::quiet_NaN())));
    EXPECT_EQ(exp_of(701.5), std::exp(701.5));
}

}  // namespace
}  // namespace faultline::engine
