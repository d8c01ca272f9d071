// Write-behind: what the cache answers is written once, later, or lost and counted. And what a node is bound by.
#include "models/cache/write_behind.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <vector>

#include "models/cache/group.hpp"
#include "tests/models/cache/at_once.hpp"
#include "tests/models/cluster/small_region.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Health;

// A database that takes 10 ms for a transaction, however many come, or refuses all.
class SlowDatabase : public BackingStore {
public:
    explicit SlowDatabase(engine::Simulation& simulation) : simulation_(simulation) {}

    RequestRef open(std::uint64_t key, ClassId by) override {
        RequestRef request = requests_.open(simulation_.stream_key("database", "writes"), ++number_, simulation_.now());
        request->key = key;
        request->query_class = by;
        return request;
    }
    engine::Process<Answer> run(const RequestRef& request) override {
        co_await simulation_.delay(takes);
        if (refuses) co_return Answer{Duration::zero(), because(FailureReason::connection_lost), 0};
        request->applied = 1;
        const std::uint32_t version = ++committed[request->key];
        co_return Answer{Duration::zero(), AnswerStatus::ok, version};
    }
    void forget() override {}
    void taken(std::uint64_t key) override { ++to_come[key]; }
    void settled(std::uint64_t key) override { --to_come[key]; }
    std::uint32_t newest_version(std::uint64_t key) const override { return of(committed, key) + of(to_come, key); }
    void lost(std::uint64_t writes, Duration gap) override {
        writes_lost += writes;
        widest_gap = std::max(widest_gap, gap);
    }

    Duration takes = 10ms;
    bool refuses = false;
    std::map<std::uint64_t, std::uint32_t> committed, to_come;
    std::uint64_t writes_lost = 0;
    Duration widest_gap{};

private:
    static std::uint32_t of(const std::map<std::uint64_t, std::uint32_t>& numbers, std::uint64_t key) {
        const auto found = numbers.find(key);
        return found == numbers.end() ? 0 : found->second;
    }
    engine::Simulation& simulation_;
    RequestTable requests_{[](void*, const Request&) {}, nullptr};
    std::uint64_t number_ = 0;
};

// One shard with write-behind, and a client beside its primary.
class WriteBehindTest : public ::testing::Test {
protected:
    void build(int replicas, const WriteBehindShape& shape) {
        CacheNodeShape node;
        node.value = Bytes{100};
        group.add(std::make_unique<CacheNode>(region.simulation, "hot/1", region.zone(0), node));
        if (replicas > 0) {
            ReplicaSetShape set;
            set.detection = engine::Distribution::constant(10.0);
            set.promotion = engine::Distribution::constant(2.0);
            group.add_set(std::make_unique<ReplicaSet>(region.simulation, region.transport, transfers, "hot/1/shard",
                                                       set, group, 0));
        }
        for (int i = 0; i < replicas; ++i)
            group.add_replica(std::make_unique<CacheNode>(region.simulation, "hot/1/node-2", region.zone(1), node));
        WriteBehind& queue = group.add_queue(std::make_unique<WriteBehind>(region.simulation, shape));
        for (const auto& one : group.nodes()) one->write_behind(queue, database);
    }
    ~WriteBehindTest() override { region.simulation.close(); }

    void run_to(Duration at) { region.simulation.run_until(engine::start_of_time + at); }
    // Puts keys in turn, one at an interval, until the primary does not answer.
    engine::Process<> write(Duration every, std::uint64_t keys) {
        for (std::uint64_t number = 0;; ++number) {
            co_await region.simulation.delay(every);
            CacheExchange put(group.node(0), {CacheVerb::put, number % keys, 0, 3}, at_once, 1s);
            co_await put;
            if (put.outcome() != engine::CallOutcome::answered) co_return;
            ++told;
            versions.push_back(put.answer().version);
        }
    }
    void write_from_now(Duration every, std::uint64_t keys) { region.simulation.spawn(clients, write(every, keys)); }
    const WriteBehindCounters& counters() const { return group.queues().front()->counters(); }
    const WriteBehind& queue() const { return *group.queues().front(); }

    SmallRegion region{"aws-2025", 1};
    Transfers transfers{region.simulation, region.network.topology};
    SlowDatabase database{region.simulation};
    CacheGroup group{"hot", {}};
    engine::Component clients{region.simulation, "clients"};
    std::uint64_t told = 0;
    std::vector<std::uint32_t> versions;
};

// 100 writes a second of one key, which waits for a second: one transaction in 1.01 s takes them all.
TEST_F(WriteBehindTest, WritesOfAKeyThatWaitsAreOneTransaction) {
    build(0, {.delay = 1s, .workers = 4, .retry_after = 1s});
    write_from_now(10ms, 1);
    run_to(20s);
    EXPECT_EQ(counters().accepted, told);
    EXPECT_NEAR(static_cast<double>(counters().transactions), 20.0 / 1.01, 1.5);
    EXPECT_EQ(database.committed[0], counters().transactions);
    EXPECT_EQ(versions.front(), 1U);
    EXPECT_EQ(versions.back(), database.newest_version(0)) << "what the cache holds is what the database will have";
}

// The cache has every version before the database; nothing is lost while nothing fails.
TEST_F(WriteBehindTest, AllIsWrittenInTheEnd) {
    build(0, {.delay = 100ms, .workers = 4, .retry_after = 1s});
    write_from_now(5ms, 1'000'000);
    run_to(2s);
    clients.kill(Health::crash);
    run_to(3s);
    EXPECT_EQ(counters().transactions, counters().accepted);
    EXPECT_EQ(queue().unwritten(), 0U);
    EXPECT_EQ(queue().exposure(region.simulation.now()), Duration::zero());
    EXPECT_EQ(database.writes_lost, 0U);
}

// Four workers and 10 ms: 400 transactions a second. Of 500 writes a second a hundred more wait each second, and the
// oldest has waited for a fifth of the time.
TEST_F(WriteBehindTest, AQueueThatTheDatabaseCannotFollowGrows) {
    build(0, {.delay = Duration::zero(), .workers = 4, .retry_after = 1s});
    write_from_now(2ms, 1'000'000);
    run_to(10s);
    EXPECT_NEAR(static_cast<double>(counters().transactions), 4000.0, 10.0);
    EXPECT_EQ(queue().unwritten(), counters().accepted - counters().transactions);
    EXPECT_NEAR(static_cast<double>(queue().unwritten()), 1000.0, 40.0) << "a command takes 13 us besides";
    EXPECT_NEAR(engine::in_seconds(queue().exposure(region.simulation.now())), 2.0, 0.05);
}

TEST_F(WriteBehindTest, WhatTheDatabaseRefusesIsTriedAgain) {
    build(0, {.delay = Duration::zero(), .workers = 4, .retry_after = 1s});
    database.refuses = true;
    write_from_now(100ms, 1'000'000);
    run_to(5s);
    EXPECT_EQ(counters().transactions, 0U);
    database.refuses = false;
    run_to(8s);
    EXPECT_GE(counters().transactions, counters().accepted - 4);
    EXPECT_EQ(database.writes_lost, 0U);
}

// A node that nobody follows takes with it what waits: the writes of the last second, acknowledged all.
TEST_F(WriteBehindTest, ALostNodeLosesWhatTheDatabaseLacks) {
    build(0, {.delay = 1s, .workers = 4, .retry_after = 1s});
    write_from_now(10ms, 1'000'000);
    run_to(10s);
    const std::uint64_t waiting = queue().unwritten();
    group.node(0).crash(Health::crash);
    EXPECT_NEAR(static_cast<double>(waiting), 101.0, 2.0) << "100/s for 1.01 s";
    EXPECT_LE(waiting - database.writes_lost, 4U) << "what was in hand and durable";
    EXPECT_EQ(counters().lost, database.writes_lost);
    EXPECT_NEAR(engine::in_seconds(database.widest_gap), 1.0, 0.03);
    EXPECT_EQ(counters().accepted, counters().transactions + counters().lost);
    for (const auto& [key, count] : database.to_come) EXPECT_EQ(count, 0U) << key;
}

// With a replica the successor writes what it has: a process that dies has sent all, and nothing is lost.
TEST_F(WriteBehindTest, ASuccessorWritesWhatItHas) {
    build(1, {.delay = 1s, .workers = 4, .retry_after = 1s});
    write_from_now(10ms, 1'000'000);
    run_to(10s);
    EXPECT_GT(queue().unwritten(), 90U);
    group.node(0).crash(Health::crash);
    run_to(30s);
    EXPECT_EQ(group.nodes()[1].get(), &group.node(0));
    EXPECT_EQ(database.writes_lost, 0U);
    EXPECT_EQ(queue().unwritten(), 0U);
    EXPECT_EQ(counters().transactions, counters().accepted);
}

// With its host what was under way to the replica is lost: rate x lag, here 10,000/s and some 0.3 ms.
TEST_F(WriteBehindTest, ASuccessorLosesWhatItHadNotReceived) {
    build(1, {.delay = 1s, .workers = 4, .retry_after = 1s});
    write_from_now(100us, 1'000'000);
    run_to(2s);
    group.node(0).crash(Health::silent);
    run_to(20s);
    EXPECT_GT(database.writes_lost, 0U);
    EXPECT_LT(database.writes_lost, 30U);
    EXPECT_LE(database.widest_gap, 5ms);
}

// Behind a cut its workers wait for the database, alive. When the replica serves, they have nothing more to do with the
// queue: what they had in hand is written by the successor's, once, and nothing is left with them.
TEST_F(WriteBehindTest, WhoIsCutOffHandsOverWhatItsWorkersHadInHand) {
    build(1, {.delay = 1s, .workers = 4, .retry_after = 1s});
    write_from_now(10ms, 1'000'000);
    run_to(10s);
    database.takes = 60s;
    region.network.topology.cut_off({region.zone(0)});
    group.sets().front()->reach_changed();
    run_to(21900ms);
    EXPECT_EQ(group.nodes()[0].get(), &group.node(0)) << "10 s and 2 s";
    database.takes = 10ms;
    run_to(30s);
    ASSERT_EQ(group.nodes()[1].get(), &group.node(0));
    EXPECT_LE(queue().exposure(region.simulation.now()), 1100ms) << "the delay, and a transaction";
    EXPECT_NEAR(static_cast<double>(queue().unwritten()), 101.0, 2.0) << "100/s for 1.01 s";
    run_to(100s);  // those behind the cut have had their answers
    EXPECT_EQ(counters().accepted, counters().transactions + counters().lost + queue().unwritten());
}

// ---- what a node carries

class NodeCapacityTest : public ::testing::Test {
protected:
    void build(Bytes value, engine::BitsPerSecond bandwidth) {
        CacheNodeShape shape;
        shape.value = value;
        shape.bandwidth = bandwidth;
        node.emplace(simulation, "hot/1", PlaceId{}, shape);
    }
    ~NodeCapacityTest() override { simulation.close(); }

    // Sets key 1, then gets it `times` times at once; seconds until the last answer.
    double seconds_for(int times) {
        simulation.spawn(clients, ask({CacheVerb::set, 1, 1}));
        simulation.run_until(engine::start_of_time + 1s);
        for (int i = 0; i < times; ++i) simulation.spawn(clients, ask({CacheVerb::get, 1, 0}));
        simulation.run_until(engine::start_of_time + 100s);
        return engine::in_seconds(last - engine::start_of_time) - 1.0;
    }
    engine::Process<> ask(CacheOrder order) {
        CacheExchange exchange(*node, order, at_once, 90s);
        co_await exchange;
        last = simulation.now();
    }

    engine::Simulation simulation{engine::RunIdentity{}};
    engine::Component clients{simulation, "clients"};
    std::optional<CacheNode> node;
    Instant last{};
};

// 13 us of its thread each; 100 bytes at 1 Gbit/s would take 1.3 us.
TEST_F(NodeCapacityTest, ItsThreadBoundsSmallValues) {
    build(Bytes{100}, {1e9});
    EXPECT_NEAR(seconds_for(1000), 0.013, 0.0001);
}

// 10 KB at 1 Gbit/s: (10,000 + 64) x 8 ns.
TEST_F(NodeCapacityTest, ItsCardBoundsLargeOnes) {
    build(Bytes{10'000}, {1e9});
    EXPECT_NEAR(seconds_for(1000), 0.080512, 0.0001);
}

TEST_F(NodeCapacityTest, WithThirtyThousandConnectionsItCarriesHalf) {
    build(Bytes{100}, {});
    node->change_connections(100);
    const double with_few = seconds_for(1000);
    EXPECT_NEAR(with_few, 0.013, 0.0001);
    node->change_connections(29'900);
    last = {};
    for (int i = 0; i < 1000; ++i) simulation.spawn(clients, ask({CacheVerb::get, 1, 0}));
    simulation.run_until(engine::start_of_time + 200s);
    EXPECT_NEAR(engine::in_seconds(last - engine::start_of_time) - 100.0, 0.026, 0.0001);
}

}  // namespace
}  // namespace faultline::models
