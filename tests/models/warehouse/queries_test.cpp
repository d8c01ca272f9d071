// Queries: slots against Erlang C, slices against processor sharing, and what failures, limits and scaling do to them.
#include <gtest/gtest.h>

#include <boost/random/exponential_distribution.hpp>

#include "engine/queueing/erlang.hpp"
#include "engine/statistics/confidence.hpp"
#include "tests/models/warehouse/site.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::models::test {
namespace {

using engine::start_of_time;
using faultline::test::in_child;

constexpr std::uint64_t queries = 20'000;

// Poisson arrivals at this rate; leaders' times of this mean if it is above 0, else a scan of `work`.
engine::Process<> arrive(Site& site, double rate_per_s, double leader_mean_s, WarehouseQuery work) {
    engine::RandomStream draws = site.simulation.stream("clients", "arrivals");
    const engine::Distribution gap = engine::Distribution::exponential(1.0 / rate_per_s);
    const engine::Distribution leader =
        leader_mean_s > 0.0 ? engine::Distribution::exponential(leader_mean_s) : engine::Distribution::constant(0.0);
    for (std::uint64_t i = 0; i < queries; ++i) {
        co_await site.simulation.delay(gap.sample_duration(draws));
        site.simulation.spawn(site.owner, site.ask(work, leader.sample_duration(draws)));
    }
}

std::vector<double> mean_responses_s(double rate_per_s, double leader_mean_s, const WarehouseQuery& work) {
    std::vector<double> means;
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        Site site(seed);
        WarehouseShape shape = site.shape();
        if (leader_mean_s == 0.0) shape.compute.slots = {1'000'000};
        site.make(shape);
        site.add_table(copied_each(24h));
        site.simulation.spawn(site.owner, arrive(site, rate_per_s, leader_mean_s, work));
        site.simulation.run_until(start_of_time + 24h * 30);
        EXPECT_EQ(site.response_s.count(), queries);
        means.push_back(site.response_s.mean());
    }
    return means;
}

// Five slots whose queries keep the leader busy and no slice: M/M/5 at 80 %.
TEST(WarehouseQueriesTest, SlotsAreServersOfErlangC) {
    const auto estimate = engine::confidence_interval(mean_responses_s(4.0, 1.0, {.tables = {0}}), 0.999);
    const double exact =
        engine::means(engine::Mmc{.arrivals_per_s = 4.0, .completions_per_s = 1.0, .servers = 5}).response_time_s;
    EXPECT_TRUE(estimate.contains(exact)) << estimate.low << " .. " << estimate.high << ", exact " << exact;
    EXPECT_LT(estimate.half_width(), 0.05 * exact);
}

// A scan of all of 1 GB on slices of 1 GB/s, at 60 %: processor sharing takes work / (1 - load) in the mean, whatever
// the distribution of the work.
TEST(WarehouseQueriesTest, SlicesAreSharedByAllThatRun) {
    const auto estimate = engine::confidence_interval(mean_responses_s(0.6, 0.0, {.tables = {0}, .scan = 1.0}), 0.999);
    EXPECT_TRUE(estimate.contains(1.0 / 0.4)) << estimate.low << " .. " << estimate.high;
    EXPECT_LT(estimate.half_width(), 0.05 * 2.5);
}

// 1 GB read at 1 GB/s, and the half of what is redistributed that is not there already over two cards of 10 Gbit/s.
TEST(WarehouseQueriesTest, AJoinPaysForWhatGoesToOtherNodes) {
    Site site;
    site.make(site.shape());
    site.add_table(copied_each(24h));
    site.simulation.spawn(site.owner, site.ask({.tables = {0}, .scan = 1.0, .redistribute = 0.5}, 100ms));
    site.simulation.run_until(start_of_time + 1min);
    EXPECT_NEAR(site.response_s.mean(), 0.1 + 1.0 + 0.25 / 2.5, 1e-6);
}

// Two nodes with 2 slices each, 5 ms apart: 4 streams of 1448 bytes a segment, at 8 % loss 4.33 a round trip,
// carry 10.03 Mbit/s each at 5 ms. All wait for that node; a load's slices have a stream each.
TEST(WarehouseQueriesTest, AJoinWaitsForTheNodeWithTheBadCard) {
    Site site;
    site.make(site.shape());
    site.add_table(copied_each(24h));
    Path path;
    path.base_round_trip = 500us;
    path.retransmission_timeout = 200ms;
    Compute& compute = *site.warehouse->mains().front();
    const NodeExchange exchange = exchange_with({.latency_multiplier = 10.0, .extra_loss = 0.08}, path);
    const double stream_bps = 8.0 * 1448 / 0.005 * std::sqrt(1.5 / 0.08);
    EXPECT_NEAR(exchange.stream_bps, stream_bps, 1e-6 * stream_bps);
    EXPECT_NEAR(exchange.added_s, 0.0045 + 2.0 * 0.08 * 0.2 / 0.84, 1e-9);
    compute.set_exchange(exchange);
    const int own = compute.shape().slices / compute.shape().nodes;
    const int streams = own * (compute.shape().slices - own);
    site.simulation.spawn(site.owner, site.ask({.tables = {0}, .scan = 1.0, .redistribute = 0.5}, 100ms));
    site.simulation.run_until(start_of_time + 10min);
    const double node_bps = std::min(compute.shape().node_network.value, streams * stream_bps);
    EXPECT_NEAR(site.response_s.mean(), 0.1 + 1.0 + 0.25e9 * 8.0 / (2.0 * node_bps) + exchange.added_s, 1e-3);
    const LoadWork load{.bytes = 1e9, .files = compute.shape().slices};
    const double slow_s = engine::in_seconds(compute.time_of(load));
    EXPECT_NEAR(slow_s, 8e9 / compute.shape().slices / std::min(compute.shape().slice_load.value, stream_bps), 1e-3);
    compute.set_exchange(exchange_with({}, path));
    EXPECT_LT(engine::in_seconds(compute.time_of(load)), slow_s);
}

// Demands grow with the data: after an hour of 1 MB/s there are 3.6 GB more to read.
TEST(WarehouseQueriesTest, AScanGrowsWithWhatWasLoaded) {
    in_child([] {
        Site site;
        site.make(site.shape());
        TableFeed& feed = site.add_table(copied_each(1min));
        site.warehouse->begin();
        site.commit_each(feed);
        site.simulation.run_until(start_of_time + 1h);
        const double loaded_gb = static_cast<double>(feed.visible()) * 1e-6;
        EXPECT_GT(loaded_gb, 3.4);
        site.simulation.spawn(site.owner, site.ask({.tables = {0}, .scan = 1.0}, 0ms));
        site.simulation.run_until(start_of_time + 2h);
        EXPECT_GT(site.response_s.mean(), 1.0 + loaded_gb - 0.01);
        EXPECT_LT(site.response_s.mean(), 1.0 + loaded_gb + 6.0) << "one load of 6 s may share the slices with it";
    });
}

TEST(WarehouseQueriesTest, BeyondTheConnectionsTheyAreRefused) {
    Site site;
    WarehouseShape shape = site.shape();
    shape.connections_max = 7;
    site.make(shape);
    site.add_table(copied_each(24h));
    for (int i = 0; i < 10; ++i) site.simulation.spawn(site.owner, site.ask({.tables = {0}}, 10s));
    site.simulation.run_until(start_of_time + 1min);
    EXPECT_EQ(site.refused, 3U);
    EXPECT_EQ(site.response_s.count(), 7U);
    EXPECT_EQ(site.warehouse->refused(), 3U);
}

// Ten queries of 100 s for five slots. Without another cluster the second five wait 100 s; with one that comes after
// 30 s they wait 30 s, and it goes when it has been idle for a minute.
TEST(WarehouseQueriesTest, AScalingClusterTakesThoseWhoWait) {
    for (const bool scaling : {false, true}) {
        Site site;
        WarehouseShape shape = site.shape();
        shape.may_scale = {scaling};
        shape.scaling = {2, engine::Distribution::constant(30.0), 60s};
        site.make(shape);
        site.add_table(copied_each(24h));
        for (int i = 0; i < 10; ++i) site.simulation.spawn(site.owner, site.ask({.tables = {0}}, 100s));
        site.simulation.run_until(start_of_time + 3min);
        EXPECT_EQ(site.response_s.count(), scaling ? 10U : 5U);
        site.simulation.run_until(start_of_time + 10min);
        EXPECT_NEAR(site.response_s.max(), scaling ? 130.0 : 200.0, 1e-6);
        EXPECT_EQ(site.warehouse->scaling().started(), scaling ? 1U : 0U) << "five slots are enough";
        EXPECT_EQ(site.warehouse->queues().scaled(), scaling ? 5U : 0U);
        for (const auto& cluster : site.warehouse->scaling().clusters()) EXPECT_FALSE(cluster->up());
    }
}

// A node is replaced after 10 s + 200 s; then half of 1 GB is read anew by two cards of 10 Gbit/s, 0.2 s in which the
// slices give a quarter.
TEST(WarehouseFailureTest, ALostNodeTakesTheQueriesAlongAndComesBackCold) {
    in_child([] {
        Site site;
        WarehouseShape shape = site.shape();
        shape.recovery.detection = engine::Distribution::constant(10.0);
        shape.recovery.node_replacement = engine::Distribution::constant(200.0);
        site.make(shape);
        site.add_table(copied_each(24h));
        site.simulation.spawn(site.owner, site.ask({.tables = {0}}, 100s));
        site.simulation.run_until(start_of_time + 5s);
        site.warehouse->lose_node(*site.warehouse->mains()[0], engine::Health::crash);
        site.simulation.run_until(start_of_time + 6s);
        EXPECT_EQ(site.failed, 1U);
        site.simulation.run_until(start_of_time + 214s);
        EXPECT_FALSE(site.warehouse->whole());
        site.simulation.run_until(start_of_time + 215s);
        ASSERT_TRUE(site.warehouse->whole());
        EXPECT_DOUBLE_EQ(site.warehouse->mains()[0]->slices().speed(), 0.25);
        site.simulation.run_until(start_of_time + 215s + 220ms);
        EXPECT_DOUBLE_EQ(site.warehouse->mains()[0]->slices().speed(), 1.0);
    });
}

// Zone a is lost for an hour. Alone the warehouse relocates in 20 min; with a second compute the queries of the lost
// one fail, those of the other go on, and nobody is turned away once it has been noticed.
TEST(WarehouseFailureTest, ALostZoneIsAnOutageForOneComputeAndNotForTwo) {
    for (const int computes : {1, 2}) {
        in_child([computes] {
            Site site;
            WarehouseShape shape = site.shape();
            shape.computes = computes;
            shape.recovery.detection = engine::Distribution::constant(10.0);
            shape.recovery.relocating = engine::Distribution::constant(1190.0);
            site.make(shape);
            site.add_table(copied_each(24h));
            for (int i = 0; i < 6; ++i) site.simulation.spawn(site.owner, site.ask({.tables = {0}}, 100s));
            site.simulation.run_until(start_of_time + 5s);
            site.network.topology.fail_place(site.network.zones[0][0], site.simulation.now());
            site.warehouse->lose_zone(*site.warehouse->mains()[0], engine::Health::crash);
            site.simulation.run_until(start_of_time + 10s);
            EXPECT_EQ(site.failed, computes == 1 ? 6U : 3U);
            for (int i = 0; i < 2; ++i) site.simulation.spawn(site.owner, site.ask({.tables = {0}}, 1s));
            site.simulation.run_until(start_of_time + 20s);
            EXPECT_EQ(site.failed, computes == 1 ? 8U : 4U) << "every second one is sent to the lost compute";
            site.simulation.spawn(site.owner, site.ask({.tables = {0}}, 1s));
            site.simulation.run_until(start_of_time + 1204s);
            EXPECT_EQ(site.response_s.count(), computes == 1 ? 0U : 5U);
            EXPECT_FALSE(site.warehouse->whole());
            site.simulation.run_until(start_of_time + 1206s);
            EXPECT_TRUE(site.warehouse->whole());
            EXPECT_EQ(site.warehouse->mains()[0]->place(), site.network.zones[0][computes == 1 ? 1 : 2]);
        });
    }
}

// A cluster that stands for those who wait in the zone that is lost goes with it, and the next one comes elsewhere.
TEST(WarehouseFailureTest, AScalingClusterIsLostWithItsZone) {
    in_child([] {
        Site site;
        WarehouseShape shape = site.shape();
        shape.computes = 2;
        shape.may_scale = {true};
        shape.scaling.limit = 1;
        shape.scaling.start_up = engine::Distribution::constant(5.0);
        shape.recovery.detection = engine::Distribution::constant(10.0);
        shape.recovery.relocating = engine::Distribution::constant(1000.0);
        site.make(shape);
        site.add_table(copied_each(24h));
        for (int i = 0; i < 40; ++i) site.simulation.spawn(site.owner, site.ask({.tables = {0}}, 100s));
        site.simulation.run_until(start_of_time + 6s);
        const Compute& cluster = *site.warehouse->scaling().clusters().front();
        ASSERT_TRUE(cluster.up());
        ASSERT_EQ(cluster.place(), site.network.zones[0][0]);
        site.network.topology.fail_place(site.network.zones[0][0], site.simulation.now());
        site.warehouse->lose_zone(*site.warehouse->mains()[0], engine::Health::crash);
        EXPECT_FALSE(cluster.up());
        for (int i = 0; i < 10; ++i) site.simulation.spawn(site.owner, site.ask({.tables = {0}}, 100s));
        site.simulation.run_until(start_of_time + 12s);
        ASSERT_TRUE(cluster.up());
        EXPECT_EQ(cluster.place(), site.network.zones[0][1]);
    });
}

// It sleeps from 10 min to 20 min and wakes in 2 min. Loads wait, none is lost, and freshness shows it.
TEST(WarehouseFailureTest, APauseStopsQueriesAndLoadsAndLosesNothing) {
    in_child([] {
        Site site;
        WarehouseShape shape = site.shape();
        shape.pauses = {{start_of_time + 10min, 10min}};
        shape.recovery.resume = engine::Distribution::constant(120.0);
        site.make(shape);
        TableFeed& feed = site.add_table(copied_each(1min));
        site.warehouse->begin();
        site.commit_each(feed);
        site.simulation.run_until(start_of_time + 15min);
        site.simulation.spawn(site.owner, site.ask({.tables = {0}}, 1s));
        site.simulation.run_until(start_of_time + 16min);
        EXPECT_EQ(site.failed, 1U);
        site.simulation.run_until(start_of_time + 1h);
        EXPECT_EQ(feed.visible() + feed.hidden(), feed.serving());
        EXPECT_EQ(feed.statistics().ahead, 0U);
        EXPECT_GT(feed.freshness().longest(), 12min);
        EXPECT_LT(feed.freshness().longest(), 15min);
        EXPECT_LT(feed.freshness().now_is(site.simulation.now()), 2min) << "it has caught up";
    });
}

}  // namespace
}  // namespace faultline::models::test
