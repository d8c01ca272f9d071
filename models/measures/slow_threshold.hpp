// The 99th percentile of a class's answers so far, refreshed every few thousand of them: what separates the slowest 1 %
// while they pass. An estimate within 7 %; nothing that is judged depends on it.
#pragma once

#include <algorithm>
#include <cstdint>

#include "models/measures/flat_histogram.hpp"

namespace faultline::models {

class SlowThreshold {
public:
    // Whether this answer is slower than the p99 of those before it. None is before the 256th.
    bool is_slow(engine::Duration latency) {
        const bool slow = latency > p99_;
        seen_.add(latency);
        if (++count_ == refresh_at_) refresh();
        return slow;
    }

private:
    static constexpr std::uint64_t first = 256;
    static constexpr std::uint64_t every = 4096;

    void refresh() {
        p99_ = seen_.at_rank(count_ - count_ / 100);
        refresh_at_ = std::min(2 * count_, count_ + every);
    }

    engine::Duration p99_ = engine::Duration::max();
    std::uint64_t count_ = 0;
    std::uint64_t refresh_at_ = first;
    FlatHistogram<4, std::uint64_t> seen_;
};

}  // namespace faultline::models
