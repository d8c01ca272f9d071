#include "models/measures/operations.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/check.hpp"
#include "models/measures/histogram_data.hpp"

namespace faultline::models {
namespace {

using std::chrono::seconds;

std::int64_t whole_seconds(Instant t) {
    return t.time_since_epoch() / seconds{1};
}

Duration longest_deadline(const MeasuresShape& shape) {
    Duration longest{};
    for (const ClassShape& query_class : shape.classes) longest = std::max(longest, query_class.deadline);
    return longest;
}

}  // namespace

Operations::Operations(const MeasuresShape& shape)
    : offices_{shape.offices.size()},
      pairs_{shape.classes.size() * offices_},
      first_second_{whole_seconds(shape.warm_up_end)},
      cells_(pairs_ * live_phase_count),
      rows_{pairs_, longest_deadline(shape)},
      timeline_(static_cast<std::size_t>(whole_seconds(shape.end) - first_second_ + 1) * shape.classes.size()),
      stages_(shape.classes.size()) {
    for (const ClassShape& query_class : shape.classes) deadlines_.push_back(query_class.deadline);
}

void Operations::fail(std::size_t cell, FailureReason reason) {
    Cell& into = cells_[cell];
    const Outcome outcome = outcome_of(reason);
    into.latency.record_failure();
    ++(outcome == Outcome::refused ? into.refused : outcome == Outcome::timed_out ? into.timed_out : into.failed);
    ++reasons(cell)[static_cast<std::size_t>(reason)];
}

Operations::FailureReasons& Operations::reasons(std::size_t cell) {
    if (reasons_.empty()) reasons_.resize(cells_.size());
    if (reasons_[cell] == nullptr) reasons_[cell] = std::make_unique<FailureReasons>();
    return *reasons_[cell];
}

void Operations::move_counts(std::size_t from_cell, std::size_t to_cell) {
    if (!reasons_.empty() && reasons_[from_cell] != nullptr) {
        const std::unique_ptr<FailureReasons> moved = std::move(reasons_[from_cell]);
        FailureReasons& sum = reasons(to_cell);
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += (*moved)[i];
    }
    Cell& from = cells_[from_cell];
    Cell& to = cells_[to_cell];
    to.latency.merge(from.latency);
    to.due += from.due;
    to.good += from.good;
    to.refused += from.refused;
    to.timed_out += from.timed_out;
    to.failed += from.failed;
    from = Cell{};
}

void Operations::resolve_settling(LivePhase phase) {
    for (std::size_t i = 0; i < pairs_; ++i) {
        const std::size_t settling = cell(i, LivePhase::settling);
        if (cells_[settling].due > 0) move_counts(settling, cell(i, phase));
    }
}

std::uint64_t Operations::in_flight() const {
    std::uint64_t count = 0;
    for (const Cell& counts : cells_) count += counts.due - counts.ended();
    return count;
}

// An operation still in flight at the end that is younger than this says nothing yet: answers like those seen could
// still come. One that is older ranks slower than any answer: a service must not shine by never answering.
Duration Operations::undecided_below(const Cell& counts, Duration deadline) const {
    const std::uint64_t answered = counts.latency.answered();
    if (answered == 0) return deadline;
    return std::min(deadline, counts.latency.at_rank(answered - answered / 100));
}

scenarios::ClassAtOffice Operations::at_office(const Cell& counts, std::uint64_t undecided) const {
    const std::uint64_t in_flight = counts.due - counts.ended();
    scenarios::ClassAtOffice result;
    result.outcomes = {.due = counts.due,
                       .answered = counts.latency.answered(),
                       .refused = counts.refused,
                       .timed_out = counts.timed_out,
                       .failed = counts.failed,
                       .in_flight = in_flight,
                       .good = counts.good,
                       .undecided = undecided};
    const scenarios::Outcomes& all = result.outcomes;
    SIM_CHECK(all.due == all.answered + all.refused + all.timed_out + all.failed + all.in_flight);
    SIM_CHECK(all.undecided <= all.in_flight && all.good <= all.answered);
    result.latency = histogram_data(counts.latency);
    result.latency.failed += in_flight - undecided;
    return result;
}

namespace {

struct RowAtEnd {
    Instant start, end;
    Instant young_from;  // what is due from then on says nothing yet
};

// A row has no instants of its operations. All of them say nothing yet, or, in the row in which the young begin, as
// many as are due in that part of it and as chance adds (three standard deviations of a Poisson variable): answers of
// milliseconds are in flight at the end of any run.
std::uint64_t undecided_of(const SecondRows::Counts& counts, const RowAtEnd& row) {
    if (row.young_from <= row.start) return counts.in_flight();
    if (row.young_from >= row.end) return 0;
    const double part = engine::in_seconds(row.end - row.young_from) / engine::in_seconds(row.end - row.start);
    const double young = static_cast<double>(counts.due) * part;
    return std::min<std::uint64_t>(counts.in_flight(), static_cast<std::uint64_t>(young + 3.0 * std::sqrt(young)));
}

}  // namespace

void Operations::finish_office(Place place, const PhaseTrack& track, Instant end,
                               scenarios::ClassResult& result) const {
    const std::size_t pair_of_place = place.query_class * offices_ + place.office;
    const auto counts_in = [&](LivePhase phase) -> const Cell& { return cells_[cell(pair_of_place, phase)]; };
    std::array<std::uint64_t, live_phase_count> undecided{};
    // Whoever is in flight in an older row is beyond every deadline.
    for (std::size_t row = rows_.first_live(); row < rows_.end(); ++row) {
        const SecondRows::Counts& counts = *rows_.find(row, pair_of_place);
        if (counts.in_flight() == 0) continue;
        const LivePhase phase = track.row_phase(row);
        const Duration below = undecided_below(counts_in(phase), deadlines_[place.query_class]);
        undecided[static_cast<std::size_t>(phase)] +=
            undecided_of(counts, {track.row_start(row), std::min(end, track.row_end(row)), end - below});
    }
    std::array<scenarios::ClassAtOffice*, 3> results{&result.steady[place.office], &result.degraded[place.office],
                                                     &result.recovering[place.office]};
    SIM_CHECK(counts_in(LivePhase::settling).due == 0);
    for (std::size_t phase = 0; phase < results.size(); ++phase) {
        // A row in which the phase changed counts with its beginning, so a phase may be given a few too many.
        const Cell& counts = counts_in(static_cast<LivePhase>(phase));
        *results[phase] = at_office(counts, std::min(undecided[phase], counts.due - counts.ended()));
    }
}

void Operations::finish_timelines(std::size_t query_class, scenarios::ClassResult& result) const {
    const auto before = static_cast<std::size_t>(first_second_);
    const std::size_t count = before + timeline_.size() / deadlines_.size();
    result.due_per_s.assign(count, 0);
    result.good_per_s.assign(count, 0);
    result.latency_mean_ms_per_s.assign(count, std::numeric_limits<float>::quiet_NaN());
    result.repeats_per_s.assign(count, 0);
    for (std::size_t i = before; i < count; ++i) {
        const Second& second = timeline_[(i - before) * deadlines_.size() + query_class];
        result.due_per_s[i] = second.due;
        result.good_per_s[i] = second.good;
        result.repeats_per_s[i] = second.repeats;
        if (second.answered == 0) continue;
        const double mean_ns = static_cast<double>(second.latency_ns) / second.answered;
        result.latency_mean_ms_per_s[i] = static_cast<float>(mean_ns * 1e-6);
    }
}

void Operations::finish_reasons(std::size_t query_class, scenarios::ClassResult& result) const {
    constexpr std::array outcomes{"answered", "refused", "timed out", "failed"};
    if (reasons_.empty()) return;
    for (std::size_t reason = 1; reason < scenarios::failure_reason_count; ++reason) {
        const Outcome outcome = outcome_of(static_cast<FailureReason>(reason));
        scenarios::UnansweredResult one{
            outcomes[static_cast<std::size_t>(outcome)], scenarios::failure_reason_texts[reason].name, 0, {}, {}, {}};
        const std::array series{&one.steady, &one.degraded, &one.recovering};
        for (std::size_t phase = 0; phase < series.size(); ++phase) {
            for (std::size_t office = 0; office < offices_; ++office) {
                const std::size_t at = cell(query_class * offices_ + office, static_cast<LivePhase>(phase));
                series[phase]->push_back(reasons_[at] != nullptr ? (*reasons_[at])[reason] : 0);
                one.count += series[phase]->back();
            }
        }
        if (one.count > 0) result.unanswered.push_back(std::move(one));
    }
}

void Operations::finish(const PhaseTrack& track, Instant end, std::vector<scenarios::ClassResult>& results) const {
    for (std::size_t i = 0; i < deadlines_.size(); ++i) {
        scenarios::ClassResult& result = results[i];
        result.steady.resize(offices_);
        result.degraded.resize(offices_);
        result.recovering.resize(offices_);
        for (std::size_t office = 0; office < offices_; ++office) {
            finish_office({i, office}, track, end, result);
        }
        result.stage_ns = stages_[i].all_ns;
        result.stage_slow_ns = stages_[i].slow_ns;
        result.stage_slow_count = stages_[i].slow_count;
        result.attempts = stages_[i].attempts;
        result.hedges = stages_[i].hedges;
        finish_reasons(i, result);
        finish_timelines(i, result);
    }
}

std::size_t Operations::memory_bytes() const {
    std::size_t bytes = engine::bytes_taken(cells_) + rows_.memory_bytes() + timeline_.capacity() * sizeof(Second) +
                        stages_.capacity() * sizeof(Stages);
    for (const Cell& counts : cells_) bytes += counts.latency.memory_bytes() - sizeof(counts.latency);
    const auto unused = static_cast<std::size_t>(std::count(reasons_.begin(), reasons_.end(), nullptr));
    return bytes + reasons_.capacity() * sizeof(reasons_[0]) + (reasons_.size() - unused) * sizeof(FailureReasons);
}

}  // namespace faultline::models
