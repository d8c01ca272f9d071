// Closed forms of a log stream and bulk flows on one link. Each test runs in a child: SimGrid is one engine a process.
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "models/global/global_log.hpp"
#include "models/network/fair_level.hpp"
#include "models/network/transfers.hpp"
#include "tests/support/in_child.hpp"
#include "tests/support/wide_window.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::BitsPerSecond;
using engine::in_seconds;
using engine::start_of_time;
using test::wide_window;

constexpr std::int64_t record = 1000;
// On the wire: 1000 bytes, the message's header of 30, and the 52 of one segment (log_stream.cpp).
constexpr double on_the_wire = 1082.0;
constexpr double link_bytes_per_s = 1e6;

// Two regions, 60 ms and a link of 8 Mbit/s apart; the first is the primary.
struct Link {
    explicit Link(BitsPerSecond stream = unlimited_bandwidth, bool shares = true)
        : topology({.intra_zone_round_trip = Duration{}, .zone_uplink_round_trip = Duration{}}),
          transport(topology),
          simulation({engine::Seed{1}, 1}),
          transfers(simulation, topology),
          load(simulation, "load") {
        for (const char* const name : {"first", "second"}) borders.push_back(topology.add_region(name));
        link = topology.add_link({.from = borders[0],
                                  .to = borders[1],
                                  .round_trip = 60ms,
                                  .bandwidth = {8.0 * link_bytes_per_s},
                                  .convergence = Convergence::Bfd});
        topology.seal();
        GlobalLogShape shape;
        shape.record = Bytes{record};
        shape.stream.bandwidth = stream;
        log.emplace(simulation, transport, shape, shares ? &transfers : nullptr);
        for (const PlaceId border : borders) log->add_region(border, topology.name(border));
        log->begin();
        simulation.spawn(load, look_after());
    }
    ~Link() { simulation.close(); }

    engine::Process<> commits(double bytes_per_s) {
        const RequestRef nobody;
        for (int i = 1;; ++i) {
            co_await simulation.delay(at(i * on_the_wire / bytes_per_s) - simulation.now());
            log->told(0, nobody);
        }
    }
    engine::Process<> look_after() {
        for (;;) {
            co_await simulation.delay(1s);
            log->reconnect();
        }
    }
    engine::Process<> bulk(Duration from, std::int64_t bytes, FlowOptions options, bool back) {
        co_await simulation.delay(start_of_time + from - simulation.now());
        const TransferSpec spec{borders[back ? 1 : 0], borders[back ? 0 : 1], Bytes{bytes}, options};
        const FlowOutcome end = co_await transfers.transfer(spec);
        outcome = end;
        ended = simulation.now();
    }
    // Log at this rate, on the wire; and a transfer that wants all that it can get.
    void begin(double log_bytes_per_s) { simulation.spawn(load, commits(log_bytes_per_s)); }
    void move(Duration from, std::int64_t bytes, FlowOptions options = {.window = wide_window}, bool back = false) {
        simulation.spawn(load, bulk(from, bytes, options, back));
    }
    static Instant at(double seconds) { return start_of_time + engine::duration_from_seconds(seconds); }
    double lag_s_at(Duration then) {
        simulation.run_until(start_of_time + then);
        return in_seconds(log->rpo_lag(1, simulation.now()));
    }

    Topology topology;
    Transport transport;
    engine::Simulation simulation;
    Transfers transfers;
    engine::Component load;
    std::vector<PlaceId> borders;
    LinkId link{};
    std::optional<GlobalLog> log;
    std::optional<FlowOutcome> outcome;
    Instant ended{};
};

TEST(FairLevelTest, OthersGiveWayDownToTheirOwnShare) {
    std::vector<LinkUser> nobody;
    EXPECT_DOUBLE_EQ(fair_level(12.0, nobody), 12.0);
    std::vector<LinkUser> small{{1.0}, {2.0}};
    EXPECT_DOUBLE_EQ(fair_level(12.0, small), 9.0);
    std::vector<LinkUser> one_greedy{{9.0}, {3.0}};
    EXPECT_DOUBLE_EQ(fair_level(12.0, one_greedy), 4.5);
    std::vector<LinkUser> four_connections{{12.0, 4.0}, {1.0, 1.0}};
    EXPECT_DOUBLE_EQ(fair_level(12.0, four_connections), 11.0 / 5.0);
}

// Goal: alone, a stream that may share is the stream that may not, to the nanosecond; and SimGrid stands still.
TEST(StreamShareTest, AloneItIsAsWideAsItsLink) {
    test::in_child([] {
        for (const double log_bytes_per_s : {0.3e6, 1.25e6}) {
            Link sharing, own({8.0 * link_bytes_per_s}, false);
            sharing.begin(log_bytes_per_s);
            own.begin(log_bytes_per_s);
            for (Duration then = 1s; then < 20s; then += 377ms) {
                EXPECT_EQ(sharing.lag_s_at(then), own.lag_s_at(then));
            }
            EXPECT_EQ(sharing.transfers.started(), 0U);
            EXPECT_FALSE(sharing.transfers.active());
            EXPECT_EQ(sharing.simulation.fingerprint(), own.simulation.fingerprint());
        }
    });
}

// Both want all: the stream has half of the link, the oldest that has not arrived ages at 1 - share / log rate, and
// afterwards the backlog goes at what the link carries beyond the log.
TEST(StreamShareTest, BesideAGreedyTransferItHasHalf) {
    test::in_child([] {
        constexpr double log_bytes_per_s = 0.8e6, half = link_bytes_per_s / 2.0;
        Link link;
        link.begin(log_bytes_per_s);
        link.move(10s, 20'000'000);  // 40 s
        EXPECT_LT(link.lag_s_at(10s), 0.033);
        for (const int after_s : {10, 20, 35}) {
            const double exact_s = (1.0 - half / log_bytes_per_s) * after_s;
            EXPECT_NEAR(link.lag_s_at(10s + std::chrono::seconds{after_s}), exact_s, 0.02 * exact_s) << after_s;
        }
        link.lag_s_at(60s);
        EXPECT_EQ(link.outcome, FlowOutcome::Completed);
        EXPECT_NEAR(in_seconds(link.ended - start_of_time), 50.03, 0.2);
        // 12 MB behind, and 0.2 MB/s to make it good.
        EXPECT_NEAR(link.lag_s_at(80s), (12e6 - 30.0 * 0.2e6) / log_bytes_per_s, 0.15);
        EXPECT_GT(link.lag_s_at(107s), 0.5);
        EXPECT_LT(link.lag_s_at(113s), 0.035);
        EXPECT_FALSE(link.transfers.active());
    });
}

// Less than its fair share: it has all that it needs, and the transfer the rest. A message goes at the fair share.
TEST(StreamShareTest, WhatNeedsLittleTakesLittle) {
    test::in_child([] {
        Link link;
        link.begin(0.2e6);
        link.move(10s, 40'000'000);  // 50 s at 0.8 MB/s
        double worst_s = 0.0;
        for (Duration then = 11s; then < 55s; then += 97ms) worst_s = std::max(worst_s, link.lag_s_at(then));
        EXPECT_GT(worst_s, 0.030 + on_the_wire / link_bytes_per_s);
        EXPECT_LT(worst_s, 0.030 + on_the_wire / (link_bytes_per_s / 2.0) + 0.0001);
        link.lag_s_at(70s);
        EXPECT_NEAR(in_seconds(link.ended - start_of_time), 60.03, 0.02 * 50.0);
    });
}

// A transfer's own limit, the stream's own limit, and a transfer with several connections.
TEST(StreamShareTest, LimitsAndConnectionsDecideTheShares) {
    test::in_child([] {
        struct Case {
            BitsPerSecond stream;
            FlowOptions transfer;
            double stream_bytes_per_s, transfer_bytes_per_s;
        };
        const Case cases[] = {
            {unlimited_bandwidth, {.window = wide_window, .rate_most = {2.4e6}}, 0.7e6, 0.3e6},
            {unlimited_bandwidth, {.window = Bytes{18'000}}, 0.7e6, 0.3e6},
            {{2e6}, {.window = wide_window}, 0.25e6, 0.75e6},
            {unlimited_bandwidth, {.window = wide_window, .connections = 3}, 0.25e6, 0.75e6},
        };
        for (const Case& c : cases) {
            test::in_child([&] {
                constexpr double log_bytes_per_s = 0.9e6;
                Link link(c.stream);
                const double before_s = c.stream.value < 8e6 ? 10.0 * (1.0 - 0.25 / 0.9) : 0.0;
                link.begin(log_bytes_per_s);
                link.move(10s, static_cast<std::int64_t>(30.0 * c.transfer_bytes_per_s), c.transfer);
                const double exact_s = before_s + 25.0 * (1.0 - c.stream_bytes_per_s / log_bytes_per_s);
                EXPECT_NEAR(link.lag_s_at(35s), exact_s, 0.02 * exact_s);
                link.lag_s_at(60s);
                EXPECT_NEAR(in_seconds(link.ended - start_of_time), 40.03, 0.6);
            });
        }
    });
}

// The other way of the link, and a link that is not on the stream's route, are nothing to it.
TEST(StreamShareTest, OnlyItsOwnDirectionIsShared) {
    test::in_child([] {
        Link link, alone;
        for (Link* const one : {&link, &alone}) one->begin(0.9e6);
        link.move(10s, 20'000'000, {.window = wide_window}, true);
        for (Duration then = 11s; then < 30s; then += 197ms) EXPECT_EQ(link.lag_s_at(then), alone.lag_s_at(then));
        link.lag_s_at(40s);
        EXPECT_NEAR(in_seconds(link.ended - start_of_time), 30.03, 0.01);
    });
}

TEST(StreamShareTest, ACutEndsBoth) {
    test::in_child([] {
        Link link;
        link.begin(0.4e6);
        link.move(10s, 40'000'000);
        link.lag_s_at(20s);
        link.topology.fail_link(link.link, link.simulation.now());
        link.transfers.topology_changed();
        EXPECT_NEAR(link.lag_s_at(25s), 5.0, 0.01);  // what was under way has arrived
        EXPECT_EQ(link.outcome, FlowOutcome::Failed);
        EXPECT_LE(link.ended, start_of_time + 20s + Flows::step_most);
        EXPECT_FALSE(link.transfers.active()) << "nothing is left to be driven";
        link.topology.restore_link(link.link, link.simulation.now());
        link.topology.converge(link.simulation.now() + 1s);
        link.transfers.topology_changed();
        EXPECT_LT(link.lag_s_at(40s), 0.035);
        link.move(40s, 10'000'000);  // 0.6 MB/s
        link.lag_s_at(70s);
        EXPECT_NEAR(in_seconds(link.ended - start_of_time), 40.03 + 10.0 / 0.6, 0.4);
    });
}

}  // namespace
}  // namespace faultline::models
