#include "models/cache/eviction.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

namespace faultline::models {
namespace {

using namespace std::chrono_literals;

TEST(EvictionPolicyTest, NamesAreThoseOfRedis) {
    EXPECT_EQ(eviction_policy_named("volatile-ttl"), EvictionPolicy::VolatileTtl);
    EXPECT_EQ(name_of(EvictionPolicy::AllkeysLfu), "allkeys-lfu");
    EXPECT_EQ(eviction_policy_named("lru"), std::nullopt);
}

TEST(EvictionPoolTest, TheGreatestScoreGoesFirstAndTheLeastMakesRoom) {
    EvictionPool pool;
    for (std::uint64_t i = 0; i < 20; ++i) pool.offer(100 + i, i);  // 0 to 3 are pushed out
    EXPECT_EQ(pool.size(), EvictionPool::size_max);
    pool.offer(999, 3);  // not better than any
    for (std::uint64_t i = 20; i-- > 4;) EXPECT_EQ(pool.take_best(), 100 + i);
    EXPECT_EQ(pool.take_best(), std::nullopt);
}

TEST(EvictionPoolTest, OfEqualsTheFirstComerGoesFirstAndAFullPoolTakesNoMore) {
    EvictionPool pool;
    for (std::uint64_t i = 0; i < 20; ++i) pool.offer(i, 7);
    for (std::uint64_t i = 0; i < EvictionPool::size_max; ++i) EXPECT_EQ(pool.take_best(), i);
    EXPECT_EQ(pool.take_best(), std::nullopt);
}

TEST(AccessClockTest, IdleTimeIsCountedInTicksAndSurvivesOneWrap) {
    const AccessClock clock({.policy = EvictionPolicy::AllkeysLru, .lru_clock_resolution = 1s});
    CacheEntry entry;
    entry.set_clock(clock.created(1'999));
    EXPECT_EQ(clock.eviction_score(entry, 1'999), 0U);
    EXPECT_EQ(clock.eviction_score(entry, 2'000), 1U);
    const std::uint64_t wrap_ms = (std::uint64_t{1} << 24) * 1'000;
    EXPECT_EQ(clock.eviction_score(entry, wrap_ms + 500), (1U << 24) - 2) << "one tick short, as in Redis";
}

// The Redis documentation ("Using Redis as an LRU cache", factor 10) has a counter of 10 after 100 hits, 18 after 1000
// and 142 after 100'000, each from one run. Tolerance 10 %: three standard deviations of one run at 1000 hits and more.
TEST(AccessClockTest, LfuCounterGrowsAsDocumented) {
    const AccessClock clock({.policy = EvictionPolicy::AllkeysLfu});
    std::mt19937_64 generator(1);
    const auto mean_counter_after = [&](int hits) {
        double sum = 0.0;
        for (int run = 0; run < 50; ++run) {
            std::uint32_t bits = clock.created(0);
            for (int i = 0; i < hits; ++i) bits = clock.accessed(bits, 0, RandomBits(generator));
            sum += bits & 255;
        }
        return sum / 50.0;
    };
    EXPECT_NEAR(mean_counter_after(100), 10.0, 1.0);
    EXPECT_NEAR(mean_counter_after(1'000), 18.0, 1.8);
    EXPECT_NEAR(mean_counter_after(100'000), 142.0, 14.2);
}

TEST(AccessClockTest, LfuCounterDecaysByOneAMinute) {
    const AccessClock clock({.policy = EvictionPolicy::AllkeysLfu});
    CacheEntry entry;
    entry.set_clock(clock.created(0));
    EXPECT_EQ(clock.eviction_score(entry, 59'999), 250U);
    EXPECT_EQ(clock.eviction_score(entry, 60'000), 251U);
    EXPECT_EQ(clock.eviction_score(entry, 3'600'000), 255U);
    const AccessClock never({.policy = EvictionPolicy::AllkeysLfu, .lfu_decay_minutes = 0});
    EXPECT_EQ(never.eviction_score(entry, 3'600'000), 250U);
}

TEST(AccessClockTest, TheSoonerItExpiresTheSoonerItGoes) {
    const AccessClock clock({.policy = EvictionPolicy::VolatileTtl});
    CacheEntry sooner;
    sooner.set_expiry_ms(1'000);
    CacheEntry later;
    later.set_expiry_ms(2'000);
    EXPECT_GT(clock.eviction_score(sooner, 0), clock.eviction_score(later, 0));
}

}  // namespace
}  // namespace faultline::models
