// How long operations took: exact mean and extremes, quantiles within 1 %, failures ranked slower than any answer.
//
// Log-linear buckets (as in HdrHistogram): each octave [2^k, 2^(k+1)) ns is cut into 128 buckets of one width, and
// below 128 ns each nanosecond is a bucket, so 0 has one of its own. The whole range of Duration is covered, nothing is
// clamped: a value read back is off by less than one bucket width, 1/128 = 0.79 % of the value, above 128 ns, and
// exact below.
//
// A record notes its bucket in a list of the newest, side by side with the sums, and a full list is counted into the
// octaves at once: these lie elsewhere, as a rule not in the processor's cache, and so the cache's misses are waited
// for together, one wait for 30 records. A histogram of few records has no octave at all.
//
// Memory: under 256 bytes, and 1 KiB for each octave met (1 us to 1 h: 32 KiB).
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/check.hpp"
#include "engine/time.hpp"

namespace faultline::engine {

class LatencyHistogram {
public:
    // What a quantile is when the operation at its rank failed, or when nothing was recorded: no service that answered
    // nobody meets a limit.
    static constexpr Duration failed = Duration::max();

    // An answered operation. Requires 0 <= latency < failed (SIM_CHECK).
    void record(Duration latency) {
        SIM_CHECK(latency >= Duration::zero() && latency < failed);
        const auto ns = static_cast<std::uint64_t>(latency.count());
        const Place place = place_of(ns);
        newest_[newest_count_] = static_cast<std::uint16_t>(place.octave * per_octave + place.bucket);
        if (++newest_count_ == newest_.size()) [[unlikely]]
            count_newest();
        ++answered_;
        sum_low_ns_ += ns;
        if (sum_low_ns_ < ns) ++sum_high_ns_;
        min_ = std::min(min_, latency);
        max_ = std::max(max_, latency);
    }
    void record_failure() { ++failures_; }
    void merge(const LatencyHistogram& other);

    std::uint64_t count() const { return answered_ + failures_; }
    std::uint64_t answered() const { return answered_; }
    std::uint64_t failures() const { return failures_; }

    // Of the answered alone, in seconds, from an exact integer sum; NaN when none was answered.
    double mean_s() const;
    Duration min() const { return min_; }  // of the answered; `failed` when none was
    Duration max() const { return max_; }  // of the answered; 0 when none was

    // The smallest recorded latency that at least the share p of all operations, failures included, did not exceed;
    // interpolated inside its bucket; or `failed`. Requires 0 <= p <= 1.
    Duration quantile(double p) const;
    // The latency of the rank-th fastest operation, from 1; `failed` beyond answered(). For ranks see confidence.hpp.
    Duration at_rank(std::uint64_t rank) const;
    // The share of all operations, failures included, answered within the limit; interpolated inside the limit's
    // bucket. NaN when nothing was recorded.
    double fraction_at_most(Duration limit) const;

    // The non-empty buckets in ascending order: values in [lower, upper).
    struct Bucket {
        Duration lower;
        Duration upper;
        std::uint64_t count = 0;
        friend bool operator==(const Bucket&, const Bucket&) = default;
    };
    // All that a histogram knows, for writing to a file. The sum of the answered is sum_high_ns * 2^64 + sum_low_ns.
    struct Contents {
        std::vector<Bucket> buckets;
        std::uint64_t failures = 0;
        std::uint64_t sum_high_ns = 0;
        std::uint64_t sum_low_ns = 0;
        Duration min = failed;
        Duration max{};
        friend bool operator==(const Contents&, const Contents&) = default;
    };
    Contents contents() const;
    // The histogram that gave these contents. Each bucket's lower bound must be one of a bucket (SIM_CHECK).
    static LatencyHistogram from(const Contents& contents);

    std::size_t memory_bytes() const;

private:
    static constexpr unsigned bits = 7;                      // of a value's leading digits that choose its bucket
    static constexpr std::uint64_t per_octave = 1U << bits;  // 128
    static constexpr std::size_t octaves_max = 64 - bits;    // the first holds [0, 128), the last ends at 2^63
    using Octave = std::array<std::uint64_t, per_octave>;

    struct Place {
        std::size_t octave;
        std::size_t bucket;
    };
    static Place place_of(std::uint64_t ns) {
        const auto octave = static_cast<unsigned>(std::bit_width(ns >> bits));
        const unsigned shift = octave <= 1 ? 0 : octave - 1;
        return {octave, static_cast<std::size_t>((ns >> shift) % per_octave)};
    }
    static std::uint64_t lower_ns(Place place);
    static std::uint64_t width_ns(std::size_t octave) { return octave <= 1 ? 1 : std::uint64_t{1} << (octave - 1); }
    std::uint64_t& counter(Place place) const {
        if (slots_[place.octave] == 0) [[unlikely]]
            meet(place.octave);
        return octaves_[slots_[place.octave] - 1U][place.bucket];
    }
    void meet(std::size_t octave) const;
    void count_newest() const;
    template <class Visitor>  // bool(Place, count): goes on while true
    void visit_buckets(Visitor&& visit) const;

    std::uint64_t answered_ = 0;
    std::uint64_t failures_ = 0;
    std::uint64_t sum_high_ns_ = 0;
    std::uint64_t sum_low_ns_ = 0;
    Duration min_ = failed;
    Duration max_{};
    // Whoever reads buckets counts the newest first, so all of these may change without anybody seeing it.
    mutable std::array<std::uint16_t, 30> newest_{};  // octave * per_octave + bucket
    mutable std::uint16_t newest_count_ = 0;
    mutable std::array<std::uint8_t, octaves_max> slots_{};  // octave -> 1 + its index in octaves_; 0: never met
    mutable std::vector<Octave> octaves_;
};

}  // namespace faultline::engine
