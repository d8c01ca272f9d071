// One replication, from its description to what it measured: the seam between planning and the models. Runs in the
// calling process; planning/worker.hpp gives it one of its own.
#pragma once

#include <cstdint>

#include "engine/progress.hpp"
#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// Builds what the scenario describes, runs it and returns what was measured. A pure function of the scenario, its seed
// included, and of the replication's number, from 1. At most one call a process (SimGrid is one simulation a process).
// `traced`: the way of about so many queries is told besides.
scenarios::ReplicationResult run_replication(const scenarios::Scenario& scenario, std::uint32_t replication,
                                             const engine::ProgressListener& progress, std::uint32_t traced = 0);

}  // namespace faultline::planning
