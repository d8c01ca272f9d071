#include "planning/numeric_fingerprint.hpp"

#include <gtest/gtest.h>

namespace faultline::planning {
namespace {

TEST(NumericFingerprintTest, IsTheSameEveryTimeAndNotNothing) {
    EXPECT_EQ(numeric_fingerprint(), numeric_fingerprint());
    EXPECT_NE(numeric_fingerprint(), 0U);
}

}  // namespace
}  // namespace faultline::planning
