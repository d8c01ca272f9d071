#include "models/standby/log_stream.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/oracles/postgres_pair.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Distribution;
using engine::start_of_time;

// Two places, 20 ms apart unless said otherwise, and a stream between them.
struct Line {
    explicit Line(const StreamShape& shape, Duration round_trip = 20ms)
        : topology({.intra_zone_round_trip = Duration{}, .zone_uplink_round_trip = Duration{}}),
          transport(topology),
          simulation({engine::Seed{1}, 1}) {
        const PlaceId region = topology.add_region("region");
        primary = topology.add_zone(region, "primary");
        standby = topology.add_zone(region, "standby");
        topology.add_link({.from = primary, .to = standby, .round_trip = round_trip, .convergence = Convergence::Bfd});
        topology.seal();
        stream.emplace(simulation, transport, shape, standby, "standby");
        stream->connect(primary);
    }
    void run_to(Duration at) { simulation.run_until(start_of_time + at); }
    Lsn received() { return stream->reached(Reached::received, simulation.now()); }

    Topology topology;
    Transport transport;
    engine::Simulation simulation;
    PlaceId primary, standby;
    std::optional<LogStream> stream;
};

constexpr engine::BitsPerSecond slow{8e6};  // 1000 bytes on the wire take a millisecond

TEST(GroupFlushTest, WhoComesDuringAFlushSharesTheNextOne) {
    GroupFlush disk(Distribution::constant(0.010));
    engine::RandomStream draws = engine::Simulation({engine::Seed{1}, 1}).stream("disk", "flushes");
    EXPECT_EQ(disk.join(start_of_time, 100, draws), start_of_time + 10ms);
    EXPECT_EQ(disk.join(start_of_time + 1ms, 200, draws), start_of_time + 20ms);
    EXPECT_EQ(disk.join(start_of_time + 9ms, 300, draws), start_of_time + 20ms);
    EXPECT_EQ(disk.flushed(start_of_time + 10ms), 100U);
    EXPECT_EQ(disk.join(start_of_time + 12ms, 400, draws), start_of_time + 30ms);
    EXPECT_EQ(disk.flushed(start_of_time + 19ms), 100U);
    EXPECT_EQ(disk.flushed(start_of_time + 20ms), 300U);
    EXPECT_EQ(disk.flushed(start_of_time + 31ms), 400U);
}

// Commits come at random, l a second, and a flush takes d. It is followed by another one at once unless nobody came
// meanwhile, which has the probability exp(-l d): so exp(l d) flushes on average between two rests of 1 / l, and the
// disk is busy for l d exp(l d) / (1 + l d exp(l d)). With l d = 1: e / (1 + e) = 73.1 %. 100 s hold some 5,400 such
// cycles; a cycle's part in the share varies by less than 1, so three sigma are at most 0.5 * 3 / sqrt(5400) = 0.02.
TEST(GroupFlushTest, ItsUtilisationIsThatOfAServerWhoseQueueGoesAtOnce) {
    GroupFlush disk(Distribution::constant(0.005));
    engine::RandomStream draws{engine::stream_key(engine::Seed{5}, 1, "disk", "commits")};
    engine::Instant now = start_of_time;
    double before_s = 0.0;
    Lsn end = 0;
    while (now < start_of_time + 100s) {
        now += engine::duration_from_seconds(-std::log(1.0 - draws.uniform()) / 200.0);
        disk.join(now, ++end, draws);
        EXPECT_GE(disk.busy_seconds(now), before_s) << "it never goes back";
        before_s = disk.busy_seconds(now);
    }
    EXPECT_NEAR(before_s / engine::in_seconds(now - start_of_time), 0.7311, 0.02);
    disk.restart(now, end);
    EXPECT_DOUBLE_EQ(disk.busy_seconds(now + 1s), before_s) << "what was under way is not done";
}

TEST(GroupFlushTest, WhoSharesAFlushSharesItsEnd) {
    GroupFlush disk(Distribution::exponential(0.010));
    engine::RandomStream draws = engine::Simulation({engine::Seed{1}, 1}).stream("disk", "flushes");
    disk.join(start_of_time, 100, draws);
    const Instant first = disk.join(start_of_time, 200, draws);
    for (Lsn end = 300; end < 1000; end += 100) EXPECT_EQ(disk.join(start_of_time, end, draws), first);
}

TEST(LogStreamTest, EachStepComesAfterTheOneBefore) {
    Line line({.flush = Distribution::constant(0.002), .apply = 1ms});
    line.stream->send(1000, 3);
    EXPECT_EQ(line.stream->acknowledged(1000, Reached::received), start_of_time + 20ms);
    EXPECT_EQ(line.stream->acknowledged(1000, Reached::flushed), start_of_time + 22ms);
    EXPECT_EQ(line.stream->acknowledged(1000, Reached::applied), start_of_time + 25ms);
    EXPECT_EQ(line.stream->acknowledged(1001, Reached::received), engine::end_of_time);
    line.run_to(10ms - 1ns);
    EXPECT_EQ(line.received(), 0U);
    line.run_to(10ms);
    EXPECT_EQ(line.received(), 1000U);
    EXPECT_EQ(line.stream->reported(Reached::received, line.simulation.now()), 0U);
    line.run_to(20ms);
    EXPECT_EQ(line.stream->reported(Reached::received, line.simulation.now()), 1000U);
}

// A chunk of 100,000 bytes has 70 segments of at most 1448: 100,030 + 70 * 52 bytes on the wire, at 1000 a millisecond.
TEST(LogStreamTest, BandwidthCountsTheHeaders) {
    Line line({.bandwidth = slow});
    line.stream->send(100'000, 1);
    const Duration on_the_wire = std::chrono::microseconds{100'030 + 70 * 52};
    EXPECT_EQ(line.stream->acknowledged(100'000, Reached::received), start_of_time + on_the_wire + 20ms);
    line.run_to(10ms + on_the_wire / 2);
    EXPECT_NEAR(static_cast<double>(line.received()), 50'000.0, 1.0);
}

TEST(LogStreamTest, WhatIsLostWithThePrimaryDependsOnWhereItWas) {
    const auto received_in_the_end = [](AfterLoss after) {
        Line line({.bandwidth = slow});
        line.stream->send(6'000'000, 1);
        line.run_to(1s);
        line.stream->primary_lost(after);
        line.run_to(20s);
        return static_cast<double>(line.received());
    };
    const double payload_per_s = 1e6 * 131'072 / (131'102 + 91 * 52);  // messages of 128 KiB
    EXPECT_NEAR(received_in_the_end(AfterLoss::nothing), payload_per_s * 0.99, 1000.0);
    EXPECT_NEAR(received_in_the_end(AfterLoss::under_way), payload_per_s, 1000.0);
    EXPECT_NEAR(received_in_the_end(AfterLoss::handed_over), payload_per_s + 4 * 1024 * 1024, 1000.0);
}

// Half of a chunk has left when its share falls to a quarter: the rest takes four times as long, behind a header of its
// own. What had left arrives when it would have, and is flushed as long after that as was drawn.
TEST(LogStreamTest, AChangeOfItsShareIsForWhatHasNotLeft) {
    Line line({.bandwidth = slow, .flush = Distribution::constant(0.002), .apply = 1ms});
    line.stream->send(100'000, 1);
    line.stream->send(120'000, 1);
    const Instant before = line.stream->reaches(120'000, Reached::received);
    line.run_to(std::chrono::microseconds{(100'030 + 70 * 52) / 2});
    line.stream->set_share(engine::BitsPerSecond{slow.value / 4.0});
    EXPECT_TRUE(line.stream->shares_links());
    EXPECT_EQ(line.stream->reaches(50'000, Reached::received), line.simulation.now() + 10ms);
    EXPECT_LE(line.stream->reaches(50'000, Reached::flushed), line.simulation.now() + 12ms);
    const Duration rest = 4 * std::chrono::microseconds{50'030 + 35 * 52};
    const Duration second = 4 * std::chrono::microseconds{20'030 + 14 * 52};
    EXPECT_EQ(line.stream->reaches(100'000, Reached::received), line.simulation.now() + rest + 10ms);
    EXPECT_EQ(line.stream->reaches(120'000, Reached::received), line.simulation.now() + rest + second + 10ms);
    EXPECT_EQ(line.stream->reaches(120'000, Reached::applied), line.simulation.now() + rest + second + 13ms);
    int sooner = 0;
    line.stream->on_sooner = [&] { ++sooner; };
    line.stream->set_share(unlimited_bandwidth);
    EXPECT_EQ(sooner, 1);
    const Duration headers = std::chrono::microseconds{30};
    EXPECT_LE(line.stream->reaches(120'000, Reached::received), before + headers);
    EXPECT_GE(line.stream->reaches(120'000, Reached::received), before);
}

// What has been received stays received, and all arrives in the end, whatever the shares do.
TEST(LogStreamTest, ReceivedNeverGoesBackWhateverTheShares) {
    for (const bool logical : {false, true}) {
        Line line({.bandwidth = engine::BitsPerSecond{7.7e6},
                   .flush = Distribution::constant(0.0015),
                   .apply = 137us,
                   .logical = logical,
                   .apply_threads = 2});
        Lsn received = 0, flushed = 0, applied = 0;
        for (Lsn i = 1; i <= 3000; ++i) {
            line.run_to(static_cast<std::int64_t>(i) * 1'234'567ns);
            if (i <= 2000) line.stream->send(i * 1013, 1);
            if (i % 7 == 0) line.stream->set_share(engine::BitsPerSecond{1e6 * static_cast<double>(1 + i * 5 % 13)});
            const Instant now = line.simulation.now();
            ASSERT_GE(line.received(), received);
            ASSERT_GE(line.stream->reached(Reached::flushed, now), flushed);
            ASSERT_GE(line.stream->reached(Reached::applied, now), applied);
            received = line.received();
            flushed = line.stream->reached(Reached::flushed, now);
            applied = line.stream->reached(Reached::applied, now);
            ASSERT_GE(received, flushed);
            ASSERT_GE(flushed, applied);
        }
        EXPECT_EQ(applied, 2000U * 1013U);
    }
}

// What a primary has been told of is there, to the byte, at whatever instant it dies.
TEST(LogStreamTest, WhatWasAcknowledgedIsThere) {
    for (int i = 0; i < 300; ++i) {
        Line line({.bandwidth = engine::BitsPerSecond{7.7e6 + i}, .apply = 37us});
        line.stream->send(100'003, 7);
        line.stream->send(300'017, 11);
        line.run_to(i * 1'234'567ns);
        const Instant now = line.simulation.now();
        Lsn told = 0;
        for (Lsn end = 1; end < 300'017; end += 97) {
            if (line.stream->acknowledged(end, Reached::received) <= now) told = end;
        }
        line.stream->primary_lost(AfterLoss::nothing);
        EXPECT_GE(line.received(), told);
        EXPECT_GE(line.received(), line.stream->reached(Reached::flushed, now));
        EXPECT_GE(line.stream->reached(Reached::flushed, now), line.stream->reached(Reached::applied, now));
    }
}

// The same without any distance, at the very instant at which the primary is told.
TEST(LogStreamTest, WhatIsAcknowledgedAtThisInstantIsThere) {
    for (Lsn end = 1; end < 100'000; end += 1237) {
        Line line({.bandwidth = engine::BitsPerSecond{7.77e6}}, Duration{});
        line.stream->send(100'003, 7);
        line.run_to(line.stream->acknowledged(end, Reached::received) - start_of_time);
        line.stream->primary_lost(AfterLoss::nothing);
        EXPECT_EQ(line.received(), end);
    }
}

TEST(LogStreamTest, AStandbyGoesOnWithWhatItHad) {
    for (const engine::Health how : {engine::Health::crash, engine::Health::silent}) {
        Line line({.flush = Distribution::constant(0.005)});
        line.stream->send(1000, 1);
        line.run_to(12ms);  // received at 10 ms, flushed at 15 ms
        line.stream->standby_lost(how);
        EXPECT_EQ(line.received(), how == engine::Health::crash ? 1000U : 0U) << "a host takes its cache along";
        line.stream->connect(line.primary);
        EXPECT_FALSE(line.stream->connected()) << "nobody is there";
        line.stream->standby_back();
        line.stream->connect(line.primary);
        line.stream->send(2000, 2);
        line.run_to(1s);
        EXPECT_EQ(line.received(), 2000U);
    }
}

}  // namespace
}  // namespace faultline::models
