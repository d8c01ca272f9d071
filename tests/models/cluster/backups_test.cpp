// Backups by themselves: how long a restore takes, how far the log lags behind, and what another region has.
#include "models/cluster/backups/backups.hpp"

#include <gtest/gtest.h>

#include "models/cluster/protection_groups.hpp"
#include "models/network/wiring.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::BitsPerSecond;
using engine::Process;
using engine::start_of_time;

constexpr Duration step = Flows::step_most;  // a flow's end is delivered this much later, at most

// Two regions, and a backbone between them that limits.
struct TwoRegions {
    explicit TwoRegions(BitsPerSecond backbone, std::uint64_t seed = 1)
        : network(wire(backbone)), simulation({engine::Seed{seed}, 1}), transfers(simulation, network.topology) {}

    static WiredNetwork wire(BitsPerSecond backbone) {
        std::vector<UnknownName> unknown;
        const NetworkPlan plan{.regions = {{"us-east-1", {"a", "b", "c"}}, {"us-west-2", {"a", "b", "c"}}},
                               .sites = {},
                               .backbone_bandwidth = backbone};
        return wire_network(*NetworkProfile::named("aws-2025"), plan, unknown);
    }
    Duration one_way(PlaceId from, PlaceId to) const { return network.topology.path(from, to).base_round_trip / 2; }

    WiredNetwork network;
    engine::Simulation simulation;
    Transfers transfers;
};

RestoreShape restore_shape(const TwoRegions& world, std::size_t from, int nodes_per_zone) {
    RestoreShape shape;
    shape.object_storage = world.network.regions[from];
    shape.zones = world.network.zones[0];
    shape.nodes_per_zone = nodes_per_zone;
    shape.size = Bytes{10 * group_size.count};
    return shape;
}

Duration restored_after(TwoRegions& world, const RestoreShape& shape, Bytes log) {
    engine::Component owner(world.simulation, "orders/backups");
    VolumeRestore restore(world.simulation, owner, world.transfers, world.network.topology, shape);
    Duration taken{-1};
    const auto one = [&]() -> Process<> {
        co_await restore.fill();
        co_await restore.recover(log);
        taken = world.simulation.now() - start_of_time;
    };
    world.simulation.spawn(owner, one());
    world.simulation.run_until(start_of_time + 2h);
    world.simulation.close();
    return taken;
}

Process<> commit_each_10_ms(engine::Simulation& simulation, Backups& backups) {
    for (;;) {
        co_await simulation.delay(10ms);
        backups.committed();
    }
}

// Ten groups of 10 GB, two copies in each zone: 20 segments of 80 s each at 1 Gbit/s.
TEST(VolumeRestoreTest, TakesAsLongAsTheNodeWithTheMostSegmentsAndTheLog) {
    struct Case {
        int nodes;
        int segments;
    };
    for (const Case& one : {Case{20, 1}, Case{8, 3}, Case{200, 1}}) {
        test::in_child([&] {
            TwoRegions world(unlimited_bandwidth);
            RestoreShape shape = restore_shape(world, 0, one.nodes);
            shape.recovery = engine::Distribution::constant(30.0);
            shape.log_apply = BitsPerSecond{1e8};
            const Duration exact = one.segments * 80s + world.one_way(shape.object_storage, shape.zones[0]) + 30s + 8s;
            const Duration taken = restored_after(world, shape, Bytes{100'000'000});
            EXPECT_GE(taken, exact - 1ms) << one.nodes;
            EXPECT_LE(taken, exact + step + 1ms) << one.nodes;
        });
    }
}

// 60 nodes at 1 Gbit/s against one line of 10 Gbit/s: 600 GB take 480 s, not 80 s.
TEST(VolumeRestoreTest, IsBoundByTheNarrowestLinkThatAllShare) {
    test::in_child([] {
        TwoRegions world(BitsPerSecond{10e9});
        const RestoreShape shape = restore_shape(world, 1, 20);
        const Duration exact = 480s + world.one_way(shape.object_storage, shape.zones[0]);
        const Duration taken = restored_after(world, shape, Bytes{});
        EXPECT_GE(taken, exact - 2ms);
        EXPECT_LE(taken, exact + step + 2ms);
    });
}

TEST(VolumeRestoreTest, WaitsForTheInstancesWhenTheyComeLast) {
    test::in_child([] {
        TwoRegions world(unlimited_bandwidth);
        RestoreShape shape = restore_shape(world, 0, 20);
        shape.instances = engine::Distribution::constant(300.0);
        EXPECT_EQ(restored_after(world, shape, Bytes{}), 300s);
    });
}

// Every byte of the volume is read, by as many nodes as there are.
TEST(VolumeRestoreTest, SharesAddUpToAllCopies) {
    TwoRegions world(unlimited_bandwidth);
    engine::Component owner(world.simulation, "orders/backups");
    for (const int nodes : {1, 7, 20, 21, 300}) {
        RestoreShape shape = restore_shape(world, 0, nodes);
        shape.size = Bytes{94'321'000'000};
        const VolumeRestore restore(world.simulation, owner, world.transfers, world.network.topology, shape);
        std::int64_t sum = 0;
        for (int node = 0; node < nodes; ++node) sum += restore.share_of(node).count;
        EXPECT_EQ(sum, 2 * shape.size.count) << nodes;
    }
    world.simulation.close();
}

struct LogWatched {
    Duration lag_least = Duration::max(), lag_most{}, lag_last{};
};

// 100 commits a second of 1 kB, 0.8 Mbit/s, into a line of this bandwidth, for an hour.
LogWatched watch_log(BitsPerSecond line) {
    TwoRegions world(line);
    engine::Component owner(world.simulation, "orders/backups");
    LogBackup log(world.simulation, owner, world.transfers, world.network.topology,
                  {world.network.regions[1], world.network.zones[0], 60s, 1000.0});
    log.begin();
    LogWatched seen;
    const auto commit = [&]() -> Process<> {
        for (;;) {
            co_await world.simulation.delay(10ms);
            log.committed();
        }
    };
    world.simulation.spawn(owner, commit());
    for (Instant now = start_of_time; now <= start_of_time + 1h; now += 1s) {
        world.simulation.run_until(now);
        seen.lag_last = now - log.arrived_until();
        if (now < start_of_time + 10min) continue;
        seen.lag_least = std::min(seen.lag_least, seen.lag_last);
        seen.lag_most = std::max(seen.lag_most, seen.lag_last);
    }
    EXPECT_NEAR(log.commits_per_s(), 100.0, 0.1);
    EXPECT_NEAR(static_cast<double>(log.log_of(1h).count), 3.6e8, 1e6);
    world.simulation.close();
    return seen;
}

// A batch of 60 s is 6 MB: at 1 Mbit/s it takes 48 s. The lag swings between that and an interval more.
TEST(LogBackupTest, LagsByTheFlowAndUpToAnIntervalMore) {
    test::in_child([] {
        const LogWatched seen = watch_log(BitsPerSecond{1e6});
        EXPECT_GE(seen.lag_least, 48s);
        EXPECT_LE(seen.lag_least, 50s);
        EXPECT_GE(seen.lag_most, 106s);
        EXPECT_LE(seen.lag_most, 109s);
    });
    test::in_child([] {
        const LogWatched seen = watch_log(unlimited_bandwidth);
        EXPECT_LE(seen.lag_least, 1100ms) << "looked at each second; a batch of 6 MB is there after 60 ms";
        EXPECT_GE(seen.lag_most, 58s);
        EXPECT_LE(seen.lag_most, 61s);
    });
}

TEST(LogBackupTest, FallsBehindWhenTheLineIsSlowerThanTheLog) {
    test::in_child([] {
        const LogWatched seen = watch_log(BitsPerSecond{4e5});
        EXPECT_GT(seen.lag_last, 20min) << "half of the log does not get through";
    });
}

BackupShape backup_shape(const TwoRegions& world) {
    BackupShape shape;
    shape.retention = 48h;
    shape.log = {world.network.regions[0], world.network.zones[0], 60s, 1000.0};
    shape.snapshots = {world.network.regions[0], world.network.regions[1], 10min, Bytes{12'500'000'000},
                       Bytes{1'000'000'000}};
    shape.restore = restore_shape(world, 0, 20);
    return shape;
}

// 12.5 GB at 1 Gbit/s: a copy is there 100 s after its snapshot, and the next one 10 min later.
TEST(SnapshotTest, TheNewestCopyIsAsOldAsItsFlowAndUpToAnIntervalMore) {
    test::in_child([] {
        TwoRegions world(BitsPerSecond{1e9});
        Backups backups(world.simulation, "orders", world.transfers, world.network.topology, backup_shape(world));
        backups.begin();
        world.simulation.spawn(backups.component(), commit_each_10_ms(world.simulation, backups));
        Duration least = Duration::max(), most{};
        for (Instant now = start_of_time; now <= start_of_time + 1h; now += 1s) {
            world.simulation.run_until(now);
            const auto there = backups.restorable_in(world.network.regions[1]);
            ASSERT_TRUE(there);
            EXPECT_FALSE(there->any_point_before);
            const double since_s = engine::in_seconds(now - std::max(there->at, start_of_time));
            ASSERT_NEAR(static_cast<double>(there->commits_lost), 100.0 * since_s, 2.0) << "what came after it";
            least = std::min(least, now - there->at);
            most = std::max(most, now - there->at);
        }
        EXPECT_GE(least, 100s);
        EXPECT_LE(least, 102s);
        EXPECT_GE(most, 10min + 98s);
        EXPECT_LE(most, 10min + 102s);
        world.simulation.close();
    });
}

TEST(BackupsTest, EachRegionHasWhatArrivedThere) {
    test::in_child([] {
        TwoRegions world(BitsPerSecond{1e9});
        BackupShape shape = backup_shape(world);
        shape.snapshots.copy_to.reset();
        Backups backups(world.simulation, "orders", world.transfers, world.network.topology, shape);
        backups.begin();
        world.simulation.spawn(backups.component(), commit_each_10_ms(world.simulation, backups));
        world.simulation.run_until(start_of_time + 1000s);
        const auto here = backups.restorable_in(world.network.regions[0]);
        ASSERT_TRUE(here);
        EXPECT_TRUE(here->any_point_before);
        const double lag_s = engine::in_seconds(start_of_time + 1000s - here->at);
        EXPECT_NEAR(static_cast<double>(here->commits_lost), 100.0 * lag_s, 2.0);
        EXPECT_FALSE(backups.restorable_in(world.network.regions[1])) << "nothing was copied: the region's loss is all";
        EXPECT_EQ(backups.snapshots().newest_before(start_of_time + 10min),
                  backups.snapshots().newest_before(start_of_time) + 10min);
        world.simulation.close();
    });
}

// Law: acknowledged = serving + lost, through any number of cures.
TEST(BackupsTest, WhatIsAcknowledgedServesOrIsLost) {
    TwoRegions world(unlimited_bandwidth);
    Backups backups(world.simulation, "orders", world.transfers, world.network.topology, backup_shape(world));
    std::uint64_t lost = 0;
    for (std::uint64_t round = 1; round <= 5; ++round) {
        const std::uint64_t mark = backups.serving();
        for (std::uint64_t i = 0; i < 100 * round; ++i) backups.committed();
        const std::uint64_t before = backups.serving();
        backups.rewind_to(mark + 10);
        const std::uint64_t one = before - backups.serving();
        EXPECT_EQ(one, 100 * round - 10);
        lost += one;
    }
    EXPECT_EQ(backups.log().commits(), backups.serving() + lost);
    EXPECT_EQ(backups.serving(), 50U);
    world.simulation.close();
}

// Whose commits are lost: exact at the marks, in proportion between two of them, and the sum always.
TEST(OfficeCommitsTest, TellWhoseCommitsARewindLoses) {
    OfficeCommits commits;
    for (int i = 0; i < 3000; ++i) commits.add(0);
    for (int i = 0; i < 3000; ++i) commits.add(i % 3 == 0 ? 2 : 1);  // 3,000 to 6,000: one of three is office 2's
    EXPECT_EQ(commits.lost_since(0), (std::vector<std::uint64_t>{3000, 2000, 1000}));
    const auto late = commits.lost_since(4500);
    EXPECT_EQ(late[0], 0U);
    EXPECT_NEAR(static_cast<double>(late[2]), 500.0, 2.0);
    EXPECT_EQ(late[0] + late[1] + late[2], 1500U);
    const auto lost = commits.rewind_to(3500);  // between the marks at 3,072 and 4,096
    EXPECT_EQ(lost[0] + lost[1] + lost[2], 2500U);
    EXPECT_EQ(commits.count(), 3500U);
    EXPECT_EQ(commits.lost_since(3500), std::vector<std::uint64_t>(3));
    EXPECT_EQ(commits.rewind_to(0)[0], 3000U - lost[0]);
}

// What a failover takes is known to the commit; a server's own are of no office.
TEST(OfficeCommitsTest, LoseTheLastAtAFailover) {
    OfficeCommits commits{5000};  // of before, told to nobody here
    for (int i = 0; i < 100; ++i) commits.add(no_office);
    for (int i = 0; i < 100; ++i) commits.add(1);
    commits.take(30, std::vector<std::uint64_t>{0, 30});
    EXPECT_EQ(commits.count(), 5170U);
    EXPECT_EQ(commits.lost_since(0), (std::vector<std::uint64_t>{0, 70}));
    for (int i = 0; i < 2000; ++i) commits.add(0);
    EXPECT_EQ(commits.lost_since(0), (std::vector<std::uint64_t>{2000, 70}));
}

// A restored cluster is its own first snapshot, and its log begins; what was kept of the old one still reaches back.
TEST(BackupsTest, BeginAgainWithTheClusterThatARestoreMade) {
    test::in_child([] {
        TwoRegions world(unlimited_bandwidth);
        Backups backups(world.simulation, "orders", world.transfers, world.network.topology, backup_shape(world));
        backups.begin();
        world.simulation.spawn(backups.component(), commit_each_10_ms(world.simulation, backups));
        world.simulation.run_until(start_of_time + 1000s);
        const std::uint64_t mark = backups.serving() - 5000;
        backups.rewind_to(mark);
        backups.begin_again();
        EXPECT_EQ(backups.made_at(), start_of_time + 1000s);
        EXPECT_EQ(backups.log().arrived_until(), start_of_time + 1000s);
        const Snapshots& snapshots = backups.snapshots();
        EXPECT_EQ(snapshots.newest_before(start_of_time + 1400s), start_of_time + 1000s);
        EXPECT_EQ(snapshots.newest_before(start_of_time + 1700s), start_of_time + 1600s);
        EXPECT_LT(snapshots.newest_before(start_of_time + 999s), start_of_time + 999s);
        EXPECT_GE(snapshots.newest_before(start_of_time + 999s), start_of_time + 399s);
        EXPECT_TRUE(backups.reaches(start_of_time + 500s));
        ASSERT_TRUE(snapshots.newest_copied());
        EXPECT_LE(snapshots.newest_copied()->commits, mark);

        world.simulation.run_until(start_of_time + 1200s);
        EXPECT_GE(backups.log().arrived_until(), start_of_time + 1200s - 61s) << "the new log is sent";
        ASSERT_TRUE(snapshots.newest_copied());
        EXPECT_EQ(snapshots.newest_copied()->taken, start_of_time + 1000s) << "and the new cluster is copied at once";
        EXPECT_EQ(snapshots.newest_copied()->commits, mark);
        world.simulation.close();
    });
}

// Made of another region's copy: nothing is as old as that, and there is no copy until the first has got through.
TEST(BackupsTest, OfAClusterFromElsewhereReachBackToItsBeginning) {
    test::in_child([] {
        TwoRegions world(BitsPerSecond{1e9});
        Backups backups(world.simulation, "orders/us-east-1", world.transfers, world.network.topology,
                        backup_shape(world));
        world.simulation.run_until(start_of_time + 500s);
        backups.begin_restored(OfficeCommits{700});
        EXPECT_EQ(backups.serving(), 700U);
        EXPECT_FALSE(backups.reaches(start_of_time + 499s));
        EXPECT_FALSE(backups.restorable_in(world.network.regions[1]));
        backups.committed();
        world.simulation.run_until(start_of_time + 605s);
        const auto copy = backups.restorable_in(world.network.regions[1]);
        ASSERT_TRUE(copy) << "12.5 GB at 1 Gbit/s";
        EXPECT_EQ(copy->at, start_of_time + 500s);
        EXPECT_EQ(copy->commits_lost, 1U);
        world.simulation.close();
    });
}

}  // namespace
}  // namespace faultline::models
