// When somebody is called: after nobody has answered for a while, without a break.
#pragma once

#include <algorithm>

#include "engine/time.hpp"

namespace faultline::models {

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

}  // namespace faultline::models
