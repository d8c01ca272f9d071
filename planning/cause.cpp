#include "planning/cause.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

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
    return text + fullest_text(fullest(requirement, {of.warehouse}, kinds, full_from, results));
}

// The log's way to the replicas, and their replay.
std::string lag_cause(const Requirement& requirement, Results results) {
    constexpr double used_from = 0.01;
    constexpr std::array kinds{scenarios::resource_log_replay, scenarios::resource_network_card,
                               scenarios::resource_log_disk};
    const std::string database = requirement.of.substr(0, requirement.of.find('/'));
    const std::string text = fullest_text(fullest(requirement, {database}, kinds, used_from, results));
    return text.empty() ? "nothing on the log's way is busy: it is the way itself" : text.substr(2);
}

}  // namespace

std::string cause(const scenarios::Scenario& scenario, const Requirement& requirement, const std::string& place,
                  Results results) {
    const std::string& measure = requirement.measure;
    if (measure == "latency") return latency_cause(scenario, requirement, place, results);
    if (measure == "availability" || measure == "good-minutes") {
        return availability_cause(scenario, requirement, place, results);
    }
    if (measure == "hit-rate" || measure == "offload") return cache_cause(requirement, results);
    if (scenarios::is_of_sessions(measure)) return session_cause(scenario, requirement, results);
    if (measure == "rpo") return loss_cause(requirement, results);
    if (measure == "restore") return restore_cause(requirement, results);
    if (measure == "rto" || measure == "full-recovery") return recovery_cause(requirement, place, results);
    if (scenarios::is_freshness(measure)) return freshness_cause(scenario, requirement, results);
    if (scenarios::is_replica_lag(measure)) return lag_cause(requirement, results);
    return "";
}

}  // namespace faultline::planning
