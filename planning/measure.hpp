// What systems are compared by: a list of measures, each of which makes one number of one replication.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "planning/results.hpp"
#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

struct Measure {
    std::string name, text;  // text without its limit
    std::string unit;        // "s", "$/month", or "" for a share
    bool less_is_better = true;
    std::optional<double> limit{};
    // Of replications that hit this target of a fault with "each:" alone; then `requirement` is whose measure it is.
    std::optional<HitTarget> target{};
    std::string requirement{};
    // Of one replication, at its worst office; infinite: never; NaN: no observation. The scenario is the one that the
    // replication ran: it knows the offices, tenants and faults.
    std::function<double(const scenarios::Scenario&, const scenarios::ReplicationResult&)> of_replication;
};

// Its requirements; with `all`, or if it has none, also mean latency and availability of each class over all offices.
std::vector<Measure> measures_of(const scenarios::Scenario& scenario, bool all);

// Those of all the scenarios, each once, by name; and what a month costs, if anything has a price and no requirement
// asks for it. What each replication used counts, so a bill has an interval like all else.
std::vector<Measure> measures_of(const std::vector<const scenarios::Scenario*>& all_scenarios, bool all);

// And each requirement that is judged target by target (target_groups.hpp) by each target, after its own measure: what
// is better over all of them may be worse at the one that decides.
std::vector<Measure> with_targets(std::vector<Measure> measures,
                                  const std::vector<const scenarios::Scenario*>& all_scenarios);

// "latency p99 of update at worst office".
std::string text_without_limit(const scenarios::Requirement& requirement);

// A hash of the operations that were due, by class and second: equal ones had the same work to do.
std::uint64_t work_of(const scenarios::ReplicationResult& replication);

}  // namespace faultline::planning
