// Laws and closed forms of the log that goes from a region to others.
#include "models/global/global_log.hpp"

#include <gtest/gtest.h>

#include <string>

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::start_of_time;

constexpr std::int64_t record_bytes = 1000;
// On the wire: 1000 bytes, the message's header of 30, and the 52 of one segment (log_stream.cpp).
constexpr std::int64_t on_the_wire = 1082;

// Three regions in a row of full mesh, 60 and 100 ms from the first; a commit every `gap`.
struct Regions {
    explicit Regions(GlobalLogShape shape)
        : topology(options()), transport(topology), simulation({engine::Seed{1}, 1}) {
        const std::vector<std::string> names{"first", "second", "third"};
        for (const std::string& name : names) borders.push_back(topology.add_region(name));
        links.push_back(topology.add_link(
            {.from = borders[0], .to = borders[1], .round_trip = 60ms, .convergence = Convergence::Bfd}));
        links.push_back(topology.add_link(
            {.from = borders[0], .to = borders[2], .round_trip = 100ms, .convergence = Convergence::Bfd}));
        topology.seal();
        shape.record = Bytes{record_bytes};
        log.emplace(simulation, transport, std::move(shape));
        for (std::size_t i = 0; i < 3; ++i) log->add_region(borders[i], names[i]);
        log->begin();
        load.emplace(simulation, "load");
    }
    ~Regions() { simulation.close(); }
    static TopologyOptions options() {
        return {.intra_zone_round_trip = Duration{}, .zone_uplink_round_trip = Duration{}};
    }

    engine::Process<> commits(Duration gap, std::size_t region) {
        const RequestRef nobody;
        for (;;) {
            co_await simulation.delay(gap);
            log->told(region, nobody);
        }
    }
    engine::Process<> look_after() {
        for (;;) {
            co_await simulation.delay(1s);
            log->reconnect();
        }
    }
    void begin(Duration gap, std::size_t region = 0) {
        simulation.spawn(*load, commits(gap, region));
        simulation.spawn(*load, look_after());
    }
    void run_to(Duration at) { simulation.run_until(start_of_time + at); }
    Instant now() const { return simulation.now(); }

    Topology topology;
    Transport transport;
    engine::Simulation simulation;
    std::vector<PlaceId> borders;
    std::vector<LinkId> links;
    std::optional<GlobalLog> log;
    std::optional<engine::Component> load;
};

// 1000 bytes on the wire take a millisecond.
GlobalLogShape slow() {
    GlobalLogShape shape;
    shape.stream.bandwidth = engine::BitsPerSecond{8e6};
    return shape;
}

// Unloaded: half the round trip, and the bytes at the stream's bandwidth. No jitter, no loss, no flush: exact.
TEST(GlobalLogTest, AnUnloadedStreamLagsByPropagationAndTransmission) {
    Regions regions(slow());
    regions.begin(1s);
    regions.run_to(1s + 30ms + std::chrono::microseconds{on_the_wire} - 1ns);
    EXPECT_GT(regions.log->lag(1, regions.now()), Duration::zero());
    EXPECT_EQ(regions.log->rpo_lag(1, regions.now()), 30ms + std::chrono::microseconds{on_the_wire} - 1ns);
    regions.run_to(1s + 30ms + std::chrono::microseconds{on_the_wire});
    EXPECT_EQ(regions.log->lag(1, regions.now()), Duration::zero());
    EXPECT_GT(regions.log->lag(2, regions.now()), Duration::zero()) << "20 ms further";
    regions.run_to(1s + 50ms + std::chrono::microseconds{on_the_wire});
    EXPECT_EQ(regions.log->lag(2, regions.now()), Duration::zero());
}

// 1250 commits a second are 1.3525 MB/s on a wire for 1 MB/s: after 20 s, 26 % of them have not got through, and the
// oldest of these is 5.2 s old. Tolerance: a commit, 0.8 ms, and the propagation, 30 ms.
TEST(GlobalLogTest, ABacklogGrowsAtTheDifferenceOfTheRates) {
    Regions regions(slow());
    regions.begin(800us);
    const double share = 1.0 - 1000.0 / (1250.0 * on_the_wire / 1000.0);
    for (const int at_s : {5, 10, 20}) {
        regions.run_to(std::chrono::seconds{at_s});
        EXPECT_NEAR(engine::in_seconds(regions.log->rpo_lag(1, regions.now())), share * at_s, 0.031) << at_s;
    }
}

// Acknowledged = what the new lineage has + what is lost; and nothing that has arrived is lost.
TEST(GlobalLogTest, APromotionLosesWhatHasNotArrivedAndCountsEachCommit) {
    Regions regions({});
    regions.begin(1ms);
    regions.run_to(10s + 500us);
    regions.log->region_lost(0, engine::Health::silent);
    const RecoveredLog found = regions.log->promote(1);
    EXPECT_EQ(found.commits_lost, 30U) << "30 ms of a commit a millisecond";
    EXPECT_EQ(found.gap, 30ms);
    EXPECT_EQ(regions.log->end(), static_cast<Lsn>(regions.log->commits_told() - found.commits_lost) * record_bytes);
    EXPECT_EQ(regions.log->commits_lost(), found.commits_lost);
}

// The writer of the old region goes on: each commit that it tells is lost, and further from what there is.
TEST(GlobalLogTest, CommitsOfAnUnfencedWriterAreLost) {
    Regions regions({});
    regions.begin(1ms);
    regions.run_to(10s + 500us);
    regions.log->detach(1);
    const std::uint64_t at_the_split = regions.log->commits_told();
    regions.run_to(12s + 500us);
    const RecoveredLog found = regions.log->promote(1);
    EXPECT_EQ(found.commits_lost, 2030U);
    regions.run_to(13s + 500us);
    EXPECT_EQ(regions.log->commits_diverged(), 1000U);
    EXPECT_EQ(regions.log->commits_lost(), 3030U);
    EXPECT_EQ(regions.log->commits_told(), at_the_split + 3000U);
    const RequestRef nobody;
    EXPECT_EQ(regions.log->told(0, nobody), 3030ms + 500us) << "since the newest commit that is there";
}

// A cut path carries nothing; after it the stream sends what is missing.
TEST(GlobalLogTest, AfterACutTheStreamCatchesUp) {
    Regions regions({});
    regions.begin(1ms);
    regions.run_to(10s + 500us);
    regions.topology.fail_link(regions.links[0], regions.now());
    regions.run_to(15s);
    EXPECT_GT(regions.log->rpo_lag(1, regions.now()), 4900ms);
    EXPECT_LT(regions.log->rpo_lag(2, regions.now()), 60ms);
    EXPECT_LT(regions.log->exposure(), 60ms) << "the other region has it";
    regions.topology.restore_link(regions.links[0], regions.now());
    regions.run_to(17s);
    EXPECT_LT(regions.log->rpo_lag(1, regions.now()), 40ms);
    EXPECT_EQ(regions.log->commits_lost(), 0U);
}

// What waits for its turn on a thin stream when the link is cut does not arrive; it is sent again when the path is
// back.
TEST(GlobalLogTest, ABacklogStaysBehindACutLink) {
    Regions regions(slow());
    regions.begin(800us);
    regions.run_to(10s);
    const Lsn arrived = regions.log->arrived(1);
    ASSERT_GT(regions.log->end(), arrived + 2'000'000U) << "the backlog";
    regions.topology.fail_link(regions.links[0], regions.now());
    regions.log->reach_changed();
    regions.run_to(20s);
    EXPECT_GT(regions.log->arrived(1), arrived) << "what had left";
    EXPECT_LE(regions.log->arrived(1), arrived + 30U * record_bytes) << "30 ms of a millisecond a commit";
    EXPECT_FALSE(regions.log->connected(1));
    EXPECT_TRUE(regions.log->connected(2)) << "its link stands";
    regions.topology.restore_link(regions.links[0], regions.now());
    regions.run_to(25s);
    EXPECT_GT(regions.log->arrived(1), arrived + 3'000'000U);
    EXPECT_EQ(regions.log->commits_lost(), 0U);
}

// Source: Aurora User Guide, Managing RPOs: commits block when every secondary is beyond, and go on with any one.
TEST(GlobalLogTest, TheRpoLimitHoldsBackOnlyWhenEveryRegionIsBeyondIt) {
    GlobalLogShape limited;
    limited.rpo_limit = 20s;
    Regions regions(limited);
    regions.begin(10ms);
    regions.run_to(10s);
    regions.topology.fail_link(regions.links[0], regions.now());
    regions.run_to(40s);
    EXPECT_GT(regions.log->rpo_lag(1, regions.now()), 20s);
    EXPECT_FALSE(regions.log->held_back()) << "the third region is there";
    regions.topology.fail_link(regions.links[1], regions.now());
    regions.run_to(59s);
    EXPECT_FALSE(regions.log->held_back());
    regions.run_to(61s);
    EXPECT_TRUE(regions.log->held_back());
    regions.topology.restore_link(regions.links[0], regions.now());
    regions.run_to(63s);
    EXPECT_FALSE(regions.log->held_back());
}

// What a copy has when it begins comes with it; the log since then comes by the stream, and is kept until then.
TEST(GlobalLogTest, ACopiedRegionFollowsFromTheBeginningOfItsCopy) {
    Regions regions({});
    regions.run_to(1s);
    regions.log->promote(1);
    regions.begin(1ms, 1);
    regions.run_to(5s + 500us);
    EXPECT_FALSE(regions.log->follows(0));
    regions.log->begin_copy(0);
    regions.run_to(9s);
    EXPECT_EQ(regions.log->exposure(), Duration::zero()) << "no other region has anything to go on with";
    regions.log->follow(0);
    EXPECT_EQ(regions.log->rpo_lag(0, regions.now()), 9s - 5s - 1ms) << "the first commit since the copy began";
    regions.run_to(9s + 31ms);
    EXPECT_LT(regions.log->rpo_lag(0, regions.now()), 32ms);
}

// A binary log whose transactions take a millisecond each.
GlobalLogShape binlog(int threads, Reached promoted_with = Reached::flushed) {
    GlobalLogShape shape;
    shape.stream.apply = 1ms;
    shape.stream.logical = true;
    shape.stream.apply_threads = threads;
    shape.promoted_with = promoted_with;
    return shape;
}

// 1250 transactions a second into a thread that can do 1000: after a time T it shows what is a fifth of T old.
// Tolerance: propagation, 30 ms, and a transaction. Two threads side by side keep up, and keep the order.
TEST(GlobalLogTest, AThreadOfABinaryLogFallsBehindAndTwoKeepUp) {
    Regions one(binlog(1));
    one.begin(800us);
    for (const int at_s : {5, 10, 20}) {
        one.run_to(std::chrono::seconds{at_s});
        EXPECT_NEAR(engine::in_seconds(one.log->lag(1, one.now())), 0.2 * at_s, 0.035) << at_s;
        EXPECT_LT(one.log->rpo_lag(1, one.now()), 32ms) << "it has received it all along";
    }
    Regions two(binlog(2));
    two.begin(800us);
    for (const int at_s : {5, 10, 20}) {
        two.run_to(std::chrono::seconds{at_s});
        EXPECT_LE(two.log->lag(1, two.now()), 30ms + 1ms + 800us + 1us) << at_s;
    }
}

// 12'500 told, 9'970 executed by then: 10 s less the way there.
TEST(GlobalLogTest, APromotionThatDoesNotWaitLosesWhatWasReceivedAndNotExecuted) {
    for (const bool waits : {true, false}) {
        Regions regions(binlog(1, waits ? Reached::flushed : Reached::applied));
        regions.begin(800us);
        regions.run_to(10s + 500us);
        regions.log->region_lost(0, engine::Health::silent);
        regions.log->detach(1);
        const std::uint64_t told = regions.log->commits_told();
        const Duration to_execute = regions.log->has_all(1) - regions.now();
        EXPECT_NEAR(engine::in_seconds(to_execute), waits ? 2.49 : 0.0, 0.01);
        const RecoveredLog found = regions.log->promote(1);
        EXPECT_EQ(regions.log->end(), static_cast<Lsn>(told - found.commits_lost) * record_bytes);
        EXPECT_NEAR(static_cast<double>(found.commits_lost), waits ? 37.0 : 2530.0, 2.0);
        EXPECT_NEAR(engine::in_seconds(found.gap), waits ? 0.030 : 2.024, 0.002);
    }
}

// Relay logs are fetched anew after a loss of the replica: what it had executed is there, and nothing is skipped.
TEST(GlobalLogTest, AReplicaThatComesBackGoesOnFromWhatItHadExecuted) {
    Regions regions(binlog(1));
    regions.begin(800us);
    regions.run_to(10s);
    const Lsn executed = regions.log->applied(1);
    regions.log->region_lost(1, engine::Health::crash);
    EXPECT_EQ(regions.log->applied(1), executed);
    regions.run_to(20s);
    // 250 a second had not been executed, and none was for the second until it was connected again.
    EXPECT_NEAR(engine::in_seconds(regions.log->lag(1, regions.now())), 4.85, 0.1);
}

// Planned: the new primary has everything, the old one goes on from there.
TEST(GlobalLogTest, AHandOverLosesNothing) {
    Regions regions({});
    const RequestRef nobody;
    for (int i = 0; i < 10; ++i) regions.log->told(0, nobody);
    regions.run_to(200ms);
    regions.log->hand_over(1);
    for (int i = 0; i < 10; ++i) regions.log->told(1, nobody);
    regions.run_to(400ms);
    EXPECT_EQ(regions.log->arrived(0), regions.log->end());
    EXPECT_EQ(regions.log->end(), 20U * record_bytes);
    EXPECT_EQ(regions.log->commits_lost(), 0U);
}

// A region that is recovered from its backups has no more than these hold, whatever it has received and shows: what is
// beyond is lost and counted, and was exposed all along.
TEST(GlobalLogTest, ARecoveryFromBackupsLosesWhatTheyLack) {
    Regions regions({});
    regions.begin(10ms);
    regions.log->recover_with(1, 0);
    regions.log->recover_with(2, 0);
    regions.run_to(2s);
    regions.log->recover_with(1, 100 * record_bytes);
    regions.log->recover_with(2, 50 * record_bytes);
    regions.run_to(5005ms);
    EXPECT_EQ(regions.log->commits_told(), 500U);
    EXPECT_GT(regions.log->arrived(1), 480U * record_bytes);
    EXPECT_EQ(regions.log->recovered(1), 100U * record_bytes);
    EXPECT_EQ(regions.log->exposure(), 4s) << "of the region that has most: told at 1 s and at 5 s";
    const RecoveredLog found = regions.log->promote(1);
    EXPECT_EQ(found.commits_lost, 400U);
    EXPECT_EQ(found.gap, 4s);
    EXPECT_EQ(regions.log->end(), 100U * record_bytes);
    EXPECT_EQ(regions.log->recovered(2), regions.log->arrived(2)) << "its backups are of another lineage";
}

}  // namespace
}  // namespace faultline::models
