// A few servers behind one first-in first-out queue, for jobs that are known in the order in which they arrive: the end
// of a job is known when it is handed in, so that no event is needed for it. Jobs may be handed in before they arrive.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "engine/check.hpp"
#include "engine/time.hpp"

namespace faultline::models {

class ServiceLanes {
public:
    // Requires: lanes >= 1.
    explicit ServiceLanes(int lanes) : lanes_(static_cast<std::size_t>(lanes)) { SIM_CHECK(lanes >= 1); }

    // When a job that arrives then is done. Requires: arrivals of successive calls do not go back.
    engine::Instant serve(engine::Instant arrival, engine::Duration work) {
        Lane& lane = *std::min_element(lanes_.begin(), lanes_.end(),
                                       [](const Lane& a, const Lane& b) { return a.free < b.free; });
        if (arrival > lane.free) lane.busy_since = lane.free = arrival;
        lane.free += work;
        accepted_ += work;
        return lane.free;
    }
    // Everything queued is gone: the node died.
    void clear(engine::Instant now) {
        accepted_ = done(now);
        std::fill(lanes_.begin(), lanes_.end(), Lane{});
    }

    int lanes() const { return static_cast<int>(lanes_.size()); }
    // Lanes times the time in which they were busy since the start. Never less than before; what has yet to arrive
    // counts when it does, but for jobs behind which the lane rests before its next one, which count at once.
    double busy_seconds(engine::Instant now) const { return engine::in_seconds(done(now)); }

private:
    struct Lane {
        engine::Instant busy_since = engine::start_of_time;  // without a rest until it is free
        engine::Instant free = engine::start_of_time;
    };
    engine::Duration done(engine::Instant now) const {
        engine::Duration left{};
        for (const Lane& lane : lanes_) {
            left += std::max(engine::Duration::zero(), lane.free - std::max(now, lane.busy_since));
        }
        return accepted_ - left;
    }

    std::vector<Lane> lanes_;
    engine::Duration accepted_{};
};

}  // namespace faultline::models
