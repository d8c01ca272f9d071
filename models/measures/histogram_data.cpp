#include "models/measures/histogram_data.hpp"

#include <bit>
#include <limits>

namespace faultline::models {

scenarios::HistogramData histogram_data(const engine::LatencyHistogram& histogram) {
    const engine::LatencyHistogram::Contents contents = histogram.contents();
    scenarios::HistogramData data;
    for (const engine::LatencyHistogram::Bucket& bucket : contents.buckets) {
        const auto lower = static_cast<std::uint64_t>(bucket.lower.count());
        const auto octave = static_cast<unsigned>(std::bit_width(lower >> 7U));
        const unsigned shift = octave <= 1 ? 0 : octave - 1;
        data.buckets.push_back(octave * 128U + static_cast<std::uint32_t>((lower >> shift) % 128U));
        data.counts.push_back(bucket.count);
    }
    data.failed = contents.failures;
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const bool fits = contents.sum_high_ns == 0 && contents.sum_low_ns <= most;
    data.sum_ns = static_cast<std::int64_t>(fits ? contents.sum_low_ns : most);
    data.min_ns = histogram.answered() == 0 ? 0 : contents.min.count();
    data.max_ns = contents.max.count();
    return data;
}

}  // namespace faultline::models
