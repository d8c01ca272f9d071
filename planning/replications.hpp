// Many replications at once, each in a worker of its own, and their results in the order of their numbers whatever
// order they end in. A replication whose worker dies is told, never dropped.
//
// Where a stopping rule says how many there shall be, it is asked about the first ones in order. Cores that have
// nothing else to do go on with later ones meanwhile; those are thrown away if it stops.
//
// Where they run is a question of its own: on this machine (hands.hpp), or on the ranks of an MPI job (ranks.hpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "planning/hands.hpp"
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

// Says when there are enough.
struct StoppingPlan {
    // Asked when all of `count` replications have ended, with the results of those that did not die, in order: how many
    // there shall be. As many again, or fewer: enough.
    std::function<std::uint32_t(std::span<const scenarios::ReplicationResult>)> wanted{};
    std::uint32_t most = 1;                                 // that it will ever ask for
    std::optional<std::chrono::milliseconds> time_limit{};  // of wall time; then it is not asked any more
};

struct ReplicationPlan {
    std::uint32_t first = 1;
    std::uint32_t count = 1;
    std::uint32_t step = 1;      // to the next number: a shard of n takes every n-th
    int jobs = 0;                // workers at once; 0: one for each core that this process may use
    Ranks* ranks = nullptr;      // of an MPI job: they all take part, each with `jobs` workers (0: one); null: none
    std::uint32_t traced = 0;    // queries of the first replication whose way is told
    std::string repeat_command;  // "faultline run S.json --seed 7": what a report adds --only-replication to
    std::function<void(const Progress&)> on_progress{};  // ten times a second, and at the end
    std::optional<StoppingPlan> stopping{};              // none: `count` is all there is
};

struct Replications {
    std::vector<scenarios::ReplicationResult> results;
    std::vector<scenarios::FailedReplication> failed;
    bool out_of_time = false;  // the results are those of the first replications, as many as have ended in a row
    bool interrupted = false;  // by a signal: workers are ended, what had been finished is not kept
};

Replications run_replications(const scenarios::Scenario& scenario, const ReplicationPlan& plan, SignalWatch& signals);

}  // namespace faultline::planning
