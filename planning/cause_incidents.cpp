// Why recoveries take long, and what was lost in which incident.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "planning/cause.hpp"
#include "scenarios/incidents_of.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::planning {
namespace {

using scenarios::IncidentResult;
using scenarios::Requirement;
using scenarios::seconds_text;

// Whether an incident's recoveries at the place, of what the requirement is about, took longer than it allows.
bool is_missed(const Requirement& requirement, const std::string& place, const IncidentResult& incident) {
    return std::any_of(incident.recoveries.begin(), incident.recoveries.end(), [&](const auto& recovery) {
        if (!requirement.of.empty() && recovery.of != requirement.of) return false;
        if (!place.empty() && recovery.office != place) return false;
        return !recovery.recovered || engine::in_seconds(engine::Duration{recovery.rto_ns}) > requirement.limit;
    });
}

template <typename Visit>
void visit_incidents(const Requirement& requirement, Results results, Visit visit) {
    for (const auto& replication : results) {
        scenarios::visit_incidents_of(replication, [&](const IncidentResult& incident, const auto&) {
            if (is_about(requirement, incident)) visit(replication, incident);
        });
    }
}

std::string seconds_of(std::int64_t ns) {
    return seconds_text(engine::in_seconds(engine::Duration{ns}));
}

// A class that does not come back because the overload after an incident sustains itself.
std::string storm_text(const Requirement& requirement, Results results) {
    std::string text;
    visit_incidents(requirement, results, [&](const auto& replication, const IncidentResult& incident) {
        for (const auto& storm : replication.storms) {
            const auto& faults = incident.faults;
            const bool own = std::find(faults.begin(), faults.end(), storm.trigger) != faults.end();
            if (!own || storm.of != requirement.of || storm.loop.empty() || !text.empty()) continue;
            text = fmt::format("; overload outlives {}, sustained by {}{}", storm.trigger, storm.loop,
                               storm.overloaded.empty() ? "" : " at " + storm.overloaded);
        }
    });
    return text;
}

// The incidents whose recovery is to be explained: those that took too long; of other measures than RTO, and where none
// did, all.
struct Explained {
    std::vector<const IncidentResult*> incidents;
    std::string after;  // the faults of most of them, where not all incidents have the same
};

Explained to_explain(const Requirement& requirement, const std::string& place, Results results) {
    std::vector<const IncidentResult*> all, missed;
    std::map<std::string, std::size_t> sets, missed_sets;  // of faults: incidents
    visit_incidents(requirement, results, [&](const auto&, const IncidentResult& incident) {
        all.push_back(&incident);
        ++sets[faults_text(incident)];
        if (requirement.measure != "rto" || !is_missed(requirement, place, incident)) return;
        missed.push_back(&incident);
        ++missed_sets[faults_text(incident)];
    });
    if (missed.empty()) return {std::move(all), ""};
    Explained explained{std::move(missed), ""};
    const auto most = std::max_element(missed_sets.begin(), missed_sets.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    if (sets.size() > 1 && 2 * most->second > explained.incidents.size()) {
        const std::size_t others = explained.incidents.size();
        explained.after = most->second == others ? fmt::format("what took longer was {}; ", most->first)
                                                 : fmt::format("{} of the {} that took longer were {}; ", most->second,
                                                               others, most->first);
    }
    return explained;
}

// Of incidents in which nothing failed over: when they were felt, and for how long.
std::string impact_text(const Requirement& requirement, const std::string& place, const Explained& explained) {
    std::int64_t seen = 0, bad_ns = 0, first_ns = 0;
    for (const IncidentResult* const incident : explained.incidents) {
        for (const auto& recovery : incident->recoveries) {
            if (!recovery.any_bad || (!requirement.of.empty() && recovery.of != requirement.of)) continue;
            if (!place.empty() && recovery.office != place) continue;
            ++seen;
            bad_ns += recovery.bad_time_ns;
            first_ns += recovery.first_impact_ns;
        }
    }
    if (seen == 0) return "";
    return fmt::format("nothing failed over; it is felt after {} and bad for {} on average",
                       seconds_of(first_ns / seen), seconds_of(bad_ns / seen));
}

// What is so lost that no number can be given.
std::size_t losses_without_bound(const Requirement& requirement, Results results) {
    std::size_t unbounded = 0;
    visit_incidents(requirement, results, [&](const auto&, const IncidentResult& incident) {
        for (const auto& loss : incident.losses) {
            if (loss.unbounded && (requirement.of.empty() || loss.database == requirement.of)) ++unbounded;
        }
    });
    return unbounded;
}

// How long the requirement's class, or any canary, went on to be bad: a waterfall lasts until the last class is well,
// and what comes after this is no part of its recovery. Of a requirement without a class: no bound.
std::int64_t own_recovery_ns(const Requirement& requirement, const IncidentResult& incident) {
    std::int64_t own_ns = -1;
    for (const scenarios::Recovery& recovery : incident.recoveries) {
        if (recovery.of == requirement.of || recovery.canary)
            own_ns = std::max(own_ns, recovery.bad_until_ns + incident.skipped_ns);
    }
    const bool of_class = std::any_of(incident.recoveries.begin(), incident.recoveries.end(),
                                      [&](const auto& recovery) { return recovery.of == requirement.of; });
    return of_class ? own_ns : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

std::string faults_text(const IncidentResult& incident) {
    std::string text;
    for (const std::string& fault : incident.faults) text += (text.empty() ? "" : " + ") + fault;
    return text;
}

// The longest stage of the recoveries that took too long, on average over these.
std::string recovery_cause(const Requirement& requirement, const std::string& place, Results results) {
    const Explained explained = to_explain(requirement, place, results);
    std::map<std::string, std::int64_t> stages;
    std::int64_t told = 0, all_ns = 0;
    for (const IncidentResult* const incident : explained.incidents) {
        told += incident->waterfall.empty() ? 0 : 1;
        std::int64_t left_ns = own_recovery_ns(requirement, *incident);
        for (const auto& [stage, ns] : incident->waterfall) {
            const std::int64_t own_ns = std::min(ns, left_ns);
            left_ns -= own_ns;
            stages[stage] += own_ns;
            all_ns += own_ns;
        }
    }
    const auto longest = std::max_element(stages.begin(), stages.end(),
                                          [](const auto& a, const auto& b) { return a.second < b.second; });
    const bool few = 2 * told < static_cast<std::int64_t>(explained.incidents.size());
    if (longest == stages.end() || few || longest->second <= 0) {
        return explained.after + impact_text(requirement, place, explained) + storm_text(requirement, results);
    }
    return fmt::format("{}the longest part of a recovery is {}, {} on average, {:.0f} % of it{}", explained.after,
                       longest->first, seconds_of(longest->second / told),
                       100.0 * static_cast<double>(longest->second) / static_cast<double>(all_ns),
                       storm_text(requirement, results));
}

std::string loss_cause(const Requirement& requirement, Results results) {
    const std::size_t unbounded = losses_without_bound(requirement, results);
    if (unbounded > 0) {
        return fmt::format("in {} of them the loss has no bound: nothing that is left, or that backups keep, has it",
                           unbounded);
    }
    std::uint64_t most = 0;
    std::int64_t gap_ns = 0;
    std::string after;
    visit_incidents(requirement, results, [&](const auto&, const IncidentResult& incident) {
        for (const auto& loss : incident.losses) {
            if (!requirement.of.empty() && loss.database != requirement.of) continue;
            if (loss.commits_lost == 0 || loss.gap_ns < gap_ns) continue;
            most = loss.commits_lost;
            gap_ns = loss.gap_ns;
            after = faults_text(incident);
        }
    });
    if (most == 0) return "";
    return fmt::format("the most is lost after {}: the last {} of acknowledged commits, {} of them", after,
                       seconds_of(gap_ns), most);
}

std::string restore_cause(const Requirement& requirement, Results results) {
    const std::size_t unbounded = losses_without_bound(requirement, results);
    if (unbounded == 0) return recovery_cause(requirement, "", results);
    return fmt::format(
        "in {} of them there was nothing to restore: the error was older than anything that the backups keep",
        unbounded);
}

}  // namespace faultline::planning
