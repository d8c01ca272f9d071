#include "engine/time.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace faultline::engine {
namespace {

TEST(TimeTest, ConversionFromSecondsRoundsUp) {
    EXPECT_EQ(duration_from_seconds(0.0), 0ns);
    EXPECT_EQ(duration_from_seconds(1e-9), 1ns);
    EXPECT_EQ(duration_from_seconds(1.5e-9), 2ns);
    EXPECT_EQ(duration_from_seconds(0.035), 35ms);
}

TEST(TimeTest, ConversionFromSecondsSaturates) {
    EXPECT_EQ(duration_from_seconds(std::numeric_limits<double>::infinity()), Duration::max());
    EXPECT_EQ(duration_from_seconds(1e300), Duration::max());
    EXPECT_EQ(duration_from_seconds(9223372036.854775808), Duration::max());
    EXPECT_EQ(duration_from_seconds(-1e300), Duration::min());
}

TEST(TimeTest, ConversionOfNanIsAProgrammingError) {
    EXPECT_DEATH(static_cast<void>(duration_from_seconds(std::numeric_limits<double>::quiet_NaN())), "check failed");
}

TEST(TimeTest, TransmissionNeverEndsEarly) {
    EXPECT_EQ(transmission_time(Bytes{1500}, BitsPerSecond{1e9}), 12us);
    EXPECT_EQ(transmission_time(Bytes{1}, BitsPerSecond{3e9}), 3ns);  // 2.67 ns
    EXPECT_EQ(transmission_time(Bytes{0}, BitsPerSecond{1e9}), 0ns);
}

TEST(TimeTest, InstantsSaturateInsteadOfWrapping) {
    EXPECT_EQ(saturating_add(start_of_time + 5s, 2s), start_of_time + 7s);
    EXPECT_EQ(saturating_add(start_of_time + 5s, Duration::max()), end_of_time);
}

}  // namespace
}  // namespace faultline::engine
