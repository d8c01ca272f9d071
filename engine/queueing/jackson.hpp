// Open networks of M/M/c stations with random routing, in steady state, exactly (Jackson).
// Source: J. Jackson, Jobshop-like queueing systems, Management Science 10(1), 1963.
#pragma once

#include <Eigen/Core>
#include <vector>

namespace faultline::engine {

// What enters station i from outside, plus what the others send it, is what it serves: x = outside + routing' x.
//   outside_per_s(i)   arrivals from outside           >= 0, one > 0
//   routing(i, j)      probability to go from i to j   >= 0; rows sum to at most 1, the rest leaves
// Throws std::domain_error for a parameter out of range, or when what enters some station can never leave.
Eigen::VectorXd traffic_per_s(const Eigen::VectorXd& outside_per_s, const Eigen::MatrixXd& routing);

struct OpenStation {
    double completions_per_s = 0.0;  // of one server, > 0
    int servers = 1;                 // >= 1
};
struct OpenNetwork {
    std::vector<OpenStation> stations;
    Eigen::VectorXd outside_per_s;
    Eigen::MatrixXd routing;
};
struct OpenStationMeans {
    double arrivals_per_s;  // from outside and from other stations
    double utilisation;
    double response_time_s;  // of one visit
    double in_system;
};
struct OpenMeans {
    double response_time_s;  // from entering the network to leaving it, over all visits
    std::vector<OpenStationMeans> stations;
};
// Throws std::domain_error as above, and when a station is offered its capacity or more.
OpenMeans solve(const OpenNetwork& network);

}  // namespace faultline::engine
