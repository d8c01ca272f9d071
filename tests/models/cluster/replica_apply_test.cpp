// Replicas by themselves: what a message, the way and the queue of changes add up to.
#include "models/cluster/replica_apply.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/random/distributions.hpp"
#include "engine/statistics/tally.hpp"
#include "tests/support/test_generator.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Duration;
using engine::in_seconds;
using engine::Instant;
using engine::start_of_time;

constexpr ReplicationShape four_ms{.stream_interval = 4ms, .apply_time = 60us};
constexpr auto half_a_ms = [] { return Duration{500us}; };

// Unloaded, the lag is exactly: until the next message, on its way, one change.
TEST(ReplicaApplyTest, AnUnloadedStreamLagsByItsParts) {
    ReplicaApply replica(four_ms);
    replica.restart(start_of_time);
    for (int i = 0; i < 1000; ++i) {
        const Instant now = start_of_time + i * 100ms + i * 13us;
        replica.ship(now, half_a_ms);
        EXPECT_EQ(replica.lag(), 4ms - (i * 13us) % 4ms + 500us + 60us) << i;
        EXPECT_EQ(replica.staleness(now + replica.lag()), 0ms) << "seen";
        EXPECT_GT(replica.staleness(now + 90ms), -1ns);
    }
}

TEST(ReplicaApplyTest, ChangesOfOneMessageAreAppliedOneAfterTheOther) {
    ReplicaApply replica(four_ms);
    replica.restart(start_of_time);
    for (int i = 1; i <= 10; ++i) {
        replica.ship(start_of_time + 1ms, half_a_ms);
        EXPECT_EQ(replica.lag(), 3ms + 500us + i * 60us);
    }
    EXPECT_GT(replica.staleness(start_of_time + 4ms + 500us + 599us), 3ms) << "the tenth is still not seen";
    EXPECT_EQ(replica.staleness(start_of_time + 4ms + 500us + 600us), 0ms);
}

TEST(ReplicaApplyTest, WhatIsNotCachedCostsNothing) {
    ReplicaApply replica({.stream_interval = 4ms, .apply_time = 60us, .cached_share = 0.5});
    replica.restart(start_of_time);
    replica.ship(start_of_time, half_a_ms);
    EXPECT_EQ(replica.lag(), 4ms + 500us + 30us);
}

// Law: lag is never negative, nor is staleness, and a later commit is never seen before an earlier one.
TEST(ReplicaApplyTest, LagIsNeverNegativeAndCommitsAreSeenInOrder) {
    test::TestGenerator draws{11};
    const auto way = engine::Distribution::pareto(0.0003, 1.3).capped(0.05);
    const auto gap = engine::Distribution::exponential(1.0 / 9000.0);
    ReplicaApply replica(four_ms);
    replica.restart(start_of_time);
    Instant now = start_of_time;
    Instant last_seen = start_of_time;
    for (int i = 0; i < 200'000; ++i) {
        now += gap.sample_duration(draws);
        replica.ship(now, [&] { return way.sample_duration(draws); });
        ASSERT_GT(replica.lag(), 0ns);
        ASSERT_GE(now + replica.lag(), last_seen);
        ASSERT_GE(replica.staleness(now), 0ns);
        last_seen = now + replica.lag();
    }
}

// Four threads serve what one cannot; what they finish out of order is seen in order.
TEST(LogicalApplyTest, ThreadsShareTheWorkAndKeepTheOrder) {
    LogicalApply one(1);
    LogicalApply four;
    EXPECT_EQ(one.apply(start_of_time, 10ms), start_of_time + 10ms);
    EXPECT_EQ(one.apply(start_of_time, 1ms), start_of_time + 11ms);
    EXPECT_EQ(four.apply(start_of_time, 10ms), start_of_time + 10ms);
    EXPECT_EQ(four.apply(start_of_time, 1ms), start_of_time + 10ms) << "done at 1 ms, seen after the one before it";
    EXPECT_EQ(four.apply(start_of_time + 20ms, 1ms), start_of_time + 21ms);
}

// Three jobs of 10 ms on two lanes, and what a death leaves of them.
TEST(ServiceLanesTest, SayHowLongTheyWereBusy) {
    const auto at = [](engine::Duration after) { return engine::start_of_time + after; };
    ServiceLanes lanes(2);
    for (int job = 0; job < 3; ++job) lanes.serve(at(0ms), 10ms);
    EXPECT_DOUBLE_EQ(lanes.busy_seconds(at(5ms)), 0.010);
    EXPECT_DOUBLE_EQ(lanes.busy_seconds(at(15ms)), 0.025);
    lanes.clear(at(15ms));
    EXPECT_DOUBLE_EQ(lanes.busy_seconds(at(30ms)), 0.025) << "what was left is never done";
    lanes.serve(at(30ms), 10ms);
    EXPECT_DOUBLE_EQ(lanes.busy_seconds(at(40ms)), 0.035);
}

// What is on its way has not been worked on: the counter would go back when the next job is handed in.
TEST(ServiceLanesTest, CountAJobWhenItArrivesAndNotBefore) {
    const auto at = [](engine::Duration after) { return engine::start_of_time + after; };
    ServiceLanes lane(1);
    lane.serve(at(0ms), 10ms);
    EXPECT_DOUBLE_EQ(lane.busy_seconds(at(20ms)), 0.010);
    lane.serve(at(50ms), 4ms);  // handed in at 20 ms
    EXPECT_DOUBLE_EQ(lane.busy_seconds(at(20ms)), 0.010);
    EXPECT_DOUBLE_EQ(lane.busy_seconds(at(50ms)), 0.010);
    EXPECT_DOUBLE_EQ(lane.busy_seconds(at(52ms)), 0.012);
    lane.serve(at(52ms), 4ms);  // waits for the one before it
    EXPECT_DOUBLE_EQ(lane.busy_seconds(at(56ms)), 0.016);
    EXPECT_DOUBLE_EQ(lane.busy_seconds(at(60ms)), 0.018);
}

// Utilisation law: 500 commits a second of 1 ms each keep a replica busy for half of the time, however bursty they are
// shipped. Over 100 s the number of Poisson commits is within 1.4 % (three sigma of 50,000).
TEST(ReplicaApplyTest, IsBusyForRateTimesService) {
    ReplicaApply replica({.stream_interval = 5ms, .apply_time = 1ms, .cached_share = 1.0});
    engine::RandomStream draws{engine::stream_key(engine::Seed{3}, 1, "replica", "commits")};
    engine::Instant now = start_of_time;
    double before_s = 0.0;
    while (now < start_of_time + 100s) {
        now += engine::duration_from_seconds(-std::log(1.0 - draws.uniform()) / 500.0);
        replica.ship(now, [] { return 2ms; });
        const double busy_s = replica.lane().busy_seconds(now);
        EXPECT_GE(busy_s, before_s) << "it never goes back";
        before_s = busy_s;
    }
    EXPECT_NEAR(before_s / engine::in_seconds(now - start_of_time), 0.5, 0.5 * 0.014);
}

}  // namespace
}  // namespace faultline::models
