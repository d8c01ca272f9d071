// What requests wait for bulk flows, against closed forms. What drives flows runs in a child: SimGrid is one engine a
// process.
#include "models/network/link_queue.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <optional>

#include "models/network/transfers.hpp"
#include "models/network/transport.hpp"
#include "tests/support/in_child.hpp"
#include "tests/support/test_generator.hpp"
#include "tests/support/wide_window.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::BitsPerSecond;
using engine::Bytes;
using engine::Duration;
using engine::in_seconds;
using engine::start_of_time;
using test::TestGenerator;
using test::wide_window;

constexpr BitsPerSecond link_rate{8e6};  // 1 MB a second: a full packet takes 1.5 ms
constexpr Duration link_round_trip = 60ms;
constexpr double buffer_s = 0.06;

// Goal:   below its bandwidth a link is an M/D/1 queue to requests.
// Method: 200'000 draws at four loads: the mean is rho S / (2 (1 - rho)), the share that waits rho, each within 4.5
//         standard errors.
TEST(LinkQueueTest, AtPartLoadAPacketWaitsAsInMD1) {
    TestGenerator generator(5);
    for (const double used : {0.1, 0.5, 0.8, 0.95}) {
        const LinkQueue queue = queue_beside({used, 1.0}, link_rate, 10s);
        constexpr int n = 200'000;
        double sum_s = 0.0, squares = 0.0;
        int waited = 0;
        for (int i = 0; i < n; ++i) {
            const double waits_s = wait_s(queue, generator.uniform());
            sum_s += waits_s;
            squares += waits_s * waits_s;
            waited += waits_s > 0.0 ? 1 : 0;
        }
        const double mean_s = sum_s / n;
        const double exact_s = used * 0.0015 / (2.0 * (1.0 - used));
        EXPECT_NEAR(mean_s, exact_s, 4.5 * std::sqrt((squares / n - mean_s * mean_s) / n)) << used;
        EXPECT_DOUBLE_EQ(queue.expected_wait_s(), exact_s);
        EXPECT_NEAR(waited, n * used, 4.5 * std::sqrt(n * used * (1.0 - used))) << used;
    }
}

// One connection backs off by 0.3 of what it has in flight, twice the link's round trip; of ten each does in turn.
TEST(LinkQueueTest, AFullLinkKeepsItsBufferBetweenTheLossesOfItsConnections) {
    const LinkQueue one = queue_beside({1.0, 1.0}, link_rate, link_round_trip);
    EXPECT_TRUE(one.full());
    EXPECT_NEAR(wait_s(one, 0.0), 0.4 * buffer_s, 1e-12);
    EXPECT_NEAR(wait_s(one, 1.0), buffer_s, 1e-12);
    EXPECT_NEAR(one.expected_wait_s(), 0.7 * buffer_s, 1e-12);
    const LinkQueue ten = queue_beside({1.0, 10.0}, link_rate, link_round_trip);
    EXPECT_NEAR(wait_s(ten, 0.0), 0.94 * buffer_s, 1e-12);
    EXPECT_NEAR(ten.seconds_per_byte, 11e-6, 1e-15) << "one of eleven shares";
}

TEST(LinkQueueTest, NothingWaitsWithoutFlowsOrWithoutALimitOrLongerThanTheBuffer) {
    EXPECT_EQ(queue_beside({0.0, 0.0}, link_rate, link_round_trip), LinkQueue{});
    EXPECT_EQ(queue_beside({0.5, 3.0}, unlimited_bandwidth, link_round_trip), LinkQueue{});
    const LinkQueue nearly_full = queue_beside({0.998, 3.0}, link_rate, link_round_trip);
    EXPECT_GT(nearly_full.mean_s, buffer_s);
    EXPECT_DOUBLE_EQ(wait_s(nearly_full, 1e-9), buffer_s);
    EXPECT_EQ(wait_s(queue_beside({1.0, 1.0}, link_rate, 0ms), 0.5), 0.0) << "no round trip, no buffer";
}

// Three regions in a row, 60 ms and 8 Mbit/s apart each.
struct Row {
    Row() : simulation({engine::Seed{1}, 1}), transfers(simulation, topology), load(simulation, "load") {
        for (const char* const name : {"first", "second", "third"}) borders.push_back(topology.add_region(name));
        for (std::size_t i = 0; i < 2; ++i) {
            topology.add_link({.from = borders[i],
                               .to = borders[i + 1],
                               .round_trip = link_round_trip,
                               .bandwidth = link_rate,
                               .convergence = Convergence::Bfd});
        }
        topology.seal();
    }
    ~Row() { simulation.close(); }

    engine::Process<> bulk(std::int64_t bytes, FlowOptions options) {
        co_await simulation.delay(1s);
        const TransferSpec spec{borders[0], borders[1], Bytes{bytes}, options};
        const FlowOutcome end = co_await transfers.transfer(spec);
        outcome = end;
    }
    // From the first region to the second, from 1 s on.
    void move(std::int64_t bytes, FlowOptions options) { simulation.spawn(load, bulk(bytes, options)); }
    const PathQueues* queues(std::size_t from, std::size_t to, Duration then) {
        simulation.run_until(start_of_time + then);
        return topology.path(borders[from], borders[to]).queues.get();
    }
    Delays request(std::size_t from, std::size_t to, std::int64_t bytes) {
        const Payload payload{Bytes{bytes}, Bytes{100}};
        return Transport(topology).round_trip(borders[from], borders[to], payload, generator);
    }

    Topology topology{TopologyOptions{.intra_zone_round_trip = Duration{}, .zone_uplink_round_trip = Duration{}}};
    std::vector<PlaceId> borders;
    engine::Simulation simulation;
    Transfers transfers;
    engine::Component load;
    TestGenerator generator{7};
    std::optional<FlowOutcome> outcome;
};

// Goal: requests wait in the direction of the flow, on its link, while its bytes move: not before the first is there,
//       after the last, in the other direction or on another link.
TEST(LinkQueueTest, RequestsWaitBesideAFlowWhereAndWhileItMoves) {
    test::in_child([] {
        Row row;
        row.move(2'000'000, {.window = wide_window});  // 30 ms on its way, then 2 s
        EXPECT_EQ(row.queues(0, 1, 900ms), nullptr);
        EXPECT_EQ(row.queues(0, 1, 1020ms), nullptr) << "its first byte is still under way";
        const PathQueues* const beside = row.queues(0, 1, 1100ms);
        ASSERT_NE(beside, nullptr);
        ASSERT_EQ(beside->there.size(), 1U);
        EXPECT_TRUE(beside->there.front().full());
        EXPECT_TRUE(beside->back.empty());
        EXPECT_EQ(row.queues(1, 0, 1100ms)->back.size(), 1U) << "the answer to who asks from there";
        EXPECT_EQ(row.queues(0, 2, 1100ms)->there.size(), 1U) << "it is on the way to the third, too";
        EXPECT_EQ(row.queues(1, 2, 1100ms), nullptr);
        for (int i = 0; i < 1000; ++i) {
            const Delays legs = row.request(0, 1, 100);
            const double wire_s = 100e-6;
            ASSERT_GE(in_seconds(legs.forward), 0.03 + wire_s + 0.4 * buffer_s - 1e-6);
            ASSERT_LE(in_seconds(legs.forward), 0.03 + wire_s + buffer_s + 1e-6);
            ASSERT_NEAR(in_seconds(legs.back), 0.03 + wire_s, 1e-6);
        }
        EXPECT_EQ(row.queues(0, 1, 3040ms), nullptr);
        EXPECT_EQ(row.outcome, FlowOutcome::Completed);
        EXPECT_NEAR(in_seconds(row.request(0, 1, 100).forward), 0.0301, 1e-6);
    });
}

// 60 % of the link are used by a flow with a limit: M/D/1, and its fair share of the link for a long message.
TEST(LinkQueueTest, BesideAFlowWithALimitThereIsRoom) {
    test::in_child([] {
        Row row;
        row.move(60'000'000, {.window = wide_window, .rate_most = {0.6 * link_rate.value}});
        const PathQueues* const beside = row.queues(0, 1, 2s);
        ASSERT_NE(beside, nullptr);
        EXPECT_NEAR(beside->there.front().busy, 0.6, 1e-9);
        EXPECT_NEAR(beside->there.front().expected_wait_s(), 0.6 * 0.0015 / 0.8, 1e-9);
        EXPECT_NEAR(beside->there.front().seconds_per_byte, 1e-6 / 0.5, 1e-12) << "it gives way to half";
    });
}

// Of a message of 114.6 kB the first 14.6 kB go at the line's rate, the others at a quarter of it beside three greedy
// connections.
TEST(LinkQueueTest, ALongMessageGoesOnAtTheShareOfOneConnectionMore) {
    test::in_child([] {
        Row row;
        row.move(60'000'000, {.window = wide_window, .connections = 3});
        ASSERT_NE(row.queues(0, 1, 2s), nullptr);
        const double at_once_s = 0.03 + 0.1146;
        const double slower_s = 0.1 * 3.0;  // 1 µs a byte alone, 4 µs beside them
        for (int i = 0; i < 100; ++i) {
            const double taken_s = in_seconds(row.request(0, 1, 114'600).forward);
            ASSERT_GE(taken_s, at_once_s + slower_s + 0.8 * buffer_s - 1e-6);
            ASSERT_LE(taken_s, at_once_s + slower_s + buffer_s + 1e-6);
        }
    });
}

// A connection's first round trip waits as any other does.
TEST(LinkQueueTest, AHandshakeWaitsToo) {
    test::in_child([] {
        Row row;
        row.move(60'000'000, {.window = wide_window});
        ASSERT_NE(row.queues(0, 1, 2s), nullptr);
        const Delays shake = Transport(row.topology).handshake(row.borders[0], row.borders[1], 3, row.generator);
        EXPECT_GT(in_seconds(shake.forward), 3.0 * (0.03 + 0.4 * buffer_s));
        EXPECT_NEAR(in_seconds(shake.back), 3.0 * 0.03, 1e-6);
    });
}

}  // namespace
}  // namespace faultline::models
