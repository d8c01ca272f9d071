// Which combinations of values a sweep tries.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "planning/sweep/dimension.hpp"

namespace faultline::planning {

// By dimension: a JSON text; empty: as the scenario has it.
using Combination = std::vector<std::string>;

// Every value with every other; the last dimension changes fastest.
std::vector<Combination> grid(const std::vector<Dimension>& dimensions);

// The scenario as it is, and then one dimension after the other.
std::vector<Combination> one_at_a_time(const std::vector<Dimension>& dimensions);

// `points` of them, such that in every dimension alone they are as many strata of equal width, each met once: a range
// is cut into `points` parts, of a list each value comes equally often, give or take one. Draws from a stream of its
// own by the seed, and by pointer: a dimension more changes nothing in the others. Source: M. McKay, R. Beckman, W.
// Conover, Technometrics 21(2), 1979.
std::vector<Combination> latin_hypercube(const std::vector<Dimension>& dimensions, std::size_t points,
                                         std::uint64_t seed);

// How many a grid has; the largest number where that does not fit.
std::uint64_t grid_size(const std::vector<Dimension>& dimensions);

}  // namespace faultline::planning
