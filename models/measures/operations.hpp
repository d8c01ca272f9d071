// Every due operation, once, at the time it was due: outcomes and latencies by class, office and phase, shares second
// by second, timelines by class, and where the time of the answered went. The hot path of a run: flat arrays, sized at
// the start, and one record into a histogram an operation.
//
// Memory, with C classes, F offices and S measured seconds:
//   C x F x (4 phases x (256 B + 1 KiB for each octave of latency met) + rows by second)  +  C x (24 B x S + 20 KB)
// and 140 B more for each of the 4 x C x F in which anything was refused, timed out or failed.
// An octave is a factor of 2: latencies from 4 ms to 1 s meet eight. Rows: second_rows.hpp. A class at an office that
// was only ever steady, in a run of an hour, with a deadline of a few seconds and fewer than 64 due in each: 1 KiB +
// 8 KiB + 5.5 KiB; an incident adds up to three times the 8 KiB, an hour more 4 KiB.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/check.hpp"
#include "engine/large_pages.hpp"
#include "engine/statistics/latency_histogram.hpp"
#include "models/measures/phase_track.hpp"
#include "models/measures/recovery.hpp"
#include "models/measures/second_rows.hpp"
#include "models/measures/shape.hpp"
#include "models/measures/slow_threshold.hpp"

namespace faultline::models {

class Operations {
public:
    explicit Operations(const MeasuresShape& shape);

    struct Place {
        std::size_t query_class = 0;
        std::size_t office = 0;
    };
    void due(const Operation& operation, const PhaseTrack& track) {
        SIM_CHECK(operation.query_class < deadlines_.size() && operation.office < offices_);
        const PhaseTrack::Segment& segment = track.at(operation.due);
        const std::size_t row = PhaseTrack::row(segment, operation.due);
        rows_.reach(row, track, operation.due);
        ++cells_[cell(pair(operation), segment.phase)].due;
        ++rows_.find(row, pair(operation))->due;
        ++timeline_[second(operation)].due;
    }
    // For one that is due now, and its end.
    void prefetch(const Place& place, LivePhase phase) const {
        const std::size_t pair_of_place = place.query_class * offices_ + place.office;
        const auto* const lines = reinterpret_cast<const std::byte*>(&cells_[cell(pair_of_place, phase)]);
        __builtin_prefetch(lines, 1);
        __builtin_prefetch(lines + 64, 1);
    }
    struct Ending {
        Instant now{};
        FailureReason reason = FailureReason::none;
        StageTimes stages;
        int attempts = 1;
    };
    void ended(const Operation& operation, const PhaseTrack& track, const Ending& ending);

    // An attempt besides the first began; `hedge`: beside one that is under way.
    void repeated(std::size_t query_class, Instant now, bool hedge) {
        ++timeline_[second({query_class, 0, now})].repeats;
        stages_[query_class].hedges += hedge ? 1 : 0;
    }

    // What is settling was `phase` all the time: the counts move there. Call before PhaseTrack::resolve_settling.
    void resolve_settling(LivePhase phase);

    // Row by row, those due in one whose ending is known: all of them once their deadline has passed by `now`. Cheap
    // where rows are asked for in their order.
    class Seen {
    public:
        ShareCount in(std::size_t row, Instant row_end, Instant now) {
            const bool decided = engine::saturating_add(row_end, deadline_) <= now;
            return decided ? rows_.all(row) : rows_.ended(row);
        }

        // And all that were due in it, whether they have ended or not.
        ShareCount all(std::size_t row) { return rows_.all(row); }

    private:
        friend class Operations;
        Seen(const SecondRows& rows, std::size_t pair, Duration deadline) : rows_(rows, pair), deadline_(deadline) {}

        SecondRows::Reader rows_;
        Duration deadline_;
    };
    Seen seen(Place place) const {
        return {rows_, place.query_class * offices_ + place.office, deadlines_[place.query_class]};
    }

    std::uint64_t in_flight() const;
    // Fills what ClassResult says of operations. Requires every end to have had its due (SIM_CHECK).
    void finish(const PhaseTrack& track, Instant end, std::vector<scenarios::ClassResult>& results) const;
    std::size_t memory_bytes() const;

private:
    // One class at one office in one phase; the answered are in the histogram. Two lines of the processor's cache are
    // all that an answer touches.
    struct alignas(64) Cell {
        std::uint64_t due = 0, good = 0;
        engine::LatencyHistogram latency;
        std::uint64_t refused = 0, timed_out = 0, failed = 0;
        std::uint64_t ended() const { return latency.count(); }
    };
    // How many ended so, by FailureReason.
    using FailureReasons = std::array<std::uint32_t, scenarios::failure_reason_count>;
    struct Second {  // one class in one second of due time
        std::int64_t latency_ns = 0;
        std::uint32_t due = 0, good = 0, answered = 0;
        std::uint32_t repeats = 0;  // by their own time
    };
    struct Stages {
        std::array<std::int64_t, scenarios::stage_count> all_ns{}, slow_ns{};
        std::uint64_t slow_count = 0, attempts = 0, hedges = 0;
        SlowThreshold slow;
    };

    std::size_t pair(const Operation& operation) const { return operation.query_class * offices_ + operation.office; }
    // Those of one phase lie together: most of a run is in one.
    std::size_t cell(std::size_t pair, LivePhase phase) const {
        return static_cast<std::size_t>(phase) * pairs_ + pair;
    }
    std::size_t second(const Operation& operation) const {
        const auto since = operation.due.time_since_epoch() / std::chrono::seconds{1} - first_second_;
        return static_cast<std::size_t>(since) * deadlines_.size() + operation.query_class;
    }
    void end_in_row(std::size_t row, std::size_t pair, bool good);
    void fail(std::size_t cell, FailureReason reason);
    FailureReasons& reasons(std::size_t cell);
    void move_counts(std::size_t from, std::size_t to);
    static void charge(Stages& into, StageTimes stages, Duration latency);
    Duration undecided_below(const Cell& cell, Duration deadline) const;
    scenarios::ClassAtOffice at_office(const Cell& cell, std::uint64_t undecided) const;
    void finish_office(Place place, const PhaseTrack& track, Instant end, scenarios::ClassResult& result) const;
    void finish_reasons(std::size_t query_class, scenarios::ClassResult& result) const;
    void finish_timelines(std::size_t query_class, scenarios::ClassResult& result) const;

    std::vector<Duration> deadlines_;  // by class
    std::size_t offices_;
    std::size_t pairs_;
    std::int64_t first_second_;  // of the run, in the timelines
    engine::LargePageVector<Cell> cells_;
    SecondRows rows_;
    std::vector<Second> timeline_;
    std::vector<Stages> stages_;  // by class
    // By cell, of those in which something was not answered; none at all until then.
    std::vector<std::unique_ptr<FailureReasons>> reasons_;
};

inline void Operations::ended(const Operation& operation, const PhaseTrack& track, const Ending& ending) {
    const PhaseTrack::Segment& segment = track.at(operation.due);
    const std::size_t at = cell(pair(operation), segment.phase);
    Cell& into = cells_[at];
    SIM_CHECK(into.due > into.ended());  // an end without its due, or a second one
    Stages& of_class = stages_[operation.query_class];
    of_class.attempts += static_cast<std::uint64_t>(ending.attempts);
    const Duration latency = ending.now - operation.due;
    const bool answered = ending.reason == FailureReason::none;
    const bool in_time = answered && latency <= deadlines_[operation.query_class];
    end_in_row(PhaseTrack::row(segment, operation.due), pair(operation), in_time);
    if (!answered) return fail(at, ending.reason);

    const std::uint32_t good = in_time ? 1 : 0;
    into.latency.record(latency);
    into.good += good;
    Second& in_second = timeline_[second(operation)];
    in_second.latency_ns += latency.count();
    in_second.good += good;
    ++in_second.answered;
    charge(of_class, ending.stages, latency);
}

inline void Operations::end_in_row(std::size_t row, std::size_t pair, bool good) {
    SecondRows::Counts* const counts = rows_.find(row, pair);
    if (counts == nullptr) {  // packed as not good
        SIM_CHECK(!good);
        return;
    }
    SIM_CHECK(counts->in_flight() > 0);
    ++(good ? counts->good : counts->bad);
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
