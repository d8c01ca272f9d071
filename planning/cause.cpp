#include "planning/cause.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/quantity_text.hpp"

namespace faultline::planning {
namespace {

using scenarios::Requirement;

// What its loads did: how long they take, and whether they keep up.
std::string freshness_cause(const Requirement& requirement, Results results) {
    double loads = 0.0, load_s = 0.0;
    std::uint64_t overdue = 0, skipped = 0;
    for (const auto& replication : results) {
        for (const auto& warehouse : replication.warehouses) {
            const auto asked = [&](const auto& answers) { return answers.of == requirement.of; };
            const bool by_class = std::any_of(warehouse.answers.begin(), warehouse.answers.end(), asked);
            for (const auto& table : warehouse.tables) {
                const bool named = requirement.of == warehouse.name + "/" + table.name;
                if (!named && !by_class && requirement.of != warehouse.name) continue;
                loads += static_cast<double>(table.loads);
                load_s += table.load_s_mean * static_cast<double>(table.loads);
                overdue += table.overdue;
                skipped += table.skipped;
            }
        }
    }
    if (loads == 0.0) return "no load became visible";
    std::string text =
        fmt::format("a load takes {} from its cut until it is visible", scenarios::seconds_text(load_s / loads));
    if (overdue > 0) text += fmt::format(", {} began late and {} were skipped", overdue, skipped);
    return text;
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
    if (measure == "rto") return recovery_cause(requirement, results);
    if (scenarios::is_freshness(measure)) return freshness_cause(requirement, results);
    return "";
}

}  // namespace faultline::planning
