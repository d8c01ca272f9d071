// A command to a cache node, as its client waits for it, with the client's own timer:
//
//   CacheExchange get(node, {CacheVerb::get, key}, legs, timeout);
//   co_await get;
//   if (get.outcome() == CallOutcome::answered) ... get.answer() ...
//
// The node is a server whose turns are known when a command comes (serial_server.hpp): so the command is executed there
// and then, by the clock of its turn's end, and when its answer will be back is known too. That makes a calendar node
// and two events of it, rather than a process, because four of five queries are nothing else; the client's timer is the
// second event where the answer would come too late. Giving up abandons the wait and never the work: the node serves a
// command whose client has left.
#pragma once

#include <cstdint>

#include "engine/call.hpp"
#include "models/network/round_trip.hpp"
#include "models/request.hpp"

namespace faultline::models {

class CacheNode;

// What a command or its answer takes beside its value: some 35 bytes of its length prefixes and name, 20 of the key.
// Source: Redis serialization protocol, RESP2 (the framing); the length of a key is an assumption.
inline constexpr std::int64_t command_bytes = 64;

// put: set, and the database is told later (write_behind.hpp).
enum class CacheVerb : std::uint8_t { get, set, erase, put };
struct CacheOrder {
    constexpr CacheOrder(CacheVerb what, std::uint64_t of_key, std::uint32_t to_version, ClassId by_class = 0)
        : key(of_key), version(to_version), verb(what), by(by_class) {}
    std::uint64_t key;
    std::uint32_t version;  // what is set; of a put the node says it
    CacheVerb verb;
    ClassId by;  // of a set and a put: whose entry it is; of a put also whose transaction it will be
};
static_assert(sizeof(CacheOrder) == 16);

// A command on its way to a node, or in its queue: it dies with the node, which keeps a list of them.
class CacheCommand : public engine::CalendarNode {
protected:
    CacheCommand(Fire action, engine::EventKind kind, CacheNode& node, const CacheOrder& order, bool left);

    friend class CacheNode;
    CacheNode* node_;  // null: not listed there
    CacheOrder order_;
    Instant arrival_{};
    std::uint32_t place_ = 0;  // in that list
    bool left_;                // by its client
};

// The client's side.
class CacheExchange : public CacheCommand {
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

    bool await_ready() const noexcept { return !pending(); }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) {
        waiter_ = &handle.promise();
        waiter_->begin_wait();
    }
    void await_resume() const noexcept {}

private:
    friend class CacheNode;

    static void fall_due(engine::CalendarNode& node, engine::Simulation& simulation);
    void arrive();
    void end_at(Instant at, engine::CallOutcome outcome);
    void node_died(engine::Health how);

    engine::Simulation& simulation_;
    engine::ProcessState* waiter_ = nullptr;
    Duration back_;
    Instant deadline_;
    Instant started_{};   // at the node; meaningless before its arrival
    Instant finished_{};  // zero: not there yet
    Answer answer_;
    engine::CallOutcome coming_ = engine::CallOutcome::none;  // what the pending event brings; none: the client's timer
    engine::CallOutcome outcome_ = engine::CallOutcome::none;
    bool under_way_ = false;  // the pending event is the arrival at the node
};

// A command whose client has left it on its way; lives in the frame pool.
class LeftCommand : public CacheCommand {
public:
    LeftCommand(CacheNode& node, const CacheOrder& order);

    static void* operator new(std::size_t size) { return engine::FramePool::instance().allocate(size); }
    static void operator delete(void* memory, std::size_t size) { engine::FramePool::instance().release(memory, size); }

private:
    static void fall_due(engine::CalendarNode& node, engine::Simulation& simulation);
};

}  // namespace faultline::models
