// The buffer pool against an exact LRU, against Che's approximation, and against the exact law of its warming up.
#include "models/cluster/buffer_pool.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <map>
#include <random>

#include "models/cluster/page_use.hpp"
#include "tests/models/cache/cache_test_support.hpp"

namespace faultline::models {
namespace {

using testing::ExactLru;
using testing::number;
using testing::read_table;
using testing::Row;
using testing::ZipfDraws;

std::uint64_t page_is_key(std::uint64_t key, std::uint64_t behind) {
    return key + behind;
}

PageUse one_page_a_key(std::uint64_t keys, double exponent) {
    return {.weight = 1.0, .keys = engine::Zipf(keys, exponent)};
}

TEST(NumberIndexTest, FindsWhatIsThereAndNothingElseWhileNumbersComeAndGo) {
    std::vector<std::uint64_t> numbers(200);
    const auto number_of = [&](NumberIndex::Place place) { return numbers[place]; };
    NumberIndex index;
    std::map<std::uint64_t, NumberIndex::Place> there;
    std::mt19937_64 draws(1);
    std::vector<NumberIndex::Place> free;
    for (NumberIndex::Place place = 0; place < numbers.size(); ++place) free.push_back(place);
    for (int step = 0; step < 100'000; ++step) {
        const std::uint64_t drawn = draws() % 300 * 0x1'0000'0001;  // equal lower halves: they meet in few slots
        const auto known = there.find(drawn);
        const NumberIndex::Place found = index.find(drawn, number_of);
        ASSERT_EQ(found, known == there.end() ? NumberIndex::none : known->second);
        if (known != there.end()) {
            index.erase(drawn, number_of);
            free.push_back(known->second);
            there.erase(known);
        } else if (!free.empty()) {
            numbers[free.back()] = drawn;
            index.insert(drawn, free.back(), number_of);
            there[drawn] = free.back();
            free.pop_back();
        }
        ASSERT_EQ(index.size(), there.size());
    }
}

TEST(BufferPoolTest, IsAnExactLruHitByHit) {
    BufferPool pool(500);
    ExactLru exact(5000, 500);
    const ZipfDraws zipf(5000, 0.8);
    std::mt19937_64 draws(2);
    for (int i = 0; i < 200'000; ++i) {
        const std::uint64_t page = zipf.draw(draws);
        ASSERT_EQ(pool.touch(page), exact.access(page)) << "touch " << i;
    }
    EXPECT_EQ(pool.size(), 500U);
}

// Inclusion: what a smaller list holds are the newest pages of a larger one, so shrinking must leave exactly those.
TEST(BufferPoolTest, ShrinksToTheNewestPagesAndGrowsAgain) {
    BufferPool large(400), small(100);
    const ZipfDraws zipf(2000, 0.6);
    std::mt19937_64 draws(3);
    for (int i = 0; i < 50'000; ++i) {
        const std::uint64_t page = zipf.draw(draws);
        large.touch(page);
        small.touch(page);
    }
    BufferPool copy(100);
    copy.copy_from(large);
    large.resize(100);
    for (std::uint64_t page = 0; page < 2000; ++page) {
        EXPECT_EQ(large.holds(page), small.holds(page));
        EXPECT_EQ(copy.holds(page), small.holds(page));
    }
    large.resize(400);
    for (std::uint64_t page = 0; page < 400; ++page) large.touch(page);
    EXPECT_EQ(large.size(), 400U);
    large.clear();
    EXPECT_EQ(large.size(), 0U);
    EXPECT_FALSE(large.touch(7));
}

class BufferPoolCheTest : public ::testing::TestWithParam<Row> {};

// Goal:   a pool that is filled as if it had long been in use is in steady state at once: its hit ratio is that of
// Che's
//         approximation from the first touch, and still after many.
// Method: no warm-up is dropped. 500'000 touches: tolerance 0.002, as for the exact LRU in cache_theory_test.cpp; the
//         first 50'000 by themselves: four standard errors at one half, 0.009.
TEST_P(BufferPoolCheTest, IsInSteadyStateFromTheFirstTouch) {
    const Row& row = GetParam();
    BufferPool pool(static_cast<std::uint64_t>(number(row, "capacity_objects")));
    engine::RandomStream fill(engine::stream_key(engine::Seed{1}, 1, "orders", "buffer pools"));
    fill_as_if_long_in_use(pool, {one_page_a_key(100'000, number(row, "zipf_s"))}, page_is_key, fill);
    EXPECT_TRUE(pool.full());
    const ZipfDraws zipf(100'000, number(row, "zipf_s"));
    std::mt19937_64 draws(21);
    int hits = 0, early_hits = 0;
    for (int i = 0; i < 500'000; ++i) {
        if (pool.touch(zipf.draw(draws))) ++hits;
        if (i == 49'999) early_hits = hits;
    }
    const double che = number(row, "lru_hit_ratio_che");
    std::printf("pool | pages %5.0f | zipf %-4s | Che %.4f | all %+.4f of 0.002 | first %+.4f of 0.009\n",
                number(row, "capacity_objects"), row.at("zipf_s").c_str(), che, hits / 500'000.0 - che,
                early_hits / 50'000.0 - che);
    EXPECT_NEAR(hits / 500'000.0, che, 0.002);
    EXPECT_NEAR(early_hits / 50'000.0, che, 0.009);
}
INSTANTIATE_TEST_SUITE_P(Theory, BufferPoolCheTest, ::testing::ValuesIn(read_table("theory_che_lru_zipf.csv")));

// Goal:   an empty pool warms up by the law of the coupon collector: after n touches without an eviction the expected
//         number of misses is the sum over the pages of 1 - (1 - p)^n.
// Method: the mean of 20 pools, at three n. The variance of the number of distinct pages is below its mean, so four
//         standard errors are below 4 * sqrt(expected / 20).
TEST(BufferPoolTest, WarmsUpAsTheCouponCollectorDoes) {
    constexpr std::uint64_t keys = 20'000;
    constexpr double exponent = 0.99;
    const std::vector<int> at{1000, 10'000, 100'000};
    std::vector<double> misses(at.size());
    const ZipfDraws zipf(keys, exponent);
    std::mt19937_64 draws(5);
    for (int pools = 0; pools < 20; ++pools) {
        BufferPool pool(keys);
        int touched = 0;
        int missed = 0;
        for (std::size_t k = 0; k < at.size(); ++k) {
            for (; touched < at[k]; ++touched) missed += pool.touch(zipf.draw(draws)) ? 0 : 1;
            misses[k] += missed / 20.0;
        }
    }
    double normal = 0.0;
    for (std::uint64_t rank = 1; rank <= keys; ++rank) normal += std::pow(static_cast<double>(rank), -exponent);
    for (std::size_t k = 0; k < at.size(); ++k) {
        double expected = 0.0;
        for (std::uint64_t rank = 1; rank <= keys; ++rank) {
            const double p = std::pow(static_cast<double>(rank), -exponent) / normal;
            expected += 1.0 - std::pow(1.0 - p, at[k]);
        }
        EXPECT_NEAR(misses[k], expected, 4.0 * std::sqrt(expected / 20.0)) << at[k] << " touches";
    }
}

// 4,000 pages of room. The hit ratio is 1 while the data fit, and then falls with every doubling.
TEST(BufferPoolTest, TheHitRatioFallsAsDataOutgrowMemory) {
    double before = 2.0;
    for (const std::uint64_t keys : {2'000U, 4'000U, 8'000U, 16'000U, 32'000U}) {
        BufferPool pool(4'000);
        engine::RandomStream draws(engine::stream_key(engine::Seed{1}, 1, "orders", "buffer pools"));
        const PageUse use = one_page_a_key(keys, 0.8);
        fill_as_if_long_in_use(pool, {use}, page_is_key, draws);
        int hits = 0;
        for (int i = 0; i < 100'000; ++i) hits += pool.touch(use.keys(draws) - 1) ? 1 : 0;
        const double ratio = hits / 100'000.0;
        if (keys <= 4'000U) {
            EXPECT_EQ(ratio, 1.0);
        } else {
            EXPECT_LT(ratio, before - 0.03) << keys << " keys";
        }
        before = ratio;
    }
}

// Two classes with keys of their own, one twice as often: both are there, in the ratio in which they are touched.
TEST(BufferPoolTest, ClassesShareItByTheirWeights) {
    BufferPool pool(3'000);
    const PageOfKey apart = [](std::uint64_t key, std::uint64_t behind) { return 10 * key + behind; };
    PageUse rows = one_page_a_key(1'000'000, 0.0), ranges = rows;
    rows.weight = 2.0;
    ranges.pages = 4;
    engine::RandomStream draws(engine::stream_key(engine::Seed{1}, 1, "orders", "buffer pools"));
    fill_as_if_long_in_use(pool, {rows, ranges}, apart, draws);
    int firsts = 0, behinds = 0;
    for (std::uint64_t page = 0; page < 10'000'000; ++page) {
        if (pool.holds(page)) ++(page % 10 == 0 ? firsts : behinds);
    }
    EXPECT_EQ(firsts + behinds, 3'000);
    // 6 pages an average three operations: 3 first ones, 3 behind. Binomial, 3,000 pages: four deviations are 110.
    EXPECT_NEAR(firsts, 1'500, 110);
}

// From empty, each of N pages is there after n even draws with 1 - (1 - 1/N)^n, as long as there is room: Che's and the
// exact LRU's law, without a list.
TEST(BufferPoolTest, SharedPagesWarmUpAsDrawsWithoutPopularityDo) {
    constexpr std::uint64_t set = 10'000;
    BufferPool pool(20'000);
    pool.set_shared(set);
    std::mt19937_64 draws(1);
    for (int touch = 1; touch <= 30'000; ++touch) {
        pool.touch_shared(draws() % set);
        if (touch % 10'000 != 0) continue;
        const double exact = set * -std::expm1(touch * std::log1p(-1.0 / set));
        EXPECT_NEAR(static_cast<double>(pool.shared().resident), exact, 4.0 * std::sqrt(exact * (1.0 - exact / set)))
            << touch;
    }
    pool.clear();
    EXPECT_EQ(pool.shared().resident, 0U);
}

TEST(BufferPoolTest, SharedPagesHaveTheRoomThatOthersLeave) {
    BufferPool pool(1000);
    pool.set_shared(5000);
    for (std::uint64_t page = 0; page < 600; ++page) pool.touch(page);
    pool.fill_shared();
    EXPECT_EQ(pool.shared().resident, 400U);
    EXPECT_TRUE(pool.touch_shared(399));
    EXPECT_FALSE(pool.touch_shared(400));
    for (std::uint64_t page = 600; page < 1000; ++page) pool.touch(page);
    EXPECT_FALSE(pool.touch_shared(0)) << "nothing is left";
    EXPECT_FALSE(pool.holds_all_shared());
    pool.set_shared(0);
    EXPECT_TRUE(pool.holds_all_shared());
}

// An array from half a large page on takes whole ones, whatever its capacity says.
TEST(BufferPoolTest, MemoryIsCountedAsItIsTaken) {
    constexpr std::size_t large = engine::LargePages<std::uint64_t>::page;
    const BufferPool pool(1'000'000, 100'000);
    EXPECT_EQ(pool.memory_bytes() % large, 0U);
    EXPECT_GE(pool.memory_bytes(), 100'000U * 28U);
    EXPECT_LE(pool.memory_bytes(), 100'000U * 28U + 2 * large + large);
    EXPECT_EQ(engine::LargePages<std::uint64_t>::bytes_taken(10), 80U);
}

}  // namespace
}  // namespace faultline::models
