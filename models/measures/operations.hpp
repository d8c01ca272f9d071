// Every due operation, once, at the time it was due: outcomes and latencies by class, office and phase, shares second
// by second, timelines by class, and where the time of the answered went. The hot path of a run: flat arrays, sized at
// the start, and one record into a histogram an operation.
//
// Memory, with C classes, F offices and S measured seconds:
//   C x F x (4 phases x (232 B + 1 KiB for each octave of latency met) + 12 B x S)  +  C x (24 B x S + 20 KB)
// An octave is a factor of 2: latencies from 4 ms to 1 s meet eight. A class at an office that was only ever steady, in
// a run of an hour: 0.9 KiB + 8 KiB + 42 KiB; an incident adds up to three times the 8 KiB.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/check.hpp"
#include "engine/statistics/latency_histogram.hpp"
#include "models/measures/phase_track.hpp"
#include "models/measures/recovery.hpp"
#include "models/measures/shape.hpp"
#include "models/measures/slow_threshold.hpp"

namespace faultline::models {

class Operations {
public:
    explicit Operations(const MeasuresShape& shape);

    void due(const Operation& operation, const PhaseTrack& track) {
        SIM_CHECK(operation.query_class < deadlines_.size() && operation.office < offices_);
        const PhaseTrack::Segment& segment = track.at(operation.due);
        ++cells_[cell(operation, segment.phase)].due;
        ++rows_[PhaseTrack::row(segment, operation.due) * pairs_ + pair(operation)].due;
        ++timeline_[second(operation)].due;
    }
    struct Ending {
        Instant now{};
        Outcome outcome = Outcome::answered;
        StageTimes stages;
        int attempts = 1;
    };
    void ended(const Operation& operation, const PhaseTrack& track, const Ending& ending);

    // More rows, where incidents cut some short. Not the hot path.
    void need_rows(std::size_t rows);
    // What is settling was `phase` all the time: the counts move there. Call before PhaseTrack::resolve_settling.
    void resolve_settling(LivePhase phase);

    // Operations due in a row whose ending is known: all of them once their deadline has passed by `now`.
    struct Place {
        std::size_t query_class = 0;
        std::size_t office = 0;
    };
    ShareCount seen(Place place, std::size_t row, Instant row_end, Instant now) const;

    std::uint64_t in_flight() const;
    // Fills what ClassResult says of operations. Requires every end to have had its due (SIM_CHECK).
    void finish(const PhaseTrack& track, Instant end, std::vector<scenarios::ClassResult>& results) const;
    std::size_t memory_bytes() const;

private:
    struct Cell {  // one class at one office in one phase; the answered are in the histogram
        engine::LatencyHistogram latency;
        std::uint64_t due = 0, good = 0, refused = 0, timed_out = 0, failed = 0;
        std::uint64_t ended() const { return latency.count(); }
    };
    struct Row {  // one class at one office in one second of due time
        std::uint32_t due = 0, good = 0, bad = 0;
        std::uint32_t in_flight() const { return due - good - bad; }
    };
    struct Second {  // one class in one second of due time
        std::int64_t latency_ns = 0;
        std::uint32_t due = 0, good = 0, answered = 0;
    };
    struct Stages {
        std::array<std::int64_t, scenarios::stage_count> all_ns{}, slow_ns{};
        std::uint64_t slow_count = 0, attempts = 0;
        SlowThreshold slow;
    };

    std::size_t pair(const Operation& operation) const { return operation.query_class * offices_ + operation.office; }
    std::size_t cell(const Operation& operation, LivePhase phase) const {
        return pair(operation) * live_phase_count + static_cast<std::size_t>(phase);
    }
    std::size_t second(const Operation& operation) const {
        const auto since = operation.due.time_since_epoch() / std::chrono::seconds{1} - first_second_;
        return static_cast<std::size_t>(since) * deadlines_.size() + operation.query_class;
    }
    static void fail(Cell& into, Row& row, Outcome outcome);
    static void charge(Stages& into, StageTimes stages, Duration latency);
    static void move_counts(Cell& from, Cell& to);
    Duration undecided_below(const Cell& cell, Duration deadline) const;
    scenarios::ClassAtOffice at_office(const Cell& cell, std::uint64_t undecided) const;
    void finish_office(Place place, const PhaseTrack& track, Instant end, scenarios::ClassResult& result) const;
    void finish_timelines(std::size_t query_class, scenarios::ClassResult& result) const;

    std::vector<Duration> deadlines_;  // by class
    std::size_t offices_;
    std::size_t pairs_;
    std::int64_t first_second_;  // of the run, in the timelines
    std::vector<Cell> cells_;
    std::vector<Row> rows_;  // row by row: what is written in one second lies together
    std::vector<Second> timeline_;
    std::vector<Stages> stages_;  // by class
};

inline void Operations::ended(const Operation& operation, const PhaseTrack& track, const Ending& ending) {
    const PhaseTrack::Segment& segment = track.at(operation.due);
    Cell& into = cells_[cell(operation, segment.phase)];
    Row& row = rows_[PhaseTrack::row(segment, operation.due) * pairs_ + pair(operation)];
    SIM_CHECK(row.in_flight() > 0);  // an end without its due, or a second one
    Stages& of_class = stages_[operation.query_class];
    of_class.attempts += static_cast<std::uint64_t>(ending.attempts);
    if (ending.outcome != Outcome::answered) return fail(into, row, ending.outcome);

    const Duration latency = ending.now - operation.due;
    const std::uint32_t good = latency <= deadlines_[operation.query_class] ? 1 : 0;
    into.latency.record(latency);
    into.good += good;
    row.good += good;
    row.bad += 1 - good;
    Second& in_second = timeline_[second(operation)];
    in_second.latency_ns += latency.count();
    in_second.good += good;
    ++in_second.answered;
    charge(of_class, ending.stages, latency);
}

inline void Operations::fail(Cell& into, Row& row, Outcome outcome) {
    into.latency.record_failure();
    ++row.bad;
    ++(outcome == Outcome::refused ? into.refused : outcome == Outcome::timed_out ? into.timed_out : into.failed);
}

inline void Operations::charge(Stages& into, StageTimes stages, Duration latency) {
    Duration sum{};
    for (std::size_t i = 0; i < scenarios::stage_count; ++i) {
        sum += stages[i];
        into.all_ns[i] += stages[i].count();
    }
    SIM_CHECK(sum == latency);  // request.charge() is the only way to spend an operation's time
    if (!into.slow.is_slow(latency)) [[likely]]
        return;
    ++into.slow_count;
    for (std::size_t i = 0; i < scenarios::stage_count; ++i) into.slow_ns[i] += stages[i].count();
}

}  // namespace faultline::models
