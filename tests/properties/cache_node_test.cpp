// Goal:   what a scenario says of a cache's node is what it does: how it counts accesses, how long commands take.
// Method: the small system, with all else as it was.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

using namespace std::chrono_literals;

// Counters of an LFU cache in whose steps few accesses count tell less of keys apart (measured Redis: 0.714 with a
// factor of 0, 0.691 with 100); that never decay, more.
TEST(CacheNodeTest, LfuCountsAsItIsTold) {
    test::in_child([] {
        const auto hit_rate = [](int log_factor, int decay_minutes) {
            const auto result = run(read(small_system(""), [&](scenarios::Scenario& scenario) {
                scenarios::Cache& cache = scenario.caches.front();
                cache.ttl.reset();
                cache.policy = "allkeys-lfu";
                cache.memory = engine::Bytes{1 << 20};
                cache.lfu_log_factor = log_factor;
                cache.lfu_decay_minutes = decay_minutes;
            }));
            const scenarios::CacheResult& cache = result.caches.front();
            return static_cast<double>(cache.fresh_hits) / static_cast<double>(cache.reads);
        };
        // 126,000 reads: three standard errors of a difference are 0.006.
        const double fine = hit_rate(0, 0), coarse = hit_rate(255, 0), decaying = hit_rate(10, 1);
        RecordProperty("hits", fmt::format("{} {} {}", fine, coarse, decaying));
        EXPECT_GT(fine, coarse + 0.01);
        EXPECT_GT(fine, decaying + 0.01);
    });
}

// Each of its nodes' commands, and nothing else: twice the time, twice the use of the thread.
TEST(CacheNodeTest, CommandsTakeTheTimeThatTheyAreTold) {
    test::in_child([] {
        const auto busy = [](engine::Duration command_time) {
            const auto result = run(read(small_system(""), [&](scenarios::Scenario& scenario) {
                scenario.caches.front().command_time = command_time;
            }));
            double sum = 0.0;
            for (const auto& queue : result.queues) {
                if (queue.name.starts_with("caches/hot/") && !queue.name.ends_with("network")) sum += queue.utilisation;
            }
            return sum;
        };
        const double once = busy(13us), twice = busy(26us);
        EXPECT_GT(once, 0.004) << "some 420 reads a second";
        EXPECT_NEAR(twice / once, 2.0, 0.01);
    });
}

}  // namespace
}  // namespace faultline::tests
