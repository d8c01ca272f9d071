#include "engine/call.hpp"

#include <gtest/gtest.h>

#include <string>

#include "engine/waits.hpp"
#include "tests/engine/world.hpp"

namespace faultline::engine {
namespace {

struct Answer {
    Duration travel{};
    int value = 0;
};

struct CallTest : testing::Test {
    // Answers after 5 ms of work; the answer travels for 2 ms.
    Process<Answer> serve(int value) {
        co_await world.sim.delay(5ms);
        world.note("served " + std::to_string(value));
        co_return Answer{2ms, value};
    }
    Process<Answer> answer_is_lost() {
        co_await world.sim.delay(5ms);
        co_return Answer{Duration::max(), 0};
    }

    std::string heard(const Call<Answer>& call) const {
        const auto ms = std::to_string((world.sim.now() - start_of_time) / 1ms);
        if (call.outcome() == CallOutcome::answered) return std::to_string(call.value().value) + " at " + ms;
        return (call.outcome() == CallOutcome::reset ? "reset at " : "nothing at ") + ms;
    }

    Process<> caller(int value) {
        Call<Answer> call(world.sim, peer, serve(value), 1ms, 3ms);
        co_await call;
        world.note(heard(call));
    }
    Process<> patient_caller(int value, Duration patience) {
        Call<Answer> call(world.sim, peer, serve(value), 1ms, 3ms);
        Timer timer(world.sim, patience);
        const auto first = co_await any_of(call, timer);
        world.note((first == 0 ? "" : "timeout, ") + heard(call));
    }
    Process<> caller_of_lost_answer() {
        Call<Answer> call(world.sim, peer, answer_is_lost(), 1ms);
        Timer timer(world.sim, 20ms);
        co_await any_of(call, timer);
        world.note(heard(call));
    }
    Process<> caller_whose_packet_is_lost() {
        Call<Answer> call(world.sim, peer, serve(1), Delays{false, 1ms, 3ms});
        Timer timer(world.sim, 20ms);
        co_await any_of(call, timer);
        world.note(heard(call));
    }

    World world;
    Component peer{world.sim, "peer"};
};

TEST_F(CallTest, TheAnswerArrivesAfterBothWaysAndTheWork) {
    world.sim.spawn(world.part, caller(7));
    EXPECT_EQ(world.sim.run_until(world.at(1s)), StopReason::no_more_events);
    EXPECT_EQ(world.log, (Log{"served 7", "7 at 8"}));
    EXPECT_EQ(world.sim.calls_unanswered(), 0u);
}

TEST_F(CallTest, ARequestCostsThreeEventsAndItsWork) {
    world.sim.spawn(world.part, caller(7));
    world.sim.run_until(world.at(1s));
    EXPECT_EQ(world.sim.events_run(), 1u + 1u + 1u + 1u);  // caller starts; callee starts, works; answer arrives
}

TEST_F(CallTest, GivingUpAbandonsTheWaitAndNotTheWork) {
    world.sim.spawn(world.part, patient_caller(7, 2ms));
    world.sim.run_until(world.at(1s));
    EXPECT_EQ(world.log, (Log{"timeout, nothing at 2", "served 7"}));
    EXPECT_EQ(world.sim.processes(), 0u);
}

TEST_F(CallTest, ACrashResetsWaitingCallsInTheOrderInWhichTheyWereMade) {
    for (int i = 1; i <= 3; ++i) world.sim.spawn(world.part, caller(i));
    Component other(world.sim, "other");
    world.sim.run_until(world.at(3ms));
    peer.kill(Health::crash);
    EXPECT_TRUE(world.log.empty());  // nobody is told from within kill()
    world.sim.run_until(world.at(1s));
    EXPECT_EQ(world.log, (Log{"reset at 6", "reset at 6", "reset at 6"}));
    EXPECT_EQ(world.sim.processes(), 0u);
}

Process<> note_when_reset(World& world, Component& peer, Process<Answer> process, std::string_view name) {
    Call<Answer> call(world.sim, peer, std::move(process), 1ms);
    co_await call;
    world.note(std::string{name});
}

TEST_F(CallTest, ResetsOfOneInstantComeInWaitingOrder) {
    for (const std::string_view name : {"first", "second", "third"}) {
        world.sim.spawn(world.part, note_when_reset(world, peer, serve(0), name));
    }
    world.sim.run_until(world.at(3ms));
    peer.kill(Health::crash);
    world.sim.run_until(world.at(3ms));
    EXPECT_EQ(world.log, (Log{"first", "second", "third"}));
}

TEST_F(CallTest, ASilentPeerTellsNothingTheTimerDecides) {
    world.sim.spawn(world.part, patient_caller(7, 20ms));
    world.sim.spawn(world.part, caller(8));
    world.sim.run_until(world.at(3ms));
    peer.kill(Health::silent);
    EXPECT_EQ(world.sim.calls_unanswered(), 2u);
    EXPECT_EQ(world.sim.calls_without_timer(), 1u);
    EXPECT_EQ(world.sim.run_until(world.at(1s)), StopReason::no_more_events);
    EXPECT_EQ(world.log, (Log{"timeout, nothing at 20"}));
    EXPECT_EQ(world.sim.calls_unanswered(), 1u);
    EXPECT_EQ(world.sim.calls_without_timer(), 1u);
    EXPECT_EQ(world.sim.waiting_paths(), std::vector<std::string>{"part"});
    world.part.kill(Health::crash);  // who waited for ever is gone
    EXPECT_EQ(world.sim.calls_unanswered(), 0u);
    EXPECT_EQ(world.sim.calls_without_timer(), 0u);
}

TEST_F(CallTest, WhoCallsASilentPeerWithoutATimerIsCountedAsWaitingForEver) {
    peer.kill(Health::silent);
    world.sim.spawn(world.part, caller(1));
    world.sim.spawn(world.part, patient_caller(2, 20ms));
    world.sim.run_until(world.at(10ms));
    EXPECT_EQ(world.sim.calls_unanswered(), 2u);
    EXPECT_EQ(world.sim.calls_without_timer(), 1u);
}

TEST_F(CallTest, AnAnswerUnderWayArrivesThoughItsPeerDies) {
    world.sim.spawn(world.part, caller(7));
    world.sim.run_until(world.at(7ms));
    peer.kill(Health::crash);
    world.sim.run_until(world.at(1s));
    EXPECT_EQ(world.log, (Log{"served 7", "7 at 8"}));
}

TEST_F(CallTest, ADeadPeerResetsOrIsSilent) {
    peer.kill(Health::crash);
    world.sim.spawn(world.part, caller(1));
    world.sim.run_until(world.at(100ms));
    peer.kill(Health::silent);
    world.sim.spawn(world.part, patient_caller(2, 20ms));
    world.sim.run_until(world.at(200ms));
    peer.revive();
    world.sim.spawn(world.part, caller(3));
    world.sim.run_until(world.at(300ms));
    EXPECT_EQ(world.log, (Log{"reset at 4", "timeout, nothing at 120", "served 3", "3 at 208"}));
    EXPECT_EQ(world.sim.processes(), 0u);
}

TEST_F(CallTest, LostPacketsAndLostAnswersAreHeardByNobody) {
    world.sim.spawn(world.part, caller_of_lost_answer());
    world.sim.spawn(world.part, caller_whose_packet_is_lost());
    world.sim.run_until(world.at(10ms));
    EXPECT_EQ(world.sim.calls_unanswered(), 2u);
    world.sim.run_until(world.at(1s));
    EXPECT_EQ(world.log, (Log{"nothing at 20", "nothing at 20"}));
    EXPECT_EQ(world.sim.calls_unanswered(), 0u);
}

TEST_F(CallTest, TheCallersDeathLeavesTheWork) {
    world.sim.spawn(world.part, caller(7));
    world.sim.run_until(world.at(3ms));
    world.part.kill(Health::crash);
    world.sim.run_until(world.at(1s));
    EXPECT_EQ(world.log, Log{"served 7"});
}

TEST_F(CallTest, APeerThatIsTakenDownIsSilent) {
    auto gone = std::make_unique<Component>(world.sim, "gone");
    world.sim.spawn(world.part, note_when_reset(world, *gone, serve(0), "heard"));
    world.sim.run_until(world.at(3ms));
    gone.reset();
    EXPECT_EQ(world.sim.calls_unanswered(), 1u);
    world.sim.run_until(world.at(1s));
    EXPECT_TRUE(world.log.empty());
}

}  // namespace
}  // namespace faultline::engine
