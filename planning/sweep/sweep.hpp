// Runs the points of a sweep, as far as its store does not have them, and judges them.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "planning/sweep/points.hpp"
#include "planning/worker_pool.hpp"
#include "scenarios/sweep_result.hpp"

namespace faultline::planning {

struct SweepPlan {
    int jobs = 0;
    Ranks* ranks = nullptr;      // as of ReplicationPlan
    std::string repeat_command;  // "faultline sweep S.json ...": dead workers are tried again by it
    std::function<void(const Progress&)> on_progress{};
};

class Sweep {
public:
    // All of these outlive it.
    Sweep(SweepStore& store, const SweepPlan& plan, SignalWatch& signals)
        : store_{store}, plan_{plan}, signals_{signals} {}

    // Replications 1 .. `replications` of each point that is a model. What ends is stored at once; what is stored is
    // not run again. False: a signal came. Throws SqliteError when something cannot be stored.
    bool run(const std::vector<SweepPoint>& points, std::uint32_t replications);

    // After run() of it. Verdicts and figures on replications 1 .. `replications`.
    scenarios::SweptPoint swept(const SweepPoint& point, std::uint32_t replications);
    // The same, as stored.
    std::vector<scenarios::ReplicationResult> results(const SweepPoint& point, std::uint32_t replications);

    // Whose workers have died.
    std::vector<scenarios::FailedReplication> failed(const SweepPoint& point);

    // Replications that were in the store before, and that were run.
    std::uint64_t found() const { return found_; }
    std::uint64_t newly_run() const { return run_; }

private:
    PointId id_of(const SweepPoint& point);

    SweepStore& store_;
    const SweepPlan& plan_;
    SignalWatch& signals_;
    std::map<std::string, PointId> ids_;                                                    // by hash
    std::map<std::int64_t, std::map<std::uint32_t, scenarios::FailedReplication>> failed_;  // by point
    std::set<std::pair<std::int64_t, std::uint32_t>> counted_;  // a search asks for the same ones again
    std::uint64_t found_ = 0, run_ = 0;
};

}  // namespace faultline::planning
