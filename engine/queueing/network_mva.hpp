// Closed networks of queues with one class of customers, in steady state, exactly: N clients that think, then visit
// stations. Product form (BCMP): FCFS stations with exponential service, or processor sharing and delays with any.
//
// The figures are those of exact mean value analysis. They are computed by Buzen's convolution, for the load-dependent
// MVA recursion subtracts from 1 the probabilities that leave P(station empty), and loses every digit of it once a
// station with several servers saturates; here every term is positive.
// Sources: M. Reiser, S. Lavenberg, Mean-value analysis of closed multichain queueing networks, JACM 27(2), 1980;
// J. Buzen, Computational algorithms for closed queueing networks with exponential servers, CACM 16(9), 1973.
#pragma once

#include <vector>

#include "engine/queueing/station_weights.hpp"

namespace faultline::engine {

struct ClosedStation {
    double demand_s = 0.0;  // visits per cycle * service time of one visit; finite, >= 0
    int servers = 1;        // >= 1; unlimited_servers is a delay
};

struct ClosedNetwork {
    std::vector<ClosedStation> stations;
    double think_time_s = 0.0;  // finite, >= 0
    int population = 1;         // N >= 1
};

struct ClosedStationMeans {
    double residence_s;  // per cycle, over all visits
    double population;   // customers at the station, in queue and in service
    double utilisation;  // of one server; of a delay the mean number served
};
struct ClosedMeans {
    double throughput_per_s;  // cycles
    double response_time_s;   // a cycle without its think time
    std::vector<ClosedStationMeans> stations;
};

// Throws std::domain_error for a parameter out of range, or when no time is spent anywhere.
// Time: (stations + 1) * N^2. Relative error below 1e-10 up to N = 10'000.
ClosedMeans solve(const ClosedNetwork& network);

}  // namespace faultline::engine
