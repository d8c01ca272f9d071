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

std::unique_ptr<DatabaseClient> World::client(std::size_t endpoint, engine::Component& owner,
                                              const ConnectionPoolShape& shape) {
    const scenarios::Driver& driver = shape.driver;
    std::shared_ptr<ConnectionPool> pool;
    if (driver.through_proxy && !driver.pinned) pool = shared_proxy(endpoint, shape);
    if (pool == nullptr) {
        ConnectionPoolShape own = shape;
        own.writes = endpoints_[endpoint].writes;
        if (driver.through_proxy) {
            own.place = clusters_[endpoints_[endpoint].database]->region();
            make_proxys(own);
        }
        Target target = target_of(endpoint, own.place);
        note_endpoint(target.name);
        pool = std::make_shared<ConnectionPool>(simulation_, *transport_, owner, target.name, own,
                                                std::move(target.clusters));
    }
    return std::make_unique<DatabaseClient>(simulation_, *transport_, owner, shape.place, std::move(pool));
}

// One for each endpoint and settings: they are few. Whoever else has the same settings shares it.
std::shared_ptr<ConnectionPool> World::shared_proxy(std::size_t endpoint, const ConnectionPoolShape& client) {
    const std::string& name = endpoints_[endpoint].name;
    Cluster& cluster = *clusters_[endpoints_[endpoint].database];
    const auto of_endpoint = [&](const Proxy& proxy) { return proxy.pool->shape().name == name; };
    const auto known = std::find_if(proxies_.begin(), proxies_.end(), [&](const Proxy& proxy) {
        return of_endpoint(proxy) && proxy.pool->shape().driver == client.driver;
    });
    if (known != proxies_.end()) return known->pool;
    const auto others = std::count_if(proxies_.begin(), proxies_.end(), of_endpoint);
    std::string path = "proxies/" + name;
    if (others > 0) path.append("-").append(std::to_string(others + 1));
    ConnectionPoolShape shape = client;
    shape.max_lifetime = std::nullopt;  // a setting of the client's pool
    shape.place = cluster.region();
    shape.writes = endpoints_[endpoint].writes;
    make_proxys(shape);
    shape.connections = cluster.writer().shape().connections_max;
    Target target = target_of(endpoint, shape.place);
    note_endpoint(target.name);
    proxies_.push_back({std::make_unique<engine::Component>(simulation_, path), nullptr});
    proxies_.back().pool = std::make_shared<ConnectionPool>(simulation_, *transport_, *proxies_.back().component,
                                                            target.name, shape, std::move(target.clusters));
    note_pool(*proxies_.back().pool, {path, scenario_.databases[endpoints_[endpoint].database].name, "proxy"});
    return proxies_.back().pool;
}

}  // namespace faultline::planning
