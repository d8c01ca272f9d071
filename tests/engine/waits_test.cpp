#include "engine/waits.hpp"

#include <gtest/gtest.h>

#include "tests/engine/world.hpp"

namespace faultline::engine {
namespace {

std::string ms(const World& world) {
    return std::to_string((world.sim.now() - start_of_time) / 1ms);
}

Process<> waits(World& world, Condition& condition, std::string_view name) {
    co_await condition.wait();
    world.note(std::string{name});
}

TEST(ConditionTest, WaitersGoOnInTheOrderOfWaiting) {
    World world;
    Condition condition;
    for (const std::string_view name : {"a", "b", "c", "d"}) world.sim.spawn(world.part, waits(world, condition, name));
    world.sim.run_until(world.at(1ms));
    EXPECT_TRUE(condition.notify_one());
    EXPECT_TRUE(world.log.empty());
    world.sim.run_until(world.at(1ms));
    EXPECT_EQ(world.log, Log{"a"});
    condition.notify_all();
    EXPECT_FALSE(condition.has_waiters());
    world.sim.run_until(world.at(1ms));
    EXPECT_EQ(world.log, (Log{"a", "b", "c", "d"}));
    EXPECT_FALSE(condition.notify_one());
}

TEST(ConditionTest, WhoDiesWaitingLeavesTheOthers) {
    World world;
    Component other(world.sim, "other");
    Condition condition;
    world.sim.spawn(world.part, waits(world, condition, "a"));
    world.sim.spawn(other, waits(world, condition, "b"));
    world.sim.spawn(world.part, waits(world, condition, "c"));
    world.sim.run_until(world.at(1ms));
    other.kill(Health::crash);
    condition.notify_all();
    world.part.kill(Health::crash);  // told, and dead before it goes on
    world.sim.run_until(world.at(2ms));
    EXPECT_TRUE(world.log.empty());
}

TEST(ConditionTest, ItsEndLeavesWaitersWaiting) {
    World world;
    {
        Condition condition;
        world.sim.spawn(world.part, waits(world, condition, "a"));
        world.sim.run_until(world.at(1ms));
    }
    EXPECT_EQ(world.sim.run_until(world.at(1s)), StopReason::no_more_events);
    EXPECT_EQ(world.sim.processes(), 1u);
}

Process<> first_of(World& world, Condition& condition, Duration patience) {
    Condition::Wait told = condition.wait();
    Timer timer(world.sim, patience);
    const auto first = co_await any_of(told, timer);
    world.note((first == 0 ? "told at " : "timeout at ") + ms(world));
}

Process<> notifies(World& world, Condition& condition, Duration after) {
    co_await world.sim.delay(after);
    condition.notify_all();
}

TEST(AnyOfTest, GoesOnWithTheFirstAndForgetsTheOthers) {
    World world;
    Condition condition;
    world.sim.spawn(world.part, first_of(world, condition, 5ms));
    world.sim.spawn(world.part, first_of(world, condition, 20ms));
    world.sim.spawn(world.part, notifies(world, condition, 10ms));
    world.sim.run_until(world.at(1s));
    EXPECT_EQ(world.log, (Log{"timeout at 5", "told at 10"}));
    EXPECT_EQ(world.sim.calendar().size(), 0u);  // the second's timer left with its process
    EXPECT_EQ(world.sim.events_run(), 3u + 1u + 1u + 1u);
}

Process<> keeps_its_timer(World& world, Condition& condition) {
    Timer deadline(world.sim, 25ms);
    for (;;) {
        Condition::Wait told = condition.wait();
        const auto first = co_await any_of(told, deadline);
        world.note((first == 0 ? "told at " : "deadline at ") + ms(world));
        if (first == 1) co_return;
    }
}

TEST(AnyOfTest, WhatLostMayBeWaitedForAgain) {
    World world;
    Condition condition;
    world.sim.spawn(world.part, keeps_its_timer(world, condition));
    world.sim.spawn(world.part, notifies(world, condition, 10ms));
    world.sim.spawn(world.part, notifies(world, condition, 20ms));
    world.sim.run_until(world.at(1s));
    EXPECT_EQ(world.log, (Log{"told at 10", "told at 20", "deadline at 25"}));
}

Process<> of_three_timers(World& world) {
    Timer slow(world.sim, 30ms);
    Timer equal(world.sim, 10ms);
    Timer equal_too(world.sim, 10ms);
    const auto first = co_await any_of(slow, equal_too, equal);
    world.note(std::to_string(first) + " at " + ms(world));
    co_await world.sim.delay(1ms);
    const auto already = co_await any_of(slow, equal_too, equal);
    world.note(std::to_string(already) + " at " + ms(world));
    co_await slow;
    world.note("slow at " + ms(world));
    co_await slow;
    world.note("slow again at " + ms(world));
}

TEST(AnyOfTest, OfEqualInstantsTheFirstScheduledWinsAndWhatIsOverIsOver) {
    World world;
    world.sim.spawn(world.part, of_three_timers(world));
    world.sim.run_until(world.at(1s));
    EXPECT_EQ(world.log, (Log{"2 at 10", "1 at 11", "slow at 30", "slow again at 30"}));
}

// Two announcements of one instant: the process goes on once, with the first; the second is over as well.
Process<> of_two_conditions(World& world, Condition& a, Condition& b) {
    Condition::Wait first_wait = a.wait();
    Condition::Wait second_wait = b.wait();
    const auto first = co_await any_of(first_wait, second_wait);
    world.note(std::to_string(first) + (second_wait.over() && first_wait.over() ? ", both over" : ", one over"));
    co_await world.sim.delay(1ms);
    world.note("on");
}

TEST(AnyOfTest, IsResumedOnce) {
    World world;
    Condition a;
    Condition b;
    world.sim.spawn(world.part, of_two_conditions(world, a, b));
    world.sim.run_until(world.at(1ms));
    b.notify_all();
    a.notify_all();
    world.sim.run_until(world.at(1s));
    EXPECT_EQ(world.log, (Log{"1, both over", "on"}));
}

TEST(TimerTest, LeavesTheCalendarWithItsScope) {
    World world;
    {
        const Timer timer(world.sim, 10s);
        EXPECT_EQ(world.sim.calendar().size(), 1u);
    }
    EXPECT_EQ(world.sim.calendar().size(), 0u);
    EXPECT_EQ(world.sim.run_until(world.at(20s)), StopReason::no_more_events);
    EXPECT_EQ(world.sim.events_run(), 0u);
}

TEST(TimerTest, RunsOutUnwatched) {
    World world;
    const Timer timer(world.sim, 10ms);
    EXPECT_FALSE(timer.over());
    world.sim.run_until(world.at(10ms));
    EXPECT_TRUE(timer.over());
}

TEST(DelayDeathTest, IsNotNegative) {
    World world;
    EXPECT_DEATH(static_cast<void>(world.sim.delay(-1ns)), "check failed: length");
}

}  // namespace
}  // namespace faultline::engine
