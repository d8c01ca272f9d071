// Weights over durations in log-linear buckets, in one flat array: for windows that are emptied every few seconds, and
// for levels weighted by the time they lasted. Never allocates. Left out: exact mean and extremes, and failures
// (engine/statistics/latency_histogram.hpp has them).
//
// bits 4: relative error below 6.3 %, 960 buckets; bits 7: below 0.8 %, 7'296 buckets.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "engine/time.hpp"

namespace faultline::models {

template <unsigned bits, class Weight>
class FlatHistogram {
public:
    // Requires value >= 0.
    void add(engine::Duration value, Weight weight = 1) {
        weights_[index_of(static_cast<std::uint64_t>(value.count()))] += weight;
    }
    template <class Other>
    void add(const FlatHistogram<bits, Other>& other) {
        for (std::size_t i = 0; i < size; ++i) weights_[i] += other.weight(i);
    }
    void clear() { weights_.fill(0); }
    Weight weight(std::size_t bucket) const { return weights_[bucket]; }
    static constexpr std::size_t buckets() { return size; }
    static engine::Duration lower_bound(std::size_t bucket) {
        return engine::Duration{static_cast<std::int64_t>(lower(bucket))};
    }
    // The least value that is counted in a later bucket than this one.
    static engine::Duration next_bucket(engine::Duration value) {
        const std::size_t bucket = index_of(static_cast<std::uint64_t>(value.count()));
        return engine::Duration{static_cast<std::int64_t>(lower(bucket) + width(bucket))};
    }

    std::uint64_t total() const {
        std::uint64_t sum = 0;
        for (const Weight weight : weights_) sum += weight;
        return sum;
    }
    // The value at this rank, from 1, interpolated in its bucket; Duration::max() beyond the total.
    engine::Duration at_rank(std::uint64_t rank) const {
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const std::uint64_t here = weights_[i];
            if (rank > below + here) {
                below += here;
                continue;
            }
            const double part = (static_cast<double>(rank - below) - 0.5) / static_cast<double>(here);
            const auto into = static_cast<std::uint64_t>(part * static_cast<double>(width(i)));
            return engine::Duration{static_cast<std::int64_t>(lower(i) + into)};
        }
        return engine::Duration::max();
    }

private:
    static constexpr std::uint64_t per_octave = std::uint64_t{1} << bits;
    static constexpr std::size_t size = (64 - bits) * per_octave;

    static unsigned shift_of(unsigned octave) { return octave <= 1 ? 0 : octave - 1; }
    static std::size_t index_of(std::uint64_t ns) {
        const auto octave = static_cast<unsigned>(std::bit_width(ns >> bits));
        return octave * per_octave + (ns >> shift_of(octave)) % per_octave;
    }
    static std::uint64_t width(std::size_t i) {
        return std::uint64_t{1} << shift_of(static_cast<unsigned>(i / per_octave));
    }
    static std::uint64_t lower(std::size_t i) { return (i < per_octave ? i : per_octave + i % per_octave) * width(i); }

    std::array<Weight, size> weights_{};
};

}  // namespace faultline::models
