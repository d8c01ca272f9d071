// A call from one process to a process of another component, over a distance:
//
//   Call<Answer> call(sim, instance, instance.serve(query), delays);
//   const auto answer = co_await call;                              // or: co_await any_of(call, patience);
//   if (call.outcome() == CallOutcome::reset) ...
//
// The callee starts after `delays.forward`. Its `co_return value` travels for `value.travel` (a Duration;
// Duration::max() is a lost answer), and then the caller goes on. Giving up, by leaving the Call's scope, abandons the
// wait and never the work: the callee runs to its end and its answer is dropped.
#pragma once

#include <concepts>
#include <cstdint>
#include <utility>

#include "engine/simulation.hpp"

namespace faultline::engine {

// How long a request is under way, and its answer; not delivered: the request is lost on the way.
struct Delays {
    bool delivered = true;
    Duration forward{};  // until the request has arrived
    Duration back{};     // until the answer has arrived, from its leaving
};

enum class CallOutcome : std::uint8_t {
    none,      // not yet, or never: a silent peer tells nothing
    answered,  // the value is there
    reset,     // the peer is down and said so, or went down
};

// What does not depend on the type of the answer. As a calendar node it is the answer under way.
class CallBase : public CalendarNode {
public:
    ~CallBase() {
        if (pending()) simulation_.cancel(*this);
        if (callee_ != nullptr) callee_->root_.call = nullptr;
        if (lost_) forget_lost();
    }
    CallOutcome outcome() const { return outcome_; }

    // As a wait: see any_of.
    bool over() const { return outcome_ != CallOutcome::none; }
    void arm(ProcessState& waiter, std::uint32_t index) {
        waiter_ = &waiter;
        index_ = index;
    }
    void disarm() { waiter_ = nullptr; }

    bool await_ready() const noexcept { return over(); }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) {
        ProcessState& waiter = handle.promise();
        waiter.begin_wait();
        arm(waiter, 0);
        wait_alone();
    }

protected:
    CallBase(Simulation& simulation, Component& callee, ProcessState& state, const Delays& delays);

    void answer_travels(Duration travel);

    Simulation& simulation_;

private:
    friend class ProcessState;
    friend class Simulation;

    static void arrive(CalendarNode& node, Simulation& simulation);
    void callee_died(Health how);
    void callee_ended_without_answer();
    void lose();
    void forget_lost();
    void wait_alone() {
        alone_ = true;
        if (lost_) [[unlikely]]
            ++simulation_.calls_without_timer_;
    }

    ProcessState* callee_ = nullptr;
    ProcessState* waiter_ = nullptr;
    Duration back_;
    std::uint32_t index_ = 0;
    CallOutcome coming_ = CallOutcome::none;
    CallOutcome outcome_ = CallOutcome::none;
    bool lost_ = false;
    bool alone_ = false;  // its caller waits for it and for nothing else
};

template <class Answer>
requires requires(const Answer& answer) {
    { answer.travel } -> std::convertible_to<Duration>;
}
class Call : public CallBase {
public:
    // `delays.back` is how long a refusal travels. A process whose call is lost on the way never begins.
    Call(Simulation& simulation, Component& callee, Process<Answer>&& process, const Delays& delays)
        : CallBase(simulation, callee, process.release(), delays) {}
    Call(Simulation& simulation, Component& callee, Process<Answer>&& process, Duration forward,
         Duration back = Duration::zero())
        : Call(simulation, callee, std::move(process), Delays{true, forward, back}) {}

    const Answer& value() const { return value_; }
    Answer await_resume() const { return value_; }

private:
    friend void detail::hand_to_call<Answer>(CallBase* call, const Answer& answer);
    void take(const Answer& answer) {
        value_ = answer;
        answer_travels(answer.travel);
    }
    Answer value_{};
};

template <class Answer>
void detail::hand_to_call(CallBase* call, const Answer& answer) {
    if (call != nullptr) static_cast<Call<Answer>*>(call)->take(answer);
}

}  // namespace faultline::engine
