// The mean of a level over simulated time: a queue's length, busy servers, bytes resident.
#pragma once

#include <algorithm>

#include "engine/check.hpp"
#include "engine/time.hpp"

namespace faultline::engine {

class TimeWeighted {
public:
    explicit TimeWeighted(double level = 0.0, Instant start = start_of_time)
        : since_{start}, changed_{start}, level_{level}, min_{level}, max_{level} {}

    // The level is `level` from `now` on. Time never goes back (SIM_CHECK).
    void set(Instant now, double level) {
        area_ = area_until(now);
        changed_ = now;
        level_ = level;
        min_ = std::min(min_, level);
        max_ = std::max(max_, level);
    }
    void add(Instant now, double change) { set(now, level_ + change); }

    // Forgets the past, keeps the level: the end of the warm-up.
    void reset(Instant now) { *this = TimeWeighted{level_, now}; }

    // Over [start or reset, now]; the level itself while no time has passed.
    double mean(Instant now) const {
        const double area = area_until(now);
        return now == since_ ? level_ : area / in_seconds(now - since_);
    }
    // Level times seconds since the start or reset: node-hours, byte-seconds.
    double area_until(Instant now) const {
        SIM_CHECK(now >= changed_);
        return area_ + level_ * in_seconds(now - changed_);
    }
    double level() const { return level_; }
    double min() const { return min_; }
    double max() const { return max_; }

private:
    Instant since_;
    Instant changed_;
    double level_;
    double min_;
    double max_;
    double area_ = 0.0;
};

}  // namespace faultline::engine
