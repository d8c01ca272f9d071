// Where the transient of a run ends, judged from its own output: MSER-5. For a run of constant load, before any fault:
// otherwise the warm-up is declared, for no rule can tell a transient from what is being studied.
//
// Sources: K. P. White, An effective truncation heuristic for bias reduction in simulation output, Simulation 69(6),
// 1997; K. P. White, M. J. Cobb, S. C. Spratt, A comparison of five steady-state truncation heuristics for simulation,
// WSC 2000 (batches of five; reject a cut in the second half).
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace faultline::engine {

// How many leading observations to drop: the multiple of 5 that minimises the squared standard error of the mean of
// what is kept, over means of 5. Nothing when the minimum lies in the second half (the run is too short for its
// transient), or for fewer than 50 observations. Requires finite observations, evenly spaced in time or in count.
std::optional<std::size_t> mser5_truncation(std::span<const double> observations);

}  // namespace faultline::engine
