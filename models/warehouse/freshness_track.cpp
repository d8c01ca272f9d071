#include "models/warehouse/freshness_track.hpp"

#include <cmath>

namespace faultline::models {

void FreshnessTrack::reset(Instant now) {
    settle(now);
    time_ns_.clear();
    area_ = 0.0;
    longest_ = Duration{};
    start_ = now;
}

void FreshnessTrack::settle(Instant now) {
    if (now <= since_) return;
    if (!oldest_) {
        time_ns_.add(Duration{}, static_cast<std::uint64_t>((now - since_).count()));
    } else {
        const Duration from = since_ - *oldest_;
        const Duration to = now - *oldest_;
        for (Duration value = from; value < to;) {
            const Duration next = std::min(time_ns_.next_bucket(value), to);
            time_ns_.add(value, static_cast<std::uint64_t>((next - value).count()));
            value = next;
        }
        area_ += 0.5 * (engine::in_seconds(from) + engine::in_seconds(to)) * engine::in_seconds(to - from);
        longest_ = std::max(longest_, to);
    }
    since_ = now;
}

scenarios::HistogramData FreshnessTrack::by_time(Instant now) {
    settle(now);
    constexpr double ns_a_ms = 1e6;
    scenarios::HistogramData data;
    std::int64_t weight_ms = 0;
    for (std::size_t i = 0; i < time_ns_.buckets(); ++i) {
        const auto ms = std::llround(static_cast<double>(time_ns_.weight(i)) / ns_a_ms);
        if (ms == 0) continue;
        data.buckets.push_back(static_cast<std::uint32_t>(i));
        data.counts.push_back(static_cast<std::uint64_t>(ms));
        weight_ms += ms;
        if (data.buckets.size() == 1) data.min_ns = time_ns_.lower_bound(i).count();
    }
    constexpr double most = 9e18;  // days of freshness over days
    const double sum = static_cast<double>(mean(now).count()) * static_cast<double>(weight_ms);
    data.sum_ns = std::llround(std::min(sum, most));
    data.max_ns = longest_.count();
    return data;
}

Duration FreshnessTrack::mean(Instant now) {
    settle(now);
    const double elapsed = engine::in_seconds(now - start_);
    return elapsed > 0.0 ? engine::duration_from_seconds(area_ / elapsed) : Duration{};
}

}  // namespace faultline::models
