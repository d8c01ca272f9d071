// Freshness by time is exact: ramps, and nothing where all is visible.
#include "models/warehouse/freshness_track.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::start_of_time;

double share_at_most(const scenarios::HistogramData& data, Duration value) {
    double below = 0.0, all = 0.0;
    for (std::size_t i = 0; i < data.buckets.size(); ++i) {
        all += static_cast<double>(data.counts[i]);
        const Duration lower = FlatHistogram<7, std::uint64_t>::lower_bound(data.buckets[i]);
        if (lower <= value) below += static_cast<double>(data.counts[i]);
    }
    return below / all;
}

// A commit at 10 s hidden until 40 s, and nothing else in 100 s: 70 s at 0, then each value of 0..30 s once.
TEST(FreshnessTrackTest, AHiddenCommitIsARampFromZero) {
    FreshnessTrack track;
    track.oldest_hidden(start_of_time + 10s, start_of_time + 10s);
    EXPECT_EQ(track.now_is(start_of_time + 25s), 15s);
    track.oldest_hidden(std::nullopt, start_of_time + 40s);
    EXPECT_EQ(track.now_is(start_of_time + 41s), 0s);
    const Instant end = start_of_time + 100s;
    EXPECT_NEAR(engine::in_seconds(track.mean(end)), 0.5 * 30.0 * 30.0 / 100.0, 1e-6);
    EXPECT_EQ(track.longest(), 30s);
    const scenarios::HistogramData data = track.by_time(end);
    EXPECT_NEAR(static_cast<double>(std::accumulate(data.counts.begin(), data.counts.end(), std::uint64_t{0})), 1e5,
                200.0);
    EXPECT_NEAR(share_at_most(data, 0s), 0.70, 0.002);
    EXPECT_NEAR(share_at_most(data, 10s), 0.80, 0.004);
    EXPECT_NEAR(share_at_most(data, 20s), 0.90, 0.004);
}

// The next load makes an older commit the oldest: the level falls, and not to 0.
TEST(FreshnessTrackTest, FallsToTheAgeOfTheNextOldest) {
    FreshnessTrack track;
    track.oldest_hidden(start_of_time, start_of_time);
    track.oldest_hidden(start_of_time + 50s, start_of_time + 60s);
    EXPECT_EQ(track.now_is(start_of_time + 60s), 10s);
    EXPECT_NEAR(engine::in_seconds(track.mean(start_of_time + 100s)), (0.5 * 3600.0 + 0.5 * (2500.0 - 100.0)) / 100.0,
                1e-6);
}

TEST(FreshnessTrackTest, AResetForgetsWhatWasAndKeepsTheLevel) {
    FreshnessTrack track;
    track.oldest_hidden(start_of_time, start_of_time);
    track.reset(start_of_time + 100s);
    EXPECT_EQ(track.longest(), 0s);
    EXPECT_NEAR(engine::in_seconds(track.mean(start_of_time + 110s)), 105.0, 1e-6);
    EXPECT_NEAR(static_cast<double>(track.by_time(start_of_time + 110s).min_ns), 100e9, 1e9);
}

}  // namespace
}  // namespace faultline::models
