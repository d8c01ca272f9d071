// A command to a cache node, as its client waits for it, with the client's own timer:
//
//   CacheExchange get(node, {CacheVerb::get, key}, legs, timeout);
//   co_await get;
//   if (get.outcome() == CallOutcome::answered) ... get.answer() ...
//
// A command is there, in the node's queue, and back: a state machine of one calendar node and three events rather than
// a process, because four of five queries are nothing else. Giving up abandons the wait and never the work: the node
// serves a command whose client has left.
#pragma once

#include <cstdint>

#include "engine/call.hpp"
#include "models/network/round_trip.hpp"
#include "models/request.hpp"

namespace faultline::models {

class CacheNode;
class CacheExchange;

enum class CacheVerb : std::uint8_t { get, set, erase };
struct CacheOrder {
    CacheVerb verb = CacheVerb::get;
    std::uint64_t key = 0;
    std::uint32_t version = 0;  // what is set
};

// The command as it travels; lives in the frame pool until it is answered, or dropped by its node.
class CacheCommand : public engine::CalendarNode {
public:
    CacheCommand(CacheNode& node, CacheExchange& client, const CacheOrder& order, Duration back);

    static void* operator new(std::size_t size) { return engine::FramePool::instance().allocate(size); }
    static void operator delete(void* memory, std::size_t size) { engine::FramePool::instance().release(memory, size); }

private:
    friend class CacheNode;
    friend class CacheExchange;
    enum class Leg : std::uint8_t { there, inside, back, reset };

    static void fall_due(engine::CalendarNode& node, engine::Simulation& simulation);
    void go_back(engine::Simulation& simulation, Leg leg);
    void hand_over();

    CacheNode& node_;
    CacheExchange* client_;          // null: it has given up
    CacheCommand* newer_ = nullptr;  // of those that die with the node: on the way there, or inside
    CacheCommand* older_ = nullptr;
    CacheOrder order_;
    Duration back_;
    Answer answer_;
    Leg leg_ = Leg::there;
};

// The client's side. As a calendar node it is the client's timer.
class CacheExchange : public engine::CalendarNode {
public:
    // timeout > 0, from now.
    CacheExchange(CacheNode& node, const CacheOrder& order, const Delays& legs, Duration timeout);
    ~CacheExchange();

    // none: not yet, or given up.
    engine::CallOutcome outcome() const { return outcome_; }
    // Requires: answered. ok with the version found, or miss.
    const Answer& answer() const { return answer_; }

    // Charges the way to the node, its queue and its work to their stages, as far as the command has come.
    void charge(const RequestRef& request, Instant now) const;

    bool await_ready() const noexcept { return over_; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) {
        waiter_ = &handle.promise();
        waiter_->begin_wait();
        label(kind(), waiter_->owner().number());
    }
    void await_resume() const noexcept {}

private:
    friend class CacheCommand;
    friend class CacheNode;

    static void run_out(engine::CalendarNode& node, engine::Simulation& simulation);
    void end(engine::CallOutcome outcome);

    engine::Simulation& simulation_;
    engine::ProcessState* waiter_ = nullptr;
    CacheCommand* command_ = nullptr;  // null: lost
    Answer answer_;
    Instant arrived_{};  // at the node; zero: not yet
    Instant started_{};  // there
    Instant finished_{};
    engine::CallOutcome outcome_ = engine::CallOutcome::none;
    bool over_ = false;
};

}  // namespace faultline::models
