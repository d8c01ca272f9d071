// Bounds that discard a topology before it is simulated. Each is on the topology's side: it leaves out whatever could
// make it worse (faults, retries, locks, commits, cold caches, jitter, unknown prices), so what it discards violates
// the requirement. None of them decides that a requirement is met: only simulation does.
//
//   security, cost     what the scenario says; the bill without what a run uses
//   hit rate           the most popular keys that fit, by Zipf's law; of one class in an LRU cache, Che's approximation
//   work               the CPU seconds that the requirements ask for, against those that there are (utilisation law)
//   queue              Erlang C of a station with exponential demands, and its closed network with users who think
//   years              the lower bound on unavailability from a cluster's Markov chain (availability/cluster_chain.hpp)
//   distance           the median round trip of the farthest office to the nearest place that can answer it
#pragma once

#include <optional>
#include <string>

#include "scenarios/scenario.hpp"

namespace faultline::planning {

struct Discarded {
    std::string requirement, why;
};
std::optional<Discarded> screened(const scenarios::Scenario& scenario);

// Its parts.
std::optional<Discarded> short_of_work(const scenarios::Scenario& scenario);
std::optional<Discarded> too_slow_queue(const scenarios::Scenario& scenario);
std::optional<Discarded> too_far(const scenarios::Scenario& scenario);
std::optional<Discarded> too_few_hits(const scenarios::Scenario& scenario);

}  // namespace faultline::planning
