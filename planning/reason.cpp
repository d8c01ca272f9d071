#include "planning/reason.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "scenarios/quantity_text.hpp"

namespace faultline::planning {
namespace {

using scenarios::Requirement;
using scenarios::RequirementResult;
using scenarios::seconds_text;
using scenarios::Verdict;

// What a query does in each stage, as the end of "... goes to".
constexpr std::array<const char*, scenarios::stage_count> stage_words{"looking names up (DNS)",
                                                                      "opening connections",
                                                                      "the network between the places",
                                                                      "waiting for a free connection of the pool",
                                                                      "waiting for a busy server",
                                                                      "computing",
                                                                      "waiting for locks",
                                                                      "making writes durable in the storage's quorum",
                                                                      "the cache",
                                                                      "pausing before another attempt"};

struct TopStage {
    std::size_t stage = 0;
    double share = 0.0;  // of all stages; 0: nothing is known
};

TopStage top_stage(const Requirement& requirement, Results results) {
    std::array<std::int64_t, scenarios::stage_count> slow{};
    std::array<std::int64_t, scenarios::stage_count> all{};
    for (const auto& replication : results) {
        for (const auto& one : replication.classes) {
            if (!requirement.of.empty() && one.name != requirement.of) continue;
            for (std::size_t i = 0; i < scenarios::stage_count; ++i) {
                slow[i] += one.stage_slow_ns[i];
                all[i] += one.stage_ns[i];
            }
        }
    }
    const bool any_slow = std::any_of(slow.begin(), slow.end(), [](std::int64_t ns) { return ns > 0; });
    const auto& ns = any_slow && requirement.statistic != "mean" ? slow : all;
    double sum = 0.0;
    for (const std::int64_t stage : ns) sum += static_cast<double>(stage);
    const auto top = static_cast<std::size_t>(std::max_element(ns.begin(), ns.end()) - ns.begin());
    return {top, sum > 0.0 ? static_cast<double>(ns[top]) / sum : 0.0};
}

std::string latency_cause(const Requirement& requirement, Results results) {
    const TopStage top = top_stage(requirement, results);
    if (top.share == 0.0) return "";
    return fmt::format("{:.0f} % of the time of {}{} goes to {}", 100.0 * top.share,
                       requirement.statistic == "mean" ? "" : "the slowest ", requirement.of + " queries",
                       stage_words[top.stage]);
}

// The longest stage of the recoveries, on average over the incidents.
std::string recovery_cause(const Requirement& requirement, Results results) {
    std::map<std::string, std::int64_t> stages;
    std::int64_t incidents = 0;
    for (const auto& replication : results) {
        for (const auto& incident : replication.incidents) {
            const auto& faults = incident.faults;
            if (!requirement.after.empty() &&
                std::find(faults.begin(), faults.end(), requirement.after) == faults.end())
                continue;
            ++incidents;
            for (const auto& [stage, ns] : incident.waterfall) stages[stage] += ns;
        }
    }
    const auto longest = std::max_element(stages.begin(), stages.end(),
                                          [](const auto& a, const auto& b) { return a.second < b.second; });
    if (longest == stages.end() || incidents == 0 || longest->second <= 0) return "";
    return fmt::format("the longest part of a recovery is {}, {} on average", longest->first,
                       seconds_text(engine::in_seconds(engine::Duration{longest->second / incidents})));
}

// What is so lost that no number can be given.
std::size_t losses_without_bound(const std::string& database, const std::string& after, Results results) {
    std::size_t unbounded = 0;
    for (const auto& replication : results) {
        for (const auto& incident : replication.incidents) {
            const auto& faults = incident.faults;
            if (!after.empty() && std::find(faults.begin(), faults.end(), after) == faults.end()) continue;
            for (const auto& loss : incident.losses) {
                if (loss.unbounded && (database.empty() || loss.database == database)) ++unbounded;
            }
        }
    }
    return unbounded;
}

std::string loss_cause(const Requirement& requirement, Results results) {
    const std::size_t unbounded = losses_without_bound(requirement.of, requirement.after, results);
    if (unbounded == 0) return "";
    return fmt::format("in {} of them the loss has no bound: the error was older than anything that the backups keep",
                       unbounded);
}

std::string restore_cause(const Requirement& requirement, Results results) {
    const std::size_t unbounded = losses_without_bound(requirement.of, requirement.after, results);
    if (unbounded == 0) return recovery_cause(requirement, results);
    return fmt::format(
        "in {} of them there was nothing to restore: the error was older than anything that the backups "
        "keep",
        unbounded);
}

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
    std::string text = fmt::format("a load takes {} from its cut until it is visible", seconds_text(load_s / loads));
    if (overdue > 0) text += fmt::format(", {} began late and {} were skipped", overdue, skipped);
    return text;
}

std::string cause(const Requirement& requirement, Results results) {
    if (requirement.measure == "latency") return latency_cause(requirement, results);
    if (requirement.measure == "rpo") return loss_cause(requirement, results);
    if (requirement.measure == "restore") return restore_cause(requirement, results);
    if (requirement.measure == "rto") return recovery_cause(requirement, results);
    if (scenarios::is_freshness(requirement.measure)) return freshness_cause(requirement, results);
    return "";
}

std::string nothing_seen(const Requirement& requirement) {
    const std::string of = requirement.of.empty() ? "what it is about" : requirement.of;
    if (scenarios::is_of_incidents(requirement.measure)) {
        return fmt::format("no incident {}was observed for {}, and what was not observed is never met",
                           requirement.after.empty() ? "" : "of \"" + requirement.after + "\" ", of);
    }
    return fmt::format("nothing was observed of {}, and what was not observed is never met", of);
}

std::string where(const scenarios::Scenario& scenario, const RequirementResult& result) {
    if (result.worst_at.empty()) return "";
    if (scenario.offices.size() < 2) return " at " + result.worst_at;
    return fmt::format(" at {}, the worst of {} offices", result.worst_at, scenario.offices.size());
}

std::string incidents_finding(const RequirementResult& result, const Estimate& at) {
    if (at.place == exposure_place) {
        return fmt::format("a loss at any instant would lose up to {} of commits (p99 of the exposure)",
                           seconds_text(result.estimate));
    }
    return fmt::format("{} of {} incidents stayed within {}", at.within, result.observations,
                       seconds_text(result.limit));
}

std::string margin(const RequirementResult& result) {
    if (result.unit.empty()) {  // points of percent
        return fmt::format("{:.3g} points", 100.0 * std::abs(result.limit - result.estimate));
    }
    return seconds_text(std::abs(result.limit - result.estimate));
}

std::string finding(const scenarios::Scenario& scenario, const Requirement& requirement,
                    const RequirementResult& result, const Estimate& at) {
    if (scenarios::is_of_incidents(requirement.measure)) {
        return incidents_finding(result, at) + where(scenario, result);
    }
    if (std::isinf(result.estimate)) {
        return "too many " + requirement.of + " queries are never answered" + where(scenario, result);
    }
    if (result.estimate == result.limit) return "exactly at the limit" + where(scenario, result);
    const char* const side = result.estimate < result.limit ? "below" : "above";
    return fmt::format("{} {} the limit{}", margin(result), side, where(scenario, result));
}

std::string open_question(const RequirementResult& result, std::size_t replications) {
    if (replications < 2) return "one replication gives no interval";
    if (result.replications_needed) {
        return fmt::format("the interval still holds the limit; about {} more {} would settle it",
                           *result.replications_needed,
                           *result.replications_needed == 1 ? "replication" : "replications");
    }
    return "the limit is too close to the estimate for any number of replications to settle";
}

}  // namespace

std::string reason(const scenarios::Scenario& scenario, const Requirement& requirement, const RequirementResult& result,
                   const Estimate& at, Results replications) {
    if (result.observations == 0) return nothing_seen(requirement);
    std::string text = finding(scenario, requirement, result, at);
    if (result.verdict == Verdict::undecided) text += "; " + open_question(result, replications.size());
    const std::string why = cause(requirement, replications);
    if (!why.empty()) text += "; " + why;
    return text;
}

}  // namespace faultline::planning
