// Waits besides a plain delay: a timer, a condition, and any_of, which goes on with the first of several.
//
//   Timer patience(sim, 2s);
//   const auto first = co_await any_of(call, patience);   // 0: the call; 1: the timer
//
// Waits are objects in the frame of the waiting process, not coroutines. What loses an any_of is abandoned: it may be
// waited for again, or leaves with its scope.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>

#include "engine/simulation.hpp"

namespace faultline::engine {

// Runs out once, `length` after its construction.
class Timer : public CalendarNode {
public:
    Timer(Simulation& simulation, Duration length, EventKind kind = EventKind::timer)
        : CalendarNode(&run_out, kind), simulation_(simulation) {
        simulation_.schedule(*this, saturating_add(simulation_.now(), length));
    }
    ~Timer() {
        if (pending()) simulation_.cancel(*this);
    }
    bool over() const { return over_; }
    void arm(ProcessState& waiter, std::uint32_t index) {
        waiter_ = &waiter;
        index_ = index;
        label(kind(), waiter.owner().number());
    }
    void disarm() { waiter_ = nullptr; }

    bool await_ready() const noexcept { return over_; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) {
        handle.promise().begin_wait();
        arm(handle.promise(), 0);
    }
    void await_resume() const noexcept {}

private:
    static void run_out(CalendarNode& node, Simulation&) {
        auto& timer = static_cast<Timer&>(node);
        timer.over_ = true;
        if (timer.waiter_ != nullptr) timer.waiter_->wake_now(timer.index_);
    }
    Simulation& simulation_;
    ProcessState* waiter_ = nullptr;
    std::uint32_t index_ = 0;
    bool over_ = false;
};

// Something that processes wait for and others announce. Waiters go on in the order in which they began to wait, as
// events of the same instant.
class Condition {
public:
    Condition() = default;
    Condition(const Condition&) = delete;
    Condition& operator=(const Condition&) = delete;
    ~Condition();

    class Wait {
    public:
        explicit Wait(Condition& condition) : condition_(condition) {}
        Wait(const Wait&) = delete;
        Wait& operator=(const Wait&) = delete;
        ~Wait() { leave(); }
        bool over() const { return over_; }
        void arm(ProcessState& waiter, std::uint32_t index);
        void disarm() { leave(); }
        bool await_ready() const noexcept { return over_; }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> handle) {
            handle.promise().begin_wait();
            arm(handle.promise(), 0);
        }
        void await_resume() const noexcept {}

    private:
        friend class Condition;
        void leave();
        Condition& condition_;
        ProcessState* waiter_ = nullptr;
        Wait* next_ = nullptr;
        Wait* previous_ = nullptr;
        std::uint32_t index_ = 0;
        bool queued_ = false;
        bool over_ = false;
    };

    Wait wait() { return Wait{*this}; }
    // Returns whether somebody waited.
    bool notify_one();
    void notify_all();
    bool has_waiters() const { return first_ != nullptr; }

private:
    Wait* first_ = nullptr;
    Wait* last_ = nullptr;
};

// The first of several waits, which are named variables of the process: index of the one that was over first.
template <class... Waits>
class [[nodiscard]] AnyOf {
public:
    explicit AnyOf(Waits&... waits) : waits_(waits...) {}

    bool await_ready() {
        already_ = first_over(std::index_sequence_for<Waits...>{});
        return already_ < sizeof...(Waits);
    }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) {
        waiter_ = &handle.promise();
        waiter_->begin_wait();
        arm_all(std::index_sequence_for<Waits...>{});
    }
    std::size_t await_resume() {
        if (waiter_ == nullptr) return already_;
        std::apply([](Waits&... waits) { (waits.disarm(), ...); }, waits_);
        return waiter_->woken_by();
    }

private:
    template <std::size_t... I>
    std::size_t first_over(std::index_sequence<I...>) {
        std::size_t first = sizeof...(Waits);
        static_cast<void>(((std::get<I>(waits_).over() ? (first = I, true) : false) || ...));
        return first;
    }
    template <std::size_t... I>
    void arm_all(std::index_sequence<I...>) {
        (std::get<I>(waits_).arm(*waiter_, static_cast<std::uint32_t>(I)), ...);
    }
    std::tuple<Waits&...> waits_;
    ProcessState* waiter_ = nullptr;
    std::size_t already_ = 0;
};

template <class... Waits>
AnyOf<Waits...> any_of(Waits&... waits) {
    return AnyOf<Waits...>{waits...};
}

}  // namespace faultline::engine
