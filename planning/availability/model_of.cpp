#include "planning/availability/model_of.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

#include "models/network/profile.hpp"
#include "planning/index_of.hpp"
#include "planning/random_duration.hpp"

namespace faultline::planning {
namespace {

using scenarios::Scenario;

std::uint8_t small(std::size_t number) {
    return static_cast<std::uint8_t>(number);
}

void add_pool(OutageModel& model, const Scenario& scenario, std::size_t service, const std::string& region,
              int instances, engine::Distribution start_up) {
    const scenarios::Service& described = scenario.services[service];
    PoolModel pool{.service = small(service),
                   .region = small(index_of(scenario.regions, region)),
                   .zones = {},
                   .instances = instances,
                   .notice_s = engine::in_seconds(described.health_check_interval) * described.health_check_threshold,
                   .start_up = std::move(start_up)};
    const auto& zones = scenario.regions[pool.region].zones;
    for (std::size_t z = 0; z < zones.size(); ++z) {
        // In turn over the zones.
        const auto there = (static_cast<std::size_t>(instances) + zones.size() - 1 - z) / zones.size();
        if (there > 0) pool.zones.emplace_back(small(zone_number(model, region, zones[z])), static_cast<int>(there));
    }
    model.pools.push_back(std::move(pool));
}

void add_pools(OutageModel& model, const Scenario& scenario) {
    const auto at_once = engine::Distribution::constant(0.0);
    for (std::size_t s = 0; s < scenario.services.size(); ++s) {
        for (const auto& [region, count] : scenario.services[s].regions) {
            add_pool(model, scenario, s, region, count, at_once);
        }
        for (const scenarios::ServiceStandby& standby : scenario.services[s].standby) {
            // Those that run all along serve at once; whether they carry the load is for a run to show.
            const double mean_s = distribution_of(standby.deployment).mean() + distribution_of(standby.start_up).mean();
            const auto start_up = standby.running > 0 ? at_once : engine::Distribution::constant(mean_s);
            add_pool(model, scenario, s, standby.region, standby.instances, start_up);
        }
    }
}

void add_warehouses(OutageModel& model, const Scenario& scenario) {
    for (const scenarios::Warehouse& one : scenario.warehouses) {
        const std::size_t region = index_of(scenario.regions, one.region);
        const std::string zone = one.zone.empty() ? scenario.regions[region].zones.front() : one.zone;
        model.warehouses.push_back({.name = one.name,
                                    .region = small(region),
                                    .zone = small(zone_number(model, one.region, zone)),
                                    .multi_az = one.multi_az,
                                    .relocation = one.recovery.relocation,
                                    .detection = distribution_of(one.recovery.detection),
                                    .replacement = distribution_of(one.recovery.node_replacement),
                                    .relocating = distribution_of(one.recovery.relocating),
                                    .resume = distribution_of(one.recovery.resume)});
    }
}

// Regions by their distance from an office; in the order of the file where the profile knows none.
std::vector<std::size_t> nearest_regions(const Scenario& scenario, const models::NetworkProfile& profile,
                                         const scenarios::Office& office) {
    std::vector<std::size_t> order(scenario.regions.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<engine::Duration> distance;
    for (const scenarios::Region& region : scenario.regions) {
        const auto found = profile.site_round_trip(office.city, region.name);
        distance.push_back(found ? found->round_trip : engine::Duration{});
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return distance[a] < distance[b]; });
    return order;
}

// Pools of a service in the order in which an office asks them.
std::vector<std::uint8_t> preferred(const OutageModel& model, const Scenario& scenario, std::size_t service,
                                    const std::vector<std::size_t>& nearest) {
    std::vector<std::uint8_t> pools;
    for (const std::size_t region : nearest) {
        for (std::size_t p = 0; p < model.pools.size(); ++p) {
            if (model.pools[p].service == service && model.pools[p].region == region) pools.push_back(small(p));
        }
    }
    const std::string& steering = scenario.services[service].steering;
    const std::size_t colon = steering.find(':');
    if (colon == std::string::npos) return pools;
    const std::size_t wanted = index_of(scenario.regions, steering.substr(colon + 1));
    const auto elsewhere =
        std::stable_partition(pools.begin(), pools.end(), [&](auto p) { return model.pools[p].region == wanted; });
    if (steering.starts_with("region:")) pools.erase(elsewhere, pools.end());
    return pools;
}

// How soon a silent server is given up, and clients find the next. Without a timer of its own a driver loses what is
// under way on its connections, and new calls make new ones.
void set_driver(CellModel& cell, const scenarios::Driver& driver, const Scenario& scenario) {
    if (cell.ends != Ends::writer && cell.ends != Ends::readers) return;
    if (driver.monitor_after) {
        cell.notice_s = engine::in_seconds(*driver.monitor_after + driver.monitor_interval * driver.monitor_misses);
    }
    if (driver.dead_peer_after) cell.notice_s = engine::in_seconds(*driver.dead_peer_after);
    cell.by_topology = driver.topology_refresh.has_value();
    const engine::Duration kept = std::max(scenario.databases[cell.target].dns_ttl, driver.dns_cache);
    cell.return_s = engine::in_seconds(kept);
}

CellModel cell_of(const Scenario& scenario, std::size_t number) {
    const scenarios::QueryClass& one = scenario.workload.classes[number];
    CellModel cell;
    cell.query_class = one.name;
    cell.class_index = number;
    cell.class_share = one.share;
    const scenarios::RouteStep& end = one.route.back();
    switch (end.role) {
        case scenarios::TargetRole::writer:
        case scenarios::TargetRole::reader:
        case scenarios::TargetRole::custom:
            cell.ends = end.role == scenarios::TargetRole::writer || one.writes ? Ends::writer : Ends::readers;
            cell.target = small(index_of(scenario.databases, end.name));
            break;
        case scenarios::TargetRole::warehouse:
            cell.ends = Ends::warehouse;
            cell.target = small(index_of(scenario.warehouses, end.name));
            break;
        case scenarios::TargetRole::station:
        case scenarios::TargetRole::cache:
            break;
    }
    return cell;
}

// Offices that prefer the same regions are as one.
void add_cells(OutageModel& model, const Scenario& scenario) {
    const auto profile = models::NetworkProfile::named(scenario.network.profile);
    double weights = 0.0;
    for (const scenarios::Office& office : scenario.offices) weights += office.weight;
    std::vector<std::vector<std::size_t>> cells_of(scenario.offices.size());
    for (std::size_t c = 0; c < scenario.workload.classes.size(); ++c) {
        const scenarios::QueryClass& one = scenario.workload.classes[c];
        struct Group {
            double weight = 0.0;
            std::size_t offices = 0;
            std::string name;
            std::vector<std::uint8_t> pools;
            std::size_t region = 0;
            std::vector<std::size_t> members;  // offices by number
        };
        std::map<std::string, Group> groups;  // by what they prefer
        for (std::size_t o = 0; o < scenario.offices.size(); ++o) {
            const scenarios::Office& office = scenario.offices[o];
            const auto nearest = nearest_regions(scenario, *profile, office);
            std::vector<std::uint8_t> pools;
            if (!one.via.empty()) pools = preferred(model, scenario, index_of(scenario.services, one.via), nearest);
            const std::size_t region = one.via.empty() && !nearest.empty() ? nearest.front() : 0;
            std::string key = fmt::format("{}", region);
            for (const std::uint8_t pool : pools) key += fmt::format(" {:02}", pool);
            Group& group = groups[key];
            group.pools = pools;
            group.region = region;
            group.weight += office.weight / weights;
            if (group.offices++ == 0) group.name = office.name;
            group.members.push_back(o);
        }
        for (const auto& [key, group] : groups) {
            CellModel cell = cell_of(scenario, c);
            cell.pools = group.pools;
            cell.office_region = small(group.region);
            cell.weight = group.weight;
            cell.offices = group.offices == 1 ? group.name : fmt::format("{} offices", group.offices);
            set_driver(cell,
                       one.via.empty() ? scenario.workload.driver
                                       : scenario.services[index_of(scenario.services, one.via)].driver,
                       scenario);
            for (const std::size_t office : group.members) cells_of[office].push_back(model.cells.size());
            model.cells.push_back(std::move(cell));
        }
    }
    std::map<std::vector<std::size_t>, double> alike;
    for (std::size_t o = 0; o < cells_of.size(); ++o) alike[cells_of[o]] += scenario.offices[o].weight / weights;
    for (const auto& [cells, weight] : alike) model.office_groups.push_back({weight, cells});
}

// What an hour of downtime is priced by.
void add_offices_together(OutageModel& model, const Scenario& scenario) {
    model.downtime_per_h = scenario.cost.downtime_per_h;
    if (!model.downtime_per_h) return;
    CellModel cell;
    cell.of_offices = true;
    cell.offices = "any class";
    model.cells.push_back(std::move(cell));
}

void add_writers_alone(OutageModel& model) {
    for (std::size_t d = 0; d < model.databases.size(); ++d) {
        CellModel cell;
        cell.offices = model.databases[d].name;
        cell.ends = Ends::writer;
        cell.target = small(d);
        model.cells.push_back(std::move(cell));
    }
}

void tell_what_is_not_there(OutageModel& model, const Scenario& scenario) {
    if (!scenario.caches.empty()) {
        model.not_modelled.emplace_back("a cache saves nobody from an outage");
    }
    if (!scenario.stations.empty()) model.not_modelled.emplace_back("stations never fail");
    model.not_modelled.emplace_back("load: survivors carry all of it, and nothing is slow");
}

OutageModel places_of(const Scenario& scenario) {
    OutageModel model;
    for (std::size_t r = 0; r < scenario.regions.size(); ++r) {
        model.region_names.push_back(scenario.regions[r].name);
        for (const std::string& zone : scenario.regions[r].zones) {
            model.zone_names.push_back(scenario.regions[r].name + "/" + zone);
            model.region_of_zone.push_back(small(r));
        }
    }
    return model;
}

}  // namespace

std::size_t zone_number(const OutageModel& model, const std::string& region, const std::string& zone) {
    const auto found = std::find(model.zone_names.begin(), model.zone_names.end(), region + "/" + zone);
    SIM_CHECK(found != model.zone_names.end());
    return static_cast<std::size_t>(found - model.zone_names.begin());
}

std::vector<std::string> too_large_for_years(const Scenario& scenario) {
    std::vector<std::string> wrong;
    const auto most = [&](std::size_t count, std::size_t limit, const char* what) {
        if (count > limit) wrong.push_back(fmt::format("{} {}: at most {}", count, what, limit));
    };
    std::size_t zones = 0, pools = 0;
    for (const scenarios::Region& region : scenario.regions) zones += region.zones.size();
    for (const scenarios::Service& service : scenario.services)
        pools += service.regions.size() + service.standby.size();
    most(zones, zones_most, "zones");
    most(scenario.regions.size(), regions_most, "regions");
    most(scenario.databases.size(), databases_most, "databases");
    most(pools, pools_most, "services times regions");
    most(scenario.warehouses.size(), warehouses_most, "warehouses");
    for (const scenarios::Database& database : scenario.databases) {
        std::size_t members = 1 + database.replicas.size() + scenario.regions.size();
        for (const scenarios::Secondary& secondary : database.secondaries) members += secondary.replicas.size();
        most(members, members_most, "instances of one database, with room for one in each region");
    }
    std::size_t targets = 0;
    for (const scenarios::Fault& fault : scenario.faults)
        targets += fault.at_random ? fault.at_random->targets.size() : 0;
    most(targets, 128, "targets of faults at random");
    most(scenario.workload.classes.size(), cells_most - databases_most - 1, "classes");
    if (!wrong.empty()) return wrong;
    OutageModel model = places_of(scenario);
    add_pools(model, scenario);
    add_cells(model, scenario);
    most(model.cells.size(), cells_most - scenario.databases.size() - 1,
         "classes times orders in which offices prefer the regions");
    return wrong;
}

void OutageModel::leave_out_what_changes_nothing() {
    for (FailureProcess& process : processes) {
        process.counts = knows_effect(process) || measured.has(process.kind) || !process.consequences.empty();
    }
}

void OutageModel::sum_rates() {
    rate = 0.0;
    cumulative_rate.clear();
    for (const FailureProcess& process : processes) {
        rate += process.every ? 0.0 : process.rate();
        cumulative_rate.push_back(rate);
    }
}

std::string causes_text(CauseMask mask) {
    std::string text;
    for (int i = 0; i < 32; ++i) {
        if ((mask >> i & 1U) == 0) continue;
        const std::string name = i == service_instance_loss
                                     ? "service-instance-loss"
                                     : std::string{scenarios::fault_kind_name(static_cast<scenarios::FaultKind>(i))};
        text += (text.empty() ? "" : " + ") + name;
    }
    return text;
}

OutageModel outage_model_of(const Scenario& scenario, MeasuredRecoveries measured) {
    SIM_CHECK(too_large_for_years(scenario).empty());
    OutageModel model = places_of(scenario);
    model.measured = std::move(measured);
    add_databases(model, scenario);
    add_pools(model, scenario);
    add_warehouses(model, scenario);
    add_cells(model, scenario);
    add_writers_alone(model);
    add_offices_together(model, scenario);
    add_processes(model, scenario);
    model.leave_out_what_changes_nothing();
    tell_what_is_not_there(model, scenario);
    model.sum_rates();
    return model;
}

}  // namespace faultline::planning
