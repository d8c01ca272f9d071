// Which phase, and which one-second row, an instant belongs to. Rows are whole seconds counted from the end of the
// warm-up until an incident opens, and from the incident's start after that: the row that an incident cuts short stays
// short. Windows made of whole rows are therefore aligned to the incident's start.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/time.hpp"

namespace faultline::models {

// steady: no incident is open. degraded: a fault is active. recovering: the faults are over, full recovery is not
// reached. settling: the faults are over and whether that is recovery already will be known a minute later; it then
// becomes recovering or steady after the event.
enum class LivePhase : std::uint8_t { steady, degraded, recovering, settling };
inline constexpr std::size_t live_phase_count = 4;

class PhaseTrack {
public:
    // From the first instant of one phase to the next one's.
    struct Segment {
        engine::Instant start;
        engine::Instant origin;     // of its rows
        std::size_t first_row = 0;  // the one that starts at the origin
        LivePhase phase = LivePhase::steady;
    };

    // All begins with `start`, the end of the warm-up, in the steady phase.
    explicit PhaseTrack(engine::Instant start);

    // Requires: instant is not before the first segment.
    const Segment& at(engine::Instant instant) const {
        const Segment* segment = &segments_.back();
        while (instant < segment->start) --segment;
        return *segment;
    }
    static std::size_t row(const Segment& segment, engine::Instant instant) {
        return segment.first_row + static_cast<std::size_t>((instant - segment.origin) / std::chrono::seconds{1});
    }
    LivePhase phase() const { return segments_.back().phase; }

    // From `now` on. Requires: now is not before the latest segment's start.
    void enter(engine::Instant now, LivePhase phase);
    // The same, and a new row begins at `now`.
    void enter_on_new_row(engine::Instant now, LivePhase phase);
    // All that is settling turns out to be `phase`.
    void resolve_settling(LivePhase phase);

    // Rows needed to reach `end`, the row in which it lies included.
    std::size_t rows_until(engine::Instant end) const;
    // A row lies in [row_start, row_end). A row that an incident cut short ends with it.
    engine::Instant row_start(std::size_t row) const;
    engine::Instant row_end(std::size_t row) const;
    LivePhase row_phase(std::size_t row) const { return at(row_start(row)).phase; }

    std::size_t memory_bytes() const;

private:
    struct Epoch {  // rows of one origin
        engine::Instant origin;
        std::size_t first_row;
    };
    std::size_t epoch_of(std::size_t row) const;

    std::vector<Segment> segments_;
    std::vector<Epoch> epochs_;
};

}  // namespace faultline::models
