#include "planning/run_scenario.hpp"

#include "planning/checks/checks.hpp"
#include "planning/money.hpp"
#include "planning/numeric_fingerprint.hpp"
#include "planning/requirement.hpp"
#include "planning/stopping.hpp"
#include "scenarios/yearly.hpp"

namespace faultline::planning {

namespace {

std::vector<scenarios::InputFile> input_files_of(const scenarios::Scenario& scenario) {
    const auto& trace = scenario.workload.arrivals.trace;
    if (!trace) return {};
    const scenarios::TraceFacts& facts = trace->facts;
    return {{.name = trace->file, .sha256 = facts.sha256, .bytes = facts.bytes, .requests = facts.requests}};
}

// What one run can judge: an objective a year is another command's.
scenarios::Scenario judged_by_a_run(scenarios::Scenario scenario) {
    std::erase_if(scenario.requirements, [](const auto& one) { return scenarios::is_of_years(one.measure); });
    return scenario;
}

}  // namespace

RunOutcome run_scenario(const scenarios::Scenario& described, const RunPlan& plan, SignalWatch& signals) {
    const scenarios::Scenario scenario = judged_by_a_run(described);
    std::optional<Stopping> stopping;
    ReplicationPlan wanted = plan.replications;
    if (plan.until_decided) {
        stopping.emplace(scenario, plan.until_decided->most);
        wanted.count = stopping->next_look();
        wanted.stopping = StoppingPlan{.wanted =
                                           [&stopping](std::span<const scenarios::ReplicationResult> results) {
                                               stopping->look(results);
                                               return stopping->next_look();
                                           },
                                       .most = plan.until_decided->most,
                                       .time_limit = plan.until_decided->time_limit};
    }
    Replications replications = run_replications(scenario, wanted, signals);
    if (stopping && replications.out_of_time) stopping->last_look(replications.results);
    RunOutcome outcome;
    outcome.interrupted = replications.interrupted;
    if (outcome.interrupted) return outcome;

    scenarios::RunResult& result = outcome.result;
    result.tool_version = plan.tool_version;
    result.scenario_name = scenario.name;
    result.variant = plan.variant;
    result.scenario_source = scenario.source;
    result.input_files = input_files_of(scenario);
    result.seed = scenario.run.seed;
    result.confidence = scenario.run.confidence;
    result.joint = scenario.run.joint;
    result.numeric_fingerprint = numeric_fingerprint();
    for (const scenarios::Office& office : scenario.offices) result.offices.push_back(office.name);
    result.replications = std::move(replications.results);
    result.failed = std::move(replications.failed);
    result.shard = plan.shard;
    if (plan.shard.of > 1) return outcome;
    result.requirements = stopping ? stopping->requirements() : judge_all(scenario, result.replications);
    if (stopping) result.looks = stopping->looks();
    conclude(scenario, result);
    return outcome;
}

void conclude(const scenarios::Scenario& scenario, scenarios::RunResult& result) {
    result.checks = check_topology(scenario);
    result.cost = cost_of(scenario, result.replications);
}

}  // namespace faultline::planning
