// What a fault may hit, by its kind.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/kinds.hpp"
#include "scenarios/reader/read_parts.hpp"
#include "scenarios/volume_zones.hpp"

namespace faultline::scenarios {

namespace {

constexpr std::string_view zone_role = "az-of: ";
constexpr std::string_view region_role = "region-of: ";

bool is_of_links(FaultKind kind) {
    return kind == FaultKind::link_cut || kind == FaultKind::link_gray;
}

// That hit a zone, or the one of a role.
bool is_of_zones(FaultKind kind) {
    return kind == FaultKind::zone_outage || kind == FaultKind::zone_gray || kind == FaultKind::zone_cut ||
           kind == FaultKind::zone_evacuation;
}

// Of a link: a region stands for its links to all others, and a pair for those between the two, either way round.
void add_regions(const Scenario& scenario, FaultKind kind, std::vector<std::string>& targets) {
    const bool links = is_of_links(kind);
    if (links && scenario.regions.size() < 2) return;
    for (const Region& region : scenario.regions) {
        targets.push_back(region.name);
        for (const Region& other : scenario.regions) {
            if (links && other.name != region.name) targets.push_back(region.name + " - " + other.name);
        }
    }
}

bool is_of_regions(FaultKind kind) {
    return kind == FaultKind::region_outage || is_of_links(kind) || kind == FaultKind::evacuation ||
           kind == FaultKind::control_plane_impaired || kind == FaultKind::dns_failure;
}

std::string_view role_of(FaultKind kind) {
    if (is_of_zones(kind)) return zone_role;
    return is_of_regions(kind) ? region_role : "";
}

// All instances of a service or database, all nodes of a cache or warehouse, a station; or what stands in the zone of a
// role.
void add_named_parts(const Scenario& scenario, std::vector<std::string>& targets) {
    for (const Service& service : scenario.services) targets.push_back(service.name);
    for (const Cache& cache : scenario.caches) targets.push_back(cache.name);
    for (const Station& station : scenario.stations) targets.push_back(station.name);
    for (const Warehouse& warehouse : scenario.warehouses) targets.push_back(warehouse.name);
    for (const Database& database : scenario.databases) {
        targets.push_back(database.name);
        targets.push_back(std::string{zone_role} + database.name + "/writer");
    }
}

// By role, or by number: the first one of a shard, then its replicas as they were in the beginning.
std::vector<std::string> cache_nodes(const Scenario& scenario) {
    std::vector<std::string> targets;
    for (const Cache& cache : scenario.caches) {
        for (const std::string& region : cache.regions) {
            const bool first = region == cache.regions.front();
            for (int shard = 1; shard <= cache.shards; ++shard) {
                const std::string at = fmt::format("{}{}/shard-{}/", cache.name, first ? "" : "/" + region, shard);
                targets.push_back(at + "primary");
                if (cache.replicas > 0) targets.push_back(at + "replica");
                for (int node = 1; node <= 1 + cache.replicas; ++node) {
                    targets.push_back(fmt::format("{}node-{}", at, node));
                }
            }
        }
    }
    return targets;
}

void add_databases(const Scenario& scenario, FaultKind kind, std::vector<std::string>& targets) {
    for (const Database& database : scenario.databases) {
        targets.push_back(database.name);
        if (kind != FaultKind::patch) continue;
        for (const Secondary& secondary : database.secondaries) {
            targets.push_back(database.name + "/" + secondary.region);
        }
    }
}

bool is_of_databases(FaultKind kind) {
    return kind == FaultKind::operator_error || kind == FaultKind::certificate_expiry || kind == FaultKind::patch ||
           kind == FaultKind::upgrade || kind == FaultKind::schema_change;
}

void add_storage_nodes(const Scenario& scenario, std::vector<std::string>& targets) {
    for (const Database& database : scenario.databases) {
        const Region* const region = find_named(scenario.regions, database.region);
        if (has_standbys(database.kind) || region == nullptr) continue;
        for (const std::string& zone : volume_zones(database, region->name, region->zones)) {
            for (int node = 1; node <= database.storage.nodes_per_zone; ++node) {
                targets.push_back(fmt::format("{}/storage/{}/{}", database.name, zone, node));
            }
        }
    }
}

// Whose names and certificates can fail. A region's balancer shows a certificate of its own; a proxy logs in for those
// who ask through it.
void add_services(const Scenario& scenario, FaultKind kind, std::vector<std::string>& targets) {
    for (const Service& service : scenario.services) {
        targets.push_back(service.name);
        if (kind != FaultKind::certificate_expiry) continue;
        if (service.regions.size() > 1) {
            for (const auto& [region, count] : service.regions) targets.push_back(service.name + "/" + region);
        }
        const bool by_proxy = service.driver.through_proxy && !service.driver.pinned;
        if (!by_proxy) targets.push_back(service.name + std::string{credentials_of_service});
    }
}

// Those that stand by are none to be hit before they run.
void add_service_instances(const Scenario& scenario, std::vector<std::string>& targets) {
    for (const Service& service : scenario.services) {
        for (const auto& [region, count] : service.regions) {
            for (int i = 1; i <= count; ++i) {
                targets.push_back(fmt::format("{}/{}/instance-{}", service.name, region, i));
            }
        }
    }
}

void add_warehouse_nodes(const Scenario& scenario, std::vector<std::string>& targets) {
    for (const Warehouse& warehouse : scenario.warehouses) {
        const int nodes = warehouse.rpu > 0 ? 0 : warehouse.nodes * (warehouse.multi_az ? 2 : 1);
        for (int node = 1; node <= nodes; ++node) targets.push_back(fmt::format("{}/node-{}", warehouse.name, node));
    }
}

// What connections of many clients are made through, one for each endpoint.
void add_proxies(const Scenario& scenario, std::vector<std::string>& targets) {
    for (const QueryClass& query : scenario.workload.classes) {
        if (query.route.empty()) continue;
        const RouteStep& end = query.route.back();
        const Driver& driver = driver_of(scenario, query);
        const bool by_proxy = driver.through_proxy && !driver.pinned;
        if (!by_proxy || (end.role != TargetRole::writer && end.role != TargetRole::reader)) continue;
        const std::string name =
            fmt::format("proxies/{}/{}", end.name, end.role == TargetRole::writer ? "writer" : "reader");
        if (std::find(targets.begin(), targets.end(), name) == targets.end()) targets.push_back(name);
    }
}

// "boston/line", "boston/backup".
void add_lines(const Scenario& scenario, std::vector<std::string>& targets) {
    for (const Office& office : scenario.offices) {
        targets.push_back(office.name + std::string{line_of_office});
        if (office.backup_access != "none") targets.push_back(office.name + std::string{backup_of_office});
    }
}

// Each by its role and by its number, or the place of it.
void add_instances(const Scenario& scenario, FaultKind kind, std::vector<std::string>& targets) {
    const std::string role{role_of(kind)};
    for (const Database& database : scenario.databases) {
        if (kind == FaultKind::slow_disk && !has_standbys(database.kind)) continue;
        targets.push_back(role + database.name + "/writer");
        for (std::size_t i = 1; i <= database.replicas.size() + 1; ++i) {
            targets.push_back(fmt::format("{}{}/instance-{}", role, database.name, i));
        }
        for (const Secondary& secondary : database.secondaries) {
            for (std::size_t i = 1; i <= secondary.replicas.size(); ++i) {
                targets.push_back(fmt::format("{}{}/{}/instance-{}", role, database.name, secondary.region, i));
            }
        }
    }
}

std::vector<std::string> following_regions(const Scenario& scenario) {
    std::vector<std::string> targets;
    for (const Database& database : scenario.databases) {
        for (const Secondary& secondary : database.secondaries)
            targets.push_back(database.name + "/" + secondary.region);
    }
    return targets;
}

// Caches, or warehouses with nodes to count.
std::vector<std::string> wholes(const Scenario& scenario, FaultKind kind) {
    std::vector<std::string> targets;
    if (kind != FaultKind::warehouse_resize) {
        for (const Cache& cache : scenario.caches) targets.push_back(cache.name);
        return targets;
    }
    for (const Warehouse& warehouse : scenario.warehouses) {
        if (warehouse.rpu == 0) targets.push_back(warehouse.name);
    }
    return targets;
}

}  // namespace

std::vector<std::string> targets_of(const Scenario& scenario, FaultKind kind) {
    std::vector<std::string> targets;
    if (kind == FaultKind::cache_node_loss) return cache_nodes(scenario);
    if (kind == FaultKind::switchover) return following_regions(scenario);
    const bool of_whole = kind == FaultKind::cache_scaling || kind == FaultKind::cache_snapshot;
    if (of_whole || kind == FaultKind::warehouse_resize) return wholes(scenario, kind);
    if (is_of_zones(kind) || kind == FaultKind::brown_out) {
        for (const Region& region : scenario.regions) {
            for (const std::string& zone : region.zones) targets.push_back(region.name + "/" + zone);
        }
    }
    if (kind == FaultKind::zone_evacuation) return targets;  // people know which one they mean
    if (is_of_regions(kind)) add_regions(scenario, kind, targets);
    if (kind == FaultKind::brown_out) add_named_parts(scenario, targets);
    if (is_of_links(kind)) {
        const bool backbone = !targets.empty();
        add_lines(scenario, targets);
        if (!backbone) return targets;  // one region
    }
    if (is_of_databases(kind) || kind == FaultKind::dns_failure) add_databases(scenario, kind, targets);
    if (kind == FaultKind::certificate_expiry || kind == FaultKind::dns_failure) add_services(scenario, kind, targets);
    if (is_of_databases(kind)) return targets;
    const bool of_storage = kind == FaultKind::storage_node_loss || kind == FaultKind::slow_disk;
    if (of_storage || kind == FaultKind::machine_gray) add_storage_nodes(scenario, targets);
    if (kind == FaultKind::storage_node_loss) return targets;
    const bool one_machine = kind == FaultKind::brown_out || kind == FaultKind::machine_gray;
    if (kind == FaultKind::instance_crash || one_machine) add_warehouse_nodes(scenario, targets);
    if (kind == FaultKind::machine_gray) add_proxies(scenario, targets);
    if (kind == FaultKind::instance_crash || one_machine) add_service_instances(scenario, targets);
    if (one_machine) {
        const std::vector<std::string> nodes = cache_nodes(scenario);
        targets.insert(targets.end(), nodes.begin(), nodes.end());
    }
    add_instances(scenario, kind, targets);
    return targets;
}

}  // namespace faultline::scenarios
