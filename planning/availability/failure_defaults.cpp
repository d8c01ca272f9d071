#include "planning/availability/failure_defaults.hpp"

#include <vector>

namespace faultline::planning {
namespace {

using engine::Distribution;
using engine::QuantilePoint;
using scenarios::FaultKind;

constexpr double minute = 60.0, hour = 3600.0;

// Most instances back: 1.9 h (2012-06-14), 2.6 h (2016, 80 %), 3 to 4 h (2012-06-29), 5.9 h (2019).
Distribution zone_lasts() {
    const std::vector<QuantilePoint> seen{
        {0.0, 1.9 * hour}, {0.25, 1.9 * hour}, {0.5, 2.6 * hour}, {0.75, 3.5 * hour}, {1.0, 5.9 * hour}};
    return Distribution::empirical(seen);
}

// Regional service events: 84 min to 24 h, most of them 4 to 7 h.
Distribution region_lasts() {
    const std::vector<QuantilePoint> seen{
        {0.0, 84.0 * minute}, {0.25, 4.0 * hour}, {0.5, 5.0 * hour}, {0.75, 7.0 * hour}, {1.0, 24.0 * hour}};
    return Distribution::empirical(seen);
}

}  // namespace

Distribution default_lasts(const FailureDefault& one) {
    switch (one.kind) {
        case FaultKind::instance_crash:
            return one.per_year > 0.1 ? Distribution::constant(0.0) : Distribution::uniform(5 * minute, 10 * minute);
        case FaultKind::zone_outage:
            return zone_lasts();
        case FaultKind::region_outage:
        case FaultKind::control_plane_impaired:
            return region_lasts();
        case FaultKind::link_cut:
            return Distribution::lognormal_from_mean_cv(4 * hour, 1.0);
        case FaultKind::patch:
            return Distribution::lognormal_from_mean_cv(30.0, 0.3);
        case FaultKind::upgrade:
            return Distribution::uniform(20.0, 60.0);
        default:
            return Distribution::constant(0.0);
    }
}

std::string_view default_lasts_source(const FailureDefault& one) {
    switch (one.kind) {
        case FaultKind::instance_crash:
            return one.per_year > 0.1 ? "at once; then the restart of the scenario" : "5 to 10 min for a new host";
        case FaultKind::cache_node_loss:
            return "as a run measured it";
        case FaultKind::storage_node_loss:
            return "noticed and filled elsewhere: docs/models/cluster.md";
        case FaultKind::zone_outage:
            return "until most instances were back: 1.9 to 5.9 h in AWS Post-Event Summaries";
        case FaultKind::region_outage:
        case FaultKind::control_plane_impaired:
            return "published regional events: 84 min to 24 h, the middle 4 to 7 h";
        case FaultKind::link_cut:
            return "4 h, an assumption";
        case FaultKind::patch:
            return "about 30 s (SIGMOD 2017, section 7.4)";
        case FaultKind::upgrade:
            return "blue/green, under a minute (Aurora User Guide, from memory)";
        default:
            return "";
    }
}

}  // namespace faultline::planning
