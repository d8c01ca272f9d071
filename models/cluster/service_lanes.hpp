// A few servers behind one first-in first-out queue, for jobs that are known in the order in which they arrive: the end
// of a job is known when it is handed in, so that no event is needed for it. A job that is to arrive later counts as
// busy from when it was handed in.
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
    explicit ServiceLanes(int lanes) : free_(static_cast<std::size_t>(lanes)) { SIM_CHECK(lanes >= 1); }

    // When a job that arrives then is done. Requires: arrivals of successive calls do not go back.
    engine::Instant serve(engine::Instant arrival, engine::Duration work) {
        engine::Instant& lane = *std::min_element(free_.begin(), free_.end());
        lane = std::max(lane, arrival) + work;
        accepted_ += work;
        return lane;
    }
    // Everything queued is gone: the node died.
    void clear(engine::Instant now) {
        accepted_ = done(now);
        std::fill(free_.begin(), free_.end(), engine::start_of_time);
    }

    int lanes() const { return static_cast<int>(free_.size()); }
    // Lanes times the time in which they were busy since the start.
    double busy_seconds(engine::Instant now) const { return engine::in_seconds(done(now)); }

private:
    engine::Duration done(engine::Instant now) const {
        engine::Duration left{};
        for (const engine::Instant lane : free_) left += std::max(engine::Duration::zero(), lane - now);
        return std::max(engine::Duration::zero(), accepted_ - left);
    }

    std::vector<engine::Instant> free_;
    engine::Duration accepted_{};
};

}  // namespace faultline::models
