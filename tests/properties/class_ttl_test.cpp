// Goal:   a class's time to live is that of the entries that it fills in, whatever its cache says, and of no others.
// Method: a cache that evicts nothing. An entry that is filled in when it is missed, and that no hit renews, is there
// on
//         the share l T / (1 + l T) of its requests, l a second of them (N. Fofack et al., Analysis of TTL-based Cache
//         Networks, VALUETOOLS 2012): for all keys together that mean over their shares of the requests.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

using std::chrono::seconds;

constexpr std::size_t keys = 2000;
constexpr double lookups_per_s = 420.0;

double expected_hit_ratio(double zipf, double lookups, double ttl_s) {
    std::vector<double> shares(keys);
    double sum = 0.0;
    for (std::size_t i = 0; i < keys; ++i) sum += shares[i] = std::pow(static_cast<double>(i + 1), -zipf);
    double hits = 0.0;
    for (const double share : shares) {
        const double seen = lookups * share / sum * ttl_s;
        hits += share / sum * seen / (1.0 + seen);
    }
    return hits;
}

scenarios::Scenario with_ttl(double zipf, std::optional<engine::Duration> of_class) {
    return read(small_system(""), [&](scenarios::Scenario& scenario) {
        scenario.caches.front().ttl = seconds{20};
        scenarios::QueryClass& lookup = scenario.workload.classes.front();
        lookup.keys->zipf = zipf;
        lookup.keys->count = keys;
        lookup.ttl = of_class;
    });
}

double hit_ratio(const scenarios::CacheResult& cache) {
    return static_cast<double>(cache.fresh_hits + cache.stale_hits) / static_cast<double>(cache.reads);
}

// 126,000 lookups: four standard errors of a share are 0.006. Popular keys are missed some times while one is fetched,
// each of which renews it: a few milliseconds of a time to live of seconds.
TEST(ClassTtlTest, ItIsThatOfTheEntriesThatTheClassFillsIn) {
    for (const double zipf : {0.0, 0.99}) {
        for (const seconds ttl : {seconds{3}, seconds{60}}) {
            test::in_child([&] {
                const auto result = run(with_ttl(zipf, ttl));
                const auto& cache = result.caches.front();
                EXPECT_EQ(cache.evicted, 0U);
                const double expected = expected_hit_ratio(zipf, lookups_per_s, static_cast<double>(ttl.count()));
                EXPECT_NEAR(hit_ratio(cache), expected, 0.008) << zipf << ", " << ttl.count() << " s";
                const double of_cache = expected_hit_ratio(zipf, lookups_per_s, 20.0);
                EXPECT_GT(std::abs(expected - of_cache), 0.04) << "the test could see it";
            });
        }
    }
}

// Two classes of the same keys: each entry has the time to live of whoever missed it, and with equal shares of the
// requests either is as likely. Of a key that is asked for l times a second each miss is so followed by l (T1 + T2) / 2
// hits on average.
TEST(ClassTtlTest, AnotherClassOfTheSameKeysKeepsTheCaches) {
    test::in_child([] {
        const auto result = run(read(small_system(""), [](scenarios::Scenario& scenario) {
            scenario.caches.front().ttl = seconds{20};
            auto& classes = scenario.workload.classes;
            classes.front().keys->zipf = 0.0;
            classes.front().keys->count = keys;
            classes.front().share = 0.35;
            scenarios::QueryClass other = classes.front();
            other.name = "browse";
            other.ttl = seconds{2};
            classes.push_back(other);
        }));
        const double expected = expected_hit_ratio(0.0, lookups_per_s, 11.0);
        EXPECT_NEAR(hit_ratio(result.caches.front()), expected, 0.008);
    });
}

}  // namespace
}  // namespace faultline::tests
