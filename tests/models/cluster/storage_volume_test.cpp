// The volume by itself: when a commit is told, what a loss of copies does to it, and what a new writer finds.
#include "models/cluster/storage_volume.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/statistics/confidence.hpp"
#include "engine/statistics/tally.hpp"
#include "tests/models/cluster/small_region.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Component;
using engine::Distribution;
using engine::Health;
using engine::Process;

class StorageVolumeTest : public testing::Test {
protected:
    static VolumeShape shape(Distribution persist) { return {2, 4, 3, persist}; }

    Process<> commit_one(StorageVolume& volume, std::size_t from, bool& told) {
        const RequestRef nobody;
        const bool durable = co_await volume.commit(region_.zone(from), volume.epoch(), nobody);
        told = durable;
    }
    Process<> commit_many(StorageVolume& volume, int count, Duration gap) {
        const RequestRef nobody;
        for (int i = 0; i < count; ++i) {
            const Instant began = region_.simulation.now();
            const bool durable = co_await volume.commit(region_.zone(0), volume.epoch(), nobody);
            if (durable) latencies_.push_back(engine::in_seconds(region_.simulation.now() - began));
            co_await region_.simulation.delay(gap);
        }
    }
    void lose_zone(StorageVolume& volume, std::size_t zone, Health how = Health::silent) {
        for (std::size_t i = 0; i < volume.copies().size(); ++i) {
            if (volume.copies()[i]->place == region_.zone(zone)) volume.lose(i, how);
        }
    }

    SmallRegion region_;
    Component writer_{region_.simulation, "writer"};
    std::vector<double> latencies_;
};

// Six copies in three zones: four acknowledgements are enough, three are not.
TEST_F(StorageVolumeTest, ALostZoneLeavesTheWriteQuorumAndOneMoreCopyTakesIt) {
    StorageVolume volume(region_.simulation, "orders", region_.transport, region_.zones(), region_.zone_names(),
                         shape(Distribution::constant(0.0005)));
    lose_zone(volume, 2);
    EXPECT_EQ(volume.alive(), 4);
    bool first = false;
    region_.simulation.spawn(writer_, commit_one(volume, 0, first));
    region_.simulation.run_until(engine::start_of_time + 1s);
    EXPECT_TRUE(first) << "AZ loss must keep commits going on 4 of 6";

    volume.lose(2, Health::silent);
    bool second = false;
    region_.simulation.spawn(writer_, commit_one(volume, 0, second));
    region_.simulation.run_until(engine::start_of_time + 60s);
    EXPECT_FALSE(second) << "AZ + 1 must stop them";
    EXPECT_TRUE(volume.can_read()) << "AZ + 1 leaves the read quorum";

    volume.rebuilt(2);
    region_.simulation.run_until(engine::start_of_time + 61s);
    EXPECT_TRUE(second) << "the waiting commit goes on when the quorum is back";
    region_.simulation.close();
}

TEST_F(StorageVolumeTest, ACommitUnderWayWhenACopyDiesIsToldWhenFourOthersHaveIt) {
    StorageVolume volume(region_.simulation, "orders", region_.transport, region_.zones(), region_.zone_names(),
                         shape(Distribution::constant(0.1)));
    bool told = false;
    region_.simulation.spawn(writer_, commit_one(volume, 0, told));
    region_.simulation.run_until(engine::start_of_time + 50ms);
    lose_zone(volume, 0);  // the two fastest have not persisted it yet
    region_.simulation.run_until(engine::start_of_time + 99ms);
    EXPECT_FALSE(told);
    region_.simulation.run_until(engine::start_of_time + 500ms);
    EXPECT_TRUE(told);
    region_.simulation.close();
}

TEST_F(StorageVolumeTest, WhatWasToldSurvivesTheLossOfTheWritersZone) {
    StorageVolume volume(region_.simulation, "orders", region_.transport, region_.zones(), region_.zone_names(),
                         shape(Distribution::exponential(0.001)));
    region_.simulation.spawn(writer_, commit_many(volume, 100'000, 100us));
    region_.simulation.run_until(engine::start_of_time + 1s);
    const std::uint64_t told = volume.commits_acknowledged();
    writer_.kill(Health::silent);
    lose_zone(volume, 0);
    region_.simulation.run_until(engine::start_of_time + 2s);
    const RecoveredLog log = volume.recover();
    EXPECT_GT(told, 100U);
    EXPECT_TRUE(log.readable);
    EXPECT_EQ(log.commits_lost, 0U);
    EXPECT_EQ(log.gap, Duration::zero());
    region_.simulation.close();
}

// The other way round: a volume whose quorum does not reach over the zones loses what it told. A test that RPO is
// counted from the commits, and not assumed.
TEST_F(StorageVolumeTest, AWriteQuorumInsideOneZoneLosesWhatItTold) {
    VolumeShape one_zone = shape(Distribution::constant(0.0));
    one_zone.write_quorum = 2;  // the two copies beside the writer are the fastest
    one_zone.read_quorum = 1;
    one_zone.persist = Distribution::constant(0.0);
    StorageVolume volume(region_.simulation, "orders", region_.transport, region_.zones(), region_.zone_names(),
                         one_zone);
    region_.simulation.spawn(writer_, commit_many(volume, 100'000, 1us));
    region_.simulation.run_until(engine::start_of_time + 1s);
    writer_.kill(Health::silent);
    lose_zone(volume, 0);
    const RecoveredLog log = volume.recover();  // at once: nothing under way has arrived elsewhere
    EXPECT_TRUE(log.readable);
    EXPECT_GT(log.commits_lost, 0U);
    EXPECT_GT(log.gap, Duration::zero());
    EXPECT_LT(log.gap, 50ms);
    region_.simulation.close();
}

TEST_F(StorageVolumeTest, AFencedWritersCommitIsRefused) {
    StorageVolume volume(region_.simulation, "orders", region_.transport, region_.zones(), region_.zone_names(),
                         shape(Distribution::constant(0.01)));
    bool told = true;
    region_.simulation.spawn(writer_, commit_one(volume, 0, told));
    region_.simulation.run_until(engine::start_of_time + 1ms);
    const RecoveredLog log = volume.recover();
    EXPECT_TRUE(log.readable);
    region_.simulation.run_until(engine::start_of_time + 1s);
    EXPECT_FALSE(told);
    region_.simulation.close();
}

// Commits are told in the order in which they were sent: a later one that is quorate earlier waits (VDL).
TEST_F(StorageVolumeTest, NoCommitIsToldBeforeOneSentBeforeIt) {
    StorageVolume volume(region_.simulation, "orders", region_.transport, region_.zones(), region_.zone_names(),
                         shape(Distribution::exponential(0.01)));
    struct Log {
        std::vector<int> told;
    } log;
    const auto one = [&](int number) -> Process<> {
        const RequestRef nobody;
        const Duration after(number * 1000);
        co_await region_.simulation.delay(after);
        co_await volume.commit(region_.zone(0), volume.epoch(), nobody);
        log.told.push_back(number);
    };
    for (int i = 0; i < 200; ++i) region_.simulation.spawn(writer_, one(i));
    region_.simulation.run_until(engine::start_of_time + 10s);
    ASSERT_EQ(log.told.size(), 200U);
    EXPECT_TRUE(std::is_sorted(log.told.begin(), log.told.end()));
    region_.simulation.close();
}

// Goal:   commit latency is the 4th of 6 order statistic of what the copies take.
// Method: no network; six independent exponentials of mean 1 ms. The exact mean of the k-th of n is the sum of
//         1/(n-i+1) over i = 1..k: 1/6 + 1/5 + 1/4 + 1/3 = 0.95 ms; the exact median solves a binomial tail. Commits
//         far apart are independent, so the 99.9 % interval of their mean must hold the exact mean, and be narrow.
// Fails with the 3rd or 5th acknowledgement (0.617 and 1.45 ms).
TEST(CommitLatencyTest, IsTheFourthOfSixOrderStatistic) {
    SmallRegion region("zero");
    Component writer(region.simulation, "writer");
    StorageVolume volume(region.simulation, "orders", region.transport, region.zones(), region.zone_names(),
                         {2, 4, 3, Distribution::exponential(0.001)});
    std::vector<double> latencies;
    const auto many = [&]() -> Process<> {
        const RequestRef nobody;
        for (int i = 0; i < 40'000; ++i) {
            const Instant began = region.simulation.now();
            co_await volume.commit(region.zone(0), volume.epoch(), nobody);
            latencies.push_back(engine::in_seconds(region.simulation.now() - began));
            co_await region.simulation.delay(100ms);
        }
    };
    region.simulation.spawn(writer, many());
    region.simulation.run_until(engine::start_of_time + 2h);
    ASSERT_EQ(latencies.size(), 40'000U);
    const engine::Interval mean = engine::confidence_interval(latencies, 0.999);
    const double exact_s = 0.001 * (1.0 / 6 + 1.0 / 5 + 1.0 / 4 + 1.0 / 3);
    EXPECT_TRUE(mean.contains(exact_s)) << mean.low << " .. " << mean.high << ", exact " << exact_s;
    EXPECT_LT(mean.half_width(), 0.02 * exact_s);
    region.simulation.close();
}

// The same against the table of exact order statistics (lognormal; tests/oracles/data/README.md): its row of six
// copies, fourth acknowledgement. Median, 90 % and 99 % of the sample within the sampling error of an order statistic:
// 4 standard deviations of the rank, sqrt(n p (1 - p)).
TEST(CommitLatencyTest, AgreesWithTheTableOfOrderStatistics) {
    SmallRegion region("zero");
    Component writer(region.simulation, "writer");
    const double sigma = 0.8;
    StorageVolume volume(region.simulation, "orders", region.transport, region.zones(), region.zone_names(),
                         {2, 4, 3, Distribution::lognormal(0.001, sigma)});
    std::vector<double> latencies;
    const int commits = 40'000;
    const auto many = [&]() -> Process<> {
        const RequestRef nobody;
        for (int i = 0; i < commits; ++i) {
            const Instant began = region.simulation.now();
            co_await volume.commit(region.zone(0), volume.epoch(), nobody);
            latencies.push_back(engine::in_seconds(region.simulation.now() - began));
            co_await region.simulation.delay(1s);
        }
    };
    region.simulation.spawn(writer, many());
    region.simulation.run_until(engine::start_of_time + 12h);
    std::sort(latencies.begin(), latencies.end());
    ASSERT_EQ(latencies.size(), static_cast<std::size_t>(commits));
    struct Row {
        double p, exact_ms;
    };
    for (const Row row : {Row{0.5, 1.171911152}, Row{0.9, 1.955612364}, Row{0.99, 3.001622705}}) {
        const double n = commits;
        const double slack = 4.0 * std::sqrt(n * row.p * (1.0 - row.p));
        const double low = latencies[static_cast<std::size_t>(n * row.p - slack)] * 1e3;
        const double high = latencies[static_cast<std::size_t>(n * row.p + slack)] * 1e3;
        EXPECT_LE(low, row.exact_ms) << row.p;
        EXPECT_GE(high, row.exact_ms) << row.p;
        EXPECT_LT(high - low, 0.1 * row.exact_ms) << "too wide to be able to fail";
    }
    region.simulation.close();
}

}  // namespace
}  // namespace faultline::models
