// The freshness of something as it goes, weighted by time: 0 while every commit is visible, else now - commit time of
// the oldest commit that is not (docs/models/warehouse.md). It grows as the clock does, and falls when a load becomes
// visible, so between two calls it is a ramp, and every value of the ramp counts for as long as it took to pass.
#pragma once

#include <algorithm>
#include <optional>

#include "models/measures/flat_histogram.hpp"
#include "scenarios/result.hpp"

namespace faultline::models {

using engine::Duration;
using engine::Instant;

class FreshnessTrack {
public:
    // From `now` on this is the oldest commit that is not visible; none: all are.
    void oldest_hidden(std::optional<Instant> commit, Instant now) {
        settle(now);
        oldest_ = commit;
    }
    Duration now_is(Instant now) const { return oldest_ ? now - *oldest_ : Duration{}; }

    // Forgets what was before `now`.
    void reset(Instant now);

    // Up to `now`: `buckets` are of milliseconds of time and not of operations. What lasted less than half of one in
    // all is left out.
    scenarios::HistogramData by_time(Instant now);
    Duration mean(Instant now);
    Duration longest() const { return longest_; }

private:
    void settle(Instant now);

    FlatHistogram<7, std::uint64_t> time_ns_;  // freshness -> how long it was that
    std::optional<Instant> oldest_;
    Instant since_{};
    Instant start_{};
    double area_ = 0.0;  // of freshness over time, seconds x seconds
    Duration longest_{};
};

}  // namespace faultline::models
