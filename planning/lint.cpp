#include "planning/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>

#include "engine/statistics/confidence.hpp"
#include "models/cost/bill.hpp"
#include "planning/cluster_shape.hpp"
#include "planning/instance_shape.hpp"
#include "planning/requirement.hpp"
#include "planning/target_groups.hpp"
#include "scenarios/kinds.hpp"
#include "scenarios/yearly.hpp"

namespace faultline::planning {
namespace {

using Findings = std::vector<LintFinding>;
using scenarios::Scenario;

void check_plan(const Scenario& scenario, Findings& findings) {
    const auto of_years = [](const auto& one) { return scenarios::is_of_years(one.measure); };
    const auto& all = scenario.requirements;
    if (std::all_of(all.begin(), all.end(), of_years)) {
        findings.push_back({Severity::warning, "", "there are no requirements: a run will judge nothing"});
    }
    if (scenario.run.replications < 2 && !scenario.run.until_decided) {
        findings.push_back({Severity::warning, "/run/replications",
                            "one replication gives no interval: every verdict will be \"undecided\""});
    }
}

// Of the fault with most of them that hits each of a domain in turn, and that the requirement is judged for; 1: none.
std::uint64_t targets_in_turn(const Scenario& scenario, const scenarios::Requirement& requirement) {
    std::map<std::string, std::uint64_t> by_fault;
    std::uint64_t most = 1;
    for (const HitTarget& one : targets_judged(scenario, requirement)) most = std::max(most, ++by_fault[one.fault]);
    return most;
}

// p95 over incidents needs 59 of them at 95 %, however good they are.
void check_incidents(const Scenario& scenario, Findings& findings) {
    const bool as_many_as_needed = scenario.run.until_decided && !scenario.faults.empty();
    if (as_many_as_needed) return;
    for (const scenarios::Requirement& one : scenario.requirements) {
        if (!scenarios::is_of_incidents(one.measure)) continue;
        const std::string at = "/requirements/" + one.name;
        if (scenario.faults.empty() && one.measure == "rpo" && one.after.empty()) continue;  // of the exposure
        if (scenario.faults.empty()) {
            findings.push_back({Severity::error, at, "there are no faults, and so no incident to judge it on"});
            continue;
        }
        const std::uint64_t faults = one.after.empty() ? scenario.faults.size() : 1;
        const std::uint64_t targets = targets_in_turn(scenario, one);
        const std::uint64_t incidents =
            faults * static_cast<std::uint64_t>(std::max(0, scenario.run.replications)) / targets;
        const std::uint64_t needed =
            engine::successes_to_show(quantile_of(one.statistic, 0.95).value_or(0.95), scenario.run.confidence);
        if (incidents >= needed) continue;
        findings.push_back({Severity::warning, at,
                            fmt::format("{} replications show at most {} incidents{}; {} without a miss are needed to "
                                        "meet it, so it can be violated or undecided only",
                                        scenario.run.replications, incidents,
                                        targets > 1 ? fmt::format(" of each of {} targets", targets) : "", needed)});
    }
}

// What is not known can only add to a bill, so nothing shows that its limit holds.
void check_prices(const Scenario& scenario, Findings& findings) {
    for (const scenarios::Requirement& one : scenario.requirements) {
        if (!scenarios::is_money(one.measure)) continue;
        const scenarios::CostResult bill = models::bill_of(scenario, {});
        std::vector<std::string> parts;
        for (const scenarios::CostLine& line : bill.lines) {
            const bool told = std::find(parts.begin(), parts.end(), line.of) != parts.end();
            if (!line.price && !told) parts.push_back(line.of);
        }
        if (parts.empty()) continue;
        findings.push_back({Severity::warning, "/requirements/" + one.name,
                            fmt::format("the prices of {} are not known, so it can be violated or undecided only; a "
                                        "service has an \"instance_price\"",
                                        fmt::join(parts, ", "))});
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

// How long a run plays the trace; none: it has none, or repeats it.
std::optional<double> trace_length_s(const Scenario& scenario) {
    const auto& trace = scenario.workload.arrivals.trace;
    if (!trace || trace->repeat || trace->facts.requests == 0) return std::nullopt;
    return trace->facts.span_s / trace->speed;
}

// What the file of a trace shows: whether it lasts, whether its classes are asked for as often as the shares say, and
// whether its clock is too coarse for what is asked.
void check_replay(const Scenario& scenario, Findings& findings) {
    const auto& trace = scenario.workload.arrivals.trace;
    if (!trace || trace->facts.requests == 0) return;
    const std::string at = "/workload/arrivals/trace";
    const double run_s =
        engine::in_seconds(scenario.run.measured + scenario.run.warm_up.value_or(engine::Duration::zero()));
    const std::optional<double> length_s = trace_length_s(scenario);
    if (length_s && *length_s < run_s) {
        findings.push_back({Severity::warning, at + "/file",
                            fmt::format("it lasts for {:.0f} s of {:.0f} s that are run: nothing is asked after it; "
                                        "see \"repeat\" and \"speed\"",
                                        *length_s, run_s)});
    }
    constexpr double far_off = 0.05;
    for (std::size_t i = 0; i < scenario.workload.classes.size(); ++i) {
        const scenarios::QueryClass& query = scenario.workload.classes[i];
        const double recorded =
            static_cast<double>(trace->facts.of_classes[i]) / static_cast<double>(trace->facts.requests);
        if (std::abs(recorded - query.share) <= far_off) continue;
        findings.push_back({Severity::warning, "/workload/classes/" + query.name + "/share",
                            fmt::format("is {:.3g}, and {:.3g} of the trace is of this class: pages and entries that a "
                                        "run begins with are by the shares",
                                        query.share, recorded)});
    }
    // A burst at one instant of more than a tenth of a second's requests is the clock's, not the clients'.
    const double per_s = static_cast<double>(trace->facts.requests) / std::max(1.0, trace->facts.span_s);
    const auto at_once = static_cast<double>(trace->facts.at_once);
    if (at_once >= 10.0 && at_once > 0.1 * per_s) {
        findings.push_back({Severity::warning, at + "/file",
                            fmt::format("up to {} requests have one time: they all fall due at one instant, so queues "
                                        "are longer than they were; record finer times",
                                        trace->facts.at_once)});
    }
}

bool ends_at_database(const scenarios::QueryClass& query_class, const std::string& database) {
    const scenarios::RouteStep& end = query_class.route.back();
    const bool of_a_database = end.role == scenarios::TargetRole::writer || end.role == scenarios::TargetRole::reader ||
                               end.role == scenarios::TargetRole::custom;
    return of_a_database && end.name == database;
}

// In bytes, of the instance that has least.
double smallest_pool_of(const scenarios::Database& database) {
    auto pages = instance_shape_of(database, database.writer).pool_pages;
    for (const auto& replica : database.replicas) {
        pages = std::min(pages, instance_shape_of(database, replica).pool_pages);
    }
    return static_cast<double>(pages) * static_cast<double>(page_size_of(database).count);
}

// What classes without keys touch cannot be told from the size of the data: it may be the last week or all of it. Left
// out, it is in memory, which is the best case.
void check_working_sets(const Scenario& scenario, Findings& findings) {
    constexpr double gib = 1024.0 * 1024.0 * 1024.0;
    for (const scenarios::Database& database : scenario.databases) {
        if (scenarios::has_standbys(database.kind) || database.buffer_pool.working_set) continue;
        std::string names;
        for (const scenarios::QueryClass& one : scenario.workload.classes) {
            if (one.keys || one.pages == 0 || !ends_at_database(one, database.name)) continue;
            names += names.empty() ? one.name : ", " + one.name;
        }
        const double pool = smallest_pool_of(database);
        const auto data = static_cast<double>(database.data.count);
        if (names.empty() || data <= pool) continue;
        findings.push_back({Severity::warning, "/databases/" + database.name + "/buffer_pool/working_set",
                            fmt::format("is left out: classes without keys ({}) find all in memory, and of {:.0f} GiB "
                                        "of data {:.0f} GiB fit; say how much of the data they touch",
                                        names, data / gib, pool / gib)});
    }
}

// Policies "volatile-..." evict only entries that expire. Where none does, a full cache refuses what is new.
void check_volatile_policies(const Scenario& scenario, Findings& findings) {
    for (const scenarios::Cache& cache : scenario.caches) {
        const auto& classes = scenario.workload.classes;
        const bool some_expire = std::any_of(classes.begin(), classes.end(), [&cache](const auto& query) {
            const bool through = std::any_of(query.route.begin(), query.route.end(),
                                             [&cache](const auto& step) { return step.name == cache.name; });
            return query.ttl && through;
        });
        if (!cache.policy.starts_with("volatile-") || cache.ttl || some_expire) continue;
        findings.push_back({Severity::warning, "/caches/" + cache.name + "/policy",
                            fmt::format("{} evicts entries that expire, and without \"ttl\" none does: once full, the "
                                        "cache takes nothing new",
                                        cache.policy)});
    }
}

}  // namespace

std::vector<LintFinding> lint(const Scenario& scenario) {
    Findings findings;
    check_plan(scenario, findings);
    check_incidents(scenario, findings);
    check_prices(scenario, findings);
    check_warm_up(scenario, findings);
    check_working_sets(scenario, findings);
    check_replay(scenario, findings);
    check_volatile_policies(scenario, findings);
    return findings;
}

}  // namespace faultline::planning
