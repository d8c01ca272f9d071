#include "planning/lint.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/statistics/confidence.hpp"
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

}  // namespace

std::vector<LintFinding> lint(const Scenario& scenario) {
    Findings findings;
    check_plan(scenario, findings);
    check_incidents(scenario, findings);
    return findings;
}

}  // namespace faultline::planning
