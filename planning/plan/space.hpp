// From the section "plan" of a scenario to the topologies that a search may choose from: every combination of options
// that the constraints let through.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planning/sweep/points.hpp"
#include "scenarios/plan_space.hpp"

namespace faultline::planning {

// By choice: the number of its option.
using Topology = std::vector<std::size_t>;

struct Space {
    std::vector<scenarios::PlanChoice> choices;  // ranges are options by now
    std::uint64_t combinations = 0;              // without the constraints
    std::vector<Topology> topologies;            // the last choice changes fastest
};

inline constexpr std::uint64_t combinations_max = 1'000'000;
inline constexpr std::size_t topologies_max = 10'000;

// Problems: a pointer that hits nothing (not in any variation of the base by patches either), an option that no choice
// has, constraints that contradict each other, too many topologies.
Space space_of(const scenarios::PlanSpace& asked, const SweepBase& base, scenarios::Problems& problems);

// Patches first, in the order of choices, and then values at pointers.
SweepPoint point_of(const SweepBase& base, const Space& space, const Topology& topology);

// The second has less of something that is ordered, and is like the first in all else.
bool is_weaker(const Space& space, const Topology& strong, const Topology& weak);

// Their options differ in one choice, by one step.
bool are_neighbours(const Topology& a, const Topology& b);

}  // namespace faultline::planning
