// Faults that hit each of a domain in turn ("each: zone"): replications are grouped by the target that was hit, a
// requirement is judged for each group by itself, and what is told is the worst target's. A topology in which one zone
// in three cannot be spared is so violated, though two thirds of its replications are fine.
#pragma once

#include <cstdint>
#include <vector>

#include "planning/results.hpp"
#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// Those for each of which a requirement is judged: of the fault that it comes `after`, if that one hits each of a
// domain, else of every fault that does. Empty: it is judged over all replications. What is described and not run, such
// as encryption, has none.
std::vector<HitTarget> targets_judged(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement);

// After how many replications all targets of all such faults have had as many turns as each other: the least common
// multiple of their numbers. 1: there is no such fault.
std::uint32_t replications_a_turn(const scenarios::Scenario& scenario);

struct JudgedTarget {
    HitTarget target;
    scenarios::RequirementResult result;
    std::size_t replications = 0;  // in which it was hit
};
// Violated before undecided before met, then by how bad the estimate is, then by order. A target that fewer than two
// replications hit is undecided. `replications`: of all targets. Requires at least one.
scenarios::RequirementResult worst_target_of(const scenarios::Requirement& requirement,
                                             const std::vector<JudgedTarget>& targets, std::size_t replications);

}  // namespace faultline::planning
