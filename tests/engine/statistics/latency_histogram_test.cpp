#include "engine/statistics/latency_histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "engine/random/distributions.hpp"
#include "engine/random/stream.hpp"

namespace faultline::engine {
namespace {

constexpr Duration failed = LatencyHistogram::failed;

// Goal:   what is read back is within 1 % of what was recorded, from 1 us to 1 h, wherever it falls in its bucket.
// Method: pairs a bucket apart or less, so that the extremes cannot help; every value of a fine geometric grid.
TEST(LatencyHistogramTest, RelativeErrorIsBelowOnePercent) {
    for (double ns = 1e3; ns < 3.6e12; ns *= 1.0013) {
        const Duration value{static_cast<Duration::rep>(ns)};
        LatencyHistogram histogram;
        histogram.record(0ns);
        histogram.record(value);
        histogram.record(24h);
        const double error = std::abs(in_seconds(histogram.quantile(0.5)) / in_seconds(value) - 1.0);
        ASSERT_LT(error, 0.01) << value.count();
    }
}

// Method: 200'000 lognormal latencies kept and sorted; each quantile of the histogram against the exact order
// statistic.
TEST(LatencyHistogramTest, QuantilesAgreeWithSortedObservations) {
    RandomStream stream{stream_key(Seed{1}, 0, "test", "latency")};
    const Distribution latency_s = Distribution::lognormal(0.005, 1.5);
    LatencyHistogram histogram;
    std::vector<Duration> kept(200'000);
    Duration sum{};
    for (Duration& latency : kept) {
        latency = latency_s.sample_duration(stream);
        sum += latency;
        histogram.record(latency);
    }
    std::sort(kept.begin(), kept.end());
    for (const double p : {0.0, 0.001, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0}) {
        const auto rank = std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(p * 200'000.0 - 1e-6)));
        const double exact_s = in_seconds(kept[rank - 1]);
        EXPECT_NEAR(in_seconds(histogram.quantile(p)), exact_s, 0.01 * exact_s) << p;
        EXPECT_NEAR(histogram.fraction_at_most(kept[rank - 1]), static_cast<double>(rank) / 200'000.0, 0.004) << p;
    }
    EXPECT_EQ(histogram.quantile(0.0), kept.front());
    EXPECT_EQ(histogram.quantile(1.0), kept.back());
    EXPECT_DOUBLE_EQ(histogram.mean_s(), in_seconds(sum) / 200'000.0);
    EXPECT_LT(histogram.memory_bytes(), 40'000U);
}

TEST(LatencyHistogramTest, AFailureRanksSlowerThanAnyAnswer) {
    LatencyHistogram histogram;
    for (int i = 0; i < 98; ++i) histogram.record(10ms);
    histogram.record(1h);
    histogram.record_failure();
    EXPECT_EQ(histogram.count(), 100U);
    EXPECT_EQ(histogram.answered(), 99U);
    EXPECT_EQ(histogram.quantile(0.99), 1h);
    EXPECT_EQ(histogram.quantile(0.995), failed);
    EXPECT_EQ(histogram.at_rank(99), 1h);
    EXPECT_EQ(histogram.at_rank(100), failed);
    EXPECT_DOUBLE_EQ(histogram.fraction_at_most(10h), 0.99);
}

TEST(LatencyHistogramTest, WithoutAnAnswerEveryQuantileHasFailed) {
    LatencyHistogram histogram;
    EXPECT_EQ(histogram.quantile(0.5), failed);
    EXPECT_TRUE(std::isnan(histogram.mean_s()));
    EXPECT_TRUE(std::isnan(histogram.fraction_at_most(1s)));
    histogram.record_failure();
    EXPECT_EQ(histogram.quantile(0.0), failed);
    EXPECT_EQ(histogram.fraction_at_most(1h), 0.0);
}

TEST(LatencyHistogramTest, ZeroHasABucketOfItsOwn) {
    LatencyHistogram histogram;
    for (int i = 0; i < 60; ++i) histogram.record(0ns);
    for (int i = 0; i < 40; ++i) histogram.record(1ns);
    EXPECT_EQ(histogram.quantile(0.6), 0ns);
    EXPECT_EQ(histogram.quantile(0.61), 1ns);
    EXPECT_DOUBLE_EQ(histogram.fraction_at_most(0ns), 0.6);
    ASSERT_EQ(histogram.contents().buckets.size(), 2U);
    EXPECT_EQ(histogram.contents().buckets[0], (LatencyHistogram::Bucket{0ns, 1ns, 60}));
}

TEST(LatencyHistogramTest, TheLongestDurationsAreCountedNotClamped) {
    LatencyHistogram histogram;
    const Duration longest = failed - 1ns;
    for (int i = 0; i < 5; ++i) histogram.record(longest);  // their sum is beyond 64 bits
    EXPECT_EQ(histogram.quantile(0.5), longest);
    EXPECT_NEAR(histogram.mean_s(), in_seconds(longest), 1e-3);
    EXPECT_EQ(histogram.contents().buckets[0].upper, Duration::max());
    EXPECT_DEATH(histogram.record(failed), "check failed");
    EXPECT_DEATH(histogram.record(-1ns), "check failed");
}

// Values spread evenly over one bucket, [2^20, 2^20 + 8192) ns: the quantiles move evenly through it.
TEST(LatencyHistogramTest, QuantilesAreInterpolatedInsideTheBucket) {
    LatencyHistogram histogram;
    for (int i = 0; i < 8192; ++i) histogram.record(Duration{(1 << 20) + i});
    ASSERT_EQ(histogram.contents().buckets.size(), 1U);
    for (const double p : {0.1, 0.25, 0.5, 0.9}) {
        EXPECT_NEAR(static_cast<double>(histogram.quantile(p).count()), (1 << 20) + p * 8192.0, 2.0);
        const Duration limit{(1 << 20) + static_cast<Duration::rep>(p * 8192.0)};
        EXPECT_NEAR(histogram.fraction_at_most(limit), p, 2.0 / 8192.0);
    }
}

TEST(LatencyHistogramTest, MergedAndRebuiltAreAsIfRecordedInOne) {
    RandomStream stream{stream_key(Seed{1}, 0, "test", "latency")};
    const Distribution latency_s = Distribution::lognormal(0.005, 2.0);
    LatencyHistogram all;
    LatencyHistogram left;
    LatencyHistogram right;
    for (int i = 0; i < 10'000; ++i) {
        const Duration latency = latency_s.sample_duration(stream);
        all.record(latency);
        (i % 3 == 0 ? left : right).record(latency);
    }
    all.record_failure();
    right.record_failure();
    left.merge(right);
    EXPECT_EQ(left.contents(), all.contents());
    const LatencyHistogram rebuilt = LatencyHistogram::from(all.contents());
    EXPECT_EQ(rebuilt.contents(), all.contents());
    EXPECT_EQ(rebuilt.count(), all.count());
    EXPECT_EQ(rebuilt.quantile(0.99), all.quantile(0.99));
    EXPECT_EQ(rebuilt.mean_s(), all.mean_s());
}

}  // namespace
}  // namespace faultline::engine
