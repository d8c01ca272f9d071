// World's construction: from the structs of a scenario to the parts of a running model. The reader has checked the
// scenario, so what is looked up here is there (SIM_CHECK).
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "planning/cluster_shape.hpp"
#include "planning/fault_shape.hpp"
#include "planning/index_of.hpp"
#include "planning/instance_shape.hpp"
#include "planning/random_duration.hpp"
#include "planning/standby_shape.hpp"
#include "planning/warehouse_shape.hpp"
#include "planning/world.hpp"
#include "scenarios/kinds.hpp"
#include "scenarios/volume_zones.hpp"

namespace faultline::planning {

using namespace models;
using scenarios::TargetRole;

namespace {

// A system without regions has one place for everything: at no distance with the profile "zero".
constexpr const char* nowhere_region = "us-east-1";
constexpr const char* nowhere_zone = "a";

// How long a statement to a silent peer may hang (models/services/database_client.cpp).
engine::Duration longest_wait(const scenarios::Driver& driver) {
    engine::Duration dead = driver.dead_peer_after.value_or(kernel_gives_up_after);
    if (driver.monitor_after) dead = *driver.monitor_after + driver.monitor_misses * driver.monitor_interval;
    return std::min(dead, driver.socket_timeout.value_or(engine::Duration::max()));
}

// A multiplier without a common factor with the number of keys, so that rank -> key is one to one.
std::uint64_t spreading_multiplier(std::uint64_t keys) {
    std::uint64_t candidate = 0x9e3779b1;  // 2^32 / golden ratio, a prime
    while (std::gcd(candidate, keys) != 1) candidate += 2;
    return candidate;
}

}  // namespace

void World::build_network() {
    NetworkPlan plan;
    // Without distances any name is a region's, so the profile is asked for one that it knows.
    const bool named_freely = profile_.name() == "zero";
    for (const auto& region : scenario_.regions) {
        const std::string& known = profile_.regions()[plan.regions.size() % profile_.regions().size()];
        plan.regions.push_back({named_freely ? known : region.name, region.zones});
    }
    plan.backbone_bandwidth = scenario_.network.backbone_bandwidth.value_or(unlimited_bandwidth);
    plan.inter_zone_bandwidth = scenario_.network.inter_zone_bandwidth.value_or(unlimited_bandwidth);
    if (plan.regions.empty()) plan.regions.push_back({nowhere_region, {nowhere_zone}});
    for (const auto& office : scenario_.offices) {
        SitePlan site{.name = office.name,
                      .city = office.city.empty() ? profile_.cities().front() : office.city,
                      .access = office.access,
                      .backup_access = office.backup_access,
                      .vpn = office.vpn};
        engine::RandomStream draws = simulation_.stream("offices/" + office.name, "internet path");
        site.internet_jitter = profile_.draw_internet_jitter(draws);
        plan.sites.push_back(std::move(site));
    }
    std::vector<UnknownName> unknown;
    network_ = std::make_unique<WiredNetwork>(wire_network(profile_, plan, unknown));
    SIM_CHECK(unknown.empty());
    transport_ = std::make_unique<Transport>(network_->topology);
    for (std::size_t r = 0; r < plan.regions.size(); ++r) {
        for (std::size_t z = 0; z < plan.regions[r].zones.size(); ++z) {
            const std::string& region = scenario_.regions.empty() ? plan.regions[r].code : scenario_.regions[r].name;
            zones_.emplace_back(region + "/" + plan.regions[r].zones[z], network_->zones[r][z]);
        }
        if (!scenario_.regions.empty()) regions_.emplace_back(scenario_.regions[r].name, network_->regions[r]);
    }
}

PlaceId World::place_of(const std::string& region, const std::string& zone) const {
    for (const auto& [name, place] : zones_) {
        if (name == region + "/" + zone) return place;
    }
    SIM_CHECK(false);
    return {};
}

void World::build_classes() {
    double cumulative = 0.0;
    for (const auto& query_class : scenario_.workload.classes) {
        ClassPlan plan;
        plan.name = query_class.name;
        if (!query_class.via.empty()) plan.service = index_of(scenario_.services, query_class.via);
        for (const auto& step : query_class.route) {
            if (step.role == TargetRole::cache) plan.cache = index_of(scenario_.caches, step.name);
            if (step.role == TargetRole::station) plan.station = index_of(scenario_.stations, step.name);
            if (step.role == TargetRole::warehouse) {
                plan.warehouse = index_of(scenario_.warehouses, step.name);
                plan.scan = warehouse_query_of(query_class, scenario_.warehouses[plan.warehouse]);
            }
            plan.endpoint = endpoint_of(step);
            if (plan.endpoint != nowhere) plan.database = endpoints_[plan.endpoint].database;
        }
        plan.statements = query_class.statements;
        plan.pages = query_class.pages;
        plan.transaction = query_class.transaction;
        plan.writes = query_class.writes;
        plan.idempotent = query_class.idempotent;
        plan.demand = distribution_of(query_class.demand);
        plan.call = {query_class.request, query_class.response};
        plan.statement = {query_class.request, query_class.response};
        if (query_class.keys) {
            plan.keys.emplace(query_class.keys->count, query_class.keys->zipf);
            plan.key_multiplier = spreading_multiplier(query_class.keys->count);
            if (query_class.keys->drift) {
                plan.drift_by = query_class.keys->drift->by;
                plan.drift_every = query_class.keys->drift->every;
            }
        }
        plan.deadline = query_class.deadline;
        plan.timeout = query_class.timeout;
        plan.retry = query_class.retry;
        plan.breaker = query_class.breaker;
        plan.hedge = query_class.hedge;
        const bool watched = plan.service != nowhere && scenario_.services[plan.service].outliers;
        plan.guarded = plan.breaker || plan.hedge || plan.retry.adaptive || watched;
        plan.priority = query_class.priority;
        plan.tenant = tenant_of(query_class.name);
        plan.staleness_bound = query_class.staleness_bound;
        if (query_class.follow_up) {
            plan.follow_up = {
                static_cast<ClassId>(index_of(scenario_.workload.classes, query_class.follow_up->query_class)),
                query_class.follow_up->probability, distribution_of(query_class.follow_up->after)};
        }
        cumulative += query_class.share;
        plan.cumulative_share = cumulative;
        classes_.push_back(std::move(plan));
    }
}

const scenarios::Driver& World::driver_of(const scenarios::QueryClass& query_class) const {
    if (query_class.via.empty()) return scenario_.workload.driver;
    return scenario_.services[index_of(scenario_.services, query_class.via)].driver;
}

MeasuresShape World::measures_shape() const {
    MeasuresShape shape;
    for (const auto& query_class : scenario_.workload.classes) {
        const scenarios::RouteStep& last = query_class.route.back();
        // A write that a reader sends on needs the writer: where it is too rare to be judged, the writer's canary is.
        const bool sent_on = query_class.writes && (last.role == TargetRole::reader || last.role == TargetRole::custom);
        shape.classes.push_back({query_class.name, query_class.deadline, query_class.writes, query_class.idempotent,
                                 last.name, sent_on ? TargetRole::writer : last.role, last.endpoint, query_class.via,
                                 endpoint_of(last) == nowhere ? "" : driver_of(query_class).preset});
        shape.longest_client_timer = std::max(shape.longest_client_timer, query_class.timeout);
        if (query_class.via.empty()) continue;
        shape.longest_client_timer = std::max(shape.longest_client_timer, longest_wait(driver_of(query_class)));
    }
    for (const auto& office : scenario_.offices) shape.offices.push_back(office.name);
    for (const auto& cache : scenario_.caches) shape.caches.push_back(cache.name);
    for (const auto& database : scenario_.databases) shape.databases.push_back(database.name);
    for (const CanaryPlan& canary : canaries_) shape.canary_targets.push_back(canary.name);
    if (options_.with_faults) {
        for (const auto& fault : faults_) shape.faults.push_back(fault_shape_of(fault));
    }
    shape.warm_up_end = warm_up_end_;
    shape.end = end_;
    shape.canary_timeout = scenario_.workload.canary.timeout;
    shape.sessions = scenario_.workload.sessions.has_value();
    shape.office_timelines = scenario_.run.office_timelines;
    shape.storm = scenario_.workload.storm;
    for (const scenarios::Surge& surge : scenario_.workload.arrivals.surges) {
        const Instant begin = warm_up_end_ + surge.at;
        if (options_.with_faults) shape.surges.push_back({surge.name, begin, begin + surge.length()});
    }
    return shape;
}

void World::build_clusters() {
    globals_.resize(scenario_.databases.size());
    region_wholes_.resize(scenario_.databases.size());
    for (const auto& database : scenario_.databases) {
        build_cluster(database);
        if (scenario_.workload.sessions) clusters_.back()->keep_history();
    }
    build_secondaries();
}

ClusterShape World::cluster_shape(const scenarios::Database& database, const std::string& region_name) const {
    const auto region = index_of(scenario_.regions, region_name);
    ClusterShape shape;
    shape.path = database.name;
    shape.zones = network_->zones[region];
    shape.zone_names = scenario_.regions[region].zones;
    shape.volume_zones = volume_places(database, region_name);
    shape.volume_zone_names = scenarios::volume_zones(database, region_name, shape.zone_names);
    shape.volume = volume_shape_of(database);
    shape.record = log_write;
    shape.record_of_class = log_of_classes(scenario_.workload.classes);
    shape.replica_stream = replication_shape_of(database);
    shape.pools = pool_rules_of(database);
    shape.scaling = replica_scaling_of(database);
    shape.custom_endpoints = custom_endpoints_of(database);
    shape.page_uses = page_uses_of(index_of(scenario_.databases, database.name), scenario_, classes_);
    shape.shared_pages = shared_pages_of(database);
    shape.failover = failover_shape_of(database);
    shape.dns_ttl = database.dns_ttl;
    shape.control_plane = network_->regions[region];
    return shape;
}

std::vector<models::PlaceId> World::volume_places(const scenarios::Database& database,
                                                  const std::string& region_name) const {
    const auto region = index_of(scenario_.regions, region_name);
    const auto& zones = scenario_.regions[region].zones;
    std::vector<models::PlaceId> places;
    for (const std::string& zone : scenarios::volume_zones(database, region_name, zones)) {
        const auto at = std::find(zones.begin(), zones.end(), zone) - zones.begin();
        places.push_back(network_->zones[region][static_cast<std::size_t>(at)]);
    }
    return places;
}

// Of one region, by its kind.
std::unique_ptr<Cluster> World::make_cluster(const scenarios::Database& database, ClusterShape shape,
                                             ClusterObserver& observer) {
    if (!scenarios::has_standbys(database.kind)) {
        return std::make_unique<Cluster>(simulation_, *transport_, transfers_.get(), std::move(shape), observer);
    }
    auto cluster = std::make_unique<StandbyCluster>(simulation_, *transport_, std::move(shape),
                                                    standby_shape(database, scenario_.workload.classes), observer,
                                                    transfers_.get());
    cluster->on_given_up = [this](PlaceId region) { give_up_region(region); };
    return cluster;
}

void World::build_cluster(const scenarios::Database& database) {
    ClusterShape shape = cluster_shape(database, database.region);
    const std::size_t number = clusters_.size();
    for (const ClassPlan& plan : classes_) {
        if (plan.keys && plan.database == number) shape.keys = std::max(shape.keys, plan.keys->ranks());
    }
    if (!database.secondaries.empty()) {
        build_global_primary(database, std::move(shape));
    } else {
        recorders_.push_back(std::make_unique<ClusterRecorder>(simulation_, *measures_, number));
        clusters_.push_back(make_cluster(database, std::move(shape), *recorders_.back()));
    }
    const auto add = [&](const scenarios::DatabaseInstance& instance) {
        const std::string& region = instance.region.empty() ? database.region : instance.region;
        clusters_.back()->add_instance(place_of(region, instance.zone), instance_shape_of(database, instance));
    };
    add(database.writer);
    for (const auto& replica : database.replicas) add(replica);
    build_backups(database);
}

void World::build_stations() {
    for (const auto& station : scenario_.stations) {
        const PlaceId place = station.zone.empty() ? zones_.front().second
                                                   : place_of(station.zone.substr(0, station.zone.find('/')),
                                                              station.zone.substr(station.zone.find('/') + 1));
        engine::PoolShape shape{.servers = station.servers,
                                .discipline = station.discipline == scenarios::Discipline::fcfs
                                                  ? engine::Discipline::fcfs
                                                  : engine::Discipline::processor_sharing};
        if (station.waiting_room) shape.waiting_room = static_cast<std::size_t>(*station.waiting_room);
        stations_.push_back(std::make_unique<Station>(simulation_, "stations/" + station.name, place, shape));
    }
}

}  // namespace faultline::planning
