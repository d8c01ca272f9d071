// The closed form: a cluster's writer as a continuous-time Markov chain. Zones and members fail and are repaired, a
// lost writer is replaced after a failover, or by the first that is back, or by one made anew in its own zone. Every
// stage is taken as exponential with its mean; states with more than `depth` things down are cut off, and their weight
// bounds the error.
//
//   rates        events a second, finite, >= 0; repair, failover and rebuild rates > 0, else std::domain_error
// Sparse generator, stationary vector by sparse LU (Eigen). A cluster of 6 in 3 zones: some 2'000 states, milliseconds.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "planning/availability/outage_model.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

struct ChainPart {
    double fails = 0.0, repaired = 1.0;
};
struct ClusterChain {
    std::vector<ChainPart> zones;
    std::vector<ChainPart> members;    // in the order of promotion
    std::vector<std::size_t> zone_of;  // by member
    double failover = 1.0, rebuild = 1.0;
    std::size_t depth = 3;
};

struct ChainAnswer {
    double low = 0.0, high = 0.0;  // share of time without a writer
    double losses = 0.0;           // of the writer, a second
    std::size_t states = 0;
};
ChainAnswer solve(const ClusterChain& chain);

// k of n independent parts, each up with this probability: the share of time that fewer are.
double fewer_than(std::size_t k, std::size_t n, double up);

// Without simulating: what the plain figures of a topology allow. `low` is what one failure at a time costs and the
// chain adds; `high` counts what overlaps as well. Of the writer of each database, and of each class that ends there,
// its clients' return included. Load, storage quorums and services' own instances are left out.
struct AnalyticBounds {
    std::string of;  // a class, or a database
    bool is_database = false;
    double low = 0.0, high = 0.0;  // unavailability
    std::size_t states = 0;
};
std::vector<AnalyticBounds> analytic_bounds(const OutageModel& model);
// For searches: model and bounds of a scenario in one go. Empty where it is too large (model_of.hpp).
std::vector<AnalyticBounds> analytic_bounds(const scenarios::Scenario& scenario);

}  // namespace faultline::planning
