// Goal:   freshness by the way that commits come, against what follows from interval and duration in closed form.
// Method: commits each millisecond, loads whose length is known, the mean over two hours.
#include <gtest/gtest.h>

#include "tests/models/warehouse/site.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::models::test {
namespace {

using engine::start_of_time;
using faultline::test::in_child;

struct Seen {
    double mean_s = 0.0;
    double load_s = 0.0;
    TableStatistics statistics;
};

Seen watch(const TableShape& of, Duration commit_interval = 1ms, Duration length = 2h) {
    Site site;
    site.make(site.shape());
    TableFeed& feed = site.add_table(of);
    site.warehouse->begin();
    site.commit_each(feed, commit_interval);
    const Instant warm = start_of_time + 10min;
    site.simulation.run_until(warm);
    site.warehouse->reset_statistics(warm);
    site.simulation.run_until(warm + length);
    const double mean_s = engine::in_seconds(feed.freshness().mean(warm + length));
    EXPECT_NEAR(engine::in_seconds(site.warehouse->freshness().mean(warm + length)), mean_s, 1e-9) << "its one table";
    return {mean_s, feed.statistics().load_s.mean(), feed.statistics()};
}

// Right after a load is visible the oldest hidden commit is as old as the load took, and it grows for an interval: the
// mean is load + interval / 2. A load of 300 s x 1 MB/s: 3 s of the job, 0.3 s of export, 30 s on slices of 10 MB/s.
TEST(TableFeedTest, APeriodicCopyIsHalfAnIntervalAndItsLengthOldInTheMean) {
    in_child([] {
        const Seen seen = watch(copied_each(5min));
        EXPECT_NEAR(seen.load_s, 3.0 + 0.3 + 30.0, 0.1);
        EXPECT_NEAR(seen.mean_s, 150.0 + seen.load_s, 0.1);
        EXPECT_EQ(seen.statistics.overdue, 0U);
    });
    in_child([] {
        const Seen seen = watch(copied_each(1min));
        EXPECT_NEAR(seen.mean_s, 30.0 + 3.0 + 0.06 + 6.0, 0.1);
    });
}

// Files are loaded in rounds, a file for a slice: 5 files on 4 slices take two, and a single one has one slice to
// itself.
TEST(TableFeedTest, TheSliceWithTheMostFilesDecides) {
    for (const auto& [files, load_s] : {std::pair{8, 30.0}, {5, 48.0}, {1, 120.0}}) {
        in_child([files = files, load_s = load_s] {
            TableShape of = copied_each(5min);
            of.files = files;
            EXPECT_NEAR(watch(of).load_s, 3.3 + load_s, 0.2) << files;
        });
    }
}

// 25 MB/s of changes for slices of 10 MB/s: what is visible moves on at 1 / 2.5 of the clock, so freshness grows by
// 1 - 1 / 2.5 of it, all intervals are overdue, and those in a long load are skipped.
TEST(TableFeedTest, LoadsLongerThanTheirIntervalFallBehindAtAKnownSlope) {
    in_child([] {
        TableShape of = copied_each(1min);
        of.capture = engine::Distribution::constant(0.0);
        of.bytes_per_commit = 25'000.0;
        of.export_rate = {8e12};
        Site site;
        site.make(site.shape());
        TableFeed& feed = site.add_table(of);
        site.warehouse->begin();
        site.commit_each(feed, 1ms);
        // Just before a load becomes visible is compared with just before another does: both at the top of a tooth.
        Duration before{};
        Duration first_top{}, last_top{};
        Instant first_at{}, last_at{};
        for (Instant now = start_of_time; now <= start_of_time + 4h; now += 100ms) {
            site.simulation.run_until(now);
            const Duration fresh = feed.freshness().now_is(now);
            if (fresh < before) {
                if (first_at == Instant{}) first_top = before, first_at = now;
                last_top = before, last_at = now;
            }
            before = fresh;
        }
        ASSERT_GT(last_at, first_at + 1h);
        const double slope = engine::in_seconds(last_top - first_top) / engine::in_seconds(last_at - first_at);
        // Teeth: the tops grow by (1 - 1 / r^2) of the clock, r = 2.5, for the loads themselves grow.
        EXPECT_NEAR(slope, 1.0 - 1.0 / 6.25, 0.01);
        EXPECT_GE(feed.statistics().overdue + 1, feed.statistics().loads);
        EXPECT_GT(feed.statistics().skipped, 60U);
    });
}

// A stream is fresh to a turn of its view and its way, whatever came at once.
TEST(TableFeedTest, AStreamIsAsOldAsItsWayAndHalfATurn) {
    in_child([] {
        TableShape of = copied_each(5s);
        of.load = scenarios::TableLoad::streaming;
        of.capture = engine::Distribution::constant(12.0);  // longer than a turn: batches follow each other
        const Seen seen = watch(of);
        EXPECT_NEAR(seen.load_s, 12.0 + 0.5, 0.1);
        EXPECT_NEAR(seen.mean_s, 2.5 + 12.5, 0.1);
        EXPECT_EQ(seen.statistics.overdue, 0U);
    });
}

// What the source loses before its cut never comes; what was cut is there and is counted. Never more than that is
// ahead.
TEST(TableFeedTest, WhatTheSourceLosesAfterTheCutIsAhead) {
    in_child([] {
        Site site;
        site.make(site.shape());
        TableFeed& feed = site.add_table(copied_each(1min));
        site.warehouse->begin();
        site.commit_each(feed, 1ms);
        site.simulation.run_until(start_of_time + 10min + 1ms);
        const std::uint64_t before = feed.visible();
        ASSERT_GT(before, 0U);
        const std::uint64_t hidden = feed.hidden();
        feed.lost(hidden + 100);
        EXPECT_GE(feed.statistics().ahead, 100U);
        EXPECT_LE(feed.statistics().ahead, hidden + 100);
        for (Instant now = site.simulation.now(); now < start_of_time + 20min; now += 1s) {
            site.simulation.run_until(now);
            ASSERT_LE(feed.visible(), feed.serving() + feed.statistics().ahead);
            ASSERT_EQ(feed.visible() + feed.hidden(), feed.serving() + feed.statistics().ahead);
        }
        EXPECT_GT(feed.visible(), before);
    });
}

// Nothing to load is no load, and all is visible.
TEST(TableFeedTest, WithoutCommitsItIsFresh) {
    in_child([] {
        Site site;
        site.make(site.shape());
        TableFeed& feed = site.add_table(copied_each(1min));
        site.warehouse->begin();
        feed.committed();
        site.simulation.run_until(start_of_time + 30min);
        EXPECT_EQ(feed.statistics().loads, 1U);
        EXPECT_EQ(feed.freshness().now_is(site.simulation.now()), 0s);
        feed.committed();
        feed.lost(1);
        EXPECT_EQ(feed.oldest_hidden(), std::nullopt);
        EXPECT_EQ(feed.statistics().ahead, 0U);
    });
}

}  // namespace
}  // namespace faultline::models::test
