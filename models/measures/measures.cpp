#include "models/measures/measures.hpp"

#include <algorithm>

#include "engine/check.hpp"
#include "models/measures/incident_report.hpp"
#include "models/measures/office_minutes.hpp"
#include "models/measures/storms.hpp"

namespace faultline::models {
namespace {

constexpr std::size_t rows_of_a_window = NormalBands::window / std::chrono::seconds{1};

}  // namespace

Measures::Measures(const MeasuresShape& shape)
    : shape_{shape},
      track_{shape.warm_up_end},
      operations_{shape},
      canaries_{shape.offices.size(), shape.canary_targets.size()},
      bands_{shape.classes.size(), shape.caches.size(), shape.warm_up_end},
      cache_reads_{shape},
      session_reads_{shape},
      databases_{shape},
      steady_shares_{shape},
      incidents_{shape},
      writes_(shape.classes.size()),
      window_end_{bands_.window_end()} {
    SIM_CHECK(shape.end >= shape.warm_up_end && shape.warm_up_end >= engine::start_of_time);
    for (const ClassShape& query_class : shape.classes) {
        const auto found = std::find(shape.databases.begin(), shape.databases.end(), query_class.database);
        database_of_.push_back(static_cast<std::size_t>(found - shape.databases.begin()));
    }
    need_rows();
}

void Measures::need_rows() {
    canaries_.need_rows(track_.rows_until(shape_.end));
}

void Measures::due(std::size_t query_class, std::size_t office, Instant due) {
    const Operation operation{query_class, office, due};
    if (!measured(due)) {
        ++warm_up_in_flight_;
        return;
    }
    SIM_CHECK(due <= shape_.end);
    if (due >= window_end_) [[unlikely]]
        advance(due);
    latest_due_ = std::max(latest_due_, due);
    operations_.due(operation, track_);
    bands_.due(operation);
}

void Measures::ended(std::size_t query_class, std::size_t office, Instant due, Instant now, FailureReason reason,
                     StageTimes stages, int attempts) {
    if (!measured(due)) {
        SIM_CHECK(warm_up_in_flight_ > 0);
        --warm_up_in_flight_;
        return;
    }
    if (now >= window_end_) [[unlikely]]
        advance(now);
    const Operation operation{query_class, office, due};
    operations_.ended(operation, track_, {now, reason, stages, attempts});
    if (reason == FailureReason::none) bands_.answered(operation, now - due);
}

void Measures::canary(std::size_t site, std::size_t target, Instant due, bool good) {
    if (measured(due) && due <= shape_.end) canaries_.record({site, target}, track_, due, good);
}

void Measures::write_unknown(std::size_t query_class, Instant due) {
    if (measured(due)) ++writes_[query_class].unknown;
}

void Measures::write_unknown_resolved(std::size_t query_class, Instant due, bool durable) {
    if (!measured(due)) return;
    WriteCounts& counts = writes_[query_class];
    ++(durable ? counts.durable : counts.absent);
    SIM_CHECK(counts.durable + counts.absent <= counts.unknown);
    const std::size_t database = database_of_[query_class];
    if (database == shape_.databases.size()) return;
    incidents_.unknown_resolved(database, durable);
    if (durable) databases_.durable_unacknowledged(database);
}

// Applied twice. In an idempotent class that does no harm.
void Measures::write_duplicate(std::size_t query_class, Instant due) {
    if (measured(due) && !shape_.classes[query_class].idempotent) ++writes_[query_class].duplicates;
}

void Measures::cache_read(std::size_t cache, CacheRead kind, Instant now) {
    if (!measured(now)) return;
    if (now >= window_end_) [[unlikely]]
        advance(now);
    cache_reads_.record(cache, kind, track_.at(now).phase, now);
    bands_.cache_read(cache, kind == CacheRead::fresh_hit);
}

bool Measures::session_read(std::size_t query_class, std::size_t office, Instant due, const SessionRead& read) {
    if (!measured(due)) return false;
    session_reads_.record({query_class, office, due}, track_, read);
    return true;
}

void Measures::commit_latency(std::size_t database, Duration latency, Instant now) {
    if (measured(now)) databases_.commit_acknowledged(database, latency);
}

void Measures::exposure(std::size_t database, Duration gap, Duration of_zone, Instant now) {
    databases_.exposure(database, gap, of_zone, now);
}

void Measures::replica_lag(std::size_t database, const std::string& of, Duration lag, Instant now) {
    if (measured(now)) databases_.replica_lag(database, of, lag);
}

void Measures::commits_lost(std::size_t database, std::uint64_t commits, Duration gap, Instant now,
                            std::span<const std::uint64_t> by_office) {
    if (commits == 0 && gap == Duration{}) return;
    SIM_CHECK(measured(now));
    incidents_.commits_lost(database, commits, gap);
    incidents_.commits_lost_at(database, by_office);
}

void Measures::commits_reconciled(std::size_t database, std::uint64_t commits, Instant now) {
    SIM_CHECK(measured(now));
    incidents_.commits_reconciled(database, commits);
}

// An operation recorded as due at this very instant has its place already: the new phase begins a nanosecond later.
Instant Measures::after_dues(Instant now) const {
    return std::max(now, latest_due_ + Duration{1});
}

void Measures::fault_started(std::size_t fault, Instant now) {
    SIM_CHECK(measured(now));
    advance(now);
    const Instant start = after_dues(now);
    if (!incident_open_) {
        open_incident(start);
    } else {
        resolve_settling(LivePhase::recovering);
        track_.enter(start, LivePhase::degraded);
    }
    incidents_.fault_started(fault, now);
}

void Measures::fault_ended(std::size_t fault, Instant now) {
    advance(now);
    incidents_.fault_ended(fault, now);
    if (!incidents_.fault_active()) track_.enter(after_dues(now), LivePhase::settling);
}

void Measures::redundancy(std::size_t database, bool whole, Instant now) {
    if (measured(now)) advance(now);
    incidents_.redundancy(database, whole, now);
}

void Measures::incident_stage(std::string_view stage, Instant now) {
    if (incidents_.any()) incidents_.latest().stages.push_back({std::string{stage}, now});
}

void Measures::names_away(bool away, Instant now) {
    outages_of_names_ += away ? 1 : -1;
    if (!incidents_.any()) return;
    std::vector<Incident::Span>& spans = incidents_.latest().names_away;
    if (away && outages_of_names_ == 1) spans.push_back({now, engine::end_of_time});
    if (!away && outages_of_names_ == 0 && !spans.empty()) spans.back().to = now;
}

void Measures::connection_lost(Instant at) {
    if (incidents_.any() && at >= incidents_.latest().start) incidents_.latest().connections_lost.push_back(at);
}

void Measures::balancer_misled(Instant at) {
    if (incidents_.any() && at >= incidents_.latest().start) incidents_.latest().misled = at;
}

void Measures::state_change(Instant now, std::string_view component, std::string_view state) {
    states_.push_back({now.time_since_epoch().count(), std::string{component}, std::string{state}});
}

void Measures::open_incident(Instant start) {
    const NormalShares& normal = steady_shares_.until(start, track_, operations_, canaries_);
    track_.enter_on_new_row(start, LivePhase::degraded);
    need_rows();
    incidents_.open(start, PhaseTrack::row(track_.at(start), start), normal);
    bands_.restart(start);
    window_end_ = bands_.window_end();
    incident_open_ = true;
}

void Measures::resolve_settling(LivePhase phase) {
    operations_.resolve_settling(phase);
    cache_reads_.resolve_settling(phase);
    session_reads_.resolve_settling(phase);
    resources_.resolve_settling(phase);
    traffic_.resolve_settling(phase);
    track_.resolve_settling(phase);
}

void Measures::advance(Instant now) {
    while (now >= window_end_) {
        if (bands_.has_previous()) judge_window(window_end_);
        bands_.roll();
        window_end_ = bands_.window_end();
    }
}

// The previous window, at the end of the current one: see normal_bands.hpp.
void Measures::judge_window(Instant now) {
    const Instant from = bands_.previous_start();
    const bool bad = incidents_.any() && shares_bad(from, now);
    if (!incident_open_ && !bad) {
        bands_.learn();
        return;
    }
    if (!incident_open_) {  // a relapse after full recovery: it was none
        incident_open_ = true;
        incidents_.latest().full_recovery.reset();
        track_.enter(after_dues(now), LivePhase::settling);
        bands_.watch();
    }
    const bool other = bad || incidents_.fault_active_since(from) || !incidents_.whole_since(from);
    const NormalBands::Judgement judged = bands_.judge(other);
    note_cache_recovery(from + NormalBands::window);
    if (judged.settled) {
        const Duration well = NormalBands::window * (NormalBands::windows_to_settle - 1);
        incidents_.latest().full_recovery = from - well;
        incident_open_ = false;
        resolve_settling(LivePhase::steady);
    } else if (judged.out && track_.phase() == LivePhase::settling) {
        resolve_settling(LivePhase::recovering);
        track_.enter(after_dues(now), LivePhase::settling);
    }
}

void Measures::note_cache_recovery(Instant window_end) {
    for (std::size_t i = 0; i < shape_.caches.size(); ++i) {
        if (bands_.cache_out(i)) incidents_.latest().cache_out[i] = window_end;
    }
}

// Whether any class at any office, or any canary, was bad beyond chance in these ten seconds, or nothing was due at
// all.
bool Measures::shares_bad(Instant from, Instant now) const {
    const std::size_t first_row = PhaseTrack::row(track_.at(from), from);
    const std::size_t offices = shape_.offices.size();
    for (std::size_t i = 0; i < shape_.classes.size(); ++i) {
        for (std::size_t office = 0; office < offices; ++office) {
            if (class_bad({i, office}, first_row, now)) return true;
        }
    }
    for (std::size_t site = 0; site < offices; ++site) {
        for (std::size_t target = 0; target < canaries_.targets(); ++target) {
            if (canary_bad({site, target}, first_row)) return true;
        }
    }
    return bands_.previous_due() == 0;
}

bool Measures::class_bad(Operations::Place place, std::size_t first_row, Instant now) const {
    const Incident& incident = incidents_.all().back();
    const Baseline& normal = incident.normal.operations[place.query_class * shape_.offices.size() + place.office];
    if (is_rare(normal) || normal.dead()) return false;
    ShareCount seen;
    Operations::Seen operations = operations_.seen(place);
    for (std::size_t row = first_row; row < first_row + rows_of_a_window; ++row) {
        const ShareCount here = operations.in(row, track_.row_end(row), now);
        seen.due += here.due;
        seen.good += here.good;
    }
    return is_bad(seen, normal) && beyond_chance(seen, normal);
}

bool Measures::canary_bad(Canaries::Probe probe, std::size_t first_row) const {
    const Incident& incident = incidents_.all().back();
    const Baseline& normal = incident.normal.canaries[probe.site * canaries_.targets() + probe.target];
    if (!canaries_.used(probe) || normal.dead()) return false;
    ShareCount seen;
    for (std::size_t row = first_row; row < first_row + rows_of_a_window; ++row) {
        seen.due += canaries_.seen(probe, row).due;
        seen.good += canaries_.seen(probe, row).good;
    }
    return seen.due == 0 || (is_bad(seen, normal) && beyond_chance(seen, of_single_probes(normal)));
}

void Measures::finish(Instant end, scenarios::ReplicationResult& result) {
    SIM_CHECK(!finished_ && end <= shape_.end && measured(end));
    advance(end);
    resolve_settling(LivePhase::recovering);  // what would have come of it nobody knows
    finished_ = true;

    result.warm_up_ns = shape_.warm_up_end.time_since_epoch().count();
    result.end_ns = end.time_since_epoch().count();
    result.classes.resize(shape_.classes.size());
    operations_.finish(track_, end, result.classes);
    result.office_minutes = office_minutes(shape_, track_, operations_, end);
    if (shape_.office_timelines) add_office_timelines(shape_, track_, operations_, end, result.classes);
    finish_classes(result.classes);
    session_reads_.finish(result.classes);
    result.caches.resize(shape_.caches.size());
    for (std::size_t i = 0; i < shape_.caches.size(); ++i) result.caches[i].name = shape_.caches[i];
    cache_reads_.finish(result.caches);
    result.databases.resize(shape_.databases.size());
    for (std::size_t i = 0; i < shape_.databases.size(); ++i) result.databases[i].database = shape_.databases[i];
    databases_.finish(end, result.databases);
    result.faults = incidents_.faults();
    result.incidents = IncidentReport{{shape_, track_, operations_, canaries_, incidents_}, end}.results();
    result.resources = resources_.finish(result.incidents.size());
    result.traffic = traffic_.finish(result.incidents.size());
    result.storms = find_storms(shape_, result);
    result.states.insert(result.states.end(), states_.begin(), states_.end());
}

void Measures::finish_classes(std::vector<scenarios::ClassResult>& results) const {
    for (std::size_t i = 0; i < results.size(); ++i) {
        results[i].name = shape_.classes[i].name;
        results[i].unknown = writes_[i].unknown;
        results[i].unknown_durable = writes_[i].durable;
        results[i].unknown_absent = writes_[i].absent;
        results[i].duplicates = writes_[i].duplicates;
    }
}

std::size_t Measures::memory_bytes() const {
    return sizeof(*this) + track_.memory_bytes() + operations_.memory_bytes() + canaries_.memory_bytes() +
           bands_.memory_bytes() + cache_reads_.memory_bytes() + session_reads_.memory_bytes() +
           databases_.memory_bytes() + resources_.memory_bytes() + traffic_.memory_bytes() +
           states_.capacity() * sizeof(scenarios::StateChange);
}

}  // namespace faultline::models
