#include "models/cache/command.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

#include "engine/simulation.hpp"
#include "models/cache/node.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::CallOutcome;
using engine::Health;

// Clients of one node that serves a command in 100 us; a command is 2 ms on its way there and 3 ms on its way back.
class CacheCommandTest : public ::testing::Test {
protected:
    static constexpr Delays legs{true, 2ms, 3ms};
    struct Seen {
        CallOutcome outcome = CallOutcome::none;
        AnswerStatus status = AnswerStatus::not_answered;
        std::uint32_t version = 0;
        Instant at{};
    };

    CacheCommandTest() {
        CacheNodeShape shape;
        shape.command_cpu = 100us;
        shape.value = Bytes{100};
        node_.emplace(simulation_, "cache/1", PlaceId{}, shape);
    }
    ~CacheCommandTest() override { simulation_.close(); }

    void ask(CacheOrder order, Delays way, Duration timeout) {
        simulation_.spawn(clients_, client(seen_.size(), order, way, timeout));
        seen_.emplace_back();
    }
    engine::Process<> client(std::size_t number, CacheOrder order, Delays way, Duration timeout) {
        CacheExchange exchange(*node_, order, way, timeout);
        co_await exchange;
        seen_[number] = {exchange.outcome(), exchange.answer().status, exchange.answer().version, simulation_.now()};
    }
    void run_until(Duration since_start) { simulation_.run_until(engine::start_of_time + since_start); }

    engine::Simulation simulation_{engine::RunIdentity{}};
    engine::Component clients_{simulation_, "clients"};
    std::optional<CacheNode> node_;
    std::vector<Seen> seen_;
};

constexpr CacheOrder get_7{CacheVerb::get, 7, 0};
constexpr CacheOrder set_7{CacheVerb::set, 7, 5};

TEST_F(CacheCommandTest, IsThereInsideAndBack) {
    ask(set_7, legs, 1s);
    run_until(20ms);
    EXPECT_EQ(seen_[0].outcome, CallOutcome::answered);
    EXPECT_EQ(seen_[0].at, engine::start_of_time + 5100us);
    ask(get_7, legs, 1s);
    run_until(40ms);
    EXPECT_EQ(seen_[1].status, AnswerStatus::ok);
    EXPECT_EQ(seen_[1].version, 5U);
    ask({CacheVerb::erase, 7, 0}, legs, 1s);
    run_until(60ms);
    ask(get_7, legs, 1s);
    run_until(80ms);
    EXPECT_EQ(seen_[3].status, AnswerStatus::miss);
}

TEST_F(CacheCommandTest, CommandsWaitForEachOther) {
    for (int i = 0; i < 3; ++i) ask(get_7, legs, 1s);
    run_until(1s);
    EXPECT_EQ(seen_[0].at, engine::start_of_time + 5100us);
    EXPECT_EQ(seen_[2].at, engine::start_of_time + 5300us);
    EXPECT_EQ(node_->cpu().jobs(), 3U);
}

// Giving up abandons the wait, not the work: the value is there afterwards.
TEST_F(CacheCommandTest, AClientThatGivesUpLeavesItsCommandBehind) {
    ask(set_7, legs, 1ms);
    run_until(1s);
    EXPECT_EQ(seen_[0].outcome, CallOutcome::none);
    EXPECT_EQ(seen_[0].at, engine::start_of_time + 1ms);
    ask(get_7, legs, 1s);
    run_until(2s);
    EXPECT_EQ(seen_[1].status, AnswerStatus::ok);
    // Also one that gives up while the answer is on its way.
    ask(get_7, legs, 4ms);
    run_until(3s);
    EXPECT_EQ(seen_[2].outcome, CallOutcome::none);
    EXPECT_EQ(simulation_.calendar().size(), 0U);
}

TEST_F(CacheCommandTest, AClientThatDiesLeavesItsCommandBehind) {
    ask(set_7, legs, 1s);
    run_until(1ms);
    clients_.kill(Health::silent);
    clients_.revive();
    run_until(1s);
    ask(get_7, legs, 1s);
    run_until(2s);
    EXPECT_EQ(seen_[1].status, AnswerStatus::ok);
    EXPECT_EQ(seen_[0].at, Instant{});
}

TEST_F(CacheCommandTest, ALostCommandIsNeverExecuted) {
    ask(set_7, {.delivered = false}, 50ms);
    run_until(1s);
    EXPECT_EQ(seen_[0].outcome, CallOutcome::none);
    EXPECT_EQ(seen_[0].at, engine::start_of_time + 50ms);
    EXPECT_EQ(node_->store().resident_keys(), 0U);
}

// One on its way, one in the queue, one whose answer has left already: the first two are reset after the way back.
TEST_F(CacheCommandTest, ACrashResetsWhatWasUnderWayAndLosesWhatWasHeld) {
    ask(set_7, legs, 1s);
    run_until(2150us);  // executed at 2.1 ms
    ask(get_7, {true, 50us, 3ms}, 1s);
    ask(get_7, legs, 1s);
    run_until(2250us);  // the second came at 2.2 ms and would end at 2.3 ms
    node_->crash(Health::crash);
    node_->start();
    run_until(1s);
    EXPECT_EQ(seen_[0].outcome, CallOutcome::answered);
    EXPECT_EQ(seen_[1].outcome, CallOutcome::reset);
    EXPECT_EQ(seen_[1].at, engine::start_of_time + 5250us);
    EXPECT_EQ(seen_[2].outcome, CallOutcome::reset);
    EXPECT_EQ(node_->store().resident_keys(), 0U);
    EXPECT_EQ(node_->cpu().backlog(simulation_.now()), Duration::zero());
}

TEST_F(CacheCommandTest, ASilentDeathTellsNothing) {
    ask(get_7, legs, 50ms);
    run_until(1ms);
    node_->crash(Health::silent);
    ask(get_7, legs, 50ms);
    run_until(1s);
    EXPECT_EQ(seen_[0].outcome, CallOutcome::none);
    EXPECT_EQ(seen_[0].at, engine::start_of_time + 50ms);
    EXPECT_EQ(seen_[1].outcome, CallOutcome::none);
}

TEST_F(CacheCommandTest, ADeadHostThatIsThereResetsAfterARoundTrip) {
    node_->crash(Health::crash);
    ask(get_7, legs, 1s);
    run_until(1s);
    EXPECT_EQ(seen_[0].outcome, CallOutcome::reset);
    EXPECT_EQ(seen_[0].at, engine::start_of_time + 5ms);
}

TEST_F(CacheCommandTest, ANodeMayGoBeforeItsClients) {
    ask(get_7, legs, 50ms);
    run_until(1ms);
    node_.reset();
    run_until(1s);
    EXPECT_EQ(seen_[0].outcome, CallOutcome::none);
}

}  // namespace
}  // namespace faultline::models
