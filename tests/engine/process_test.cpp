// Compiled without optimisation whatever the preset: a deep chain must not live on the stack, and tail calls hide that.
#include "engine/process.hpp"

#include <gtest/gtest.h>

#include "engine/tokens.hpp"
#include "engine/waits.hpp"
#include "tests/engine/world.hpp"

namespace faultline::engine {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr int many = 100'000;
#else
constexpr int many = 1'000'000;
#endif

Process<int> nested(int depth) {
    if (depth == 0) co_return 0;
    const int below = co_await nested(depth - 1);
    co_return below + 1;
}

Process<int> at_once(int value) {
    co_return value;
}

Process<> measure_depth(int& depth) {
    const int reached = co_await nested(many);
    depth = reached;
}

Process<> sum_up(std::int64_t& sum) {
    for (int i = 0; i < many; ++i) {
        const int value = co_await at_once(i % 10);
        sum += value;
    }
}

TEST(ProcessTest, AMillionNestedTasksThatFinishAtOnce) {
    World world;
    int depth = 0;
    world.sim.spawn(world.part, measure_depth(depth));
    // They finish within one instant: the limit on events of an instant is met, and the run goes on.
    while (world.sim.run_until(world.at(1s)) == StopReason::stuck) {
    }
    EXPECT_EQ(depth, many);
    EXPECT_EQ(world.sim.processes(), 0u);
}

TEST(ProcessTest, AMillionChildrenOneAfterTheOther) {
    World world;
    std::int64_t sum = 0;
    world.sim.spawn(world.part, sum_up(sum));
    while (world.sim.run_until(world.at(1s)) == StopReason::stuck) {
    }
    EXPECT_EQ(sum, std::int64_t{many} / 10 * 45);
}

TEST(ProcessTest, AChainThatIsCutDownUsesNoStack) {
    World world;
    int depth = 0;
    world.sim.spawn(world.part, measure_depth(depth));
    world.sim.run_until(world.at(0s));  // `stuck`, or nested and on the way back
    world.part.kill(Health::crash);
    EXPECT_EQ(world.sim.processes(), 0u);
}

Process<> sleeper(World& world, std::string_view name) {
    const Farewell farewell(world, std::string{name});
    co_await world.sim.delay(1h);
    world.note(std::string{name} + " woke");
}

Process<> parent_of(World& world, std::string_view name, std::string_view child) {
    const Farewell farewell(world, std::string{name});
    co_await sleeper(world, child);
}

TEST(ProcessTest, ItsOwnersDeathEndsItNewestFirstAndChildrenBeforeParents) {
    World world;
    Component other(world.sim, "other");
    world.sim.spawn(world.part, sleeper(world, "first"));
    world.sim.spawn(other, sleeper(world, "of another"));
    world.sim.spawn(world.part, parent_of(world, "second", "its child"));
    world.sim.spawn(world.part, sleeper(world, "third"));
    world.sim.run_until(world.at(1s));
    world.part.kill(Health::silent);
    EXPECT_EQ(world.log, (Log{"~third", "~its child", "~second", "~first"}));
    EXPECT_EQ(world.sim.processes(), 1u);
    world.sim.run_until(world.at(2h));
    EXPECT_EQ(world.log.back(), "~of another");
    EXPECT_EQ(world.sim.calendar().size(), 0u);
}

Process<> kill_its_owner(World& world) {
    co_await world.sim.delay(1ms);
    world.part.kill(Health::crash);
}

TEST(ProcessDeathTest, AProcessDoesNotKillItsOwnOwner) {
    EXPECT_DEATH(
        {
            World world;
            world.sim.spawn(world.part, kill_its_owner(world));
            world.sim.run_until(world.at(1s));
        },
        "check failed: .*running_belongs_to.*at simulated 0.001");
}

Process<> throws() {
    co_await at_once(1);
    throw 1;
}

TEST(ProcessDeathTest, AnExceptionIsAProgrammingError) {
    EXPECT_DEATH(
        {
            World world;
            world.sim.spawn(world.part, throws());
            world.sim.run_until(world.at(1s));
        },
        "a process ended by exception");
}

Process<> waits_for(World& world, Condition& condition, std::string_view name) {
    co_await condition.wait();
    world.note(std::string{name});
}

Process<> wants(World& world, Tokens& tokens, std::string_view name) {
    Tokens::Lease lease(tokens);
    co_await lease.acquire();
    world.note(std::string{name});
}

Process<> does_much(World& world, Condition& condition, Tokens& tokens) {
    Tokens::Lease lease(tokens);
    co_await lease.acquire();
    co_await world.sim.delay(1s);
    condition.notify_all();
    lease.release();
    world.sim.spawn(world.part, wants(world, tokens, "spawned"));
    world.note("goes on");
}

TEST(ProcessTest, NoneIsResumedWithinAnothersCall) {
    World world;
    Condition condition;
    Tokens tokens(1);
    world.sim.spawn(world.part, does_much(world, condition, tokens));
    world.sim.spawn(world.part, waits_for(world, condition, "told"));
    world.sim.spawn(world.part, wants(world, tokens, "granted"));
    world.sim.run_until(world.at(2s));
    EXPECT_EQ(world.log, (Log{"goes on", "told", "granted", "spawned"}));
}

Process<> ticks(World& world, Duration first, std::string_view name) {
    co_await world.sim.delay(first);
    world.note(std::string{name} + " 1");
    co_await world.sim.delay(0s);
    world.note(std::string{name} + " 2");
    co_await world.sim.delay(1s - first);
    world.note(std::string{name} + " 3");
}

TEST(ProcessTest, EqualInstantsComeInTheOrderOfSchedulingWithAndWithoutADelay) {
    World world;
    world.sim.spawn(world.part, ticks(world, 500ms, "a"));
    world.sim.spawn(world.part, ticks(world, 500ms, "b"));
    world.sim.spawn(world.part, ticks(world, 0ms, "c"));
    world.sim.run_until(world.at(2s));
    EXPECT_EQ(world.log, (Log{"c 1", "c 2", "a 1", "b 1", "a 2", "b 2", "c 3", "a 3", "b 3"}));
}

}  // namespace
}  // namespace faultline::engine
