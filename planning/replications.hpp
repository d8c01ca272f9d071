// Many replications at once, each in a worker of its own, and their results in the order of their numbers whatever
// order they end in. A replication whose worker dies is told, never dropped.
//
// Left out: other machines (MPI), and stopping as soon as the intervals are narrow enough.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "planning/signal_watch.hpp"
#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// How far all of it is.
struct Progress {
    double share = 0.0;  // done, 0 to 1: of the simulated time of all replications
    std::uint32_t finished = 0;
    std::uint32_t replications = 0;
    std::uint64_t events = 0;
    double events_per_s = 0.0;           // over the last seconds of wall time
    std::optional<double> seconds_left;  // of wall time; none until there is something to go by
};

struct ReplicationPlan {
    std::uint32_t first = 1;
    std::uint32_t count = 1;
    int jobs = 0;                // workers at once; 0: one for each core that this process may use
    std::string repeat_command;  // "faultline run S.json --seed 7": what a report adds --only-replication to
    std::function<void(const Progress&)> on_progress{};  // ten times a second, and at the end
};

struct Replications {
    std::vector<scenarios::ReplicationResult> results;
    std::vector<scenarios::FailedReplication> failed;
    bool interrupted = false;  // by a signal: workers are ended, what had been finished is not kept
};

Replications run_replications(const scenarios::Scenario& scenario, const ReplicationPlan& plan, SignalWatch& signals);

// Cores that this process may use.
int available_cores();

}  // namespace faultline::planning
