// Results as a simulation would leave them, made by hand: what requirements are judged on in tests.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::tests {

// One class, "lookup", without offices yet.
scenarios::ReplicationResult example_replication(std::uint32_t replication);

// Queries that took so long; infinite: failed. All answers are good.
scenarios::ClassAtOffice at_office(std::span<const double> latencies_s);

// The index of the bucket that holds a latency (planning/histograms.hpp).
std::uint32_t bucket_of(std::int64_t ns);

// Two offices, "boston" and "denver", and a class "lookup".
scenarios::Scenario example_scenario();

// An incident of "zone lost" with one recovery of "update" for each office; infinite: not recovered.
scenarios::IncidentResult incident(std::span<const double> rto_s);

}  // namespace faultline::tests
