// Caches in the whole system: nodes that are lost, replicas that take over, fetches that are shared, entries that age.
#include <gtest/gtest.h>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view primary_lost =
    R"("node lost": { "kind": "cache-node-loss", "target": "hot/shard-1/primary", "at": "60s", "lasts": "120s" })";

scenarios::ReplicationResult with_cache(std::string_view faults, const std::function<void(scenarios::Cache&)>& change) {
    return run(read(small_system(faults), [&](scenarios::Scenario& scenario) { change(scenario.caches.front()); }));
}

std::uint64_t counted(const scenarios::CacheResult& cache) {
    return cache.fresh_hits + cache.stale_hits + cache.misses + cache.bypassed + cache.coalesced;
}

// What is lost is a third of the keys, and with a replica it is back with the failover, not with the misses.
TEST(CacheTest, AReplicaTakesOverWhatTheNodeHeld) {
    test::in_child([] {
        const auto alone = with_cache(primary_lost, [](scenarios::Cache&) {});
        const auto followed = with_cache(primary_lost, [](scenarios::Cache& cache) { cache.replicas = 1; });
        const scenarios::CacheResult& cache = followed.caches.front();
        EXPECT_EQ(cache.failovers, 1U);
        EXPECT_EQ(cache.keys_lost, 0U);
        EXPECT_EQ(cache.full_syncs, 1U) << "the node that returned";
        EXPECT_GT(cache.writes_acknowledged, 1000U);
        EXPECT_LT(cache.writes_lost, 10U) << "70 sets a second, half a round trip under way";
        EXPECT_EQ(counted(cache), cache.reads);
        EXPECT_GT(cache.fresh_hits, alone.caches.front().fresh_hits + 5000U);
        EXPECT_EQ(alone.caches.front().failovers, 0U);
        EXPECT_TRUE(reached(followed, "caches/hot/1/shard", "promoting"));
        EXPECT_TRUE(reached(followed, "caches/hot/1", "filling"));
        ASSERT_EQ(followed.faults.front().hit.size(), 1U);
        EXPECT_EQ(followed.faults.front().hit.front(), "caches/hot/1");
    });
}

// Of clients: promoted between 12 and 45 s after the loss, asked again within a second or two of a failed command.
TEST(CacheTest, ClientsFollowTheNewPrimary) {
    test::in_child([] {
        const auto result = with_cache(primary_lost, [](scenarios::Cache& cache) {
            cache.replicas = 1;
            cache.command_timeout = 200ms;
        });
        const double promoted_s = entered_at_s(result, "caches/hot/1/shard", "serving");
        ASSERT_GT(promoted_s, 120.0 + 12.0);
        ASSERT_LT(promoted_s, 120.0 + 45.0 + 1.0);
        const auto& rates = result.caches.front().hit_rate_per_s;
        const double before = rates[110];
        const auto at = static_cast<std::size_t>(promoted_s);
        EXPECT_LT(rates[at - 2], before - 0.1);
        EXPECT_GT(rates[at + 10], before - 0.1);
    });
}

// Both nodes of a shard in one zone: lost for good, and the first that is back begins empty.
TEST(CacheTest, AZoneThatHoldsBothTakesTheData) {
    test::in_child([] {
        const auto result = with_cache(
            R"("zone lost": { "kind": "zone-outage", "target": "us-east-1/c", "at": "60s", "lasts": "90s" })",
            [](scenarios::Cache& cache) {
                cache.replicas = 1;
                cache.zones = {"c"};
            });
        EXPECT_EQ(result.caches.front().failovers, 0U);
        EXPECT_GT(result.caches.front().keys_lost, 1000U);
    });
}

// Entries that live for 2 s: the most popular keys are missed again and again, by several callers at once.
scenarios::ReplicationResult short_lived(const std::function<void(scenarios::Cache&)>& change) {
    return run(read(small_system(""), [&](scenarios::Scenario& scenario) {
        scenario.caches.front().ttl = 2s;
        scenario.workload.classes.front().keys->count = 50;
        scenario.workload.classes.front().demand = constant(0.02);
        change(scenario.caches.front());
    }));
}

TEST(CacheTest, CoalescingAsksOnceForAKeyInAnInstance) {
    test::in_child([] {
        const auto each = short_lived([](scenarios::Cache&) {});
        const auto once = short_lived([](scenarios::Cache& cache) { cache.coalescing = true; });
        const scenarios::CacheResult& shared = once.caches.front();
        EXPECT_EQ(each.caches.front().coalesced, 0U);
        EXPECT_GT(shared.coalesced, 100U);
        EXPECT_EQ(counted(shared), shared.reads);
        EXPECT_EQ(shared.offloaded, shared.fresh_hits + shared.stale_hits + shared.coalesced);
        // Three instances fetch at most once each in the time to live: 50 keys, 300 s, 2 s.
        EXPECT_LE(shared.misses, 3U * 50U * 151U);
        EXPECT_LT(shared.misses, each.caches.front().misses);
    });
}

// While one caller fetches, the others have the old one: hits instead of waits.
TEST(CacheTest, AgeingEntriesAreServedWhileOneFetches) {
    test::in_child([] {
        const auto missed = short_lived([](scenarios::Cache& cache) { cache.coalescing = true; });
        const auto aged = short_lived([](scenarios::Cache& cache) {
            cache.coalescing = true;
            cache.stale_while_revalidate = 10s;
        });
        EXPECT_LT(aged.caches.front().coalesced, missed.caches.front().coalesced / 4);
        EXPECT_GT(aged.caches.front().fresh_hits, missed.caches.front().fresh_hits);
        EXPECT_EQ(counted(aged.caches.front()), aged.caches.front().reads);
    });
}

// Entries that are set together expire together, unless their times to live differ: uniform on 1 to 2 s instead of 2 s,
// so a third more misses.
TEST(CacheTest, JitterShortensTimesToLiveByHalfItsShare) {
    test::in_child([] {
        const auto plain = short_lived([](scenarios::Cache&) {});
        const auto jittered = short_lived([](scenarios::Cache& cache) { cache.ttl_jitter = 0.5; });
        const double ratio =
            static_cast<double>(jittered.caches.front().misses) / static_cast<double>(plain.caches.front().misses);
        EXPECT_GT(ratio, 1.1);
        EXPECT_LT(ratio, 1.34);
    });
}

// Updates of the keys that are read: deleted, they are missed next; set, they are found.
TEST(CacheTest, WriteThroughSetsWhatItWrites) {
    test::in_child([] {
        const auto written = [](scenarios::CacheWrites writes) {
            return run(read(small_system(""), [&](scenarios::Scenario& scenario) {
                scenario.workload.classes.back().route.insert(scenario.workload.classes.back().route.begin(),
                                                              {scenarios::TargetRole::cache, "hot"});
                scenario.workload.classes.back().keys = scenario.workload.classes.front().keys;
                scenario.caches.front().writes = writes;
            }));
        };
        const auto deleted = written(scenarios::CacheWrites::invalidate);
        const auto set = written(scenarios::CacheWrites::write_through);
        EXPECT_LT(set.caches.front().misses, deleted.caches.front().misses * 9 / 10);
        EXPECT_GT(set.caches.front().fresh_hits, deleted.caches.front().fresh_hits);
    });
}

}  // namespace
}  // namespace faultline::tests
