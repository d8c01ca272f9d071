// A closed network on the engine itself: clients as processes, stations as server pools, think times as delays.
#pragma once

#include <vector>

#include "engine/queueing/server_pool.hpp"
#include "engine/random/distributions.hpp"
#include "tests/oracles/controlled_estimate.hpp"

namespace faultline::oracles {

// Clients visit the stations one after the other, and then think.
struct ClosedStation {
    engine::Distribution service = engine::Distribution::constant(0.0);  // seconds
    int servers = 1;                                                     // 0: a delay, a server for everybody
    engine::Discipline discipline = engine::Discipline::fcfs;
};

struct ClosedNetwork {
    std::vector<ClosedStation> stations = {};
    double think_s = 0.0;  // mean of an exponential; 0: none
    int clients = 1;
    engine::Duration warm_up{};
    engine::Duration measured{};
};

// Measures: "throughput" (per s), "response" (s, of all stations together), "cycles" (count, over 1), and for station
// i, counted from 1: "residence i", "wait i" (fcfs), "population i", "waiting i", "utilisation i".
Replication run(const ClosedNetwork& network, std::uint32_t replication);

// A run of `cycles` cycles of clients, by the bounds that bottleneck and population set to throughput; before it, until
// the clients, who begin by thinking, have spread.
void size_runs(ClosedNetwork& network, double cycles);

}  // namespace faultline::oracles
