// Caches in the whole system: nodes that are lost, replicas that take over, fetches that are shared, entries that age.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

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

// The hot set moves by half of the keys after each 120 s of the run: what a full LRU cache holds is cold then, for
// about as long as it takes to fill; the second move brings the first hot set back.
TEST(CacheTest, AHotSetThatMovesIsMissedUntilTheCacheFollows) {
    test::in_child([] {
        const auto with_drift = [](std::optional<scenarios::Drift> drift, std::int64_t entries) {
            return run(read(small_system(""), [&](scenarios::Scenario& scenario) {
                scenario.workload.classes.front().keys->drift = drift;
                scenario.caches.front().memory = scenarios::Bytes{entries * 1200};
                scenario.caches.front().ttl.reset();
            }));
        };
        const scenarios::Drift by_half{10'000, 120s};
        constexpr std::int64_t of_a_shard = 1'000;  // of 20,000 keys on three shards
        const auto rate = [](const scenarios::ReplicationResult& result, std::size_t from_s, std::size_t to_s) {
            double sum = 0.0;
            for (std::size_t s = from_s; s < to_s; ++s) sum += result.caches.front().hit_rate_per_s[s];
            return sum / static_cast<double>(to_s - from_s);
        };
        const auto stays = with_drift(std::nullopt, of_a_shard);
        const auto moves = with_drift(by_half, of_a_shard);
        for (const std::size_t move : {std::size_t{120}, std::size_t{240}}) {
            EXPECT_GT(rate(stays, move, move + 2), rate(stays, move - 30, move) - 0.03);
            EXPECT_LT(rate(moves, move, move + 2), rate(moves, move - 30, move) - 0.15);
            EXPECT_GT(rate(moves, move + 60, move + 110), rate(stays, move + 60, move + 110) - 0.05);
        }
        const auto all_fit = with_drift(by_half, 20'000);
        EXPECT_LT(rate(all_fit, 120, 122), rate(all_fit, 90, 120) - 0.15);
        EXPECT_GT(rate(all_fit, 240, 242), rate(all_fit, 210, 240) - 0.03) << "it still has the first hot set";
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

// Updates of the keys that are read, through the cache; and the loss of a node, with its host or by its process.
scenarios::ReplicationResult written_behind(std::string_view faults, int replicas) {
    return run(read(small_system(faults), [&](scenarios::Scenario& scenario) {
        scenarios::QueryClass& update = scenario.workload.classes.back();
        update.route.insert(update.route.begin(), {scenarios::TargetRole::cache, "hot"});
        update.keys = scenario.workload.classes.front().keys;
        scenario.caches.front().writes = scenarios::CacheWrites::write_behind;
        scenario.caches.front().replicas = replicas;
        scenario.caches.front().command_timeout = 200ms;
    }));
}

// A write costs a command, and popular keys are written once for many writes. Nothing is lost while nothing fails, but
// what a loss would take is seen.
TEST(CacheTest, WriteBehindAnswersBeforeTheDatabaseHears) {
    test::in_child([] {
        const auto first = run(read(small_system(""), [](scenarios::Scenario&) {}));
        const auto behind = written_behind("", 0);
        const scenarios::CacheResult& cache = behind.caches.front();
        EXPECT_GT(cache.writes_behind, 60'000U);
        EXPECT_LT(cache.writes_behind_transactions, cache.writes_behind * 9 / 10);
        EXPECT_EQ(cache.writes_behind_lost, 0U);
        EXPECT_GE(behind.databases.front().max_ns, std::chrono::nanoseconds{900ms}.count());
        EXPECT_LE(behind.databases.front().max_ns, std::chrono::nanoseconds{2s}.count());
        EXPECT_LT(first.databases.front().max_ns, std::chrono::nanoseconds{500ms}.count());
    });
}

// A third of what a second brings, 180/s, was taken by the node that dies; with a replica what was under way to it.
TEST(CacheTest, WriteBehindLosesWithItsNodeWhatTheDatabaseLacks) {
    test::in_child([] {
        const auto alone = written_behind(primary_lost, 0);
        const auto followed = written_behind(primary_lost, 1);
        EXPECT_GT(alone.caches.front().writes_behind_lost, 30U);
        EXPECT_LT(alone.caches.front().writes_behind_lost, 120U);
        EXPECT_LE(followed.caches.front().writes_behind_lost, 3U);
        ASSERT_EQ(alone.incidents.size(), 1U);
        ASSERT_FALSE(alone.incidents.front().losses.empty());
        EXPECT_EQ(alone.incidents.front().losses.front().commits_lost, alone.caches.front().writes_behind_lost)
            << "what a cache loses is the database's loss";
    });
}

// A node that comes back empty: read before it is asked, it answers sooner.
TEST(CacheTest, AWarmedNodeMissesLess) {
    test::in_child([] {
        const auto cold = with_cache(primary_lost, [](scenarios::Cache&) {});
        const auto warmed = with_cache(primary_lost, [](scenarios::Cache& cache) {
            cache.warm_up = scenarios::CacheWarmUp{5'000, 1'000.0};
        });
        const auto hits_after = [](const scenarios::ReplicationResult& result) {
            const auto& rates = result.caches.front().hit_rate_per_s;
            double sum = 0.0;
            for (std::size_t second = 242; second < 252; ++second) sum += static_cast<double>(rates[second]);
            return sum / 10.0;
        };
        EXPECT_GT(hits_after(warmed), hits_after(cold) + 0.03);
        EXPECT_EQ(counted(warmed.caches.front()), warmed.caches.front().reads);
    });
}

// Half of the users read in the other region; all keys are written in the first.
scenarios::ReplicationResult of_two_regions(std::string_view faults, bool global) {
    return run(read(in_two_regions(faults), [&](scenarios::Scenario& scenario) {
        scenarios::Cache& cache = scenario.caches.front();
        cache.regions = {"us-east-1", "us-west-2"};
        cache.command_timeout = 500ms;
        if (global) cache.global = scenarios::CacheGlobal{20s, constant(10.0), constant(20.0)};
    }));
}

// What one region has read is there for the other, and it is as fresh.
TEST(CacheTest, RegionsShareOneDataSet) {
    test::in_child([] {
        const auto own = of_two_regions("", false);
        const auto shared = of_two_regions("", true);
        EXPECT_LT(shared.caches.front().misses, own.caches.front().misses * 9 / 10);
        EXPECT_GT(shared.caches.front().fresh_hits, own.caches.front().fresh_hits);
        EXPECT_EQ(counted(shared.caches.front()), shared.caches.front().reads);
        EXPECT_EQ(shared.caches.front().full_syncs, 0U);
        EXPECT_EQ(shared.caches.front().failovers, 0U);
    });
}

// Called after 20 to 32 s of silence, decided in 10 s, promoted in 20 s; the old region is filled from the new one when
// it is back, shard by shard.
TEST(CacheTest, AnotherRegionIsPromotedByHand) {
    test::in_child([] {
        const auto result = of_two_regions(
            R"("region lost": { "kind": "region-outage", "target": "us-east-1", "at": "60s", "lasts": "120s" })", true);
        const scenarios::CacheResult& cache = result.caches.front();
        EXPECT_EQ(cache.failovers, 1U);
        EXPECT_EQ(cache.full_syncs, 3U);
        EXPECT_LT(cache.writes_lost, 20U) << "some 50 changes a second, some 30 ms under way";
        const double promoting_s = entered_at_s(result, "caches/hot/global", "promoting");
        EXPECT_GT(promoting_s, 120.0 + 20.0 + 10.0);
        EXPECT_LT(promoting_s, 195.0) << "three rounds of questions, of up to 16 s each, and 10 s";
        const auto pages_operator = [](const scenarios::StateChange& change) {
            return change.component == "caches/hot/global" && change.state == "deciding";
        };
        EXPECT_EQ(std::count_if(result.states.begin(), result.states.end(), pages_operator), 1)
            << "while the promoted region stands alone nobody asks it";
    });
}

// Cut off for a minute before its region is lost, what the other one was not told is lost as well: some 50 writes a
// second. Evictions are no writes of anybody.
TEST(CacheTest, WhatACutLinkKeptBackIsLostWithTheRegion) {
    test::in_child([] {
        const auto result = of_two_regions(
            R"("cut": { "kind": "link-cut", "target": "us-east-1 - us-west-2", "at": "20s", "lasts": "200s" },
               "region lost": { "kind": "region-outage", "target": "us-east-1", "at": "80s", "lasts": "150s" })",
            true);
        const scenarios::CacheResult& cache = result.caches.front();
        EXPECT_EQ(cache.failovers, 1U);
        EXPECT_GT(cache.writes_lost, 500U);
        EXPECT_LT(cache.writes_lost, cache.writes_acknowledged);
    });
}

// What it holds is told: within its memory, every key of the class's at most once a node.
TEST(CacheTest, AResultSaysWhatACacheHoldsAndEvicts) {
    test::in_child([] {
        const auto roomy = with_cache("", [](scenarios::Cache&) {});
        EXPECT_EQ(roomy.caches.front().evicted, 0U);
        EXPECT_GT(roomy.caches.front().resident_keys, 10'000U);
        EXPECT_LE(roomy.caches.front().resident_keys, 20'000U);
        const auto tight = with_cache("", [](scenarios::Cache& cache) { cache.memory = engine::Bytes{2 << 20}; });
        EXPECT_GT(tight.caches.front().evicted, 1'000U);
        EXPECT_LT(tight.caches.front().resident_keys, roomy.caches.front().resident_keys);
        EXPECT_LE(tight.caches.front().used_bytes, 3U * (2U << 20U));
        EXPECT_GT(tight.caches.front().used_bytes, tight.caches.front().resident_keys * 1'000U) << "1 KB each";
    });
}

// All keys with one tag stand on one shard; with a tag for each hundred, no shard has more keys than its tags say, and
// the shards are less equal than without.
TEST(CacheTest, KeysWithOneTagShareAShard) {
    const auto served_by = [](const std::string& tags) {
        std::string text = small_system("");
        replace_in(text, R"("shards": 3,)", R"("shards": 3, )" + tags);
        const auto result = run(read(text));
        std::vector<double> each;
        for (const char* const node : {"caches/hot/1", "caches/hot/2", "caches/hot/3"}) {
            for (const auto& queue : result.queues) {
                if (queue.name == node) each.push_back(static_cast<double>(queue.served));
            }
        }
        EXPECT_EQ(each.size(), 3U);
        return each;
    };
    test::in_child([&] {
        const std::vector<double> spread = served_by("");
        EXPECT_GT(*std::min_element(spread.begin(), spread.end()), 0.2 * (spread[0] + spread[1] + spread[2]));
        std::vector<double> tagged = served_by(R"("keys_per_tag": 20000,)");
        std::sort(tagged.begin(), tagged.end());
        EXPECT_EQ(tagged[0] + tagged[1], 0.0);
        EXPECT_NEAR(tagged[2], spread[0] + spread[1] + spread[2], 0.05 * tagged[2]);
    });
}

// What a full memory that evicts nothing does not take is counted.
TEST(CacheTest, AFullMemoryThatEvictsNothingTakesNoMore) {
    test::in_child([] {
        std::string text = small_system("");
        replace_in(text, R"("shards": 3,)", R"("shards": 3, "policy": "noeviction", "memory": "2MB",)");
        const auto result = run(read(text));
        EXPECT_GT(result.caches.front().refused, 1000U);
        EXPECT_EQ(result.caches.front().evicted, 0U);
    });
}

}  // namespace
}  // namespace faultline::tests
