#include "engine/statistics/latency_histogram.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/check.hpp"

namespace faultline::engine {
namespace {

Duration nanoseconds(std::uint64_t count) {
    return Duration{static_cast<Duration::rep>(count)};
}

}  // namespace

std::uint64_t LatencyHistogram::lower_ns(Place place) {
    if (place.octave == 0) return place.bucket;
    return (per_octave + place.bucket) << (place.octave - 1);
}

void LatencyHistogram::meet(std::size_t octave) const {
    octaves_.push_back({});
    slots_[octave] = static_cast<std::uint8_t>(octaves_.size());
}

void LatencyHistogram::count_newest() const {
    for (std::size_t i = 0; i < newest_count_; ++i) ++counter({newest_[i] / per_octave, newest_[i] % per_octave});
    newest_count_ = 0;
}

template <class Visitor>
void LatencyHistogram::visit_buckets(Visitor&& visit) const {
    count_newest();
    for (std::size_t octave = 0; octave < octaves_max; ++octave) {
        if (slots_[octave] == 0) continue;
        const Octave& counts = octaves_[slots_[octave] - 1U];
        for (std::size_t bucket = 0; bucket < per_octave; ++bucket) {
            if (counts[bucket] != 0 && !visit(Place{octave, bucket}, counts[bucket])) return;
        }
    }
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
    other.visit_buckets([this](Place place, std::uint64_t count) {
        counter(place) += count;
        return true;
    });
    answered_ += other.answered_;
    failures_ += other.failures_;
    sum_low_ns_ += other.sum_low_ns_;
    sum_high_ns_ += other.sum_high_ns_ + (sum_low_ns_ < other.sum_low_ns_ ? 1 : 0);
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
}

double LatencyHistogram::mean_s() const {
    if (answered_ == 0) return std::numeric_limits<double>::quiet_NaN();
    const double sum_ns = static_cast<double>(sum_high_ns_) * 0x1p64 + static_cast<double>(sum_low_ns_);
    return sum_ns / static_cast<double>(answered_) * 1e-9;
}

Duration LatencyHistogram::quantile(double p) const {
    SIM_CHECK(p >= 0.0 && p <= 1.0);
    // 0.95 is a little more than 19/20 as a double: without the allowance, rank 19 of 20 would be missed.
    const double rank =
        std::ceil(p * static_cast<double>(count()) * (1.0 - 4.0 * std::numeric_limits<double>::epsilon()));
    return at_rank(std::max<std::uint64_t>(1, static_cast<std::uint64_t>(rank)));
}

Duration LatencyHistogram::at_rank(std::uint64_t rank) const {
    SIM_CHECK(rank >= 1);
    if (rank > answered_) return failed;
    if (rank == answered_) return max_;
    if (rank == 1) return min_;
    std::uint64_t below = 0;
    Duration found = failed;
    visit_buckets([&](Place place, std::uint64_t count) {
        if (rank > below + count) {
            below += count;
            return true;
        }
        // The bucket's observations are taken as spread evenly over it, each in the middle of its own part.
        const double part = (static_cast<double>(rank - below) - 0.5) / static_cast<double>(count);
        const double into_ns = std::floor(part * static_cast<double>(width_ns(place.octave)));
        found = nanoseconds(lower_ns(place) + static_cast<std::uint64_t>(into_ns));
        return false;
    });
    return std::clamp(found, min_, max_);
}

double LatencyHistogram::fraction_at_most(Duration limit) const {
    if (count() == 0) return std::numeric_limits<double>::quiet_NaN();
    if (limit < min_) return 0.0;
    const std::uint64_t limit_ns = static_cast<std::uint64_t>(std::min(limit, max_).count());
    double within = 0.0;
    visit_buckets([&](Place place, std::uint64_t count) {
        const std::uint64_t lower = lower_ns(place);
        if (lower > limit_ns) return false;
        const std::uint64_t reached = std::min(limit_ns - lower + 1, width_ns(place.octave));
        // Nothing lies above the maximum: at or beyond it the last bucket counts whole.
        const bool whole = limit >= max_ || reached == width_ns(place.octave);
        const double part = static_cast<double>(reached) / static_cast<double>(width_ns(place.octave));
        within += static_cast<double>(count) * (whole ? 1.0 : part);
        return true;
    });
    return within / static_cast<double>(count());
}

LatencyHistogram::Contents LatencyHistogram::contents() const {
    Contents result{.buckets = {},
                    .failures = failures_,
                    .sum_high_ns = sum_high_ns_,
                    .sum_low_ns = sum_low_ns_,
                    .min = min_,
                    .max = max_};
    visit_buckets([&](Place place, std::uint64_t count) {
        const std::uint64_t lower = lower_ns(place);
        const std::uint64_t upper = lower + width_ns(place.octave);
        // The last bucket of all ends at 2^63, one more than a Duration holds.
        result.buckets.push_back({nanoseconds(lower), upper >> 63U != 0 ? Duration::max() : nanoseconds(upper), count});
        return true;
    });
    return result;
}

LatencyHistogram LatencyHistogram::from(const Contents& contents) {
    LatencyHistogram result;
    for (const Bucket& bucket : contents.buckets) {
        SIM_CHECK(bucket.lower >= 0ns);
        const auto lower = static_cast<std::uint64_t>(bucket.lower.count());
        const Place place = place_of(lower);
        SIM_CHECK(lower_ns(place) == lower);
        result.counter(place) += bucket.count;
        result.answered_ += bucket.count;
    }
    result.failures_ = contents.failures;
    result.sum_high_ns_ = contents.sum_high_ns;
    result.sum_low_ns_ = contents.sum_low_ns;
    result.min_ = contents.min;
    result.max_ = contents.max;
    return result;
}

std::size_t LatencyHistogram::memory_bytes() const {
    return sizeof(*this) + octaves_.capacity() * sizeof(Octave);
}

}  // namespace faultline::engine
