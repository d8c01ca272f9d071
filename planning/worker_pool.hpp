// Replications of many scenarios at once, each in a worker of its own, handed over as they end. For a sweep, whose
// points have few replications each: no core waits at the end of a point. replications.hpp is for those of one
// scenario.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "planning/replications.hpp"

namespace faultline::planning {

// One replication of one of the scenarios.
struct PoolTask {
    std::size_t scenario = 0;
    std::uint32_t replication = 1;
};

struct PoolPlan {
    int jobs = 0;            // workers at once; 0: one for each core that this process may use
    Ranks* ranks = nullptr;  // as of ReplicationPlan
    std::function<const scenarios::Scenario&(std::size_t)> scenario;
    std::function<void(const PoolTask&, WorkerEnd)> ended;  // in the order in which they end
    std::function<void(const Progress&)> on_progress{};
};

// Starts them in the order of the list. False: a signal came; those that had not ended are lost. What `ended` throws
// goes through; the workers are ended before.
bool run_pool(const std::vector<PoolTask>& tasks, const PoolPlan& plan, SignalWatch& signals);

}  // namespace faultline::planning
