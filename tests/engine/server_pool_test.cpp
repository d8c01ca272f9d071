#include "engine/queueing/server_pool.hpp"

#include <gtest/gtest.h>

#include "engine/waits.hpp"
#include "tests/engine/world.hpp"

namespace faultline::engine {
namespace {

struct PoolWorld : World {
    explicit PoolWorld(PoolShape shape) : pool(sim, part.number(), shape) {}

    std::string stamp(std::string_view name) const {
        const auto us = (sim.now() - start_of_time + 499ns) / 1us;  // an end may be some ns late
        return std::string{name} + " " + std::to_string(us / 1000) + "." + std::to_string(us / 100 % 10);
    }
    Process<> job(std::string_view name, Duration after, Duration work) {
        co_await sim.delay(after);
        const auto served = co_await pool.serve(work);
        note(stamp(name) + (served.refused ? " refused" : ""));
    }
    Process<> impatient(std::string_view name, Duration work, Duration patience) {
        ServerPool::Service service = pool.serve(work);
        service.begin();
        Timer timer(sim, patience);
        const auto first = co_await any_of(service, timer);
        note(stamp(name) + (first == 0 ? "" : " gave up"));
    }
    Process<> speed_at(Duration after, double speed) {
        co_await sim.delay(after);
        pool.set_speed(speed);
    }

    ServerPool pool;
    Component client{sim, "client"};
};

TEST(ServerPoolTest, FirstComeFirstServed) {
    PoolWorld world({.servers = 2});
    for (const std::string_view name : {"a", "b", "c", "d"}) world.sim.spawn(world.part, world.job(name, 0ms, 10ms));
    world.sim.spawn(world.part, world.job("e", 5ms, 1ms));
    world.sim.run_until(world.at(6ms));
    EXPECT_EQ(world.pool.in_service(), 2u);
    EXPECT_EQ(world.pool.waiting(), 3u);
    EXPECT_EQ(world.pool.jobs(), 5u);
    world.sim.run_until(world.at(100ms));
    EXPECT_EQ(world.log, (Log{"a 10.0", "b 10.0", "c 20.0", "d 20.0", "e 21.0"}));
    EXPECT_EQ(world.pool.completed(), 5u);
    EXPECT_DOUBLE_EQ(world.pool.utilisation(), 41.0 / 200.0);
    EXPECT_DOUBLE_EQ(world.pool.mean_waiting(), (10.0 + 10.0 + 15.0) / 100.0);
}

TEST(ServerPoolTest, AFullWaitingRoomRefusesAtOnce) {
    PoolWorld world({.servers = 1, .waiting_room = 1});
    for (const std::string_view name : {"a", "b", "c"}) world.sim.spawn(world.part, world.job(name, 0ms, 10ms));
    world.sim.spawn(world.part, world.job("d", 11ms, 10ms));
    world.sim.run_until(world.at(100ms));
    EXPECT_EQ(world.log, (Log{"c 0.0 refused", "a 10.0", "b 20.0", "d 30.0"}));
    EXPECT_EQ(world.pool.refused(), 1u);
    EXPECT_EQ(world.pool.completed(), 3u);
}

TEST(ServerPoolTest, NoWaitingRoomAtAll) {
    PoolWorld world({.servers = 1, .waiting_room = 0});
    for (const std::string_view name : {"a", "b"}) world.sim.spawn(world.part, world.job(name, 0ms, 10ms));
    world.sim.run_until(world.at(100ms));
    EXPECT_EQ(world.log, (Log{"b 0.0 refused", "a 10.0"}));
}

// What decides metastability: the client has gone, the server works on, and so do those before others in the queue.
TEST(ServerPoolTest, GivingUpAbandonsTheWaitAndNotTheWork) {
    PoolWorld world({.servers = 1});
    world.sim.spawn(world.client, world.impatient("a", 10ms, 2ms));
    world.sim.spawn(world.client, world.impatient("b", 10ms, 3ms));
    world.sim.spawn(world.part, world.job("c", 0ms, 10ms));
    world.sim.run_until(world.at(4ms));
    EXPECT_EQ(world.pool.in_service(), 1u);
    EXPECT_EQ(world.pool.waiting(), 2u);
    world.sim.run_until(world.at(100ms));
    EXPECT_EQ(world.log, (Log{"a 2.0 gave up", "b 3.0 gave up", "c 30.0"}));
    EXPECT_EQ(world.pool.completed(), 3u);
    EXPECT_EQ(world.pool.in_service(), 0u);
}

TEST(ServerPoolTest, AClientThatDiesAbandonsToo) {
    PoolWorld world({.servers = 1});
    world.sim.spawn(world.client, world.job("a", 0ms, 10ms));
    world.sim.spawn(world.client, world.job("b", 0ms, 10ms));
    world.sim.spawn(world.part, world.job("c", 0ms, 10ms));
    world.sim.run_until(world.at(4ms));
    world.client.kill(Health::crash);
    world.sim.run_until(world.at(100ms));
    EXPECT_EQ(world.log, Log{"c 30.0"});
    EXPECT_EQ(world.pool.completed(), 3u);
}

TEST(ServerPoolTest, ANodesDeathClearsItsPool) {
    PoolWorld world({.servers = 1});
    world.sim.spawn(world.client, world.job("a", 0ms, 10ms));
    world.sim.spawn(world.client, world.job("b", 0ms, 10ms));
    world.sim.run_until(world.at(4ms));
    world.part.kill(Health::crash);
    world.pool.clear();
    EXPECT_EQ(world.pool.jobs(), 0u);
    world.sim.run_until(world.at(50ms));
    EXPECT_TRUE(world.log.empty());
    EXPECT_EQ(world.pool.completed(), 0u);
    EXPECT_DOUBLE_EQ(world.pool.utilisation(), 4.0 / 50.0);
    world.client.kill(Health::crash);  // those that still wait leave a pool that has forgotten them
    world.part.revive();
    world.sim.spawn(world.part, world.job("c", 0ms, 10ms));
    world.sim.spawn(world.part, world.job("d", 0ms, 10ms));
    world.sim.run_until(world.at(100ms));
    EXPECT_EQ(world.log, (Log{"c 60.0", "d 70.0"}));
}

TEST(ServerPoolTest, SpeedHoldsForWhatStartsFromNowOn) {
    PoolWorld world({.servers = 1});
    for (const std::string_view name : {"a", "b"}) world.sim.spawn(world.part, world.job(name, 0ms, 10ms));
    world.sim.spawn(world.part, world.speed_at(5ms, 0.5));
    world.sim.run_until(world.at(100ms));
    EXPECT_EQ(world.log, (Log{"a 10.0", "b 30.0"}));
}

TEST(ServerPoolTest, ResetStatisticsDropsTheWarmUp) {
    PoolWorld world({.servers = 1});
    world.sim.spawn(world.part, world.job("a", 0ms, 10ms));
    world.sim.run_until(world.at(10ms));
    world.pool.reset_statistics();
    world.sim.run_until(world.at(20ms));
    EXPECT_DOUBLE_EQ(world.pool.utilisation(), 0.0);
    EXPECT_EQ(world.pool.completed(), 0u);
}

TEST(ServerPoolTest, WorkWithoutLengthAndWithoutEnd) {
    PoolWorld world({.servers = 2});
    world.sim.spawn(world.part, world.job("none", 0ms, 0ms));
    world.sim.spawn(world.part, world.job("endless", 0ms, Duration::max()));
    world.sim.run_until(world.at(100ms));
    EXPECT_EQ(world.log, Log{"none 0.0"});
    EXPECT_EQ(world.pool.in_service(), 1u);
}

PoolShape sharing(int servers) {
    return {.servers = servers, .discipline = Discipline::processor_sharing};
}

TEST(ProcessorSharingTest, JobsShareTheServer) {
    PoolWorld world(sharing(1));
    world.sim.spawn(world.part, world.job("a", 0ms, 10ms));
    world.sim.spawn(world.part, world.job("b", 4ms, 3ms));
    world.sim.run_until(world.at(100ms));
    // a alone to 4 ms; both at half speed until b has had 3 ms, at 10 ms; a's last 3 ms alone.
    EXPECT_EQ(world.log, (Log{"b 10.0", "a 13.0"}));
    EXPECT_EQ(world.pool.completed(), 2u);
    EXPECT_DOUBLE_EQ(world.pool.utilisation(), 13.0 / 100.0);
}

TEST(ProcessorSharingTest, UpToTheNumberOfServersNobodyShares) {
    PoolWorld world(sharing(2));
    for (const std::string_view name : {"a", "b"}) world.sim.spawn(world.part, world.job(name, 0ms, 10ms));
    world.sim.spawn(world.part, world.job("c", 5ms, 10ms));
    world.sim.run_until(world.at(100ms));
    // From 5 ms three share two servers: a and b need 5 ms at 2/3, then c has 5 ms left for itself.
    EXPECT_EQ(world.log, (Log{"a 12.5", "b 12.5", "c 17.5"}));
}

TEST(ProcessorSharingTest, EqualJobsFinishAtOneInstantInTheOrderOfComing) {
    PoolWorld world(sharing(1));
    for (int i = 0; i < 7; ++i) world.sim.spawn(world.part, world.job("j", 0ms, 1ms));
    world.sim.run_until(world.at(100ms));
    EXPECT_EQ(world.log, Log(7, "j 7.0"));
    EXPECT_EQ(world.pool.in_service(), 0u);
}

// Works whose sums are not exact in binary, for long enough that a comparison of sums would fail: the head finishes
// because its event says so.
TEST(ProcessorSharingTest, TheHeadFinishesByConstruction) {
    PoolWorld world(sharing(1));
    for (int i = 0; i < 2'000; ++i) {
        world.sim.spawn(world.part, world.job("j", i * 333'333ns, 1ns * (100'003 + 777'777 * (i % 7))));
    }
    EXPECT_EQ(world.sim.run_until(world.at(1h)), StopReason::no_more_events);
    EXPECT_EQ(world.pool.completed(), 2'000u);
    EXPECT_EQ(world.sim.processes(), 0u);
}

TEST(ProcessorSharingTest, ShortWorkAfterLongSharing) {
    PoolWorld world(sharing(1));
    world.sim.spawn(world.part, world.job("long", 0ms, 1h));
    for (int i = 0; i < 100; ++i) world.sim.spawn(world.part, world.job("s", 1min + i * 1s, 1ns));
    world.sim.run_until(world.at(2h));
    EXPECT_EQ(world.log.size(), 101u);
    EXPECT_EQ(world.log.back(), "long 3600000.0");
}

TEST(ProcessorSharingTest, SpeedHoldsForAll) {
    PoolWorld world(sharing(1));
    for (const std::string_view name : {"a", "b"}) world.sim.spawn(world.part, world.job(name, 0ms, 10ms));
    world.sim.spawn(world.part, world.speed_at(10ms, 0.5));
    world.sim.spawn(world.part, world.speed_at(20ms, 2.0));
    world.sim.run_until(world.at(100ms));
    // Each has had 5 ms at 10 ms, 7.5 ms at 20 ms, and the last 2.5 ms at rate 1.
    EXPECT_EQ(world.log, (Log{"a 22.5", "b 22.5"}));
}

TEST(ProcessorSharingTest, GivingUpAbandonsTheWaitAndNotTheWork) {
    PoolWorld world(sharing(1));
    world.sim.spawn(world.client, world.impatient("a", 10ms, 2ms));
    world.sim.spawn(world.part, world.job("b", 0ms, 10ms));
    world.sim.spawn(world.client, world.impatient("c", 1ms, 1h));
    world.sim.run_until(world.at(100ms));
    EXPECT_EQ(world.log, (Log{"a 2.0 gave up", "c 3.0", "b 21.0"}));
    EXPECT_EQ(world.pool.completed(), 3u);
}

TEST(ProcessorSharingTest, ANodesDeathClearsItsPool) {
    PoolWorld world(sharing(1));
    for (const std::string_view name : {"a", "b"}) world.sim.spawn(world.client, world.job(name, 0ms, 10ms));
    world.sim.run_until(world.at(4ms));
    world.pool.clear();
    EXPECT_EQ(world.pool.jobs(), 0u);
    world.client.kill(Health::silent);
    world.sim.spawn(world.part, world.job("c", 0ms, 10ms));
    world.sim.run_until(world.at(100ms));
    EXPECT_EQ(world.log, Log{"c 14.0"});
}

TEST(ServerPoolDeathTest, SpeedIsPositive) {
    PoolWorld world({.servers = 1});
    EXPECT_DEATH(world.pool.set_speed(0.0), "check failed: speed");
    EXPECT_DEATH(PoolWorld({.servers = 0}), "check failed: shape.servers");
}

}  // namespace
}  // namespace faultline::engine
