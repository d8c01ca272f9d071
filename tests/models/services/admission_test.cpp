// Limits on concurrency, the wait for a thread under controlled delay, priorities and token buckets, by themselves.
#include "models/services/admission.hpp"

#include <gtest/gtest.h>

#include "models/token_bucket.hpp"
#include "tests/engine/world.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using scenarios::LimitKind;
using scenarios::Priority;

TEST(ConcurrencyLimitTest, AimdAddsOneAndTakesATenth) {
    ConcurrencyLimit limit({.limit = LimitKind::aimd,
                            .concurrency = 20,
                            .concurrency_least = 2,
                            .concurrency_most = 30,
                            .slow_call = 5s,
                            .backoff = 0.9});
    limit.ended(1ms, false, 9);
    EXPECT_EQ(limit.value(), 20.0) << "less than half of it was used";
    limit.ended(1ms, false, 10);
    EXPECT_EQ(limit.value(), 21.0);
    limit.ended(5001ms, false, 21);
    EXPECT_DOUBLE_EQ(limit.value(), 18.9) << "slow";
    limit.ended(1ms, true, 1);
    EXPECT_DOUBLE_EQ(limit.value(), 17.01) << "failed";
    for (int i = 0; i < 100; ++i) limit.ended(1ms, false, 30);
    EXPECT_EQ(limit.value(), 30.0);
    for (int i = 0; i < 100; ++i) limit.ended(1ms, true, 1);
    EXPECT_EQ(limit.value(), 2.0) << "from 10 down by one at least";
}

// In balance L = 0.8 L + 0.2 (L g + 4), so L = 4 / (1 - g): with times of twice the long average or
// more g is 1/2, and L is 8.
TEST(ConcurrencyLimitTest, TheGradientSettlesWhereItsQueueStands) {
    ConcurrencyLimit limit(
        {.limit = LimitKind::gradient, .concurrency = 100, .concurrency_least = 1, .concurrency_most = 200});
    for (int i = 0; i < 5'000; ++i) limit.ended(10ms, false, 200);
    EXPECT_EQ(limit.value(), 200.0) << "no call takes longer than the average";
    for (int i = 0; i < 60; ++i) limit.ended(1s, false, 200);
    EXPECT_NEAR(limit.value(), 8.0, 0.5);
}

TEST(AdmissionTest, LowPrioritiesFillTheirShareOnly) {
    engine::World world;
    Admission admission(world.sim,
                        {.limit = LimitKind::fixed, .concurrency = 10, .normal_share = 0.8, .sheddable_share = 0.5},
                        100, 100);
    std::vector<std::unique_ptr<Admission::Place>> places;
    const auto enters = [&](Priority priority) {
        places.push_back(std::make_unique<Admission::Place>(admission, priority));
        return places.back()->held();
    };
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(enters(Priority::sheddable));
    EXPECT_FALSE(enters(Priority::sheddable));
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(enters(Priority::normal));
    EXPECT_FALSE(enters(Priority::normal));
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(enters(Priority::critical));
    EXPECT_FALSE(enters(Priority::critical));
    places.clear();
    EXPECT_EQ(admission.inside(), 0);
}

TEST(AdmissionTest, ControlledDelayShortensTheWaitOfAQueueThatStands) {
    engine::World world;
    Admission admission(world.sim, {.controlled_delay = true, .delay_target = 5ms, .delay_interval = 100ms}, 1, 10);
    engine::Tokens::Lease served(admission.threads()), waiting(admission.threads());
    engine::Tokens::Acquire first = served.acquire(), second = waiting.acquire();
    EXPECT_EQ(admission.patience(), 100ms) << "the queue is empty now";
    first.begin();
    second.begin();
    world.sim.run_until(world.at(100ms));
    EXPECT_EQ(admission.patience(), 100ms) << "it has stood for 100 ms, not for longer";
    world.sim.run_until(world.at(101ms));
    EXPECT_EQ(admission.patience(), 5ms);
    served.release();
    EXPECT_EQ(admission.patience(), 100ms) << "it is empty again";
}

TEST(TokenBucketTest, KeepsToItsRateAfterABurst) {
    const auto at = [](engine::Duration t) { return engine::start_of_time + t; };
    TokenBucket bucket(10.0, 5.0);
    int taken = 0;
    for (int ms = 0; ms <= 10'000; ++ms) taken += bucket.take(at(std::chrono::milliseconds{ms})) ? 1 : 0;
    EXPECT_NEAR(taken, 5 + 100, 1);
    EXPECT_FALSE(bucket.take(at(10'000ms)));
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(bucket.take(at(60s))) << "no more than the bucket holds: " << i;
    EXPECT_FALSE(bucket.take(at(60s)));
}

}  // namespace
}  // namespace faultline::models
