// A count or a sum for each second of a run: what a picture over time is drawn from.
//
// Memory: sizeof(Value) for each second up to the latest recorded one, and at most as much again in reserve: an hour of
// 8-byte bins is 28 KiB, a week 4.8 MiB. Bins grow by doubling; a run that ends early pays for what it saw.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/check.hpp"
#include "engine/time.hpp"

namespace faultline::engine {

// Value: std::int64_t for counts (exact in any order), double for sums.
template <class Value>
class Timeline {
public:
    static constexpr Duration bin_width = 1s;

    // Bins cover [0, horizon), the last one whole. Requires: horizon >= 0.
    explicit Timeline(Duration horizon)
        : bins_max_{static_cast<std::size_t>(horizon / bin_width + (horizon % bin_width > 0ns ? 1 : 0))} {
        SIM_CHECK(horizon >= 0ns);
    }

    // Adds to the bin of `at`; what lies beyond the last bin is kept apart. Requires: at >= start_of_time.
    void add(Instant at, Value amount = Value{1}) {
        SIM_CHECK(at >= start_of_time);
        const auto bin = static_cast<std::size_t>(at.time_since_epoch() / bin_width);
        if (bin >= bins_max_) {
            beyond_horizon_ += amount;
            return;
        }
        if (bin >= bins_.size()) bins_.resize(bin + 1, Value{});
        bins_[bin] += amount;
    }

    // Bin by bin. Both have one horizon (SIM_CHECK).
    void merge(const Timeline& other) {
        SIM_CHECK(bins_max_ == other.bins_max_);
        if (other.bins_.size() > bins_.size()) bins_.resize(other.bins_.size(), Value{});
        for (std::size_t i = 0; i < other.bins_.size(); ++i) bins_[i] += other.bins_[i];
        beyond_horizon_ += other.beyond_horizon_;
    }

    // From the first second to the latest recorded one; later seconds are zero.
    std::span<const Value> bins() const { return bins_; }
    Value at_second(std::size_t second) const { return second < bins_.size() ? bins_[second] : Value{}; }
    Value beyond_horizon() const { return beyond_horizon_; }
    std::size_t memory_bytes() const { return sizeof(*this) + bins_.capacity() * sizeof(Value); }

private:
    std::size_t bins_max_;
    std::vector<Value> bins_;
    Value beyond_horizon_{};
};

}  // namespace faultline::engine
