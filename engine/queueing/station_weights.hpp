// The product form of one station: what M/M/c/K, closed networks and repair shops have in common.
#pragma once

#include <Eigen/Core>
#include <limits>

namespace faultline::engine {

inline constexpr int unlimited_servers = std::numeric_limits<int>::max();  // a delay: nobody ever waits

// weights(n), n = 0..population: proportional to the probability that n are at a station which is offered `load`
// (arrival rate / rate of one server) by an endless source: each is the one before times load / min(n, servers).
// Scaled so that the largest is 1; built outwards from it, so that nothing overflows and only what is negligible
// underflows. Requires load > 0, servers >= 1, population >= 0.
Eigen::VectorXd station_weights(double load, int servers, int population);

}  // namespace faultline::engine
