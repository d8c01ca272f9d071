// A circuit breaker: stops asking who fails, and lets a few calls through after a while to find out whether he still
// does.
//
//   closed --enough of the calls looked back on failed--> open --after `open`--> half-open --probes--> closed, or open
//
// It looks back on the last calls that have ended, or on those that ended within a time (in ten slices, the eldest
// dropped as a whole). A call that was let through in another state says nothing of this one. Half-open, it lets
// `probes` calls through and refuses more until all of them have ended; the share of failures among them decides.
// The states are those of a component, so the timeline shows them.
// Source: Resilience4j documentation, CircuitBreaker; Polly documentation, circuit breaker strategy. Leaves out: a rate
// of slow calls of its own (a slow call counts as a failure), forced states.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/component.hpp"
#include "engine/simulation.hpp"
#include "scenarios/clients.hpp"

namespace faultline::models {

class CircuitBreaker {
public:
    enum class State : std::uint8_t { closed, open, half_open };
    // A call's leave to be made, which goes back with its outcome exactly once, unless it was refused.
    struct Leave {
        bool granted = false;
        std::uint32_t period = 0;  // between two changes of state
    };

    CircuitBreaker(engine::Simulation& simulation, std::string path, const scenarios::Breaker& settings);

    Leave ask();
    void ended(const Leave& leave, bool failed, engine::Duration took);
    // Nobody will ever know: its caller has died. As if it had not been made.
    void dropped(const Leave& leave);

    State state() const { return state_; }
    std::uint64_t refused() const { return refused_; }

private:
    struct Counts {
        std::uint64_t calls = 0, failures = 0;
    };
    void enter(State state);
    void look_back(bool failed);
    void look_back_on_time(bool failed);
    bool failing(const Counts& seen) const;
    Counts seen() const;

    static constexpr std::size_t slices = 10;

    engine::Simulation& simulation_;
    engine::Component component_;
    scenarios::Breaker settings_;
    State state_ = State::closed;
    std::uint32_t period_ = 0;
    engine::Instant opens_until_{};
    std::vector<std::uint8_t> window_;  // whether each failed; a ring
    std::size_t next_ = 0;
    Counts in_window_;
    std::array<Counts, slices> in_slices_{};
    std::int64_t slice_ = 0;  // the number of the newest
    int probes_let_through_ = 0;
    Counts probed_;
    std::uint64_t refused_ = 0;
};

// Returns a leave with its process: what is neither answered nor refused was dropped.
class BreakerLeave {
public:
    // `breaker` may be null: then everything is granted, and nobody wants to know.
    explicit BreakerLeave(CircuitBreaker* breaker) : breaker_(breaker) {
        if (breaker_ != nullptr) [[unlikely]]
            leave_ = breaker_->ask();
    }
    BreakerLeave(const BreakerLeave&) = delete;
    BreakerLeave& operator=(const BreakerLeave&) = delete;
    ~BreakerLeave() {
        if (breaker_ != nullptr && leave_.granted) [[unlikely]]
            breaker_->dropped(leave_);
    }
    bool refused() const { return breaker_ != nullptr && !leave_.granted; }
    void ended(bool failed, engine::Duration took) {
        if (breaker_ == nullptr) return;
        breaker_->ended(leave_, failed, took);
        leave_.granted = false;
    }

private:
    CircuitBreaker* breaker_;
    CircuitBreaker::Leave leave_;
};

}  // namespace faultline::models
