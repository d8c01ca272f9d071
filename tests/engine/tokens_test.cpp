#include "engine/tokens.hpp"

#include <gtest/gtest.h>

#include "engine/waits.hpp"
#include "tests/engine/world.hpp"

namespace faultline::engine {
namespace {

struct TokensTest : testing::Test {
    std::string ms() const { return " at " + std::to_string((world.sim.now() - start_of_time) / 1ms); }

    Process<> holder(std::string_view name, Duration length) {
        Tokens::Lease lease(tokens);
        const bool granted = co_await lease.acquire();
        world.note(std::string{name} + (granted ? "" : " refused") + ms());
        if (granted) co_await world.sim.delay(length);
    }
    Process<> impatient(std::string_view name, Duration patience) {
        Tokens::Lease lease(tokens);
        Tokens::Acquire turn = lease.acquire();
        turn.begin();
        Timer timer(world.sim, patience);
        const auto first = co_await any_of(turn, timer);
        world.note(std::string{name} + (first == 0 ? "" : " gave up") + ms());
        if (lease.held()) co_await world.sim.delay(1ms);
    }
    // Goes on without the token it waited for; gets it while it does something else, and gives it back at the end.
    Process<> distracted() {
        Tokens::Lease lease(tokens);
        Tokens::Acquire turn = lease.acquire();
        turn.begin();
        Timer timer(world.sim, 1ms);
        co_await any_of(turn, timer);
        co_await world.sim.delay(20ms);
        world.note(std::string{"distracted "} + (lease.held() ? "holds" : "lacks") + ms());
    }

    World world;
    Tokens tokens{2, 3};
};

TEST_F(TokensTest, AreGivenInTheOrderOfAsking) {
    for (const std::string_view name : {"a", "b", "c", "d"}) world.sim.spawn(world.part, holder(name, 10ms));
    world.sim.run_until(world.at(5ms));
    EXPECT_EQ(tokens.free(), 0u);
    EXPECT_EQ(tokens.in_use(), 2u);
    EXPECT_EQ(tokens.waiting(), 2u);
    world.sim.run_until(world.at(1s));
    EXPECT_EQ(world.log, (Log{"a at 0", "b at 0", "c at 10", "d at 10"}));
    EXPECT_EQ(tokens.free(), 2u);
}

// Two tokens and four holders of 10 ms each: both in use for 20 ms, two waiting for 10 ms.
TEST_F(TokensTest, WatchedTheySayWhatWasInUseAndWaitedOverTime) {
    tokens.watch(world.sim);
    for (const std::string_view name : {"a", "b", "c", "d"}) world.sim.spawn(world.part, holder(name, 10ms));
    world.sim.run_until(world.at(15ms));
    EXPECT_DOUBLE_EQ(tokens.in_use_seconds(world.sim.now()), 0.030);
    EXPECT_DOUBLE_EQ(tokens.waiting_seconds(world.sim.now()), 0.020);
    world.sim.run_until(world.at(1s));
    EXPECT_DOUBLE_EQ(tokens.in_use_seconds(world.sim.now()), 0.040);
    EXPECT_DOUBLE_EQ(tokens.waiting_seconds(world.sim.now()), 0.020);
}

TEST_F(TokensTest, TheNewestFirstIfSo) {
    Tokens last_in{1, 3, Tokens::Order::newest_first};
    const auto use = [](World& in, Tokens& from, std::string_view name) -> Process<> {
        Tokens::Lease lease(from);
        const bool granted = co_await lease.acquire();
        in.note(std::string{name} + (granted ? "" : " refused"));
        if (granted) co_await in.sim.delay(10ms);
    };
    for (const std::string_view name : {"a", "b", "c", "d", "e"}) {
        world.sim.spawn(world.part, use(world, last_in, name));
    }
    world.sim.run_until(world.at(1s));
    EXPECT_EQ(world.log, (Log{"a", "e refused", "d", "c", "b"}));
    EXPECT_EQ(last_in.free(), 1u);
}

TEST_F(TokensTest, AFullWaitingRoomRefuses) {
    for (const std::string_view name : {"a", "b", "c", "d", "e", "f"}) {
        world.sim.spawn(world.part, holder(name, 10ms));
    }
    world.sim.run_until(world.at(1s));
    EXPECT_EQ(world.log, (Log{"a at 0", "b at 0", "f refused at 0", "c at 10", "d at 10", "e at 20"}));
    EXPECT_EQ(tokens.refused(), 1u);
}

TEST_F(TokensTest, WhoGivesUpLeavesTheQueueAtOnce) {
    world.sim.spawn(world.part, holder("a", 10ms));
    world.sim.spawn(world.part, holder("b", 10ms));
    world.sim.spawn(world.part, impatient("c", 5ms));
    world.sim.spawn(world.part, holder("d", 1ms));
    world.sim.run_until(world.at(5ms));
    EXPECT_EQ(tokens.waiting(), 1u);
    world.sim.run_until(world.at(1s));
    EXPECT_EQ(world.log, (Log{"a at 0", "b at 0", "c gave up at 5", "d at 10"}));
    EXPECT_EQ(tokens.free(), 2u);
}

TEST_F(TokensTest, AProcessThatDiesGivesItsTokenBack) {
    Component other(world.sim, "other");
    world.sim.spawn(other, holder("a", 1h));
    world.sim.spawn(other, holder("b", 1h));
    world.sim.spawn(other, holder("c", 1h));
    world.sim.spawn(world.part, holder("d", 1ms));
    world.sim.run_until(world.at(5ms));
    other.kill(Health::crash);
    EXPECT_EQ(world.log, (Log{"a at 0", "b at 0"}));
    world.sim.run_until(world.at(1s));
    EXPECT_EQ(world.log, (Log{"a at 0", "b at 0", "d at 5"}));
    EXPECT_EQ(tokens.free(), 2u);
    EXPECT_EQ(tokens.waiting(), 0u);
}

TEST_F(TokensTest, ATokenThatComesLateIsGivenBackWithTheLease) {
    world.sim.spawn(world.part, holder("a", 10ms));
    world.sim.spawn(world.part, holder("b", 1h));
    world.sim.spawn(world.part, distracted());
    world.sim.run_until(world.at(1s));
    EXPECT_EQ(world.log, (Log{"a at 0", "b at 0", "distracted holds at 21"}));
    EXPECT_EQ(tokens.free(), 1u);
}

TEST_F(TokensTest, ManyWhoGiveUpBehindOneWhoStays) {
    world.sim.spawn(world.part, holder("a", 1h));
    world.sim.spawn(world.part, holder("b", 1h));
    world.sim.spawn(world.part, holder("c", 1ms));
    for (int round = 0; round < 1'000; ++round) {
        world.sim.spawn(world.part, impatient("i", 1ms));
        world.sim.run_until(world.at(round * 2ms + 1ms));
    }
    EXPECT_EQ(tokens.waiting(), 1u);
    world.log.clear();
    world.sim.run_until(world.at(2h));
    EXPECT_EQ(world.log, Log{"c at 3600000"});
}

}  // namespace
}  // namespace faultline::engine
