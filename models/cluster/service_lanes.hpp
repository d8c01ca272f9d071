// A few servers behind one first-in first-out queue, for jobs that are known in the order in which they arrive: the end
// of a job is known when it is handed in, so that no event is needed for it.
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
        return lane;
    }
    // Everything queued is gone: the node died.
    void clear() { std::fill(free_.begin(), free_.end(), engine::start_of_time); }

private:
    std::vector<engine::Instant> free_;
};

}  // namespace faultline::models
