#include "models/cache/store.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "models/cache/memory.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;

engine::Instant at(engine::Duration since_start) {
    return engine::start_of_time + since_start;
}

class StoreTest : public ::testing::Test {
protected:
    Store store_with(const StoreOptions& options) { return Store(options, RandomBits(generator_)); }
    // Room for `keys` values of 100 bytes.
    StoreOptions room_for(int keys, EvictionPolicy policy) {
        StoreOptions options{.eviction = {.policy = policy, .lru_clock_resolution = 1ms}, .expiry = {}};
        options.maxmemory = {keys * store_with(options)
                                        .charge_of({100}, policy != EvictionPolicy::NoEviction &&
                                                              members_of(policy) == Members::WithExpiry)
                                        .count};
        return options;
    }
    std::mt19937_64 generator_{1};
};

TEST_F(StoreTest, ReturnsTheVersionThatWasSet) {
    Store store = store_with({});
    EXPECT_EQ(store.get(7, at(0s)).outcome, LookupOutcome::Miss);
    EXPECT_TRUE(store.set({.key = 7, .value = {100}, .version = 3}, at(0s)).stored);
    EXPECT_EQ(store.get(7, at(1s)).outcome, LookupOutcome::Hit);
    EXPECT_EQ(store.get(7, at(1s)).version, 3U);
    store.set({.key = 7, .value = {200}, .version = 4}, at(2s));
    EXPECT_EQ(store.get(7, at(2s)).version, 4U);
    EXPECT_EQ(store.resident_keys(), 1U);
    EXPECT_EQ(store.used_memory(), store.charge_of({200}, false));
    EXPECT_EQ(store.counters().hits, 3U);
    EXPECT_EQ(store.counters().misses, 1U);
}

TEST_F(StoreTest, EraseAndClearFreeTheMemory) {
    Store store = store_with({});
    for (std::uint64_t key = 0; key < 100; ++key) store.set({.key = key, .value = {10}}, at(0s));
    EXPECT_TRUE(store.erase(5));
    EXPECT_FALSE(store.erase(5));
    EXPECT_EQ(store.used_memory().count, 99 * store.charge_of({10}, false).count);
    store.clear();
    EXPECT_EQ(store.used_memory().count, 0);
    EXPECT_EQ(store.resident_keys(), 0U);
    EXPECT_EQ(store.get(6, at(1s)).outcome, LookupOutcome::Miss);
}

TEST_F(StoreTest, AKeyExpiresAfterItsTtl) {
    Store store = store_with({});
    store.set({.key = 1, .value = {10}, .ttl = 5s}, at(1s));
    EXPECT_EQ(store.get(1, at(6s)).outcome, LookupOutcome::Hit) << "strictly after, as in Redis";
    EXPECT_EQ(store.get(1, at(6s + 1ms)).outcome, LookupOutcome::Expired);
    EXPECT_EQ(store.get(1, at(7s)).outcome, LookupOutcome::Miss);
    EXPECT_EQ(store.counters().expired, 1U);
    store.set({.key = 1, .value = {10}, .ttl = 1s}, at(8s));
    store.set({.key = 1, .value = {10}}, at(8s));
    EXPECT_EQ(store.get(1, at(100s)).outcome, LookupOutcome::Hit) << "a SET without TTL takes the old one away";
}

TEST_F(StoreTest, ActiveExpiryLeavesAtMostAFewStaleKeys) {
    Store store = store_with({.eviction = {}, .expiry = {}});
    for (std::uint64_t key = 0; key < 10'000; ++key) store.set({.key = key, .value = {10}, .ttl = 1s}, at(0s));
    for (std::uint64_t key = 10'000; key < 11'000; ++key) store.set({.key = key, .value = {10}}, at(0s));
    EXPECT_EQ(store.expire_cycle(at(1s)), 0U);
    EXPECT_EQ(store.expire_cycle(at(1s + 1ms)), 10'000U);
    EXPECT_EQ(store.resident_keys(), 1'000U);
}

TEST_F(StoreTest, OneCycleOfActiveExpiryIsLimited) {
    Store store = store_with({.eviction = {}, .expiry = {.keys_per_cycle_max = 2'000}});
    for (std::uint64_t key = 0; key < 10'000; ++key) store.set({.key = key, .value = {10}, .ttl = 1s}, at(0s));
    EXPECT_NEAR(static_cast<double>(store.expire_cycle(at(2s))), 2'000.0, 30.0);
}

TEST_F(StoreTest, NoEvictionRefusesWritesAboveTheLimit) {
    Store store = store_with(room_for(10, EvictionPolicy::NoEviction));
    for (std::uint64_t key = 0; key < 11; ++key) EXPECT_TRUE(store.set({.key = key, .value = {100}}, at(0s)).stored);
    EXPECT_FALSE(store.set({.key = 11, .value = {100}}, at(0s)).stored) << "Redis looks before the command, not after";
    EXPECT_EQ(store.counters().refused, 1U);
    EXPECT_EQ(store.get(3, at(0s)).outcome, LookupOutcome::Hit);
    store.erase(3);
    EXPECT_TRUE(store.set({.key = 11, .value = {100}}, at(0s)).stored);
}

TEST_F(StoreTest, LruKeepsWhatIsRead) {
    Store store = store_with(room_for(1'000, EvictionPolicy::AllkeysLru));
    for (std::uint64_t key = 0; key < 20'000; ++key) {
        const engine::Instant now = at(std::chrono::milliseconds{key});
        EXPECT_TRUE(store.set({.key = key, .value = {100}}, now).stored);
        if (key >= 50) {
            for (std::uint64_t hot = 0; hot < 50; ++hot) store.get(hot, now);
        }
    }
    EXPECT_EQ(store.resident_keys(), 1'000U);
    EXPECT_EQ(store.counters().evicted, 19'000U);
    for (std::uint64_t hot = 0; hot < 50; ++hot) EXPECT_EQ(store.get(hot, at(30s)).outcome, LookupOutcome::Hit);
}

TEST_F(StoreTest, VolatilePoliciesSpareKeysThatDoNotExpire) {
    for (const EvictionPolicy policy : {EvictionPolicy::VolatileLru, EvictionPolicy::VolatileLfu,
                                        EvictionPolicy::VolatileRandom, EvictionPolicy::VolatileTtl}) {
        Store store = store_with(room_for(500, policy));
        for (std::uint64_t key = 0; key < 100; ++key) store.set({.key = key, .value = {100}}, at(0s));
        for (std::uint64_t key = 100; key < 5'000; ++key) {
            EXPECT_TRUE(store.set({.key = key, .value = {100}, .ttl = 1h}, at(0s)).stored);
        }
        for (std::uint64_t key = 0; key < 100; ++key) EXPECT_EQ(store.get(key, at(1s)).outcome, LookupOutcome::Hit);
        EXPECT_GT(store.counters().evicted, 4'000U);
    }
}

TEST_F(StoreTest, VolatilePolicyRefusesWhenNothingMayGo) {
    Store store = store_with(room_for(10, EvictionPolicy::VolatileLru));
    int stored = 0;
    for (std::uint64_t key = 0; key < 100; ++key)
        stored += store.set({.key = key, .value = {100}}, at(0s)).stored ? 1 : 0;
    EXPECT_LT(stored, 15);
    EXPECT_EQ(store.counters().refused + static_cast<std::uint64_t>(stored), 100U);
}

TEST_F(StoreTest, AGreatValueEvictsManySmallOnes) {
    Store store = store_with(room_for(1'000, EvictionPolicy::AllkeysRandom));
    for (std::uint64_t key = 0; key < 1'000; ++key) store.set({.key = key, .value = {100}}, at(0s));
    const SetResult result = store.set({.key = 1'000, .value = {50'000}}, at(0s));
    EXPECT_TRUE(result.stored);
    EXPECT_GT(result.evicted, 100U);
    EXPECT_LE(store.used_memory().count, 1'000 * store.charge_of({100}, false).count);
}

TEST_F(StoreTest, ChargesWhatRedisTakesUnlessToldOtherwise) {
    const Store redis = store_with({.key_bytes = 10});
    EXPECT_EQ(redis.charge_of({1000}, false).count, redis_memory_bytes({.key_bytes = 10, .value_bytes = 1000}));
    const Store fixed = store_with({.key_bytes = 10, .overhead_per_key = engine::Bytes{50}});
    EXPECT_EQ(fixed.charge_of({1000}, true).count, 1060);
}

TEST_F(StoreTest, SameSeedGivesTheSameEvictions) {
    const auto hits_with_seed = [&](std::uint64_t seed) {
        generator_.seed(seed);
        Store store = store_with(room_for(500, EvictionPolicy::AllkeysLfu));
        std::mt19937_64 keys(9);
        for (int i = 0; i < 50'000; ++i) {
            const std::uint64_t key = (keys() % 1'000) * (keys() % 1'000) / 500;
            if (store.get(key, at(0s)).outcome != LookupOutcome::Hit) store.set({.key = key, .value = {100}}, at(0s));
        }
        return store.counters().hits;
    };
    EXPECT_EQ(hits_with_seed(1), hits_with_seed(1));
    EXPECT_NE(hits_with_seed(1), hits_with_seed(2));
}

}  // namespace
}  // namespace faultline::models
