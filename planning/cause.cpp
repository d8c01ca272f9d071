#include "planning/cause.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "planning/fullest.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::planning {
namespace {

using scenarios::Requirement;

// Of one table, over all replications.
struct LoadsOfTable {
    double loads = 0.0, load_s = 0.0;
    std::uint64_t overdue = 0, skipped = 0;
    std::int64_t oldest_ns = 0;
    std::string warehouse;
};

// All of a warehouse, one of its tables, or those that a class reads.
bool is_asked(const scenarios::Scenario& scenario, const Requirement& requirement, const std::string& warehouse,
              const std::string& table) {
    if (requirement.of == warehouse || requirement.of == warehouse + "/" + table) return true;
    const auto& classes = scenario.workload.classes;
    return std::any_of(classes.begin(), classes.end(), [&](const scenarios::QueryClass& one) {
        if (one.name != requirement.of || one.route.empty() || one.route.back().name != warehouse) return false;
        const auto& read = one.warehouse.tables;
        return read.empty() || std::find(read.begin(), read.end(), table) != read.end();
    });
}

// The warehouse that the requirement is about, by itself, by a table or as the last step of its class; empty: none.
std::string warehouse_of(const scenarios::Scenario& scenario, const Requirement& requirement) {
    std::string name = requirement.of.substr(0, requirement.of.find('/'));
    for (const scenarios::QueryClass& one : scenario.workload.classes) {
        if (one.name == requirement.of && !one.route.empty()) name = one.route.back().name;
    }
    const bool known = std::any_of(scenario.warehouses.begin(), scenario.warehouses.end(),
                                   [&](const scenarios::Warehouse& warehouse) { return warehouse.name == name; });
    return known ? name : "";
}

// Of states; an incident lasts until its full recovery, the next one or the end of the run.
struct Span {
    std::int64_t from_ns, to_ns;
};
std::vector<Span> spans_of_incidents(const Requirement& requirement, const scenarios::ReplicationResult& replication) {
    std::vector<Span> spans;
    for (std::size_t i = 0; i < replication.incidents.size(); ++i) {
        const scenarios::IncidentResult& incident = replication.incidents[i];
        const bool last = i + 1 == replication.incidents.size();
        std::int64_t to_ns = last ? replication.end_ns : replication.incidents[i + 1].start_ns;
        if (incident.full_recovery_ns > 0) to_ns = std::min(to_ns, incident.full_recovery_ns);
        if (is_about(requirement, incident)) spans.push_back({incident.start_ns, to_ns});
    }
    return spans;
}

// In any state but serving, by compute and state, in ns of all replications together.
using TimeInStates = std::map<std::string, std::map<std::string, std::int64_t>>;
void add_states(const scenarios::ReplicationResult& replication, const std::string& warehouse,
                const std::vector<Span>& within, TimeInStates& lasted) {
    std::map<std::string, std::pair<std::string, std::int64_t>> now;  // by compute: its state, and since when
    const auto end_state = [&](const std::string& compute, std::int64_t at_ns) {
        const auto& [state, since_ns] = now[compute];
        if (state.empty() || state == "serving" || state == "not there") return;
        for (const Span& span : within) {
            const std::int64_t ns = std::min(at_ns, span.to_ns) - std::max(since_ns, span.from_ns);
            if (ns > 0) lasted[compute][state] += ns;
        }
    };
    for (const auto& change : replication.states) {
        if (!change.component.starts_with(warehouse + "/compute")) continue;
        end_state(change.component, change.at_ns);
        now[change.component] = {change.state, change.at_ns};
    }
    for (const auto& [compute, state] : now) end_state(compute, replication.end_ns);
}

// "reports/compute-1 was relocating for 18.9 min and paused for 12 min a run": of the compute that was longest in one
// state other than serving that one, and each that lasted half as long, on average; empty: for less than a second, or
// of no warehouse. Of a recovery, what its incidents had of them: a night in which it sleeps is none of its causes.
std::string outage_text(const scenarios::Scenario& scenario, const Requirement& requirement, Results results) {
    const std::string warehouse = warehouse_of(scenario, requirement);
    if (warehouse.empty()) return "";
    const bool of_incidents = requirement.measure == "rto" || requirement.measure == "full-recovery";
    TimeInStates lasted;
    for (const auto& replication : results) {
        const std::vector<Span> all{{0, replication.end_ns}};
        add_states(replication, warehouse, of_incidents ? spans_of_incidents(requirement, replication) : all, lasted);
    }
    const auto longest_of = [](const auto& states) {
        return *std::max_element(states.begin(), states.end(),
                                 [](const auto& a, const auto& b) { return a.second < b.second; });
    };
    const auto worst = std::max_element(lasted.begin(), lasted.end(), [&](const auto& a, const auto& b) {
        return longest_of(a.second).second < longest_of(b.second).second;
    });
    if (worst == lasted.end()) return "";
    const auto mean_text = [&](std::int64_t ns) {
        return scenarios::seconds_text(engine::in_seconds(engine::Duration{ns}) / static_cast<double>(results.size()));
    };
    const auto [longest, longest_ns] = longest_of(worst->second);
    if (longest_ns < static_cast<std::int64_t>(results.size()) * 1'000'000'000) return "";
    std::string text = fmt::format("{} was {} for {}", worst->first, longest, mean_text(longest_ns));
    for (const auto& [state, ns] : worst->second) {
        if (state != longest && 2 * ns >= longest_ns) text += fmt::format(" and {} for {}", state, mean_text(ns));
    }
    return text + " a run";
}

// What the loads of the table did that was oldest: how long they take, whether they keep up, and what is full there.
std::string freshness_cause(const scenarios::Scenario& scenario, const Requirement& requirement, Results results) {
    std::map<std::string, LoadsOfTable> tables;
    for (const auto& replication : results) {
        for (const auto& warehouse : replication.warehouses) {
            for (const auto& table : warehouse.tables) {
                if (!is_asked(scenario, requirement, warehouse.name, table.name)) continue;
                LoadsOfTable& of = tables[table.name];
                of.loads += static_cast<double>(table.loads);
                of.load_s += table.load_s_mean * static_cast<double>(table.loads);
                of.overdue += table.overdue;
                of.skipped += table.skipped;
                of.oldest_ns = std::max(of.oldest_ns, table.freshness.max_ns);
                of.warehouse = warehouse.name;
            }
        }
    }
    const auto worst = std::max_element(tables.begin(), tables.end(), [](const auto& a, const auto& b) {
        return a.second.oldest_ns < b.second.oldest_ns;
    });
    if (worst == tables.end()) return "";
    const auto& [name, of] = *worst;
    if (of.loads == 0.0) return fmt::format("no load of {} became visible", name);
    std::string text = fmt::format("a load of {} takes {} from its cut until it is visible", name,
                                   scenarios::seconds_text(of.load_s / of.loads));
    if (of.overdue > 0) text += fmt::format(", {} began late and {} were skipped", of.overdue, of.skipped);
    constexpr double full_from = 0.5;
    constexpr std::array kinds{scenarios::resource_slices, scenarios::resource_commits};
    const std::string outage = outage_text(scenario, requirement, results);
    if (!outage.empty()) text += "; " + outage;
    return text + fullest_text(fullest(requirement, {of.warehouse}, kinds, full_from, results));
}

// Of the databases on the way: the instance that refused most new connections, a run, and what it had no room of.
std::string connections_text(const scenarios::Scenario& scenario, const Requirement& requirement, Results results) {
    constexpr double worth_a_word = 10.0;  // a run
    struct Refusing {
        double refused = 0.0;
        std::uint64_t most = 0, peak = 0;
    };
    std::map<std::string, Refusing> instances;
    const std::vector<std::string> passed = passed_by(scenario, requirement);
    for (const auto& replication : results) {
        for (const auto& one : replication.instances) {
            const std::string database = one.name.substr(0, one.name.find('/'));
            if (std::find(passed.begin(), passed.end(), database) == passed.end()) continue;
            Refusing& refusing = instances[one.name];
            refusing.refused += static_cast<double>(one.connections_refused) / static_cast<double>(results.size());
            refusing.most = one.connections_max;
            refusing.peak = std::max(refusing.peak, one.connections_peak);
        }
    }
    const auto worst = std::max_element(instances.begin(), instances.end(), [](const auto& a, const auto& b) {
        return a.second.refused < b.second.refused;
    });
    if (worst == instances.end() || worst->second.refused < worth_a_word) return "";
    const auto& [name, refusing] = *worst;
    const std::string refused = fmt::format("refused {:.0f} new connections a run", refusing.refused);
    if (refusing.peak < refusing.most) return fmt::format("; {} {}: too many a second", name, refused);
    return fmt::format("; {} {}: it has room for {}", name, refused, refusing.most);
}

// The fault that took a link of the log's way, or what stands at its ends, for the longest time.
std::string cut_text(Results results) {
    constexpr std::array kinds{"link-cut", "zone-cut", "zone-outage", "region-outage"};
    std::int64_t longest_ns = 0;
    std::string text;
    for (const auto& replication : results) {
        for (const auto& fault : replication.faults) {
            if (!fault.started || std::find(kinds.begin(), kinds.end(), fault.kind) == kinds.end()) continue;
            const std::int64_t lasted_ns = (fault.ended ? fault.end_ns : replication.end_ns) - fault.start_ns;
            const bool of_office = fault.target.ends_with("/line") || fault.target.ends_with("/backup");
            if (lasted_ns <= longest_ns || of_office) continue;
            longest_ns = lasted_ns;
            text = fmt::format("; {} ({} of {}) took {} out for {}", fault.name, fault.kind, fault.target,
                               fault.kind == "link-cut" ? "a part of that way" : "what stands there",
                               scenarios::seconds_text(engine::in_seconds(engine::Duration{lasted_ns})));
        }
    }
    return text;
}

// The log's way to the replicas, and their replay.
std::string lag_cause(const Requirement& requirement, Results results) {
    constexpr double used_from = 0.01;
    constexpr std::array kinds{scenarios::resource_log_replay, scenarios::resource_network_card,
                               scenarios::resource_log_disk};
    const std::string database = requirement.of.substr(0, requirement.of.find('/'));
    const std::string text = fullest_text(fullest(requirement, {database}, kinds, used_from, results));
    if (!text.empty()) return text.substr(2);
    return "nothing on the log's way is busy: it is the way itself" + cut_text(results);
}

}  // namespace

std::string cause(const scenarios::Scenario& scenario, const Requirement& requirement, const std::string& place,
                  Results results) {
    const std::string& measure = requirement.measure;
    if (measure == "latency") return latency_cause(scenario, requirement, place, results);
    if (measure == "availability" || measure == "good-minutes") {
        const std::string text = availability_cause(scenario, requirement, place, results);
        if (text.empty()) return text;
        const std::string outage = outage_text(scenario, requirement, results);
        return text + (outage.empty() ? "" : "; " + outage) + connections_text(scenario, requirement, results);
    }
    if (measure == "hit-rate" || measure == "offload") return cache_cause(requirement, results);
    if (scenarios::is_of_sessions(measure)) return session_cause(scenario, requirement, results);
    if (measure == "rpo") return loss_cause(requirement, results);
    if (measure == "restore") return restore_cause(requirement, results);
    if (measure == "rto" || measure == "full-recovery") {
        // The waterfall of an incident is its database's, if one failed over.
        const std::string outage = outage_text(scenario, requirement, results);
        if (!outage.empty()) return outage;
        const std::string text = recovery_cause(requirement, place, results);
        return text.empty() ? text : text + connections_text(scenario, requirement, results);
    }
    if (scenarios::is_freshness(measure)) return freshness_cause(scenario, requirement, results);
    if (scenarios::is_replica_lag(measure)) return lag_cause(requirement, results);
    return "";
}

}  // namespace faultline::planning
