// Arrivals over day and week, those of surges against their integral, and when a second copy is sent.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/random/stream.hpp"
#include "models/clients/hedging.hpp"
#include "models/clients/surge_arrivals.hpp"
#include "tests/support/instants.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Instant;
using test::at;

engine::RandomStream draws(const char* purpose) {
    return engine::RandomStream{engine::stream_key(engine::Seed{1}, 1, "office", purpose)};
}

template <typename Process>
int count(Process& arrivals, Instant from, Instant to) {
    int seen = 0;
    for (Instant t = arrivals.next(from); t < to; t = arrivals.next(t)) ++seen;
    return seen;
}

// A Poisson count lies within five standard deviations but once in two million.
void expect_count(int seen, double mean) {
    EXPECT_NEAR(seen, mean, 5.0 * std::sqrt(mean));
}

TEST(ArrivalsTest, FollowTheHourAndTheDay) {
    std::vector<double> curve(24, 1.0);
    curve[9] = 3.0;
    // From Friday, 23:00.
    Arrivals arrivals(draws("arrivals"), {.rate_per_s = 1.0,
                                          .curve = curve,
                                          .week = {1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.0},
                                          .start_s = (4 * 24 + 23) * 3600});
    EXPECT_EQ(arrivals.rate_most(), 3.0);
    EXPECT_EQ(arrivals.rate_at(at(10h)), 1.5) << "Saturday, 9:00";
    expect_count(count(arrivals, at(0h), at(1h)), 3600.0);
    expect_count(count(arrivals, at(1h), at(25h)), 0.5 * 26.0 * 3600.0);
    EXPECT_EQ(count(arrivals, at(25h), at(49h)), 0) << "Sunday";
    expect_count(count(arrivals, at(49h), at(50h)), 3600.0);
}

TEST(SurgeArrivalsTest, ComeAsOftenAsTheSurgeSaysOnTopOfTheUsualOnes) {
    const Arrivals usual(draws("arrivals"), {.rate_per_s = 20.0});
    const scenarios::Surge surge{.name = "sale", .ramp = 100s, .lasts = 200s, .fall = 50s, .times = 5.0};
    SurgeArrivals arrivals(draws("surge"), usual, surge, at(1000s));
    EXPECT_EQ(count(arrivals, at(0s), at(1000s)), 0);
    expect_count(count(arrivals, at(1000s), at(1050s)), 80.0 * 12.5);
    expect_count(count(arrivals, at(1050s), at(1100s)), 80.0 * 37.5);
    expect_count(count(arrivals, at(1100s), at(1300s)), 80.0 * 200.0);
    expect_count(count(arrivals, at(1300s), at(1350s)), 80.0 * 25.0);
    EXPECT_EQ(arrivals.next(at(1350s)), engine::end_of_time);
}

TEST(SurgeArrivalsTest, AreAMultipleOfTheCurve) {
    std::vector<double> curve(24, 1.0);
    curve[1] = 0.25;
    const Arrivals usual(draws("arrivals"), {.rate_per_s = 4.0, .curve = curve});
    SurgeArrivals arrivals(draws("surge"), usual, {.name = "sale", .lasts = 2h, .times = 2.0}, at(0s));
    expect_count(count(arrivals, at(0h), at(1h)), 4.0 * 3600.0);
    expect_count(count(arrivals, at(1h), at(2h)), 1.0 * 3600.0);
}

TEST(HedgingTest, SendsNoMoreCopiesThanItsBudget) {
    Hedging hedging({.delay = 10ms, .budget = 0.05, .burst = 3});
    EXPECT_FALSE(hedging.take()) << "the bucket begins empty";
    int copies = 0;
    for (int i = 0; i < 2'000; ++i) {
        hedging.asked();
        copies += hedging.take() ? 1 : 0;
    }
    EXPECT_EQ(copies, 100);
    for (int i = 0; i < 2'000; ++i) hedging.asked();
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(hedging.take());
    EXPECT_FALSE(hedging.take()) << "no more at once than the bucket holds";
}

TEST(HedgingTest, WaitsForTheQuantileOfTheAnswersSeen) {
    Hedging hedging({.quantile = 0.9});
    for (int i = 1; i < 64; ++i) hedging.answered(std::chrono::milliseconds{i});
    EXPECT_EQ(hedging.delay(), engine::Duration::max()) << "63 answers say nothing yet";
    for (int i = 64; i <= 1024; ++i) hedging.answered(std::chrono::milliseconds{i % 100 + 1});
    EXPECT_NEAR(engine::in_seconds(hedging.delay()), 0.09, 0.063 * 0.09);
}

}  // namespace
}  // namespace faultline::models
