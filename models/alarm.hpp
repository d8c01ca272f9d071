// When somebody is called: after nobody has answered for a while, without a break.
//
//   const auto ask = [this] { return region_answers(); };
//   co_await long_silence(simulation, every, after, ask);
#pragma once

#include <algorithm>

#include "engine/simulation.hpp"

namespace faultline::models {

// Between two questions to what is watched from outside, and until one counts as not answered. Source: assumptions.
inline constexpr engine::Duration alarm_probe_interval = std::chrono::seconds{5};
inline constexpr engine::Duration alarm_probe_timeout = std::chrono::seconds{5};

class Alarm {
public:
    explicit Alarm(engine::Duration after) : after_(after) {}

    // What the last question gave. true: it has been silent for `after`, and somebody is called.
    bool heard(bool answered, engine::Instant now) {
        if (answered) {
            reset();
            return false;
        }
        silent_since_ = std::min(silent_since_, now);
        return now - silent_since_ >= after_;
    }
    void reset() { silent_since_ = engine::end_of_time; }

private:
    engine::Duration after_;
    engine::Instant silent_since_ = engine::end_of_time;
};

// Asks at this interval, until nobody has answered for `after`. `ask`: begins a Process<bool>, whether somebody
// answers. A child of the caller.
template <class Ask>
engine::Process<> long_silence(engine::Simulation& simulation, engine::Duration every, engine::Duration after,
                               Ask ask) {
    Alarm alarm(after);
    for (;;) {
        co_await simulation.delay(every);
        const bool answered = co_await ask();
        const bool raised = alarm.heard(answered, simulation.now());
        if (raised) co_return;
    }
}

}  // namespace faultline::models
