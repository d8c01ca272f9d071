// How services and offices reach the databases: by connections of their own, or through a proxy.
#include <algorithm>

#include "planning/random_duration.hpp"
#include "planning/world.hpp"

namespace faultline::planning {

using namespace models;

namespace {
// A pool becomes that of a proxy, with the settings of its driver.
void make_proxys(ConnectionPoolShape& shape) {
    shape.wait = shape.driver.borrow_timeout;
    shape.holds_requests = true;
    shape.own_delay = distribution_of(shape.driver.proxy_delay);
}
}  // namespace

void World::build_endpoints() {
    const auto& databases = scenario_.databases;
    for (std::size_t d = 0; d < databases.size(); ++d) {
        endpoints_.push_back({databases[d].name + "/writer", d, nowhere, true});
        endpoints_.push_back({databases[d].name + "/reader", d, nowhere, false});
    }
    for (std::size_t d = 0; d < databases.size(); ++d) {
        for (std::size_t c = 0; c < databases[d].endpoints.size(); ++c) {
            endpoints_.push_back({databases[d].name + "/" + databases[d].endpoints[c].name, d, c, false});
        }
    }
}

// nowhere: the step is a station or a cache.
std::size_t World::endpoint_of(const scenarios::RouteStep& step) const {
    std::string name = step.name + "/" + step.endpoint;
    if (step.role == scenarios::TargetRole::writer) name += "writer";
    if (step.role == scenarios::TargetRole::reader) name += "reader";
    for (std::size_t i = 0; i < endpoints_.size(); ++i) {
        if (endpoints_[i].name == name) return i;
    }
    return nowhere;
}

// By a class, or because a reader sends on to it.
bool World::endpoint_used(std::size_t endpoint) const {
    return std::any_of(classes_.begin(), classes_.end(), [&](const ClassPlan& plan) {
        const bool sent_on = plan.writes && plan.database == endpoints_[endpoint].database;
        return plan.endpoint == endpoint || (sent_on && endpoints_[endpoint].writes);
    });
}

// Each endpoint's, as before any service; and, for each class that goes through one, that of what its queries need.
void World::build_canaries() {
    for (std::size_t i = 0; i < endpoints_.size(); ++i) canaries_.push_back({endpoints_[i].name, i, nowhere});
    for (const ClassPlan& plan : classes_) {
        if (plan.service == nowhere || plan.endpoint == nowhere) continue;
        // A write that a reader sends on needs the writer.
        const std::size_t writers = 2 * plan.database;  // build_endpoints()
        const std::size_t endpoint = plan.writes ? writers : plan.endpoint;
        const std::string name = canary_name(endpoints_[endpoint].name, scenario_.services[plan.service].name);
        const bool known = std::any_of(canaries_.begin(), canaries_.end(),
                                       [&](const CanaryPlan& canary) { return canary.name == name; });
        if (!known) canaries_.push_back({name, endpoint, plan.service});
    }
}

// The endpoint's name, and where a driver that follows the topology looks for instances. Readers of several regions are
// found by DNS all the same, for the nearest one changes; so is a database that is restored elsewhere, and the members
// of a custom endpoint.
World::Target World::target_of(std::size_t endpoint, PlaceId from) {
    const auto& [name, database, custom, writes] = endpoints_[endpoint];
    Cluster& cluster = *clusters_[database];
    RegionRestore* const restore = region_restores_[database].get();
    if (custom != nowhere)
        return {restore == nullptr ? cluster.custom_endpoint(custom) : restore->custom_endpoint(custom), {}};
    GlobalDatabase* const global = globals_[database].get();
    if (restore != nullptr) return {writes ? restore->writer_endpoint() : restore->reader_endpoint(), {}};
    if (global == nullptr) return {writes ? cluster.writer_endpoint() : cluster.reader_endpoint(), {&cluster}};
    if (!writes) return {global->reader_endpoint_for(from), {}};
    return {global->writer_endpoint(), {global->regions().begin(), global->regions().end()}};
}

World::Target World::target_of_proxy(std::size_t endpoint, PlaceId region) {
    Target target = target_of(endpoint, region);
    std::erase_if(target.clusters, [region](const Cluster* cluster) { return cluster->region() != region; });
    return target;
}

// Of an office: its own place, which is none of a database.
PlaceId World::region_of_client(PlaceId client) const {
    const bool stands_in_one = network_->topology.kind(client) == PlaceKind::Zone;
    return stands_in_one ? network_->topology.region_of(client) : client;
}

// Readers have one in each region that has the database; writers, and whoever stands elsewhere, the primary's.
PlaceId World::proxy_region(std::size_t endpoint, PlaceId client) const {
    const Cluster& primary = *clusters_[endpoints_[endpoint].database];
    const GlobalDatabase* const global = globals_[endpoints_[endpoint].database].get();
    if (global == nullptr || endpoints_[endpoint].writes) return primary.region();
    const PlaceId own = region_of_client(client);
    const auto& regions = global->regions();
    const bool there = std::any_of(regions.begin(), regions.end(),
                                   [own](const RegionalCluster* cluster) { return cluster->region() == own; });
    return there ? own : primary.region();
}

void World::note_moving(std::size_t endpoint, PlaceId client, const std::shared_ptr<ConnectionPool>& pool) {
    const GlobalDatabase* const global = globals_[endpoints_[endpoint].database].get();
    const bool of_primary =
        global == nullptr || endpoints_[endpoint].writes || region_of_client(client) != pool->shape().place;
    const bool known = std::any_of(moving_proxies_.begin(), moving_proxies_.end(),
                                   [&pool](const MovingProxy& proxy) { return proxy.pool == pool; });
    if (of_primary && !known) moving_proxies_.push_back({endpoint, pool});
}

// Amazon's proxies stay in their region: who uses one is given the other region's with the global writer's name.
void World::move_proxies(std::size_t database, const Cluster& primary) {
    for (const MovingProxy& proxy : moving_proxies_) {
        if (endpoints_[proxy.endpoint].database != database) continue;
        Target target = target_of_proxy(proxy.endpoint, primary.region());
        note_endpoint(target.name);
        proxy.pool->move_to(primary.region(), target.name, std::move(target.clusters));
    }
}

std::unique_ptr<DatabaseClient> World::client(std::size_t endpoint, engine::Component& owner,
                                              const ConnectionPoolShape& shape) {
    const scenarios::Driver& driver = shape.driver;
    std::shared_ptr<ConnectionPool> pool;
    if (driver.through_proxy && !driver.pinned) pool = shared_proxy(endpoint, shape);
    if (pool == nullptr) {
        ConnectionPoolShape own = shape;
        own.writes = endpoints_[endpoint].writes;
        if (driver.through_proxy) {
            own.place = proxy_region(endpoint, shape.place);
            make_proxys(own);
        }
        Target target = driver.through_proxy ? target_of_proxy(endpoint, own.place) : target_of(endpoint, own.place);
        note_endpoint(target.name);
        pool = std::make_shared<ConnectionPool>(simulation_, *transport_, owner, target.name, own,
                                                std::move(target.clusters));
        if (driver.through_proxy) note_moving(endpoint, shape.place, pool);
    }
    return std::make_unique<DatabaseClient>(simulation_, *transport_, owner, shape.place, std::move(pool));
}

// One for each endpoint and settings: they are few. Whoever else has the same settings shares it.
std::shared_ptr<ConnectionPool> World::shared_proxy(std::size_t endpoint, const ConnectionPoolShape& client) {
    const std::string& name = endpoints_[endpoint].name;
    Cluster& cluster = *clusters_[endpoints_[endpoint].database];
    const PlaceId region = proxy_region(endpoint, client.place);
    const auto of_endpoint = [&](const Proxy& proxy) {
        return proxy.pool->shape().name == name && proxy.pool->shape().place == region;
    };
    const auto known = std::find_if(proxies_.begin(), proxies_.end(), [&](const Proxy& proxy) {
        return of_endpoint(proxy) && proxy.pool->shape().driver == client.driver;
    });
    if (known != proxies_.end()) {
        note_moving(endpoint, client.place, known->pool);
        return known->pool;
    }
    const auto others = std::count_if(proxies_.begin(), proxies_.end(), of_endpoint);
    std::string path = "proxies/" + name;
    if (region != cluster.region()) path.append("/").append(network_->topology.name(region));
    if (others > 0) path.append("-").append(std::to_string(others + 1));
    ConnectionPoolShape shape = client;
    shape.max_lifetime = std::nullopt;  // a setting of the client's pool
    shape.place = region;
    shape.writes = endpoints_[endpoint].writes;
    make_proxys(shape);
    shape.connections = cluster.writer().shape().connections_max;
    Target target = target_of_proxy(endpoint, region);
    note_endpoint(target.name);
    proxies_.push_back({std::make_unique<engine::Component>(simulation_, path), nullptr});
    proxies_.back().pool = std::make_shared<ConnectionPool>(simulation_, *transport_, *proxies_.back().component,
                                                            target.name, shape, std::move(target.clusters));
    note_moving(endpoint, client.place, proxies_.back().pool);
    note_pool(*proxies_.back().pool, {path, scenario_.databases[endpoints_[endpoint].database].name, "proxy"});
    return proxies_.back().pool;
}

}  // namespace faultline::planning
