// Topologies small enough for a closed form: every stage is exponential, and things break often.
#pragma once

#include "planning/availability/cluster_chain.hpp"
#include "planning/availability/outage_model.hpp"

namespace faultline::planning::tests {

inline constexpr double hour = 3600.0, day = 24 * hour;

struct SmallCluster {
    std::size_t members = 3;  // one in each zone
    double member_every_s = 30 * day, member_lasts_s = 1 * day;
    double zone_every_s = 60 * day, zone_lasts_s = 6 * hour;
    double failover_s = 1 * hour, rebuild_s = 3 * hour;
};

// The writer alone is its only cell.
OutageModel model_of(const SmallCluster& cluster);
ClusterChain chain_of(const SmallCluster& cluster);

// Three zones with six nodes each, four groups with two segments a zone, besides.
void add_volume(OutageModel& model, double node_every_s, double node_refill_s);

}  // namespace faultline::planning::tests
