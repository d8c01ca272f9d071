// Caches that start as if they had long been in use: in the whole system, with what services do to them.
#include <gtest/gtest.h>

#include <numeric>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

using namespace std::chrono_literals;

// Half a minute is the time to live, so that six minutes are long. The warm-up of the run is a second.
scenarios::CacheResult cache_of(const std::string& text, const std::function<void(scenarios::Scenario&)>& change) {
    const auto result = run(read(text, [&](scenarios::Scenario& scenario) {
        scenario.run.warm_up = 1s;
        scenario.run.measured = 6min;
        scenario.caches.front().ttl = 30s;
        scenario.caches.front().starts = scenarios::CacheStart::warm;
        change(scenario);
    }));
    return result.caches.front();
}

double hit_rate(const scenarios::CacheResult& cache, std::size_t from_s, std::size_t to_s) {
    const auto at = [&](std::size_t s) { return cache.hit_rate_per_s.begin() + static_cast<std::ptrdiff_t>(s); };
    return std::accumulate(at(from_s), at(to_s), 0.0) / static_cast<double>(to_s - from_s);
}

// 420 reads a second: four standard errors of the hit rate of 20 s, at most one half, are 0.022, of 30 s 0.018.
void expect_steady(const scenarios::CacheResult& cache) {
    const double later = hit_rate(cache, 150, 360);
    EXPECT_NEAR(hit_rate(cache, 2, 22), later, 0.022);
    EXPECT_NEAR(hit_rate(cache, 22, 52), later, 0.018);
    EXPECT_GT(later, 0.5);
}

TEST(WarmCacheTest, ItsFirstSecondsAreLikeAllOthers) {
    test::in_child([] {
        const auto warm = cache_of(small_system(""), [](scenarios::Scenario&) {});
        expect_steady(warm);
        const auto empty = cache_of(small_system(""), [](scenarios::Scenario& scenario) {
            scenario.caches.front().starts = scenarios::CacheStart::empty;
        });
        EXPECT_LT(hit_rate(empty, 2, 12), hit_rate(warm, 2, 12) - 0.06);
        EXPECT_NEAR(hit_rate(empty, 150, 360), hit_rate(warm, 150, 360), 0.01) << "and it tends to the same";
    });
}

TEST(WarmCacheTest, MemoryBindsToo) {
    test::in_child([] {
        const auto warm = cache_of(small_system(""), [](scenarios::Scenario& scenario) {
            scenario.caches.front().memory = engine::Bytes{1 << 20};
        });
        expect_steady(warm);
        EXPECT_GT(warm.evicted, 1000U);
    });
}

// One class of readers fills in for half a minute, another for ever.
TEST(WarmCacheTest, SomeEntriesLastAndOthersDoNot) {
    test::in_child([] {
        for (const char* const policy : {"allkeys-lru", "volatile-lru"}) {
            const auto warm = cache_of(small_system(""), [&](scenarios::Scenario& scenario) {
                auto& classes = scenario.workload.classes;
                classes.push_back(classes.front());
                classes.back().name = "peek";
                classes.back().ttl = 30s;
                classes.back().share = 0.4;
                classes.front().share = 0.3;
                classes.front().keys->count = 2000;
                scenario.caches.front().ttl.reset();
                scenario.caches.front().policy = policy;
                scenario.caches.front().memory = engine::Bytes{5 << 18};
            });
            expect_steady(warm);
            EXPECT_GT(warm.evicted, 1000U) << policy;
        }
    });
}

TEST(WarmCacheTest, EachRegionHasWhatItsOwnOfficesAskFor) {
    test::in_child([] {
        expect_steady(cache_of(in_two_regions(""), [](scenarios::Scenario& scenario) {
            scenario.caches.front().regions = {"us-east-1", "us-west-2"};
        }));
    });
}

TEST(WarmCacheTest, ADataSetOfSeveralRegionsIsInAllOfThem) {
    test::in_child([] {
        const auto shared = cache_of(in_two_regions(""), [](scenarios::Scenario& scenario) {
            scenario.caches.front().regions = {"us-east-1", "us-west-2"};
            scenario.caches.front().global = scenarios::CacheGlobal{20s, constant(10.0), constant(20.0)};
        });
        expect_steady(shared);
        EXPECT_EQ(shared.full_syncs, 0U);
    });
}

// Updates of the same keys: deleted, or set.
TEST(WarmCacheTest, WritesDeleteOrSetMeanwhile) {
    test::in_child([] {
        for (const auto writes : {scenarios::CacheWrites::invalidate, scenarios::CacheWrites::write_through}) {
            expect_steady(cache_of(small_system(""), [&](scenarios::Scenario& scenario) {
                auto& classes = scenario.workload.classes;
                classes.back().route.insert(classes.back().route.begin(), {scenarios::TargetRole::cache, "hot"});
                classes.back().keys = classes.front().keys;
                scenario.caches.front().writes = writes;
            }));
        }
    });
}

TEST(WarmCacheTest, ReplicasHaveItToo) {
    test::in_child([] {
        const auto cache =
            cache_of(small_system(R"("node lost": { "kind": "cache-node-loss", "target": "hot/shard-1/primary",
                                           "at": "10s", "lasts": "60s" })"),
                     [](scenarios::Scenario& scenario) {
                         scenario.caches.front().replicas = 1;
                         scenario.caches.front().ttl = 1h;
                         scenario.faults.front().within = 0s;
                     });
        EXPECT_EQ(cache.failovers, 1U);
        EXPECT_GT(hit_rate(cache, 100, 160), 0.9) << "what the successor had was not lost";
    });
}

}  // namespace
}  // namespace faultline::tests
