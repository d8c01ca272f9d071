// An open queue on the engine itself: a process that draws arrivals, a process for each customer, one ServerPool.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/queueing/server_pool.hpp"
#include "engine/random/distributions.hpp"
#include "tests/oracles/controlled_estimate.hpp"

namespace faultline::oracles {

// Counts the customers whose wait or response is longer than `longer_than_s`.
struct Tail {
    std::string name;
    bool of_wait = false;  // else of the response
    double longer_than_s = 0.0;
};

struct OpenQueue {
    engine::Distribution gap = engine::Distribution::constant(1.0);      // seconds between arrivals
    engine::Distribution service = engine::Distribution::constant(0.0);  // seconds on one server
    engine::PoolShape shape = {};
    std::vector<Tail> tails = {};
    std::uint64_t warm_up = 0;   // customers that are not counted
    std::uint64_t measured = 0;  // customers that are
    // Where the weights of the controls aim: the quantiles of the wait whose tails are to be narrow, and how fast the
    // tail of the wait decays. Of no influence on any expectation.
    std::vector<double> rare_waits_s = {};
    double wait_decay_per_s = 0.0;

    double utilisation() const { return service.mean() / gap.mean() / shape.servers; }
};

// Measures: "wait", "response", "waits" (share of the customers that did), "refused" (share), "answered per s",
// "in queue", "in system", "utilisation", and the names of the tails; shares but the second are of those not refused.
Replication run(const OpenQueue& queue, std::uint32_t replication);

// How many customers a queue of this kind needs, in terms of the time that it takes to forget. In customers, M/M/1
// takes about 4 / (1 - utilisation)^2 (J. Cohen, The Single Server Queue, North-Holland 1982, III.7), M/G/1 more as its
// service varies more, a queue of K places at most about K^2, and any queue as many as it has servers.
// Rare tails want some 50 such times a replication, means 20.
void size_runs(OpenQueue& queue, double relaxations);

std::vector<Replication> run_all(const OpenQueue& queue);

}  // namespace faultline::oracles
