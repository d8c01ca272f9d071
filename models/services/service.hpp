// The application tier: instances of a service in the zones of some regions, health checks that decide where calls go,
// and what an instance does with a call: a thread, processor time, the cache looked aside, the database.
//
// A load balancer of the region (which does not fail by itself) sends each call to the next instance that its checks
// hold healthy; if all look dead it sends to all (fail open). It may leave out those that often fail their callers, too
// (outlier_ejection.hpp). An instance that stands by is no instance yet: its balancer does not know it until it is
// launched (standby_capacity.hpp). A cache of several regions is looked aside in the service's own. Leaves out: the
// balancer's own latency, slow start, scaling.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/queueing/server_pool.hpp"
#include "engine/tokens.hpp"
#include "models/cache/group.hpp"
#include "models/class_plan.hpp"
#include "models/measures/measures.hpp"
#include "models/services/admission.hpp"
#include "models/services/cache_client.hpp"
#include "models/services/cache_link.hpp"
#include "models/services/database_client.hpp"
#include "models/services/outlier_ejection.hpp"
#include "models/token_bucket.hpp"

namespace faultline::models {

struct ServiceInstanceShape {
    int threads = 0;
    int queue = 0;
    int vcpus = 0;
    engine::Distribution demand = engine::Distribution::constant(0.0);  // seconds of one call
    std::optional<scenarios::Shedding> shedding{};
};

// What tenants may ask of a region of a service; by tenant, none: no limit.
using TenantQuotas = std::vector<std::optional<TokenBucket>>;

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

    engine::Process<Answer> handle(RequestRef request, Duration travel) {
        if (guarded_) [[unlikely]]
            return admit(std::move(request), travel);
        return serve(std::move(request), travel);
    }
    // A canary's call: a thread, processor time, and one statement at the endpoint, past every cache.
    engine::Process<Answer> handle_canary(std::size_t endpoint, Duration travel);
    // Building: its region's; outlives it.
    void hold_to(TenantQuotas& quotas) {
        quotas_ = &quotas;
        guarded_ = true;
    }

    // Its credential for databases has expired, or is renewed. false: it shows none itself.
    bool expire_credential(bool expired) const;

    void crash(engine::Health how);
    void start();
    void stand_by();  // building: it is not launched yet, and so cannot start
    void launch() { launched_ = true; }
    bool launched() const { return launched_; }

    engine::Component& component() { return component_; }
    PlaceId place() const { return place_; }
    Stand stand() const { return {place_, component_.number()}; }
    std::size_t number() const { return number_; }  // in its region
    void set_number(std::size_t number) { number_ = number; }
    const engine::ServerPool& cpu() const { return cpu_; }
    engine::ServerPool& cpu() { return cpu_; }
    // What calls wait for. Others after each start.
    const engine::Tokens& threads() const { return admission_ != nullptr ? admission_->threads() : *threads_; }

private:
    struct CacheView {
        CacheGroup* group = nullptr;
        std::vector<CacheLink> links;         // by shard
        std::unique_ptr<CacheClient> client;  // null: looking aside is all
    };
    // The node that holds a key, and what this instance thinks of it.
    struct CacheRoute {
        CacheNode* node = nullptr;
        CacheLink* link = nullptr;
        const CachePatience* patience = nullptr;
    };
    engine::Process<Answer> admit(RequestRef request, Duration travel);
    // ok, or why there is none.
    engine::Process<AnswerStatus> get_thread(engine::Tokens::Lease& thread);
    engine::Process<Answer> serve_canary(std::size_t endpoint, Duration travel);
    engine::Process<Answer> serve(RequestRef request, Duration travel);
    template <bool looks_aside>
    engine::Process<Answer> serve_as(RequestRef request, Duration travel);
    bool within_quota(const ClassPlan& plan);
    void connect_to_caches(bool there);
    void prefetch_cache(const ClassPlan& plan, std::uint64_t key) const;
    CacheRoute route_to_cache(const ClassPlan& plan, std::uint64_t key);
    CacheExchange& ask_cache(std::optional<CacheExchange>& exchange, const CacheRoute& cache, const CacheOrder& order,
                             const Payload& payload, const RequestRef& request) const;
    void note_exchange(std::optional<CacheExchange>& exchange, const CacheRoute& cache) const;
    engine::Process<Answer> ask_behind(const RequestRef& request, const ClassPlan& plan, const DatabaseWork& work);

    // What every call looks at, side by side: instances are many in a large topology.
    ServiceContext& context_;
    engine::Simulation& simulation_;
    std::unique_ptr<engine::Tokens> threads_;
    std::vector<CacheView> caches_;  // by cache of the scenario
    std::vector<std::unique_ptr<DatabaseClient>> clients_;
    PlaceId place_;
    bool launched_ = true;
    bool guarded_ = false;    // there is an admission or there are quotas
    bool connected_ = false;  // to its caches
    engine::Component component_;
    ServiceInstanceShape shape_;
    engine::ServerPool cpu_;
    std::size_t number_ = 0;
    std::unique_ptr<Admission> admission_;  // null: whoever finds a thread or a place to wait comes in
    TenantQuotas* quotas_ = nullptr;        // null: there are none
    engine::RandomStream canary_demands_;
};

struct HealthCheckShape {
    Duration interval{};
    Duration timeout{};  // of a probe
    int threshold = 3;
};

// The instances of a service in one region, as its load balancer sees them.
class ServiceRegion {
public:
    ServiceRegion(ServiceContext& context, std::string path, PlaceId balancer, const HealthCheckShape& checks,
                  std::vector<CacheGroup*> caches);

    ServiceInstance& add(std::string path, PlaceId place, const ServiceInstanceShape& shape);
    // Building, before any instance: tenants have quotas here.
    void set_quotas(TenantQuotas quotas) { quotas_ = std::move(quotas); }
    // The same: those that often fail their callers are left out for a while.
    void watch_outliers(const scenarios::OutlierEjection& settings);
    // Building: the last one stands by. Later: it is launched.
    void stand_by();
    void launch(std::size_t index);
    void stand_down(std::size_t index);  // it stands by again, and whoever waits for it is told
    // Its instances there are sent nothing, whatever their checks say; or they are, once the checks say so again.
    void leave_zone(PlaceId zone, bool leave);
    void begin();

    // The next healthy instance in turn; null if there is none at all.
    ServiceInstance* next();
    // The same for who calls from there. Behind a cut that keeps him from the rest of the region, the balancer's part
    // in his own zone sends to what it reaches, whatever the checks from elsewhere say.
    ServiceInstance* next(PlaceId caller) {
        const bool cut_off = context_.transport.topology().apart(balancer_, caller);
        return cut_off ? next_within_reach(caller) : next();
    }
    // Whom next() is likely to return: for who fetches what he will need of it.
    const ServiceInstance& likely_next() const { return *instances_[turn_ + 1 < instances_.size() ? turn_ + 1 : 0]; }
    // What became of a call to an instance of this region, where outliers are watched.
    void answered(const ServiceInstance& instance, bool well) {
        if (outliers_ != nullptr) outliers_->answered(instance.number(), well);
    }
    bool healthy() const { return healthy_count_ > 0; }
    // The service's name is gone from its name server; the certificate that the balancer shows has expired. Or again
    // there, and valid. Each nests. Health checks ask by address and look at no certificate: they see neither.
    void lose_record(bool lost) { records_lost_ += lost ? 1 : -1; }
    bool has_record() const { return records_lost_ == 0; }
    void expire_certificate(bool expired) { certificates_expired_ += expired ? 1 : -1; }
    bool certificate_valid() const { return certificates_expired_ == 0; }
    // An instance is down or behind a cut, and still sent calls: too few of its probes have failed.
    bool calls_the_lost() const;
    PlaceId balancer() const { return balancer_; }
    const std::vector<CacheGroup*>& caches() const { return caches_; }  // by cache of the scenario
    bool control_plane_ill() const { return context_.transport.topology().control_plane_ill(balancer_); }
    const engine::Component& component() const { return component_; }
    const std::vector<std::unique_ptr<ServiceInstance>>& instances() const { return instances_; }

private:
    engine::Process<> check(std::size_t index);
    ServiceInstance* next_within_reach(PlaceId caller);
    bool takes_calls(std::size_t index) const {
        return healthy_[index] && (outliers_ == nullptr || !outliers_->out(index));
    }

    ServiceContext& context_;
    engine::Component component_;
    PlaceId balancer_;
    HealthCheckShape checks_;
    engine::RandomStream draws_;
    std::vector<CacheGroup*> caches_;
    TenantQuotas quotas_;                     // empty: there are none
    std::unique_ptr<OutlierWatch> outliers_;  // null: they are not watched
    std::vector<std::unique_ptr<ServiceInstance>> instances_;
    std::vector<bool> healthy_;
    std::vector<PlaceId> left_;  // zones
    std::size_t healthy_count_ = 0;
    std::size_t turn_ = 0;
    int records_lost_ = 0;
    int certificates_expired_ = 0;
};

}  // namespace faultline::models
