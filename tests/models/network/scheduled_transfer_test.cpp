// When a recurring transfer goes, and what is counted. Each test runs in a child: SimGrid is one engine a process.
#include "models/network/scheduled_transfer.hpp"

#include <gtest/gtest.h>

#include "tests/support/in_child.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Bytes;
using engine::Duration;
using engine::in_seconds;
using engine::start_of_time;

// Two regions, 20 ms and a link of 8 Mbit/s apart.
struct Site {
    explicit Site(std::int64_t bytes, std::optional<Duration> every) {
        from = topology.add_region("from");
        to = topology.add_region("to");
        link = topology.add_link(
            {.from = from, .to = to, .round_trip = 20ms, .bandwidth = {8e6}, .convergence = Convergence::Bfd});
        topology.seal();
        const TransferSchedule schedule{"nightly load", {from, to, Bytes{bytes}}, start_of_time + 5s, every};
        transfer.emplace(simulation, transfers, schedule);
        transfer->begin();
    }
    ~Site() { simulation.close(); }
    const TransferCounts& at(Duration then) {
        simulation.run_until(start_of_time + then);
        return transfer->counts();
    }

    Topology topology;
    PlaceId from{}, to{};
    LinkId link{};
    engine::Simulation simulation{{engine::Seed{1}, 1}};
    Transfers transfers{simulation, topology};
    std::optional<ScheduledTransfer> transfer;
};

TEST(ScheduledTransferTest, OneAfterTheOtherEachAtItsTime) {
    test::in_child([] {
        Site site(4'000'000, 10s);
        EXPECT_EQ(site.at(5s - 1ns).due, 0U);
        EXPECT_EQ(site.at(5s).due, 1U);
        EXPECT_TRUE(site.transfer->moving());
        const TransferCounts& counts = site.at(30s);
        EXPECT_EQ(counts.due, 3U);
        EXPECT_EQ(counts.completed, 3U);
        EXPECT_FALSE(site.transfer->moving());
        ASSERT_EQ(counts.durations.size(), 3U);
        for (const Duration duration : counts.durations) EXPECT_NEAR(in_seconds(duration), 4.01, 0.0011);
    });
}

// 24 s each, due every 10 s: two of three are left out.
TEST(ScheduledTransferTest, WhatIsDueTooEarlyIsLeftOut) {
    test::in_child([] {
        Site site(24'000'000, 10s);
        const TransferCounts& counts = site.at(93s);
        EXPECT_EQ(counts.due, 9U);
        EXPECT_EQ(counts.overlapped, 6U);
        EXPECT_EQ(counts.completed, 3U);
        EXPECT_EQ(counts.failed, 0U);
    });
}

TEST(ScheduledTransferTest, ACutEndsOneAndTheNextIsTried) {
    test::in_child([] {
        Site site(4'000'000, 10s);
        site.at(6s);
        site.topology.fail_link(site.link, site.simulation.now());
        site.transfers.topology_changed();
        EXPECT_EQ(site.at(7s).failed, 1U);
        EXPECT_EQ(site.at(16s).failed, 2U) << "there is no way";
        site.topology.restore_link(site.link, site.simulation.now());
        site.topology.converge(site.simulation.now() + 1s);
        site.transfers.topology_changed();
        const TransferCounts& counts = site.at(34s);
        EXPECT_EQ(counts.completed, 1U);
        EXPECT_EQ(counts.due, 3U);
    });
}

// 4 MB are 4 s of the whole link, one way only; whatever comes before and after it.
TEST(ScheduledTransferTest, ALinkSaysHowMuchOfItWasUsed) {
    test::in_child([] {
        Site site(4'000'000, 10s);
        site.at(4s);
        EXPECT_EQ(site.transfers.used_seconds(site.link, site.from), 0.0);
        site.at(7s);
        EXPECT_NEAR(site.transfers.used_seconds(site.link, site.from), 2.0, 0.02);
        site.at(14s);
        EXPECT_NEAR(site.transfers.used_seconds(site.link, site.from), 4.0, 0.01);
        EXPECT_EQ(site.transfers.used_seconds(site.link, site.to), 0.0);
        site.at(30s);
        EXPECT_NEAR(site.transfers.used_seconds(site.link, site.from), 12.0, 0.03);
    });
}

TEST(ScheduledTransferTest, OnceWithoutAnInterval) {
    test::in_child([] {
        Site site(1'000'000, std::nullopt);
        EXPECT_EQ(site.at(1000s).due, 1U);
        EXPECT_EQ(site.transfer->counts().completed, 1U);
    });
}

}  // namespace
}  // namespace faultline::models
