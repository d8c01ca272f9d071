// The mean of a count over simulated time, in integers: exact, the same on every machine, and a multiplication a
// change. For levels that are not counts: time_weighted.hpp. Range: 9e18 count-nanoseconds, 1'000 servers busy for 100
// days.
#pragma once

#include <cstdint>

#include "engine/time.hpp"

namespace faultline::engine {

class CountOverTime {
public:
    explicit CountOverTime(Instant start) : since_(start), changed_(start) {}

    // Requires: now is not before the last change.
    void set(Instant now, std::int64_t count) {
        area_ += count_ * (now - changed_).count();
        changed_ = now;
        count_ = count;
    }
    void reset(Instant now) {
        since_ = changed_ = now;
        area_ = 0;
    }
    double mean(Instant now) const {
        if (now == since_) return static_cast<double>(count_);
        return static_cast<double>(area(now)) / static_cast<double>((now - since_).count());
    }
    // Count times seconds since the start or reset.
    double count_seconds(Instant now) const { return static_cast<double>(area(now)) * 1e-9; }

private:
    std::int64_t area(Instant now) const { return area_ + count_ * (now - changed_).count(); }

    Instant since_;
    Instant changed_;
    std::int64_t count_ = 0;
    std::int64_t area_ = 0;
};

}  // namespace faultline::engine
