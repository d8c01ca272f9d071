// Every single and every double loss of a domain, from the topology: each zone, each region, each database's writer,
// each shard's primary of a cache, each link between two regions. What lies within another domain is not lost together
// with it: that would be the loss of the larger one.
//
// The losses take the place of the scenario's own faults, and a requirement that asks about one of those ("after") asks
// about any incident then. Left out: storage nodes, replicas and what has no instance of its own (brown-outs, gray
// failures): write such a fault into the scenario and vary it.
#pragma once

#include <string>
#include <vector>

#include "scenarios/reader/json_document.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

struct Loss {
    std::string kind, target;         // of a fault
    std::vector<std::string> within;  // targets that take it along
    bool lasts = true;                // as long as it is told to; else what the repair takes
};
std::vector<Loss> domains_of(const scenarios::Scenario& scenario);

// "us-east-1/a", "us-east-1/a and orders/writer".
using LossSet = std::vector<Loss>;
std::vector<LossSet> single_and_double_losses(const scenarios::Scenario& scenario);
std::string name_of(const LossSet& losses);

// When: all at once, after a third of what is measured, for another third. `exact`: in each replication at this
// instant, and not somewhat later, for the run ends too soon after it.
struct LossTimes {
    engine::Duration at{}, lasts{};
    bool exact = false;
};
LossTimes default_times(const scenarios::Scenario& scenario);

void lose(const LossSet& losses, const LossTimes& times, scenarios::Json& model);

}  // namespace faultline::planning
