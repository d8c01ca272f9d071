// Processes: C++20 coroutines that read from top to bottom.
//
//   Process<> Failover::run() {
//       co_await sim.delay(detection);
//       const bool promoted = co_await promote();   // a child process
//   }
//
// Written only as `co_await x;`, `const auto r = co_await x;` or `co_return co_await x;`: g++ 12.2 miscompiles most
// other forms without a word (docs/decisions/0001-coroutine-forms.md). Parameters are ids, references and numbers.
//
// Ownership: every process has one owner. A process started by Simulation::spawn or by a Call belongs to a component;
// one that another process awaits belongs to that process. When the owner dies, the process is destroyed where it
// stands, and the waits in its frame take themselves out of calendar and queues.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "engine/calendar.hpp"
#include "engine/check.hpp"
#include "engine/frame_pool.hpp"

namespace faultline::engine {

class CallBase;
class Component;
class Simulation;

// What all processes share. As a calendar node it is "go on": a process waits for one thing at a time, so its start,
// its delays and its wake-ups need no node of their own.
class ProcessState : public CalendarNode {
public:
    ProcessState() : CalendarNode(&resume_now) {}
    ~ProcessState();

    Simulation& simulation() const { return *simulation_; }
    Component& owner() const { return *owner_; }

    // Which of the waits of an any_of was over first.
    std::uint32_t woken_by() const { return woken_by_; }

    // For waits. wake_now: from a calendar event; wake_later: from within another process's call, through the ready
    // queue.
    void begin_wait() { woken_ = false; }
    void wake_now(std::uint32_t index);
    void wake_later(std::uint32_t index);
    bool woken() const { return woken_; }

    static void* operator new(std::size_t size) { return FramePool::instance().allocate(size); }
    static void operator delete(void* frame, std::size_t size) { FramePool::instance().release(frame, size); }

    std::suspend_always initial_suspend() const noexcept { return {}; }
    [[noreturn]] void unhandled_exception() const { check_failed(__FILE__, __LINE__, "a process ended by exception"); }

protected:
    struct FinalWait {
        bool await_ready() const noexcept { return !state->is_child_; }  // a root: its frame goes at once
        void await_suspend(std::coroutine_handle<>) const noexcept { state->resume_parent(); }
        void await_resume() const noexcept {}
        ProcessState* state;
    };
    CallBase* call() const { return is_child_ ? nullptr : root_.call; }

    std::coroutine_handle<> handle_;

private:
    friend class CallBase;
    friend class Simulation;
    template <class Result>
    friend class Process;

    static void resume_now(CalendarNode& node, Simulation& simulation);
    void become_child_of(ProcessState& parent, void** frame_of_child);
    void resume_parent() noexcept;
    void leave_calendar();
    void tell_caller();
    // Destroys this process, the children in its frame before itself, without recursion.
    void destroy();

    struct Root {
        CallBase* call = nullptr;  // who waits for the answer, if anyone still does
        std::uint32_t place = 0;   // in the simulation's roster of root processes
    };
    struct Child {
        ProcessState* parent;
        void** frame;  // what the parent would destroy
    };

    Simulation* simulation_ = nullptr;
    Component* owner_ = nullptr;
    ProcessState* child_ = nullptr;  // the one it awaits
    union {                          // by is_child_
        Root root_{};
        Child as_child_;
    };
    std::uint32_t woken_by_ = 0;
    bool woken_ = false;
    bool listed_ = false;
    bool is_child_ = false;
};

namespace detail {

// Of Process<Result> whose result travels: it goes to the Call that started the process, if any (call.hpp).
template <class Answer>
void hand_to_call(CallBase* call, const Answer& answer);

template <class Result>
class ProcessPromise : public ProcessState {
public:
    ProcessPromise() { handle_ = std::coroutine_handle<ProcessPromise>::from_promise(*this); }
    FinalWait final_suspend() noexcept { return {this}; }
    void return_value(Result result) {
        if constexpr (requires { result.travel; }) hand_to_call(call(), result);
        result_ = std::move(result);
    }
    Result result_{};
    auto get_return_object();
};

template <>
class ProcessPromise<void> : public ProcessState {
public:
    ProcessPromise() { handle_ = std::coroutine_handle<ProcessPromise>::from_promise(*this); }
    FinalWait final_suspend() noexcept { return {this}; }
    void return_void() const noexcept {}
    auto get_return_object();
};

}  // namespace detail

// A process that has not begun yet, or a child that its parent awaits. Result: a small value, default-constructible; it
// may be move-only.
template <class Result = void>
class [[nodiscard]] Process {
public:
    using promise_type = detail::ProcessPromise<Result>;

    explicit Process(std::coroutine_handle<promise_type> handle) : frame_(handle.address()) {}
    Process(Process&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    Process& operator=(Process&&) = delete;
    ~Process() {
        if (frame_ != nullptr) std::coroutine_handle<promise_type>::from_address(frame_).destroy();
    }

    // As a child: begins as soon as the parent has come to rest, and when it ends the parent goes on. Both are steps of
    // the simulation's loop and not calls, so that no depth of nesting uses the stack.
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> parent) {
        promise().become_child_of(parent.promise(), &frame_);
    }
    Result await_resume() const {
        if constexpr (!std::is_void_v<Result>) return std::move(promise().result_);
    }

    // For Simulation and Call: the frame no longer belongs to this object.
    promise_type& release() {
        promise_type& state = promise();
        frame_ = nullptr;
        return state;
    }

private:
    promise_type& promise() const { return std::coroutine_handle<promise_type>::from_address(frame_).promise(); }
    void* frame_;
};

template <class Result>
auto detail::ProcessPromise<Result>::get_return_object() {
    return Process<Result>{std::coroutine_handle<ProcessPromise>::from_promise(*this)};
}
inline auto detail::ProcessPromise<void>::get_return_object() {
    return Process<void>{std::coroutine_handle<ProcessPromise>::from_promise(*this)};
}

}  // namespace faultline::engine
