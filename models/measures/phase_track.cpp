#include "models/measures/phase_track.hpp"

#include <algorithm>

#include "engine/check.hpp"

namespace faultline::models {

using engine::Duration;
using engine::Instant;
using std::chrono::seconds;

PhaseTrack::PhaseTrack(Instant start)
    : segments_{{.start = start, .origin = start, .first_row = 0, .phase = LivePhase::steady}}, epochs_{{start, 0}} {}

void PhaseTrack::enter(Instant now, LivePhase phase) {
    Segment next = segments_.back();
    SIM_CHECK(now >= next.start);
    if (next.phase == phase) return;
    next.start = now;
    next.phase = phase;
    segments_.push_back(next);
}

void PhaseTrack::enter_on_new_row(Instant now, LivePhase phase) {
    SIM_CHECK(now >= segments_.back().start);
    const std::size_t first_row = rows_until(now - Duration{1});
    epochs_.push_back({now, first_row});
    segments_.push_back({.start = now, .origin = now, .first_row = first_row, .phase = phase});
}

void PhaseTrack::resolve_settling(LivePhase phase) {
    for (Segment& segment : segments_) {
        if (segment.phase == LivePhase::settling) segment.phase = phase;
    }
}

std::size_t PhaseTrack::rows_until(Instant end) const {
    const Epoch& epoch = epochs_.back();
    return end < epoch.origin ? epoch.first_row
                              : epoch.first_row + static_cast<std::size_t>((end - epoch.origin) / seconds{1}) + 1;
}

std::size_t PhaseTrack::epoch_of(std::size_t row) const {
    const auto after = std::upper_bound(epochs_.begin(), epochs_.end(), row,
                                        [](std::size_t r, const Epoch& epoch) { return r < epoch.first_row; });
    return static_cast<std::size_t>(after - epochs_.begin()) - 1;
}

Instant PhaseTrack::row_start(std::size_t row) const {
    const Epoch& epoch = epochs_[epoch_of(row)];
    return epoch.origin + seconds{static_cast<std::int64_t>(row - epoch.first_row)};
}

Instant PhaseTrack::row_end(std::size_t row) const {
    const Instant whole = row_start(row) + seconds{1};
    const std::size_t next = epoch_of(row) + 1;
    return next < epochs_.size() ? std::min(whole, epochs_[next].origin) : whole;
}

std::size_t PhaseTrack::memory_bytes() const {
    return segments_.capacity() * sizeof(Segment) + epochs_.capacity() * sizeof(Epoch);
}

}  // namespace faultline::models
