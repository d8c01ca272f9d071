#include "planning/checks/survival.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/kinds.hpp"
#include "scenarios/volume_zones.hpp"

namespace faultline::planning {
namespace {

using scenarios::Database;
using scenarios::TargetRole;

template <typename Named>
const Named* named(const std::vector<Named>& all, const std::string& name) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Named& one) { return one.name == name; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

std::vector<ZoneName> zones_of(const scenarios::Region& region) {
    std::vector<ZoneName> zones;
    for (const std::string& zone : region.zones) zones.push_back(region.name + "/" + zone);
    return zones;
}

std::vector<ZoneName> zones_of(const scenarios::Scenario& scenario) {
    std::vector<ZoneName> zones;
    for (const scenarios::Region& region : scenario.regions) {
        for (ZoneName& zone : zones_of(region)) zones.push_back(std::move(zone));
    }
    return zones;
}

bool Survival::stands(const std::string& region, const std::string& zone) const {
    return std::find(lost_.begin(), lost_.end(), region + "/" + zone) == lost_.end();
}

// Spread over the zones of a region in order (models/services).
int Survival::instances_of(const scenarios::Service& service) const {
    int left = 0;
    const auto count = [&](const std::string& name, int running) {
        const scenarios::Region* const region = named(scenario_.regions, name);
        if (region == nullptr) return;
        for (int i = 0; i < running; ++i) {
            const std::size_t zone = static_cast<std::size_t>(i) % region->zones.size();
            left += stands(name, region->zones[zone]) ? 1 : 0;
        }
    };
    const bool pinned = service.steering.starts_with("region:");
    const std::string only = pinned ? service.steering.substr(7) : "";
    for (const auto& [region, running] : service.regions) {
        if (!pinned || region == only) count(region, running);
    }
    for (const scenarios::ServiceStandby& standby : service.standby) {
        if (!pinned || standby.region == only) count(standby.region, standby.running);
    }
    return left;
}

std::vector<const scenarios::DatabaseInstance*> Survival::writers_of(const Database& database) const {
    std::vector<const scenarios::DatabaseInstance*> left;
    const auto add = [&](const scenarios::DatabaseInstance& one) {
        if (stands(one.region.empty() ? database.region : one.region, one.zone)) left.push_back(&one);
    };
    add(database.writer);
    for (const auto& replica : database.replicas) add(replica);
    return left;
}

std::vector<const scenarios::DatabaseInstance*> Survival::all_of(const Database& database) const {
    std::vector<const scenarios::DatabaseInstance*> left = writers_of(database);
    for (const scenarios::Secondary& secondary : database.secondaries) {
        for (const auto& replica : secondary.replicas) {
            if (stands(secondary.region, replica.zone)) left.push_back(&replica);
        }
    }
    return left;
}

bool Survival::volume_takes(const Database& database, int quorum) const {
    if (scenarios::has_standbys(database.kind)) return true;  // each instance has its own disks
    const scenarios::Region* const region = named(scenario_.regions, database.region);
    if (region == nullptr) return true;
    const auto zones = scenarios::volume_zones(database, region->name, region->zones);
    const auto standing =
        std::count_if(zones.begin(), zones.end(), [&](const std::string& zone) { return stands(region->name, zone); });
    return standing * database.storage.copies_per_zone >= quorum;
}

std::string Survival::stopped_at(const scenarios::RouteStep& step) const {
    if (step.role == TargetRole::station) {
        const scenarios::Station* const station = named(scenario_.stations, step.name);
        const bool gone = station != nullptr && !station->zone.empty() &&
                          std::find(lost_.begin(), lost_.end(), station->zone) != lost_.end();
        return gone ? step.name + " stands there" : "";
    }
    if (step.role == TargetRole::warehouse) {
        const scenarios::Warehouse* const warehouse = named(scenario_.warehouses, step.name);
        const scenarios::Region* const region = named(scenario_.regions, warehouse->region);
        const std::string own = warehouse->zone.empty() ? region->zones.front() : warehouse->zone;
        const bool any = std::any_of(region->zones.begin(), region->zones.end(),
                                     [&](const std::string& zone) { return stands(region->name, zone); });
        const bool moves = warehouse->multi_az || warehouse->rpu > 0 || warehouse->recovery.relocation;
        return stands(region->name, own) || (any && moves) ? "" : step.name + " has no nodes elsewhere";
    }
    const Database* const database = named(scenario_.databases, step.name);
    if (database == nullptr) return "";
    if (step.role == TargetRole::writer) {
        if (writers_of(*database).empty()) {
            return fmt::format("all instances of {} that may be its writer stand there", step.name);
        }
        if (volume_takes(*database, database->storage.write_quorum)) return "";
        return fmt::format("fewer than {} copies of the volume of {} are left to write to",
                           database->storage.write_quorum, step.name);
    }
    return all_of(*database).empty() ? "all instances of " + step.name + " stand there" : "";
}

std::string Survival::stopped(const scenarios::QueryClass& query) const {
    const scenarios::Service* const service = named(scenario_.services, query.via);
    if (service != nullptr && instances_of(*service) == 0) return "all instances of " + query.via + " stand there";
    return query.route.empty() ? "" : stopped_at(query.route.back());
}

// Shard k stands in zone k modulo the zones, its replicas in those that follow (scenarios/cache.hpp).
double Survival::lost_share_of(const scenarios::Cache& cache) const {
    int lost = 0, all = 0;
    for (const std::string& name : cache.regions) {
        const scenarios::Region* const region = named(scenario_.regions, name);
        if (region == nullptr) continue;
        const std::vector<std::string>& zones = cache.zones.empty() ? region->zones : cache.zones;
        for (int shard = 0; shard < cache.shards; ++shard) {
            bool any = false;
            for (int node = 0; node <= cache.replicas; ++node) {
                any = any || stands(name, zones[static_cast<std::size_t>(shard + node) % zones.size()]);
            }
            ++all;
            lost += any ? 0 : 1;
        }
    }
    return all == 0 ? 0.0 : static_cast<double>(lost) / all;
}

}  // namespace faultline::planning
