// A scenario's random durations as the engine's distributions, in seconds.
#pragma once

#include "engine/random/distributions.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

engine::Distribution distribution_of(const scenarios::RandomDuration& described);

}  // namespace faultline::planning
