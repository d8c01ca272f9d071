#include "planning/run_scenario.hpp"

#include "planning/numeric_fingerprint.hpp"
#include "planning/requirement.hpp"

namespace faultline::planning {

RunOutcome run_scenario(const scenarios::Scenario& scenario, const RunPlan& plan, SignalWatch& signals) {
    Replications replications = run_replications(scenario, plan.replications, signals);
    RunOutcome outcome;
    outcome.interrupted = replications.interrupted;
    if (outcome.interrupted) return outcome;

    scenarios::RunResult& result = outcome.result;
    result.tool_version = plan.tool_version;
    result.scenario_name = scenario.name;
    result.variant = plan.variant;
    result.scenario_source = scenario.source;
    result.seed = scenario.run.seed;
    result.confidence = scenario.run.confidence;
    result.numeric_fingerprint = numeric_fingerprint();
    for (const scenarios::Office& office : scenario.offices) result.offices.push_back(office.name);
    result.replications = std::move(replications.results);
    result.failed = std::move(replications.failed);
    result.requirements = judge_all(scenario, result.replications);
    return outcome;
}

}  // namespace faultline::planning
