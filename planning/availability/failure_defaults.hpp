// How often what a scenario names breaks, where the scenario does not say: one line a kind, each with its source and
// how far to trust it. Rates are of one target and year.
#pragma once

#include <array>
#include <string_view>

#include "engine/random/distributions.hpp"
#include "scenarios/fault.hpp"

namespace faultline::planning {

enum class DefaultOf {
    instances,
    storage_nodes,
    service_instances,
    warehouse_nodes,
    cache_nodes,
    zones,
    regions,
    links,
    databases
};

struct FailureDefault {
    std::string_view name;
    DefaultOf of;
    scenarios::FaultKind kind;
    double per_year;
    std::string_view source, confidence;  // "paper", "doc", "blog", "derived", "low", "assumption"
};

inline constexpr auto failure_defaults = std::to_array<FailureDefault>({
    {"host of an instance lost", DefaultOf::instances, scenarios::FaultKind::instance_crash, 0.02,
     "1 to 3 involuntary losses in 100 instance-years; AWS publishes none", "low"},
    {"process of an instance crashes", DefaultOf::instances, scenarios::FaultKind::instance_crash, 0.5,
     "a quarter of the 2 crashes a machine and year of J. Dean's talk of 2009", "low"},
    {"storage node lost", DefaultOf::storage_nodes, scenarios::FaultKind::storage_node_loss, 0.045,
     "a server 3 % (Dean 2009: 2 to 4 %) and its disk 1.57 % (Backblaze Drive Stats 2024)", "blog"},
    {"service instance lost", DefaultOf::service_instances, scenarios::FaultKind::instance_crash, 0.02,
     "1 to 3 involuntary losses in 100 instance-years; AWS publishes none", "low"},
    {"warehouse node lost", DefaultOf::warehouse_nodes, scenarios::FaultKind::instance_crash, 0.02,
     "1 to 3 involuntary losses in 100 instance-years; AWS publishes none", "low"},
    {"cache node lost", DefaultOf::cache_nodes, scenarios::FaultKind::cache_node_loss, 0.02,
     "1 to 3 involuntary losses in 100 instance-years; AWS publishes none", "low"},
    {"zone lost", DefaultOf::zones, scenarios::FaultKind::zone_outage, 0.015,
     "11 published events of one zone, 2011 to 2022, in very roughly 700 zone-years", "derived"},
    {"region lost", DefaultOf::regions, scenarios::FaultKind::region_outage, 0.002,
     "none published in roughly 250 region-years: half an event (Jeffreys)", "low"},
    {"control plane ill", DefaultOf::regions, scenarios::FaultKind::control_plane_impaired, 0.012,
     "2011-04, 2021-12-07 and 2025-10 in roughly 250 region-years (AWS Post-Event Summaries)", "low"},
    {"backbone cut", DefaultOf::links, scenarios::FaultKind::link_cut, 0.02,
     "no figure for the links between two regions of a cloud", "assumption"},
    {"patch", DefaultOf::databases, scenarios::FaultKind::patch, 365.25 / 42.0,
     "every 6 weeks (Verbitski et al., SIGMOD 2017, section 7.4)", "paper"},
    {"major upgrade", DefaultOf::databases, scenarios::FaultKind::upgrade, 1.0, "one a year", "assumption"},
});

// Until the machine, node or place is there again. Of planned work: what it takes down.
engine::Distribution default_lasts(const FailureDefault& one);
std::string_view default_lasts_source(const FailureDefault& one);

// Of zone outages that leave the region unable to launch anything: 2011-04, 2012-06, 2016-06 and 2019-08 of 11.
inline constexpr double launches_share_of_zone_outages = 4.0 / 11.0;

}  // namespace faultline::planning
