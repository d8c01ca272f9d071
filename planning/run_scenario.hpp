// A scenario to its answer: all replications, the verdicts on them, and what a result file says of where it came from.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "planning/replications.hpp"

namespace faultline::planning {

// Replications until every requirement is met or violated (stopping.hpp), or one of these is used up.
struct Budget {
    std::uint32_t most = 1280;  // replications
    std::optional<std::chrono::milliseconds> time_limit{};
};

struct RunPlan {
    ReplicationPlan replications;
    std::optional<Budget> until_decided{};  // then it says how many replications
    scenarios::Shard shard{};               // of more than one: what to run, and nothing is judged yet (merge.hpp)
    std::string variant;
    std::string tool_version;
};

struct RunOutcome {
    scenarios::RunResult result;
    bool interrupted = false;  // then there is no result
};
// What a result says besides its verdicts: the checks of the topology, and its cost as the replications used it.
void conclude(const scenarios::Scenario& scenario, scenarios::RunResult& result);

RunOutcome run_scenario(const scenarios::Scenario& scenario, const RunPlan& plan, SignalWatch& signals);

}  // namespace faultline::planning
