#include "planning/histograms.hpp"

#include <algorithm>

#include "engine/check.hpp"

namespace faultline::planning {

engine::LatencyHistogram histogram_from(const scenarios::HistogramData& data) {
    constexpr std::uint32_t per_octave = 128;
    constexpr std::uint32_t octaves_max = 57;
    SIM_CHECK(data.buckets.size() == data.counts.size());
    engine::LatencyHistogram::Contents contents;
    contents.failures = data.failed;
    contents.sum_low_ns = static_cast<std::uint64_t>(std::max<std::int64_t>(0, data.sum_ns));
    contents.min = data.counts.empty() ? engine::LatencyHistogram::failed : engine::Duration{data.min_ns};
    contents.max = engine::Duration{data.max_ns};
    for (std::size_t i = 0; i < data.buckets.size(); ++i) {
        const std::uint32_t octave = data.buckets[i] / per_octave;
        SIM_CHECK(octave < octaves_max);
        const std::uint32_t place = data.buckets[i] % per_octave;
        const std::uint32_t shift = octave <= 1 ? 0 : octave - 1;
        const auto lower = static_cast<std::int64_t>(octave == 0 ? place : std::uint64_t{per_octave + place} << shift);
        // The upper bound follows from the lower one, and nobody asks for it.
        contents.buckets.push_back({engine::Duration{lower}, engine::Duration{lower}, data.counts[i]});
    }
    if (!contents.buckets.empty()) contents.min = std::min(contents.buckets.front().lower, contents.max);
    return engine::LatencyHistogram::from(contents);
}

}  // namespace faultline::planning
