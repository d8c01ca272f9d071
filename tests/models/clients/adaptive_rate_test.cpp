// Goal:   the rate does what botocore's adaptive mode does, and keeps to what a server takes.
// Method: its formula at chosen instants; then a client that wants 200 a second against a server of 50.
#include "models/clients/adaptive_rate.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "models/token_bucket.hpp"
#include "tests/support/instants.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Duration;
using engine::Instant;
using test::at;

// 100 a second, answered well, until `end`; the last of them may be refused.
void steady(AdaptiveRate& rate, Duration end, bool refused_at_end) {
    for (Duration t = 10ms; t <= end; t += 10ms) rate.ended(at(t), refused_at_end && t == end);
}

TEST(AdaptiveRateTest, LimitsNothingUntilItIsRefused) {
    AdaptiveRate rate;
    for (int i = 0; i < 1'000; ++i) EXPECT_EQ(rate.take(at(1s), 1s), Duration::zero());
    EXPECT_FALSE(rate.limits());
    steady(rate, 10s, false);
    EXPECT_EQ(rate.take(at(10s), 1s), Duration::zero());
}

// w = 100/s: k = cbrt(0.3 x 100 / 0.4) = 4.217 s. Sent goes on at 100/s, so twice that is no bound here.
TEST(AdaptiveRateTest, FallsToSevenTenthsAndGrowsByTheCube) {
    AdaptiveRate rate;
    steady(rate, 10s, true);
    EXPECT_TRUE(rate.limits());
    EXPECT_NEAR(rate.rate_per_s(), 70.0, 0.2);
    const auto after = [&](Duration t) {
        AdaptiveRate on = rate;
        for (Duration s = 10ms; s <= t; s += 10ms) on.ended(at(10s + s), false);
        return on.rate_per_s();
    };
    EXPECT_NEAR(after(10ms), 70.2, 0.3);
    EXPECT_NEAR(after(2s), 100.0 + 0.4 * std::pow(2.0 - 4.2172, 3.0), 0.3);
    EXPECT_NEAR(after(4217ms), 100.0, 0.3);
    EXPECT_NEAR(after(8s), 100.0 + 0.4 * std::pow(8.0 - 4.2172, 3.0), 0.5);
    EXPECT_NEAR(after(15s), 200.0, 1.0) << "not beyond twice what is sent";
}

TEST(AdaptiveRateTest, ATokenThatComesTooLateIsNotTaken) {
    AdaptiveRate rate;
    steady(rate, 10s, true);
    Duration last{};
    int taken = 0;
    for (; last <= 1s; ++taken) last = rate.take(at(10s), 1s);
    EXPECT_NEAR(taken - 1, 140, 2) << "a full bucket, and what a second fills";
    EXPECT_EQ(rate.take(at(10s), 1s), last) << "the one that was too late has not moved the next";
    EXPECT_LE(rate.take(at(10s + 50ms), 1s), 1s);
}

struct Seen {
    int sent = 0, refused = 0;
};

// One who wants to send every 5 ms, for two minutes, to a server that takes 50 a second.
Seen against_a_quota(bool adaptive) {
    AdaptiveRate rate;
    TokenBucket server(50.0, 10.0);
    Seen seen;
    Instant sends_next = at(0s);
    for (Duration t = 0s; t < 120s; t += 5ms) {
        if (sends_next > at(t)) continue;
        const Duration wait = adaptive ? rate.take(at(t), 1s) : Duration::zero();
        sends_next = at(t) + wait;
        const bool refused = !server.take(sends_next);
        rate.ended(sends_next, refused);
        if (t < 20s) continue;
        ++seen.sent;
        seen.refused += refused ? 1 : 0;
    }
    return seen;
}

TEST(AdaptiveRateTest, KeepsToWhatTheServerTakes) {
    const Seen plain = against_a_quota(false);
    EXPECT_EQ(plain.sent, 20'000);
    EXPECT_NEAR(plain.refused, 15'000, 20);
    const Seen adaptive = against_a_quota(true);
    EXPECT_LT(adaptive.refused, adaptive.sent / 20);
    EXPECT_GT(adaptive.sent - adaptive.refused, 3'500) << "of the 5,000 that it takes in 100 s";
}

}  // namespace
}  // namespace faultline::models
