// World's application tier: services and those that stand by, and how offices reach them.
#include <algorithm>

#include "planning/index_of.hpp"
#include "planning/protocol.hpp"
#include "planning/random_duration.hpp"
#include "planning/world.hpp"

namespace faultline::planning {

using namespace models;

namespace {

// Instances of a region in turn over its zones.
const std::string& in_turn(const std::vector<std::string>& zones, std::size_t i) {
    return zones[i % zones.size()];
}

}  // namespace

void World::build_services() {
    for (const auto& service : scenario_.services) {
        services_.emplace_back();
        for (const auto& [region, count] : service.regions) build_service_region(service, region, count, count);
        for (const scenarios::ServiceStandby& standby : service.standby) {
            build_service_region(service, standby.region, standby.instances, standby.running);
            standbys_.push_back(std::make_unique<StandbyCapacity>(
                simulation_, "services/" + service.name + "/" + standby.region + "/standby", *service_regions_.back(),
                StartUpShape{distribution_of(standby.deployment), distribution_of(standby.start_up)}));
        }
    }
}

void World::build_service_region(const scenarios::Service& service, const std::string& region_name, int count,
                                 int running) {
    ServiceInstanceShape shape{.threads = service.threads,
                               .queue = service.queue,
                               .vcpus = service.vcpus,
                               .demand = distribution_of(service.demand),
                               .shedding = service.shedding};
    const auto region = index_of(scenario_.regions, region_name);
    const std::string path = "services/" + service.name + "/" + region_name;
    const auto& zones = scenario_.regions[region].zones;
    service_regions_.push_back(std::make_unique<ServiceRegion>(
        *context_, path, network_->regions[region],
        HealthCheckShape{service.health_check_interval, service.health_check_timeout, service.health_check_threshold},
        caches_of(region_name)));
    services_.back().push_back(service_regions_.back().get());
    service_regions_.back()->set_quotas(tenant_quotas());
    if (service.outliers) service_regions_.back()->watch_outliers(*service.outliers);
    for (int i = 0; i < count; ++i) {
        const PlaceId place = place_of(region_name, in_turn(zones, static_cast<std::size_t>(i)));
        ServiceInstance& instance = service_regions_.back()->add(path + "/" + std::to_string(i + 1), place, shape);
        for (std::size_t endpoint = 0; endpoint < endpoints_.size(); ++endpoint) {
            if (!endpoint_used(endpoint)) continue;
            const auto& database = scenario_.databases[endpoints_[endpoint].database];
            std::unique_ptr<DatabaseClient> made = client(endpoint, instance.component(),
                                                          {.place = place,
                                                           .name = endpoints_[endpoint].name,
                                                           .driver = service.driver,
                                                           .protocol = protocol_of(database),
                                                           .connections = service.pool,
                                                           .wait = service.pool_wait,
                                                           .max_lifetime = service.max_lifetime});
            note_pool(made->pool(),
                      {instance.component().path(), service.name, service.name + ", " + place_words(place)});
            if (service.breaker) {
                const std::string breaker = instance.component().path() + "/breakers/" + endpoints_[endpoint].name;
                made->guard_with(std::make_unique<CircuitBreaker>(simulation_, breaker, *service.breaker));
            }
            instance.set_client(endpoint, std::move(made));
        }
        if (i >= running) service_regions_.back()->stand_by();
    }
}

void World::give_up_region(PlaceId region) {
    for (const auto& standby : standbys_) standby->give_up(region);
}

// In the order of preference: the nearest first, unless the service is steered.
std::vector<ServiceRegion*> World::preferred_regions(std::size_t service, PlaceId office) const {
    std::vector<ServiceRegion*> preferred = services_[service];
    const std::string& steering = scenario_.services[service].steering;
    const auto distance = [&](const ServiceRegion* region) {
        return network_->topology.path(office, region->balancer()).base_round_trip;
    };
    std::stable_sort(preferred.begin(), preferred.end(),
                     [&](const auto* a, const auto* b) { return distance(a) < distance(b); });
    if (steering == "nearest") return preferred;
    const std::string name = steering.substr(steering.find(':') + 1);
    const PlaceId wanted = network_->regions[index_of(scenario_.regions, name)];
    const auto elsewhere = std::stable_partition(preferred.begin(), preferred.end(),
                                                 [&](const auto* region) { return region->balancer() == wanted; });
    if (steering.starts_with("region:")) preferred.erase(elsewhere, preferred.end());
    return preferred;
}

OfficeTargets World::targets_of(std::size_t office) {
    OfficeTargets targets;
    const PlaceId place = network_->sites[office];
    for (std::size_t s = 0; s < services_.size(); ++s) targets.services.push_back(preferred_regions(s, place));
    for (std::size_t endpoint = 0; endpoint < endpoints_.size(); ++endpoint) {
        const bool direct = std::any_of(classes_.begin(), classes_.end(), [&](const ClassPlan& plan) {
            return plan.endpoint == endpoint && plan.service == nowhere;
        });
        const ConnectionPoolShape shape{.place = place,
                                        .name = endpoints_[endpoint].name,
                                        .driver = scenario_.workload.driver,
                                        .protocol = protocol_of(scenario_.databases[endpoints_[endpoint].database]),
                                        .connections = scenario_.workload.direct_pool,
                                        .wait = scenario_.workload.driver.connect_timeout};
        engine::Component& owner = offices_[office]->component();
        const bool watched = scenario_.workload.canary.enabled && endpoint_used(endpoint);
        targets.direct.push_back(direct ? client(endpoint, owner, shape) : nullptr);
        if (direct)
            note_pool(targets.direct.back()->pool(),
                      {owner.path(), offices_[office]->shape().name, "clients at " + offices_[office]->shape().name});
        targets.canaries.push_back({endpoint, nowhere, watched ? client(endpoint, owner, shape) : nullptr});
    }
    for (const CanaryPlan& canary : canaries_) {
        if (canary.service == nowhere || !scenario_.workload.canary.enabled) continue;
        targets.canaries.push_back({canary.endpoint, canary.service, nullptr});
    }
    for (const auto& station : stations_) targets.stations.push_back(station.get());
    for (const auto& warehouse : warehouses_) targets.warehouses.push_back(warehouse.get());
    return targets;
}

}  // namespace faultline::planning
