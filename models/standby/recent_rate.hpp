// How fast something has come of late: over the last one to two seconds of its coming. No events of its own.
#pragma once

#include <algorithm>

#include "engine/time.hpp"

namespace faultline::models {

class RecentRate {
public:
    // So much came now. Calls come in the order of time.
    void add(engine::Instant now, engine::Bytes size) {
        if (now - mark_.at >= window) {
            before_ = mark_;
            mark_ = {now, total_};
        }
        total_ += size.count;
    }
    engine::BitsPerSecond at(engine::Instant now) const {
        const engine::Duration over = std::max(window, now - before_.at);
        return {8.0 * static_cast<double>(total_ - before_.total) / engine::in_seconds(over)};
    }

private:
    static constexpr engine::Duration window = std::chrono::seconds{1};
    struct Mark {
        engine::Instant at{};
        std::int64_t total = 0;
    };
    Mark before_;
    Mark mark_;
    std::int64_t total_ = 0;  // bytes
};

}  // namespace faultline::models
