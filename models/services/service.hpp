// The application tier: instances of a service in the zones of some regions, health checks that decide where calls go,
// and what an instance does with a call: a thread, processor time, the cache looked aside, the database.
//
// A load balancer of the region (which does not fail by itself) sends each call to the next instance that its checks
// hold healthy; if all look dead it sends to all (fail open). An instance that stands by is no instance yet: its
// balancer does not know it until it is launched (standby_capacity.hpp). A cache of several regions is looked aside in
// the service's own. Leaves out: the balancer's own latency, slow start, scaling.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/queueing/server_pool.hpp"
#include "engine/tokens.hpp"
#include "models/cache/group.hpp"
#include "models/class_plan.hpp"
#include "models/measures/measures.hpp"
#include "models/services/cache_client.hpp"
#include "models/services/cache_link.hpp"
#include "models/services/database_client.hpp"

namespace faultline::models {

struct ServiceInstanceShape {
    int threads = 0;
    int queue = 0;
    int vcpus = 0;
    engine::Distribution demand = engine::Distribution::constant(0.0);  // seconds of one call
};

// What instances of all services share.
struct ServiceContext {
    engine::Simulation& simulation;
    const Transport& transport;
    const std::vector<ClassPlan>& classes;
    const std::vector<EndpointPlan>& endpoints;
    const std::vector<std::unique_ptr<Cluster>>& clusters;
    Measures& measures;
};

class ServiceInstance {
public:
    // `caches`: by cache of the scenario, the one that this instance looks into.
    ServiceInstance(ServiceContext& context, std::string path, PlaceId place, const ServiceInstanceShape& shape,
                    const std::vector<CacheGroup*>& caches);

    // `client` may be null where the instance never needs that endpoint. Index: as in ClassPlan::endpoint.
    void set_client(std::size_t endpoint, std::unique_ptr<DatabaseClient> client);

    engine::Process<Answer> handle(RequestRef request, Duration travel);

    void crash(engine::Health how);
    void start();
    void stand_by();  // building: it is not launched yet, and so cannot start
    void launch() { launched_ = true; }
    bool launched() const { return launched_; }

    engine::Component& component() { return component_; }
    PlaceId place() const { return place_; }
    const engine::ServerPool& cpu() const { return cpu_; }
    engine::ServerPool& cpu() { return cpu_; }

private:
    struct CacheView {
        CacheGroup* group = nullptr;
        std::vector<CacheLink> links;         // by shard
        std::unique_ptr<CacheClient> client;  // null: looking aside is all
    };
    // The node that holds a key, and what this instance thinks of it; null where a class has no cache.
    struct CacheRoute {
        CacheNode* node = nullptr;
        CacheLink* link = nullptr;
        const CachePatience* patience = nullptr;
    };
    CacheRoute route_to_cache(const ClassPlan& plan, std::uint64_t key);
    Delays legs_to(const CacheNode& node, const Payload& payload, const RequestRef& request) const;

    ServiceContext& context_;
    engine::Simulation& simulation_;
    engine::Component component_;
    PlaceId place_;
    ServiceInstanceShape shape_;
    engine::ServerPool cpu_;
    std::unique_ptr<engine::Tokens> threads_;
    std::vector<std::unique_ptr<DatabaseClient>> clients_;
    std::vector<CacheView> caches_;  // by cache of the scenario
    bool launched_ = true;
};

struct HealthCheckShape {
    Duration interval{};
    int threshold = 3;
};

// The instances of a service in one region, as its load balancer sees them.
class ServiceRegion {
public:
    ServiceRegion(ServiceContext& context, std::string path, PlaceId balancer, const HealthCheckShape& checks,
                  std::vector<CacheGroup*> caches);

    ServiceInstance& add(std::string path, PlaceId place, const ServiceInstanceShape& shape);
    // Building: the last one stands by. Later: it is launched.
    void stand_by();
    void launch(std::size_t index);
    void begin();

    // The next healthy instance in turn; null if there is none at all.
    ServiceInstance* next();
    bool healthy() const { return healthy_count_ > 0; }
    PlaceId balancer() const { return balancer_; }
    const engine::Component& component() const { return component_; }
    const std::vector<std::unique_ptr<ServiceInstance>>& instances() const { return instances_; }

private:
    engine::Process<> check(std::size_t index);

    ServiceContext& context_;
    engine::Component component_;
    PlaceId balancer_;
    HealthCheckShape checks_;
    engine::RandomStream draws_;
    std::vector<CacheGroup*> caches_;
    std::vector<std::unique_ptr<ServiceInstance>> instances_;
    std::vector<bool> healthy_;
    std::size_t healthy_count_ = 0;
    std::size_t turn_ = 0;
};

}  // namespace faultline::models
