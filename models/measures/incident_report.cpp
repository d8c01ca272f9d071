#include "models/measures/incident_report.hpp"

#include <algorithm>
#include <utility>

namespace faultline::models {
namespace {

constexpr std::uint64_t window_operations_min = 500;
constexpr std::int64_t window_seconds_max = 10;
constexpr std::int64_t rare_seconds_max = 60;  // an assumption: as long as what must be quiet after the last bad window
constexpr Duration window_least = std::chrono::seconds{1};
constexpr Duration quiet_least = std::chrono::seconds{60};
constexpr const char* health_checks_stage = "health checks";
constexpr const char* before = "the time before ";  // another fault of the incident

std::string endpoint_name(const ClassShape& query_class) {
    switch (query_class.role) {
        case scenarios::TargetRole::writer:
            return query_class.database + "/writer";
        case scenarios::TargetRole::reader:
            return query_class.database + "/reader";
        case scenarios::TargetRole::custom:
            return query_class.database + "/" + query_class.endpoint;
        case scenarios::TargetRole::cache:
        case scenarios::TargetRole::station:
        case scenarios::TargetRole::warehouse:
            break;
    }
    return query_class.database;
}

// Work on a cache or a warehouse is no stage of a database that fails over meanwhile.
bool is_of_work_on_parts(const Incident::Mark& mark) {
    return mark.stage == "forking" || mark.stage == "scaling" || mark.stage == "resizing" || mark.stage == "catch-up";
}

// The end of the last bad window of any class or canary; its start, if there was none.
Instant last_bad_window(const Incident& incident, const scenarios::IncidentResult& result) {
    Instant last = incident.start;
    for (const scenarios::Recovery& recovery : result.recoveries) {
        last = std::max(last, incident.start + Duration{recovery.bad_until_ns});
    }
    return last;
}

// An instance, a volume or a region of one. A control plane or a resolver alone takes no database down.
bool hits_a_database(const scenarios::FaultResult& fault, const std::vector<std::string>& databases) {
    if (fault.kind == "control-plane-impaired" || fault.kind == "dns-failure") return false;
    return std::any_of(fault.hit.begin(), fault.hit.end(), [&](const std::string& hit) {
        const std::string owner = hit.substr(0, hit.find('/'));
        return std::find(databases.begin(), databases.end(), owner) != databases.end();
    });
}

}  // namespace

bool is_rare(const Baseline& normal) {
    constexpr double per_second = static_cast<double>(window_operations_min) / static_cast<double>(window_seconds_max);
    const double enough = per_second * static_cast<double>(normal.time.count()) / 1e9;
    return normal.due > 0 && static_cast<double>(normal.due) < enough;
}

IncidentReport::IncidentReport(const Sources& sources, Instant end)
    : shape_{sources.shape},
      track_{sources.track},
      operations_{sources.operations},
      canaries_{sources.canaries},
      incidents_{sources.incidents},
      end_{end} {
    for (const ClassShape& query_class : shape_.classes) {
        const std::vector<std::string>& targets = shape_.canary_targets;
        const std::string wanted = canary_name(endpoint_name(query_class), query_class.via);
        const auto found = std::find(targets.begin(), targets.end(), wanted);
        target_of_.push_back(static_cast<std::size_t>(found - targets.begin()));
    }
}

std::vector<scenarios::IncidentResult> IncidentReport::results() const {
    const std::vector<Incident>& incidents = incidents_.all();
    std::vector<scenarios::IncidentResult> results;
    for (std::size_t i = 0; i < incidents.size(); ++i) {
        const bool cut = i + 1 < incidents.size();
        results.push_back(one({incidents[i], cut ? incidents[i + 1].start : end_, cut}));
    }
    return results;
}

scenarios::IncidentResult IncidentReport::one(const Observed& observed) const {
    scenarios::IncidentResult result;
    result.planned = true;
    for (const std::size_t fault : observed.incident.faults) {
        const std::string& name = incidents_.faults()[fault].name;
        const bool again = std::find(result.faults.begin(), result.faults.end(), name) != result.faults.end();
        if (!again) result.faults.push_back(name);  // at random: the same one may strike twice
        result.planned = result.planned && incidents_.faults()[fault].planned;
    }
    result.start_ns = observed.incident.start.time_since_epoch().count();
    result.losses = observed.incident.losses;
    add_offices_of_losses(observed, result);
    add_recoveries(observed, result);
    add_full_recovery(observed, result);
    add_waterfall(observed, result);
    add_skipped(observed, result);
    return result;
}

void IncidentReport::add_recoveries(const Observed& observed, scenarios::IncidentResult& result) const {
    for (std::size_t i = 0; i < shape_.classes.size(); ++i) {
        for (std::size_t office = 0; office < shape_.offices.size(); ++office) {
            std::optional<scenarios::Recovery> recovery = class_recovery(observed, {i, office});
            if (recovery) result.recoveries.push_back(std::move(*recovery));
        }
    }
    for (std::size_t site = 0; site < shape_.offices.size(); ++site) {
        for (std::size_t target = 0; target < canaries_.targets(); ++target) {
            if (!canaries_.used({site, target})) continue;
            result.recoveries.push_back(canary_recovery(observed, {site, target}));
        }
    }
}

RecoveryRule IncidentReport::rule(const Observed& observed) const {
    RecoveryRule rule;
    rule.operations_min = window_operations_min;
    rule.seconds_max = window_seconds_max;
    rule.observed = observed.until - observed.incident.start;
    rule.quiet_needed = observed.cut ? quiet_least : std::max(quiet_least, shape_.longest_client_timer);
    return rule;
}

std::optional<scenarios::Recovery> IncidentReport::class_recovery(const Observed& observed,
                                                                  Operations::Place place) const {
    const Baseline& normal =
        observed.incident.normal.operations[place.query_class * shape_.offices.size() + place.office];
    const Canaries::Probe probe{place.office, target_of_[place.query_class]};
    scenarios::Recovery result;
    // A canary's own statement does not tell that the data are wrong: only the class's operations do.
    const bool wrong_data = observed.incident.wrong_classes[place.query_class] != 0;
    if (is_rare(normal) && !wrong_data && probe.target < canaries_.targets() && canaries_.used(probe)) {
        result = canary_recovery(observed, probe);
    } else {
        const std::vector<IncidentSecond> seconds = seconds_of(observed, place);
        const auto any_due = [](const IncidentSecond& second) { return second.seen.due > 0; };
        if (std::none_of(seconds.begin(), seconds.end(), any_due)) return std::nullopt;
        // Without a canary a rare class has only its own operations: 500, or those of a minute. One with an operation
        // in five seconds would else be judged once in 40 minutes, and not recover within any shorter run.
        RecoveryRule by_operations = rule(observed);
        if (is_rare(normal)) by_operations.seconds_max = rare_seconds_max;
        result = judge_recovery(seconds, normal, by_operations);
        result.office = shape_.offices[place.office];
    }
    result.of = shape_.classes[place.query_class].name;
    result.driver = shape_.classes[place.query_class].driver;
    return result;
}

scenarios::Recovery IncidentReport::canary_recovery(const Observed& observed, Canaries::Probe probe) const {
    RecoveryRule by_canary = rule(observed);
    by_canary.operations_min = 1;
    by_canary.seconds_max = 1;
    by_canary.single_probes = true;
    const Baseline& normal = observed.incident.normal.canaries[probe.site * canaries_.targets() + probe.target];
    scenarios::Recovery result = judge_recovery(seconds_of(observed, probe), normal, by_canary);
    result.of = shape_.canary_targets[probe.target];
    result.office = shape_.offices[probe.site];
    result.canary = true;
    return result;
}

// Of an incident that another one follows, without what that one may have spoilt: operations whose deadline had not
// passed when it began.
std::vector<IncidentSecond> IncidentReport::seconds_of(const Observed& observed, Operations::Place place) const {
    std::vector<IncidentSecond> result;
    const Duration deadline = shape_.classes[place.query_class].deadline;
    const Instant until = observed.cut ? observed.until - deadline : observed.until;
    Operations::Seen operations = operations_.seen(place);
    for (std::size_t row = observed.incident.first_row; track_.row_start(row) < until; ++row) {
        if (observed.cut && track_.row_end(row) > until) break;
        const ShareCount seen = operations.in(row, track_.row_end(row), end_);
        result.push_back({seen, track_.row_phase(row) == LivePhase::steady});
    }
    return result;
}

// A canary that was due and never reported, two seconds running, failed: silence must not pass for an answer. One empty
// second between two others says nothing, and neither do the last ones, whose canaries may still be waiting.
std::vector<IncidentSecond> IncidentReport::seconds_of(const Observed& observed, Canaries::Probe probe) const {
    std::vector<IncidentSecond> result;
    bool before_empty = false;
    for (std::size_t row = observed.incident.first_row; track_.row_start(row) < observed.until; ++row) {
        ShareCount seen = canaries_.seen(probe, row);
        const bool empty = seen.due == 0 && track_.row_end(row) + shape_.canary_timeout <= end_;
        if (empty && before_empty) seen.due = 1;
        before_empty = empty;
        result.push_back({seen, track_.row_phase(row) == LivePhase::steady});
    }
    return result;
}

// No earlier than the end of the last bad window of any class or canary, and not at all if one has not recovered.
void IncidentReport::add_full_recovery(const Observed& observed, scenarios::IncidentResult& result) const {
    if (!observed.incident.full_recovery) return;
    Instant latest = *observed.incident.full_recovery;
    for (const scenarios::Recovery& recovery : result.recoveries) {
        if (!recovery.recovered) return;
        latest = std::max(latest, observed.incident.start + Duration{recovery.rto_ns});
    }
    result.full_recovery_ns = latest.time_since_epoch().count();
    for (std::size_t i = 0; i < shape_.caches.size(); ++i) {
        const std::optional<Instant> out = observed.incident.cache_out[i];
        const Duration warm_after = out ? *out - observed.incident.start : Duration{};
        result.rewarmed.emplace_back(shape_.caches[i], warm_after.count());
    }
}

void IncidentReport::add_offices_of_losses(const Observed& observed, scenarios::IncidentResult& result) const {
    const std::size_t offices = shape_.offices.size();
    for (std::size_t database = 0; database < result.losses.size(); ++database) {
        for (std::size_t office = 0; office < offices; ++office) {
            const std::uint64_t commits = observed.incident.lost_by_office[database * offices + office];
            if (commits > 0) result.losses[database].lost_at.push_back({shape_.offices[office], commits});
        }
    }
}

// Time that was not simulated belongs to the stage that began it, and to every recovery that came after it.
void IncidentReport::add_skipped(const Observed& observed, scenarios::IncidentResult& result) const {
    const Incident& incident = observed.incident;
    if (incident.skipped == Duration{}) return;
    result.skipped_ns = incident.skipped.count();
    const std::int64_t noticed_ns = (incident.skipped_at - incident.start).count();
    for (scenarios::Recovery& recovery : result.recoveries) {
        if (recovery.bad_until_ns < noticed_ns) continue;
        recovery.bad_until_ns += result.skipped_ns;
        if (recovery.recovered) recovery.rto_ns += result.skipped_ns;
    }
    for (auto& [stage, length_ns] : result.waterfall) {
        if (stage == "noticing") length_ns += result.skipped_ns;
    }
}

// While names are away clients wait for them, and neither for whoever detects something nor for each other.
void IncidentReport::add_stage(const Incident& incident, const std::string& stage, const Incident::Span& span,
                               scenarios::IncidentResult& result) {
    if (incident.names_away.empty()) {
        result.waterfall.emplace_back(stage, (span.to - span.from).count());
        return;
    }
    Instant since = span.from;
    const auto end_part = [&](const std::string& part, Instant at) {
        if (at > since) result.waterfall.emplace_back(part, (at - since).count());
        since = std::max(since, at);
    };
    const bool waits = stage == "detection" || stage == "reconnection" || stage.starts_with(before);
    for (const Incident::Span& away : incident.names_away) {
        if (!waits || away.to <= since || away.from >= span.to) continue;
        end_part(stage, away.from);
        end_part("dns outage", std::min(away.to, span.to));
    }
    end_part(stage, span.to);
}

// Of an incident that another fault has joined: who had been told of nothing before it waited for nothing yet. The last
// fault that hit a database and began by the first stage; none: the incident's own first one.
const scenarios::FaultResult* IncidentReport::joined_before_stages(const Observed& observed) const {
    const Incident& incident = observed.incident;
    const std::int64_t first_ns = incident.stages.front().at.time_since_epoch().count();
    const std::int64_t start_ns = (incident.start + window_least).time_since_epoch().count();
    const scenarios::FaultResult* joined = nullptr;
    for (const std::size_t number : incident.faults) {
        const scenarios::FaultResult& fault = incidents_.faults()[number];
        if (fault.start_ns < start_ns || fault.start_ns > first_ns || !hits_a_database(fault, shape_.databases))
            continue;
        if (joined == nullptr || fault.start_ns > joined->start_ns) joined = &fault;
    }
    return joined;
}

// The first fault that began then.
const scenarios::FaultResult* IncidentReport::joined_between(const Observed& observed, Instant from,
                                                             Instant until) const {
    const scenarios::FaultResult* joined = nullptr;
    for (const std::size_t number : observed.incident.faults) {
        const scenarios::FaultResult& fault = incidents_.faults()[number];
        const Instant start{Duration{fault.start_ns}};
        if (start < from || start >= until) continue;
        if (joined == nullptr || fault.start_ns < joined->start_ns) joined = &fault;
    }
    return joined;
}

// Each stage lasts until the next one begins, the last until the end of the last bad window of any class. Of the last
// one, reconnection, what comes after the last client that had to connect anew is re-warming as long as a cache has too
// few hits, and then backlog; windows are whole seconds, so what is shorter is neither. From the next fault on that
// joins, it is that one's time.
void IncidentReport::add_waterfall(const Observed& observed, scenarios::IncidentResult& result) const {
    const Incident& incident = observed.incident;
    if (incident.stages.empty() && incident.names_away.empty()) {
        add_health_checks(observed, result);
        return;
    }
    Instant since = incident.start;
    if (const scenarios::FaultResult* const joined =
            incident.stages.empty() ? nullptr : joined_before_stages(observed)) {
        since = Instant{Duration{joined->start_ns}};
        add_stage(incident, before + joined->name, {incident.start, since}, result);
    }
    std::string stage = incident.stages.empty() ? "reconnection" : "detection";
    const bool of_parts = std::all_of(incident.stages.begin(), incident.stages.end(), is_of_work_on_parts);
    for (const Incident::Mark& mark : incident.stages) {
        if (is_of_work_on_parts(mark) && !of_parts) continue;
        const Instant at = std::max(since, mark.at);
        if (mark.stage == stage) continue;
        if (at > since) add_stage(incident, stage, {since, at}, result);
        since = at;
        stage = mark.stage;
    }
    const Instant last_bad = std::max(since, last_bad_window(incident, result));
    if (incident.stages.empty() && last_bad == since) return;  // nobody has missed a name
    if (stage != "reconnection") {
        result.waterfall.emplace_back(stage, (last_bad - since).count());
        return;
    }
    add_last_stages(observed, since, last_bad, result);
}

void IncidentReport::add_last_stages(const Observed& observed, Instant since, Instant last_bad,
                                     scenarios::IncidentResult& result) const {
    const Incident& incident = observed.incident;
    const scenarios::FaultResult* const later = joined_between(observed, since + window_least, last_bad);
    const Instant own_end = later == nullptr ? last_bad : Instant{Duration{later->start_ns}};
    Instant connected = since;
    for (const Incident::Span& away : incident.names_away) {
        if (away.from < own_end) connected = std::max(connected, std::min(away.to, own_end));
    }
    for (const Instant lost : incident.connections_lost) {
        if (lost <= own_end) connected = std::max(connected, lost);
    }
    if (own_end < connected + window_least) connected = own_end;
    add_stage(incident, "reconnection", {since, connected}, result);
    const Instant misled = std::clamp(incident.misled.value_or(connected), connected, own_end);
    const Instant left_out = misled < connected + window_least ? connected : misled;
    if (left_out > connected) result.waterfall.emplace_back(health_checks_stage, (left_out - connected).count());
    Instant warm = left_out;
    for (const std::optional<Instant> out : incident.cache_out) warm = std::max(warm, out.value_or(warm));
    warm = std::min(warm, own_end);
    if (warm > left_out) result.waterfall.emplace_back("re-warming", (warm - left_out).count());
    if (own_end > warm) {
        result.waterfall.emplace_back(later == nullptr ? "backlog" : before + later->name, (own_end - warm).count());
    }
    if (later != nullptr) result.waterfall.emplace_back("the time since " + later->name, (last_bad - own_end).count());
}

// No database failed over, but instances of a service are lost: until their balancer has noticed.
void IncidentReport::add_health_checks(const Observed& observed, scenarios::IncidentResult& result) const {
    const Incident& incident = observed.incident;
    const Instant last_bad = last_bad_window(incident, result);
    const Instant left_out = std::min(incident.misled.value_or(incident.start), last_bad);
    if (left_out < incident.start + window_least) return;
    result.waterfall.emplace_back(health_checks_stage, (left_out - incident.start).count());
    if (last_bad >= left_out + window_least) result.waterfall.emplace_back("backlog", (last_bad - left_out).count());
}

}  // namespace faultline::models
