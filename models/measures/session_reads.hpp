// Answered reads of users' sessions, by class, office and phase: stale ones, those that miss what their own session had
// written, and those that go back behind what it had seen. Definitions: docs/models/sessions.md. Without sessions it
// takes no memory.
#pragma once

#include <array>
#include <vector>

#include "models/measures/phase_track.hpp"
#include "models/measures/shape.hpp"

namespace faultline::models {

class SessionReads {
public:
    explicit SessionReads(const MeasuresShape& shape);

    void record(const Operation& operation, const PhaseTrack& track, const SessionRead& read) {
        const PhaseTrack::Segment& segment = track.at(operation.due);
        scenarios::SessionReadCounts& into =
            cells_[operation.query_class * offices_ + operation.office][static_cast<std::size_t>(segment.phase)];
        ++into.reads;
        into.stale += read.stale ? 1U : 0U;
        into.of_own_write += read.of_own_write ? 1U : 0U;
        into.missed_own_write += read.missed_own_write ? 1U : 0U;
        into.of_seen += read.of_seen ? 1U : 0U;
        into.went_back += read.went_back ? 1U : 0U;
    }
    // What is settling was `phase` all the time.
    void resolve_settling(LivePhase phase);
    // Fills what ClassResult says of sessions.
    void finish(std::vector<scenarios::ClassResult>& results) const;
    std::size_t memory_bytes() const { return cells_.capacity() * sizeof(Cell); }

private:
    using Cell = std::array<scenarios::SessionReadCounts, live_phase_count>;

    std::size_t offices_;
    std::vector<Cell> cells_;  // by class and office
};

}  // namespace faultline::models
