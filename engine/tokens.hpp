// A number of equal tokens (threads of an instance, connections of a pool, a lock), given in the order of asking, or to
// whoever asked last.
//
//   Tokens::Lease thread(threads);
//   const bool granted = co_await thread.acquire();   // false: too many wait already
//
// The lease gives its token back when it leaves its scope, also when its process is destroyed.
//
// Those that are watched also say how many were in use, and how many waited, over time.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "engine/simulation.hpp"
#include "engine/statistics/count_over_time.hpp"

namespace faultline::engine {

class Tokens {
public:
    class Lease;
    class Acquire;
    enum class Order : std::uint8_t { oldest_first, newest_first };

    explicit Tokens(std::size_t tokens, std::size_t waiting_room = std::numeric_limits<std::size_t>::max(),
                    Order order = Order::oldest_first)
        : tokens_(tokens), free_(tokens), waiting_room_(waiting_room), order_(order) {}
    Tokens(const Tokens&) = delete;
    Tokens& operator=(const Tokens&) = delete;

    std::size_t free() const { return free_; }
    std::size_t in_use() const { return tokens_ - free_; }
    std::size_t waiting() const { return waiting_; }
    std::uint64_t refused() const { return refused_; }
    std::size_t tokens() const { return tokens_; }

    // From now on. Before anybody has one of them. The clock outlives them.
    void watch(const Simulation& clock) {
        clock_ = &clock;
        in_use_over_time_ = waiting_over_time_ = CountOverTime(clock.now());
    }
    // Tokens in use, and processes that wait, times seconds since watch().
    double in_use_seconds(Instant now) const { return in_use_over_time_.count_seconds(now); }
    double waiting_seconds(Instant now) const { return waiting_over_time_.count_seconds(now); }

private:
    void observe_use() {
        if (clock_ != nullptr) in_use_over_time_.set(clock_->now(), static_cast<std::int64_t>(in_use()));
    }
    void observe_queue() {
        if (clock_ != nullptr) waiting_over_time_.set(clock_->now(), static_cast<std::int64_t>(waiting_));
    }
    bool enter(Acquire& acquire);
    void unlink(Acquire& acquire);
    void give_back();

    std::size_t tokens_;
    std::size_t free_;
    std::size_t waiting_room_;
    Order order_;
    std::size_t waiting_ = 0;
    std::uint64_t refused_ = 0;
    Acquire* first_ = nullptr;  // of those who wait: a list through them, so that one who gives up leaves no trace
    Acquire* last_ = nullptr;
    const Simulation* clock_ = nullptr;  // null: nobody watches
    CountOverTime in_use_over_time_{start_of_time};
    CountOverTime waiting_over_time_{start_of_time};
};

// The wait for a token.
class Tokens::Acquire {
public:
    explicit Acquire(Lease& lease) : lease_(lease) {}
    Acquire(const Acquire&) = delete;
    Acquire& operator=(const Acquire&) = delete;
    ~Acquire();

    bool over() const { return begun_ && !queued_; }
    void arm(ProcessState& waiter, std::uint32_t index) {
        waiter_ = &waiter;
        index_ = index;
    }
    void disarm() { waiter_ = nullptr; }
    bool begin();

    bool await_ready() { return begin(); }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> handle) {
        handle.promise().begin_wait();
        arm(handle.promise(), 0);
    }
    bool await_resume() const;

private:
    friend class Tokens;
    Lease& lease_;
    ProcessState* waiter_ = nullptr;
    Acquire* next_ = nullptr;
    Acquire* previous_ = nullptr;
    std::uint32_t index_ = 0;
    bool begun_ = false;
    bool queued_ = false;
};

class Tokens::Lease {
public:
    explicit Lease(Tokens& tokens) : tokens_(tokens) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { release(); }

    // For any_of, name it and begin() it: `Tokens::Acquire turn(lease); turn.begin();`
    Acquire acquire() { return Acquire{*this}; }
    bool held() const { return held_; }
    void release() {
        if (held_) tokens_.give_back();
        held_ = false;
    }

private:
    friend class Tokens;
    friend class Acquire;
    Tokens& tokens_;
    bool held_ = false;
};

inline Tokens::Acquire::~Acquire() {
    if (queued_) lease_.tokens_.unlink(*this);
}

// Returns whether it is over at once: granted or refused.
inline bool Tokens::Acquire::begin() {
    if (begun_) return over();
    begun_ = true;
    queued_ = lease_.tokens_.enter(*this);
    return !queued_;
}

inline bool Tokens::Acquire::await_resume() const {
    return lease_.held_;
}

// Returns whether it must wait.
inline bool Tokens::enter(Acquire& acquire) {
    if (free_ > 0) {
        --free_;
        observe_use();
        acquire.lease_.held_ = true;
        return false;
    }
    if (waiting_ >= waiting_room_) {
        ++refused_;
        return false;
    }
    ++waiting_;
    observe_queue();
    if (order_ == Order::newest_first) [[unlikely]] {
        acquire.next_ = first_;
        (first_ != nullptr ? first_->previous_ : last_) = &acquire;
        first_ = &acquire;
        return true;
    }
    acquire.previous_ = last_;
    (last_ != nullptr ? last_->next_ : first_) = &acquire;
    last_ = &acquire;
    return true;
}

inline void Tokens::unlink(Acquire& acquire) {
    acquire.queued_ = false;
    --waiting_;
    observe_queue();
    (acquire.previous_ != nullptr ? acquire.previous_->next_ : first_) = acquire.next_;
    (acquire.next_ != nullptr ? acquire.next_->previous_ : last_) = acquire.previous_;
}

inline void Tokens::give_back() {
    Acquire* const next = first_;
    if (next == nullptr) {
        ++free_;
        observe_use();
        return;
    }
    unlink(*next);
    next->lease_.held_ = true;
    if (next->waiter_ != nullptr) next->waiter_->wake_later(next->index_);
}

}  // namespace faultline::engine
