// One run: the clock, the calendar, the processes and the random streams of one replication. No globals: several can
// live side by side.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/calendar.hpp"
#include "engine/component.hpp"
#include "engine/fingerprint.hpp"
#include "engine/process.hpp"
#include "engine/progress.hpp"
#include "engine/random/stream.hpp"
#include "engine/ready_queue.hpp"
#include "engine/roster.hpp"
#include "engine/time.hpp"

namespace faultline::engine {

class CallBase;
class Delay;

enum class StopReason {
    reached_end,     // events remain beyond the end asked for
    no_more_events,  // nothing pending; processes may still wait: waiting_paths() names them
    cancelled,       // by the progress listener
    stuck,           // a million events at one instant
};

struct RunIdentity {
    Seed seed{1};
    std::uint32_t replication = 1;
};

class Simulation {
public:
    explicit Simulation(RunIdentity identity);
    ~Simulation();
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    Instant now() const { return now_; }
    std::uint64_t events_run() const { return events_run_; }
    std::uint64_t fingerprint() const { return fingerprint_.value(); }
    const RunIdentity& identity() const { return identity_; }
    const Calendar& calendar() const { return calendar_; }
    // Of the calendar and the roster of processes; their frames not counted.
    std::size_t memory_bytes() const { return calendar_.memory_bytes() + processes_.memory_bytes(); }

    // Runs events in the order of (time, sequence number) up to and including `end`, which is not before now(). Then
    // the clock stands at `end`; for end_of_time, which is no end, at the last event. After `cancelled` or `stuck` it
    // may be called again. Not from within a process.
    StopReason run_until(Instant end);
    void on_progress(ProgressListener listener) { progress_ = std::move(listener); }

    // Starts a process at this instant, after what is already due. It belongs to `owner`.
    template <class Result>
    void spawn(Component& owner, Process<Result>&& process) {
        if (closing_) return;
        ProcessState& state = process.release();
        adopt(state, owner);
        state.label(EventKind::started, owner.number());
        schedule_now(state);
    }

    // The same within the event that is being fired, which costs no event of its own. For a calendar node's action; a
    // process that starts another spawns it.
    template <class Result>
    void begin(Component& owner, Process<Result>&& process) {
        SIM_CHECK(running_ == nullptr);
        if (closing_) return;
        ProcessState& state = process.release();
        adopt(state, owner);
        run(state);
    }

    // Waits. `kind` labels the event in the fingerprint and in traces.
    Delay delay(Duration length, EventKind kind = EventKind::delayed);

    // For whoever owns a node. `at` >= now. In the closing state nothing is scheduled.
    void schedule(CalendarNode& node, Instant at) {
        SIM_CHECK(at >= now_);
        if (closing_) return;
        if (at == now_) {
            ready_.push(node);
        } else {
            calendar_.schedule(node, at, next_sequence_++);
        }
    }
    void schedule_now(CalendarNode& node) {
        if (!closing_) ready_.push(node);
    }
    void cancel(CalendarNode& node) {
        if (ReadyQueue::holds(node)) {
            ready_.cancel(node);
        } else {
            calendar_.cancel(node);
        }
    }

    // The stream of (seed, replication, path, purpose). Two calls with the same words give the same stream.
    RandomStream stream(std::string_view component_path, std::string_view purpose) const {
        RandomStream stream{stream_key(component_path, purpose)};
        if (future_ != 0) stream.branch(future_);
        stream.join(streams_);
        return stream;
    }
    QueryKey query_key(std::string_view component_path, std::string_view purpose) const {
        QueryKey key{stream_key(component_path, purpose)};
        if (future_ != 0) key.branch(future_);
        key.join(streams_);
        return key;
    }
    StreamKey stream_key(std::string_view component_path, std::string_view purpose) const {
        return engine::stream_key(identity_.seed, identity_.replication, component_path, purpose);
    }

    // From here on every stream and every query key of this run draws otherwise: another future of the same history.
    // What was drawn before and has not come yet stays. `future` is not 0, which is the history's own.
    void branch(std::uint64_t future);

    // Ends all processes, newest first. Nothing is scheduled or resumed from here on. Call it before the components
    // that the processes use are destroyed; the destructor calls it too.
    void close();
    bool closing() const { return closing_; }

    std::size_t processes() const { return processes_.size(); }
    // The paths of the owners of the processes that are alive, oldest first.
    std::vector<std::string> waiting_paths() const;
    // Calls to silent peers that are still waited for.
    std::uint64_t calls_unanswered() const { return calls_unanswered_; }
    // And of these, those that their callers wait for without a timer: they will wait for ever.
    std::uint64_t calls_without_timer() const { return calls_without_timer_; }

    // Told of each Component::enter.
    std::function<void(Instant, const Component&, std::string_view state)> on_state_change;

private:
    friend class CallBase;
    friend class Component;
    friend class ProcessState;

    void adopt(ProcessState& state, Component& owner);
    void unlist(ProcessState& state);
    void end_processes_of(const Component& owner, Health how);
    bool dispatch_next(Instant end);
    void run(ProcessState& process);
    bool running_belongs_to(const Component& owner) const;

    static constexpr std::uint64_t events_at_one_instant_max = 1'000'000;

    struct StreamRing : Branching {
        void branch(std::uint64_t) override {}
    };

    RunIdentity identity_;
    StreamRing streams_;
    std::uint64_t future_ = 0;
    Instant now_{};
    std::int64_t check_clock_ns_ = 0;
    const std::int64_t* outer_check_clock_ = nullptr;
    std::uint64_t next_sequence_ = 0;
    std::uint64_t events_run_ = 0;
    std::uint64_t events_at_instant_ = 0;
    Calendar calendar_;
    ReadyQueue ready_;
    Fingerprint fingerprint_;
    ProgressListener progress_;
    ProcessState* running_ = nullptr;
    ProcessState* next_ = nullptr;  // a child whose parent has just come to rest, or the parent of one that has ended
    Roster<ProcessState> processes_;
    std::uint64_t calls_unanswered_ = 0;
    std::uint64_t calls_without_timer_ = 0;
    std::uint32_t components_ = 0;
    bool closing_ = false;
};

// On the way of every event, and therefore here.

inline void Simulation::adopt(ProcessState& state, Component& owner) {
    state.simulation_ = this;
    state.owner_ = &owner;
    state.listed_ = true;
    state.root_.place = processes_.enter(state);
}

inline void Simulation::unlist(ProcessState& state) {
    processes_.leave(state.root_.place);
    state.listed_ = false;
}

// Resumes a process, then the child that it began to await or the parent that awaited it, and so on: a loop, not a
// chain of calls. Each step counts against the limit of an instant; past it, the ready queue lets run_until see that.
inline void Simulation::run(ProcessState& process) {
    SIM_CHECK(running_ == nullptr);
    running_ = &process;
    process.handle_.resume();
    while (next_ != nullptr) {
        running_ = std::exchange(next_, nullptr);
        if (++events_at_instant_ > events_at_one_instant_max) [[unlikely]] {
            running_->label(EventKind::resumed, running_->owner_->number());
            schedule_now(*running_);
            break;
        }
        running_->handle_.resume();
    }
    running_ = nullptr;
}

inline ProcessState::~ProcessState() {
    if (pending()) leave_calendar();
    if (is_child_) return;
    if (root_.call != nullptr) tell_caller();
    if (listed_) simulation_->unlist(*this);
}

inline void ProcessState::wake_now(std::uint32_t index) {
    if (woken_) return;
    woken_ = true;
    woken_by_ = index;
    simulation_->run(*this);
}

// co_await sim.delay(35ms);
class Delay {
public:
    Delay(Duration length, EventKind kind) : length_(length), kind_(kind) {}
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) const {
        ProcessState& process = handle.promise();
        process.label(kind_, process.owner().number());
        Simulation& simulation = process.simulation();
        simulation.schedule(process, saturating_add(simulation.now(), length_));
    }
    void await_resume() const noexcept {}

private:
    Duration length_;
    EventKind kind_;
};

inline Delay Simulation::delay(Duration length, EventKind kind) {
    SIM_CHECK(length >= Duration::zero());
    return {length, kind};
}

}  // namespace faultline::engine
