#include "models/measures/storms.hpp"

#include <algorithm>
#include <cmath>

#include "models/measures/recovery.hpp"

namespace faultline::models {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t window_s = 10;
constexpr double full_from = 0.95;  // in use over a minute: no room. An assumption
constexpr double cold_from = 0.1;   // of all reads fewer are hits. An assumption

std::int64_t ns_of(Instant t) {
    return t.time_since_epoch().count();
}

std::vector<Trigger> triggers_of(const MeasuresShape& shape, const scenarios::ReplicationResult& result) {
    std::vector<Trigger> triggers;
    for (const scenarios::FaultResult& fault : result.faults) {
        if (!fault.started) continue;
        const std::int64_t end_ns = fault.ended ? fault.end_ns : result.end_ns;
        triggers.push_back({fault.name, Instant{Duration{fault.start_ns}}, Instant{Duration{end_ns}}});
    }
    triggers.insert(triggers.end(), shape.surges.begin(), shape.surges.end());
    return triggers;
}

// What one class did in these seconds of the run.
struct Seen {
    ShareCount count;
    std::uint64_t repeats = 0;
    void add(const scenarios::ClassResult& of, std::size_t s) {
        count.due += of.due_per_s[s];
        count.good += of.good_per_s[s];
        repeats += of.repeats_per_s[s];
    }
    void add(const Seen& more) {
        count.due += more.count.due;
        count.good += more.count.good;
        repeats += more.repeats;
    }
    double attempts_per_due() const {
        return static_cast<double>(count.due + repeats) / static_cast<double>(std::max<std::uint64_t>(1, count.due));
    }
};

Seen seen_between(const scenarios::ClassResult& of, std::int64_t from_s, std::int64_t to_s) {
    Seen seen;
    const auto size = static_cast<std::int64_t>(of.due_per_s.size());
    for (std::int64_t s = std::max<std::int64_t>(0, from_s); s < std::min(to_s, size); ++s) {
        seen.add(of, static_cast<std::size_t>(s));
    }
    return seen;
}

// The part of a run in which a storm after one trigger is looked for, in whole seconds.
struct Span {
    std::int64_t from_s = 0, to_s = 0;
};

// Bad without a pause from the span's start on; none: not for long enough. attempts: so many for each operation due, in
// each window.
std::optional<scenarios::StormResult> storm_of(const scenarios::ClassResult& of, const Baseline& normal, Span span,
                                               Duration outlives, double attempts) {
    if (normal.due == 0 || normal.dead()) return std::nullopt;
    Seen storm;
    std::int64_t until_s = span.from_s;
    bool ended = false;
    while (until_s + window_s <= span.to_s) {
        const Seen window = seen_between(of, until_s, until_s + window_s);
        const bool bad = is_bad(window.count, normal) && beyond_chance(window.count, normal);
        ended = !bad || window.attempts_per_due() < attempts;
        if (ended) break;
        storm.add(window);
        until_s += window_s;
    }
    if (std::chrono::seconds{until_s - span.from_s} <= outlives) return std::nullopt;
    scenarios::StormResult result;
    result.of = of.name;
    result.since_ns = span.from_s * second_ns;
    result.until_ns = until_s * second_ns;
    result.ended = ended;
    result.attempts_per_due = storm.attempts_per_due();
    result.good_share = static_cast<double>(storm.count.good) / static_cast<double>(storm.count.due);
    return result;
}

// The incident that the storm is a part of; none: a surge set it off.
std::optional<std::size_t> incident_at(const scenarios::ReplicationResult& result, std::int64_t ns) {
    for (std::size_t i = result.incidents.size(); i-- > 0;) {
        const scenarios::IncidentResult& incident = result.incidents[i];
        const bool over = incident.full_recovery_ns != 0 && incident.full_recovery_ns < ns;
        if (incident.start_ns <= ns && !over) return i;
    }
    return std::nullopt;
}

// The words of what is on the class's way and had no room for a minute of the storm; in steady state it had.
std::string overloaded_by(const scenarios::ReplicationResult& result, const ClassShape& of, std::int64_t since_ns) {
    const std::optional<std::size_t> incident = incident_at(result, since_ns);
    const scenarios::ResourceResult* fullest = nullptr;
    double most = full_from;
    for (const scenarios::ResourceResult& one : result.resources) {
        if (one.of != of.database && one.of != of.via) continue;
        const bool known = incident && *incident < one.aftermaths.size();
        if (known && one.steady.worst_minute >= full_from) continue;
        const double used = known ? one.aftermaths[*incident].worst_minute : one.steady.worst_minute;
        if (used < most || (fullest != nullptr && used == most)) continue;
        fullest = &one;
        most = used;
    }
    return fullest == nullptr ? "" : fullest->words;
}

double hit_rate_between(const scenarios::CacheResult& cache, std::int64_t from_s, std::int64_t to_s) {
    double sum = 0.0;
    std::int64_t seconds = 0;
    const auto size = static_cast<std::int64_t>(cache.hit_rate_per_s.size());
    for (std::int64_t s = std::max<std::int64_t>(0, from_s); s < std::min(to_s, size); ++s) {
        const float rate = cache.hit_rate_per_s[static_cast<std::size_t>(s)];
        if (std::isnan(rate)) continue;
        sum += static_cast<double>(rate);
        ++seconds;
    }
    return seconds == 0 ? 0.0 : sum / static_cast<double>(seconds);
}

// The cache that gives most less than before, if any does.
void name_cold_cache(const scenarios::ReplicationResult& result, std::int64_t calm_from_s, std::int64_t calm_until_s,
                     scenarios::StormResult& storm) {
    double most = cold_from;
    for (const scenarios::CacheResult& cache : result.caches) {
        const double before = hit_rate_between(cache, calm_from_s, calm_until_s);
        const double now = hit_rate_between(cache, storm.since_ns / second_ns, storm.until_ns / second_ns);
        if (before - now < most) continue;
        most = before - now;
        storm.cache = cache.name;
        storm.hit_rate_before = before;
        storm.hit_rate = now;
    }
}

// The first second after the trigger, and the last one before the next trigger or the end. Empty while another trigger
// goes on: then that is the one that a storm outlives.
Span span_after(const Trigger& trigger, const std::vector<Trigger>& all, std::int64_t end_ns) {
    std::int64_t to_ns = end_ns;
    for (const Trigger& other : all) {
        if (&other == &trigger || other.end <= trigger.end) continue;
        to_ns = std::min(to_ns, ns_of(other.start));
    }
    return {(ns_of(trigger.end) + second_ns - 1) / second_ns, to_ns / second_ns};
}

// What was calm before a trigger, and what came after it.
struct Around {
    Span before, after;
};

std::optional<scenarios::StormResult> sustained(const MeasuresShape& shape, const scenarios::ReplicationResult& result,
                                                std::size_t query_class, const Around& around) {
    const scenarios::ClassResult& of = result.classes[query_class];
    const Seen before = seen_between(of, around.before.from_s, around.before.to_s);
    const Baseline normal{before.count.due, before.count.good, Duration{}};
    const Duration outlives = shape.storm.outlives;
    std::optional<scenarios::StormResult> storm = storm_of(of, normal, around.after, outlives, shape.storm.attempts);
    const bool retries = storm.has_value();
    if (!retries) storm = storm_of(of, normal, around.after, outlives, 0.0);
    if (!storm) return std::nullopt;
    storm->overloaded = overloaded_by(result, shape.classes[query_class], storm->since_ns);
    storm->loop = storm_of_retries;
    if (retries) return storm;
    if (storm->overloaded.empty()) return std::nullopt;
    name_cold_cache(result, around.before.from_s, around.before.to_s, *storm);
    storm->loop = storm->cache.empty() ? storm_of_lost_work : storm_of_misses;
    return storm;
}

// A storm that still went on as another trigger came: is it there after that one, too? Then it is one storm, which what
// came first has set off. A trigger that ended it, such as a restart, has ended it at the trigger's start.
void go_on(const MeasuresShape& shape, const scenarios::ClassResult& of, const Around& around,
           scenarios::StormResult& storm) {
    if (around.after.to_s - around.after.from_s < window_s) return;  // nothing to be seen before the next trigger
    const Seen before = seen_between(of, around.before.from_s, around.before.to_s);
    const Baseline normal{before.count.due, before.count.good, Duration{}};
    const double attempts = storm.loop == storm_of_retries ? shape.storm.attempts : 0.0;
    const std::optional<scenarios::StormResult> rest = storm_of(of, normal, around.after, Duration{}, attempts);
    storm.ended = !rest || rest->ended;
    if (!rest) return;
    storm.until_ns = rest->until_ns;
    const Seen whole = seen_between(of, storm.since_ns / second_ns, storm.until_ns / second_ns);
    storm.attempts_per_due = whole.attempts_per_due();
    storm.good_share = static_cast<double>(whole.count.good) / static_cast<double>(whole.count.due);
}

// The storm of the class that has not ended as far as has been looked.
scenarios::StormResult* open_storm(std::vector<scenarios::StormResult>& storms, const std::string& of) {
    const auto open = std::find_if(storms.begin(), storms.end(),
                                   [&](const scenarios::StormResult& one) { return one.of == of && !one.ended; });
    return open == storms.end() ? nullptr : &*open;
}

}  // namespace

std::vector<scenarios::StormResult> find_storms(const MeasuresShape& shape,
                                                const scenarios::ReplicationResult& result) {
    std::vector<scenarios::StormResult> storms;
    std::vector<Trigger> triggers = triggers_of(shape, result);
    std::stable_sort(triggers.begin(), triggers.end(),
                     [](const Trigger& a, const Trigger& b) { return a.end < b.end; });
    Instant calm_until = Instant::max();
    for (const Trigger& trigger : triggers) calm_until = std::min(calm_until, trigger.start);
    for (const Trigger& trigger : triggers) {
        for (std::size_t i = 0; i < result.classes.size(); ++i) {
            const std::int64_t warm_s = result.warm_up_ns / second_ns;
            const std::int64_t decided_ns = result.end_ns - shape.classes[i].deadline.count();
            const Around around{{warm_s, ns_of(calm_until - shape.classes[i].deadline) / second_ns},
                                span_after(trigger, triggers, decided_ns)};
            if (scenarios::StormResult* open = open_storm(storms, result.classes[i].name)) {
                go_on(shape, result.classes[i], around, *open);
                continue;
            }
            std::optional<scenarios::StormResult> storm = sustained(shape, result, i, around);
            if (!storm) continue;
            storm->trigger = trigger.name;
            storms.push_back(std::move(*storm));
        }
    }
    return storms;
}

}  // namespace faultline::models
