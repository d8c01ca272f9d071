#include "planning/lint.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/statistics/confidence.hpp"
#include "planning/instance_shape.hpp"
#include "planning/requirement.hpp"

namespace faultline::planning {
namespace {

using Findings = std::vector<LintFinding>;
using scenarios::Scenario;

void check_plan(const Scenario& scenario, Findings& findings) {
    if (scenario.requirements.empty()) {
        findings.push_back({Severity::warning, "", "there are no requirements: a run will judge nothing"});
    }
    if (scenario.run.replications < 2) {
        findings.push_back({Severity::warning, "/run/replications",
                            "one replication gives no interval: every verdict will be \"undecided\""});
    }
}

// p95 over incidents needs 59 of them at 95 %, however good they are.
void check_incidents(const Scenario& scenario, Findings& findings) {
    for (const scenarios::Requirement& one : scenario.requirements) {
        if (!scenarios::is_of_incidents(one.measure)) continue;
        const std::string at = "/requirements/" + one.name;
        if (scenario.faults.empty()) {
            findings.push_back({Severity::error, at, "there are no faults, and so no incident to judge it on"});
            continue;
        }
        const std::uint64_t faults = one.after.empty() ? scenario.faults.size() : 1;
        const std::uint64_t incidents = faults * static_cast<std::uint64_t>(std::max(0, scenario.run.replications));
        const std::uint64_t needed =
            engine::successes_to_show(quantile_of(one.statistic, 0.95).value_or(0.95), scenario.run.confidence);
        if (incidents >= needed) continue;
        findings.push_back({Severity::warning, at,
                            fmt::format("{} replications show at most {} incidents; {} without a miss are needed to "
                                        "meet it, so it can be violated or undecided only",
                                        scenario.run.replications, incidents, needed)});
    }
}

// All is visible when a run begins, and tables age for an interval and a load until they are as they always are.
void check_warm_up(const Scenario& scenario, Findings& findings) {
    if (!scenario.run.warm_up) return;
    for (const scenarios::Warehouse& warehouse : scenario.warehouses) {
        for (const scenarios::WarehouseTable& table : warehouse.tables) {
            if (*scenario.run.warm_up >= 2 * table.interval) continue;
            findings.push_back({Severity::warning, "/run/warm_up",
                                fmt::format("is below two intervals of the table {}/{}: what is measured begins with "
                                            "a table that is fresher than it will be",
                                            warehouse.name, table.name)});
        }
    }
}

bool ends_at_writer(const scenarios::QueryClass& query_class, const std::string& database) {
    const scenarios::RouteStep& end = query_class.route.back();
    return end.role == scenarios::TargetRole::writer && end.name == database;
}

// Connections that all pools towards a writer may have at once: of service instances, and of offices that ask directly.
std::uint64_t connections_wanted(const Scenario& scenario, const std::string& database) {
    std::uint64_t wanted = 0;
    const auto& classes = scenario.workload.classes;
    for (const scenarios::Service& service : scenario.services) {
        const bool uses = std::any_of(classes.begin(), classes.end(), [&](const scenarios::QueryClass& one) {
            return one.via == service.name && ends_at_writer(one, database);
        });
        if (!uses) continue;
        for (const auto& [region, count] : service.regions) {
            wanted += static_cast<std::uint64_t>(count) * static_cast<std::uint64_t>(service.pool);
        }
        for (const scenarios::ServiceStandby& standby : service.standby) {
            wanted += static_cast<std::uint64_t>(standby.instances) * static_cast<std::uint64_t>(service.pool);
        }
    }
    const bool direct = std::any_of(classes.begin(), classes.end(), [&](const scenarios::QueryClass& one) {
        return one.via.empty() && ends_at_writer(one, database);
    });
    if (direct) wanted += scenario.offices.size() * static_cast<std::uint64_t>(scenario.workload.office_pool);
    return wanted;
}

// Full pools are what a failover makes of them: all clients connect again at once.
void check_connections(const Scenario& scenario, Findings& findings) {
    for (const scenarios::Database& database : scenario.databases) {
        const std::uint64_t wanted = connections_wanted(scenario, database.name);
        std::uint64_t most = static_cast<std::uint64_t>(instance_shape_of(database, database.writer).connections_max);
        for (const auto& replica : database.replicas) {
            most = std::min(most, static_cast<std::uint64_t>(instance_shape_of(database, replica).connections_max));
        }
        if (wanted <= most) continue;
        findings.push_back({Severity::warning, "/databases/" + database.name,
                            fmt::format("the pools of its writer's clients hold up to {} connections, and an instance "
                                        "that may be the writer takes {}: after a failover some are refused",
                                        wanted, most)});
    }
}

}  // namespace

std::vector<LintFinding> lint(const Scenario& scenario) {
    Findings findings;
    check_plan(scenario, findings);
    check_incidents(scenario, findings);
    check_connections(scenario, findings);
    check_warm_up(scenario, findings);
    return findings;
}

}  // namespace faultline::planning
