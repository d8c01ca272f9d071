// A run in which nothing is left to happen before its end, though processes still wait: each waits for what another
// one would have to do. It is no error of a scenario, but whoever reads the result must know.
#pragma once

#include <algorithm>

#include "engine/simulation.hpp"
#include "scenarios/result.hpp"

namespace faultline::planning {

// After a part of the run that is not the last one, with the reason for which it stopped. Keeps the first stall.
inline void note_stall(engine::StopReason reason, const engine::Simulation& simulation, scenarios::Stall& stall) {
    if (reason != engine::StopReason::no_more_events || simulation.processes() == 0 || stall.at_ns != 0) return;
    stall.at_ns = simulation.now().time_since_epoch().count();
    stall.waiting = simulation.waiting_paths();
    std::sort(stall.waiting.begin(), stall.waiting.end());
    stall.waiting.erase(std::unique(stall.waiting.begin(), stall.waiting.end()), stall.waiting.end());
}

}  // namespace faultline::planning
