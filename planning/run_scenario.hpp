// A scenario to its answer: all replications, the verdicts on them, and what a result file says of where it came from.
#pragma once

#include <string>

#include "planning/replications.hpp"

namespace faultline::planning {

struct RunPlan {
    ReplicationPlan replications;
    std::string variant;
    std::string tool_version;
};

struct RunOutcome {
    scenarios::RunResult result;
    bool interrupted = false;  // then there is no result
};
RunOutcome run_scenario(const scenarios::Scenario& scenario, const RunPlan& plan, SignalWatch& signals);

}  // namespace faultline::planning
