// The backups of a region that follows: how far they lag, and what is cut while the region cannot send.
#include "models/global/region_backup.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "models/network/wiring.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::start_of_time;

constexpr Lsn record = 1000;
constexpr Duration between_commits = 10ms;
constexpr Duration batches = 60s;

// Two regions, a commit at the first one each 10 ms, told at whole multiples.
struct Followed {
    Followed() : network(wire()), transport(network.topology), transfers(simulation, network.topology) {
        GlobalLogShape shape;
        shape.record = Bytes{record};
        log.emplace(simulation, transport, std::move(shape));
        for (std::size_t i = 0; i < 2; ++i) log->add_region(network.regions[i], i == 0 ? "first" : "second");
        log->begin();
        RegionBackupShape backup;
        backup.log = {network.regions[1], network.zones[1], batches, 0.0};
        backup.snapshot_interval = 1h;
        backup.restore.object_storage = network.regions[1];
        backup.restore.zones = network.zones[1];
        backup.restore.size = Bytes{1};
        backups.emplace(simulation, "second", transfers, network.topology, *log, 1, backup);
        backups->begin();
        simulation.spawn(load, commits());
    }
    ~Followed() { simulation.close(); }
    static WiredNetwork wire() {
        std::vector<UnknownName> unknown;
        const NetworkPlan plan{.regions = {{"us-east-1", {"a", "b", "c"}}, {"us-west-2", {"a", "b", "c"}}},
                               .sites = {}};
        return wire_network(*NetworkProfile::named("aws-2025"), plan, unknown);
    }
    engine::Process<> commits() {
        const RequestRef nobody;
        for (;;) {
            co_await simulation.delay(between_commits);
            log->told(0, nobody);
        }
    }
    void run_to(Duration at) { simulation.run_until(start_of_time + at); }
    Duration lag() const { return simulation.now() - backups->latest_restorable(); }

    WiredNetwork network;
    Transport transport;
    engine::Simulation simulation{{engine::Seed{3}, 1}};
    Transfers transfers;
    engine::Component load{simulation, "load"};
    std::optional<GlobalLog> log;
    std::optional<RegionBackup> backups;
};

// Behind the way of the log, and a batch's flow, and at most an interval more. What it says it has, it has: the commit
// told at the latest restorable time is the first one that is missing.
TEST(RegionBackupTest, LagsBehindWhatTheRegionHasReceived) {
    test::in_child([] {
        Followed regions;
        const Duration way =
            regions.transport.path(regions.network.regions[0], regions.network.regions[1]).base_round_trip / 2;
        Duration shortest = Duration::max(), longest{};
        Lsn before = 0;
        for (int second = 120; second < 900; ++second) {
            regions.run_to(second * 1s + 5ms);
            EXPECT_LE(regions.backups->restorable(), regions.log->received(1));
            EXPECT_GE(regions.backups->restorable(), before) << "it never goes back";
            before = regions.backups->restorable();
            const Duration told = regions.backups->latest_restorable() - start_of_time;
            EXPECT_EQ(told % between_commits, 0ms);
            EXPECT_EQ(before, static_cast<Lsn>(told / between_commits - 1) * record);
            shortest = std::min(shortest, regions.lag());
            longest = std::max(longest, regions.lag());
        }
        EXPECT_GT(shortest, way - between_commits);
        EXPECT_LT(shortest, 3s) << "looked at each second";
        EXPECT_GT(longest, batches - 2s);
        EXPECT_LT(longest, batches + 2s);
    });
}

// While its region is lost it cuts nothing; then it sends all at once.
TEST(RegionBackupTest, ALostRegionSendsNothing) {
    test::in_child([] {
        Followed regions;
        regions.run_to(300s);
        const Lsn before = regions.backups->restorable();
        regions.network.topology.fail_place(regions.network.regions[1], regions.simulation.now());
        regions.log->region_lost(1, engine::Health::crash);
        regions.run_to(600s);
        EXPECT_EQ(regions.backups->restorable(), before);
        regions.network.topology.restore_place(regions.network.regions[1], regions.simulation.now());
        for (int i = 1; i <= 100; ++i) {
            regions.run_to(600s + i * 1s);
            regions.log->reconnect();
        }
        EXPECT_GT(regions.backups->restorable(), before + 300 * 100 * record);
        EXPECT_LT(regions.lag(), batches + 2s);
    });
}

// A volume that is made anew is its own first snapshot; until then nothing is sent.
TEST(RegionBackupTest, ANewVolumeIsItsOwnFirstSnapshot) {
    test::in_child([] {
        Followed regions;
        regions.run_to(300s);
        regions.backups->end();
        const Lsn before = regions.backups->restorable();
        regions.run_to(500s);
        EXPECT_EQ(regions.backups->restorable(), before);
        regions.backups->begin();
        EXPECT_EQ(regions.backups->restorable(), regions.log->received(1));
        EXPECT_LT(regions.lag(), 100ms);
        EXPECT_EQ(regions.backups->log_to_apply().count, 0);
    });
}

// Somebody restores from it: it stays where it is.
TEST(RegionBackupTest, IsHeldWhileItIsRestoredFrom) {
    test::in_child([] {
        Followed regions;
        regions.run_to(300s);
        regions.backups->hold(true);
        const Lsn before = regions.backups->restorable();
        regions.run_to(500s);
        EXPECT_EQ(regions.backups->restorable(), before);
        regions.backups->hold(false);
        regions.run_to(600s);
        EXPECT_GT(regions.backups->restorable(), before);
        // 100 kB a second since a snapshot that is less than an hour old, of a run that is ten minutes old.
        EXPECT_GT(regions.backups->log_to_apply().count, 0);
        EXPECT_LT(regions.backups->log_to_apply().count, 3600 * 100'000);
    });
}

}  // namespace
}  // namespace faultline::models
