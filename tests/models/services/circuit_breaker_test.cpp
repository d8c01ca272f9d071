// Goal:   the breaker does what the documents of the libraries that it is modelled on say, state by state.
// Method: calls are told to it one by one on a simulated clock.
#include "models/services/circuit_breaker.hpp"

#include <gtest/gtest.h>

#include "tests/engine/world.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using State = CircuitBreaker::State;

struct CircuitBreakerTest : testing::Test {
    void call(CircuitBreaker& breaker, bool fails, engine::Duration took = 1ms) {
        const CircuitBreaker::Leave leave = breaker.ask();
        ASSERT_TRUE(leave.granted);
        breaker.ended(leave, fails, took);
    }
    void calls(CircuitBreaker& breaker, int failing, int right) {
        for (int i = 0; i < failing; ++i) call(breaker, true);
        for (int i = 0; i < right; ++i) call(breaker, false);
    }
    void wait_until(engine::Duration t) { world.sim.run_until(world.at(t)); }

    engine::World world;
    scenarios::Breaker settings{.failures = 0.5, .window = 10, .calls_least = 10, .open = 60s, .probes = 3};
};

TEST_F(CircuitBreakerTest, OpensAtTheShareAndNotBefore) {
    CircuitBreaker breaker(world.sim, "breaker", settings);
    calls(breaker, 4, 5);
    EXPECT_EQ(breaker.state(), State::closed) << "nine calls: too few to judge";
    calls(breaker, 0, 1);
    EXPECT_EQ(breaker.state(), State::closed) << "4 of 10";
    calls(breaker, 4, 0);
    EXPECT_EQ(breaker.state(), State::closed) << "the first four have left the window";
    calls(breaker, 1, 0);
    EXPECT_EQ(breaker.state(), State::open) << "5 of 10";
    EXPECT_FALSE(breaker.ask().granted);
    EXPECT_EQ(breaker.refused(), 1U);
}

TEST_F(CircuitBreakerTest, ProbesDecideWhatFollowsTheBreak) {
    CircuitBreaker breaker(world.sim, "breaker", settings);
    calls(breaker, 10, 0);
    wait_until(59'999ms);
    EXPECT_FALSE(breaker.ask().granted);
    wait_until(60s);
    std::vector<CircuitBreaker::Leave> probes;
    for (int i = 0; i < 3; ++i) {
        probes.push_back(breaker.ask());
        EXPECT_TRUE(probes.back().granted);
    }
    EXPECT_EQ(breaker.state(), State::half_open);
    EXPECT_FALSE(breaker.ask().granted) << "three probes, and no more";
    breaker.ended(probes[0], true, 1ms);
    breaker.ended(probes[1], true, 1ms);
    EXPECT_EQ(breaker.state(), State::half_open) << "one is still out";
    breaker.ended(probes[2], false, 1ms);
    EXPECT_EQ(breaker.state(), State::open) << "2 of 3 failed";
    wait_until(120s);
    calls(breaker, 1, 2);
    EXPECT_EQ(breaker.state(), State::closed) << "1 of 3 failed";
    calls(breaker, 4, 5);
    EXPECT_EQ(breaker.state(), State::closed) << "it looks back on nothing from before";
}

TEST_F(CircuitBreakerTest, ALostProbeLeavesItsPlaceToAnother) {
    settings.probes = 1;
    CircuitBreaker breaker(world.sim, "breaker", settings);
    calls(breaker, 10, 0);
    wait_until(60s);
    breaker.dropped(breaker.ask());
    call(breaker, false);
    EXPECT_EQ(breaker.state(), State::closed);
}

TEST_F(CircuitBreakerTest, WhatWasLetThroughBeforeSaysNothingOfThisState) {
    CircuitBreaker breaker(world.sim, "breaker", settings);
    const CircuitBreaker::Leave early = breaker.ask();
    calls(breaker, 10, 0);
    wait_until(60s);
    const CircuitBreaker::Leave probe = breaker.ask();
    for (int i = 0; i < 3; ++i) breaker.ended(early, true, 1ms);
    EXPECT_EQ(breaker.state(), State::half_open);
    breaker.ended(probe, false, 1ms);
    calls(breaker, 0, 2);
    EXPECT_EQ(breaker.state(), State::closed);
}

TEST_F(CircuitBreakerTest, LooksBackOnTimeInTenSlices) {
    settings.sampling = 30s;
    CircuitBreaker breaker(world.sim, "breaker", settings);
    calls(breaker, 9, 0);
    wait_until(31s);
    calls(breaker, 0, 6);
    EXPECT_EQ(breaker.state(), State::closed) << "the nine are older than 30 s";
    calls(breaker, 3, 0);
    wait_until(50s);
    calls(breaker, 2, 0);
    EXPECT_EQ(breaker.state(), State::closed) << "5 of 11";
    calls(breaker, 1, 0);
    EXPECT_EQ(breaker.state(), State::open) << "6 of 12";
}

TEST_F(CircuitBreakerTest, ASlowCallCountsAsFailed) {
    settings.slow_call = 100ms;
    CircuitBreaker breaker(world.sim, "breaker", settings);
    calls(breaker, 0, 5);
    for (int i = 0; i < 4; ++i) call(breaker, false, 101ms);
    call(breaker, false, 100ms);
    EXPECT_EQ(breaker.state(), State::closed);
    call(breaker, false, 101ms);
    EXPECT_EQ(breaker.state(), State::open);
}

TEST_F(CircuitBreakerTest, TheTimelineShowsItsStates) {
    std::vector<std::string> seen;
    world.sim.on_state_change = [&](engine::Instant, const engine::Component& component, std::string_view state) {
        seen.push_back(component.path() + " " + std::string{state});
    };
    CircuitBreaker breaker(world.sim, "breaker", settings);
    calls(breaker, 10, 0);
    wait_until(60s);
    calls(breaker, 0, 3);
    EXPECT_EQ(seen,
              (std::vector<std::string>{"breaker closed", "breaker open", "breaker half-open", "breaker closed"}));
}

}  // namespace
}  // namespace faultline::models
