// How services and offices reach the databases: by connections of their own, or through a proxy.
#include <algorithm>

#include "planning/world.hpp"

namespace faultline::planning {

using namespace models;

// The endpoint's name, and where a driver that follows the topology looks for instances. Readers of several regions are
// found by DNS all the same, for the nearest one changes, and so is a database that is restored elsewhere.
World::Target World::target_of(std::size_t endpoint, PlaceId from) {
    const bool writes = endpoint % 2 == 0;
    Cluster& cluster = *clusters_[endpoint / 2];
    GlobalDatabase* const global = globals_[endpoint / 2].get();
    if (RegionRestore* const restore = region_restores_[endpoint / 2].get())
        return {writes ? restore->writer_endpoint() : restore->reader_endpoint(), {}};
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
        own.writes = endpoint % 2 == 0;
        if (driver.through_proxy) {
            own.place = clusters_[endpoint / 2]->region();
            own.wait = driver.borrow_timeout;
            own.holds_requests = true;
        }
        Target target = target_of(endpoint, own.place);
        pool = std::make_shared<ConnectionPool>(simulation_, *transport_, owner, target.name, own,
                                                std::move(target.clusters));
    }
    return std::make_unique<DatabaseClient>(simulation_, *transport_, owner, shape.place, std::move(pool));
}

// One for each endpoint and driver: they are few.
std::shared_ptr<ConnectionPool> World::shared_proxy(std::size_t endpoint, const ConnectionPoolShape& client) {
    const std::string name = scenario_.databases[endpoint / 2].name + (endpoint % 2 == 0 ? "/writer" : "/reader");
    const auto known = std::find_if(proxies_.begin(), proxies_.end(),
                                    [&](const Proxy& proxy) { return proxy.component->path() == "proxies/" + name; });
    if (known != proxies_.end()) return known->pool;
    ConnectionPoolShape shape = client;
    shape.place = clusters_[endpoint / 2]->region();
    shape.writes = endpoint % 2 == 0;
    shape.wait = client.driver.borrow_timeout;
    shape.holds_requests = true;
    shape.connections = clusters_[endpoint / 2]->writer().shape().connections_max;
    Target target = target_of(endpoint, shape.place);
    proxies_.push_back({std::make_unique<engine::Component>(simulation_, "proxies/" + name), nullptr});
    proxies_.back().pool = std::make_shared<ConnectionPool>(simulation_, *transport_, *proxies_.back().component,
                                                            target.name, shape, std::move(target.clusters));
    return proxies_.back().pool;
}

}  // namespace faultline::planning
