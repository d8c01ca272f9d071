// Tally, TimeWeighted and Timeline.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/statistics/tally.hpp"
#include "engine/statistics/time_weighted.hpp"
#include "engine/statistics/timeline.hpp"

namespace faultline::engine {
namespace {

constexpr Instant at(Duration since_start) {
    return start_of_time + since_start;
}

TEST(TallyTest, MomentsOfFewNumbers) {
    Tally tally;
    for (const double value : {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0}) tally.record(value);
    EXPECT_EQ(tally.count(), 8U);
    EXPECT_DOUBLE_EQ(tally.mean(), 5.0);
    EXPECT_DOUBLE_EQ(tally.variance(), 32.0 / 7.0);
    EXPECT_EQ(tally.min(), 2.0);
    EXPECT_EQ(tally.max(), 9.0);
}

TEST(TallyTest, SmallVarianceOnALargeMeanKeepsItsDigits) {
    Tally tally;
    for (int i = 0; i < 1000; ++i) tally.record(1e9 + (i % 2));
    EXPECT_NEAR(tally.variance(), 0.25 * 1000.0 / 999.0, 1e-9);
}

TEST(TallyTest, MergedIsAsIfRecordedInOne) {
    Tally all;
    Tally left;
    Tally right;
    for (int i = 0; i < 100; ++i) {
        const double value = std::sin(i);
        all.record(value);
        (i < 30 ? left : right).record(value);
    }
    left.merge(right);
    left.merge(Tally{});
    EXPECT_EQ(left.count(), all.count());
    EXPECT_NEAR(left.mean(), all.mean(), 1e-15);
    EXPECT_NEAR(left.variance(), all.variance(), 1e-14);
    EXPECT_EQ(left.max(), all.max());
    Tally empty;
    empty.merge(all);
    EXPECT_EQ(empty.mean(), all.mean());
}

TEST(TallyTest, WhatIsNotKnownIsNotANumber) {
    Tally tally;
    EXPECT_TRUE(std::isnan(tally.mean()));
    tally.record(1.0);
    EXPECT_TRUE(std::isnan(tally.variance()));
}

TEST(TimeWeightedTest, MeanWeighsLevelsByTheirTime) {
    TimeWeighted level;
    level.set(at(1s), 10.0);
    level.add(at(3s), -6.0);
    EXPECT_DOUBLE_EQ(level.mean(at(5s)), (0.0 + 20.0 + 8.0) / 5.0);
    EXPECT_EQ(level.max(), 10.0);
    EXPECT_EQ(level.min(), 0.0);
}

TEST(TimeWeightedTest, ResetForgetsTheWarmUpButNotTheLevel) {
    TimeWeighted level{100.0};
    level.set(at(2s), 4.0);
    level.reset(at(3s));
    EXPECT_EQ(level.mean(at(3s)), 4.0);
    EXPECT_EQ(level.max(), 4.0);
    level.set(at(4s), 0.0);
    EXPECT_DOUBLE_EQ(level.mean(at(5s)), 2.0);
}

TEST(TimeWeightedTest, TimeNeverGoesBack) {
    TimeWeighted level;
    level.set(at(2s), 1.0);
    EXPECT_DEATH(level.set(at(1s), 2.0), "check failed");
}

TEST(TimelineTest, CountsBySecond) {
    Timeline<std::int64_t> counts{3500ms};
    counts.add(at(0s));
    counts.add(at(999'999'999ns));
    counts.add(at(1s));
    counts.add(at(3999ms), 5);
    counts.add(at(4s), 7);
    EXPECT_EQ(counts.bins().size(), 4U);
    EXPECT_EQ(counts.at_second(0), 2);
    EXPECT_EQ(counts.at_second(1), 1);
    EXPECT_EQ(counts.at_second(2), 0);
    EXPECT_EQ(counts.at_second(3), 5);
    EXPECT_EQ(counts.at_second(100), 0);
    EXPECT_EQ(counts.beyond_horizon(), 7);
}

TEST(TimelineTest, MergesBinByBinAndPaysOnlyForWhatItSaw) {
    Timeline<double> left{24h};
    Timeline<double> right{24h};
    EXPECT_LT(left.memory_bytes(), 100U);
    left.add(at(1s), 1.5);
    right.add(at(1s), 2.0);
    right.add(at(9s), 4.0);
    left.merge(right);
    EXPECT_EQ(left.at_second(1), 3.5);
    EXPECT_EQ(left.at_second(9), 4.0);
    for (int second = 0; second < 3600; ++second) left.add(at(second * 1s), 1.0);
    EXPECT_LE(left.memory_bytes(), sizeof(left) + 2 * 3600 * sizeof(double));
}

}  // namespace
}  // namespace faultline::engine
