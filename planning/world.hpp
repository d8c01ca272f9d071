// A described system, built and ready to run: one simulation with everything in it that the scenario names.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/simulation.hpp"
#include "models/cache/global_datastore.hpp"
#include "models/clients/office.hpp"
#include "models/clients/trace_replay.hpp"
#include "models/failures/injector.hpp"
#include "models/global/global_database.hpp"
#include "models/global/region_restore.hpp"
#include "models/measures/measures.hpp"
#include "models/network/scheduled_transfer.hpp"
#include "models/network/wiring.hpp"
#include "models/services/node_database.hpp"
#include "models/services/service.hpp"
#include "models/services/standby_capacity.hpp"
#include "models/stations/station.hpp"
#include "models/warehouse/warehouse.hpp"
#include "planning/cluster_recorder.hpp"
#include "planning/part_waterfall.hpp"
#include "planning/resource_gauges.hpp"
#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

struct WorldOptions {
    std::uint32_t replication = 1;
    engine::Duration warm_up{};
    bool with_faults = true;
    std::uint32_t traced = 0;  // queries, about so many of the measured part
    // Asked once, in the last instant before anything can break, if anything can: which of the history's futures this
    // process shall be from here on (planning/futures.hpp); 1: the replication itself. None: it is that.
    std::function<std::uint32_t(engine::Instant now, std::uint64_t events)> branch{};
};

class World {
public:
    World(const scenarios::Scenario& scenario, const WorldOptions& options);
    ~World();

    // Runs to the end of the measured part and says what was seen. Once.
    scenarios::ReplicationResult run(const engine::ProgressListener& progress);

    engine::Simulation& simulation() { return simulation_; }

private:
    void build_network();
    void trace_queries();
    void build_endpoints();
    std::size_t endpoint_of(const scenarios::RouteStep& step) const;
    void build_canaries();
    void build_classes();
    void build_clusters();
    void build_cluster(const scenarios::Database& database);
    std::unique_ptr<models::Cluster> make_cluster(const scenarios::Database& database, models::ClusterShape shape,
                                                  models::ClusterObserver& observer);
    void build_global_primary(const scenarios::Database& database, models::ClusterShape shape);
    void build_secondaries();
    void begin_globals();
    models::ClusterShape cluster_shape(const scenarios::Database& database, const std::string& region) const;
    // Of the region's zones, those that its volume stands in.
    std::vector<models::PlaceId> volume_places(const scenarios::Database& database, const std::string& region) const;
    void build_backups(const scenarios::Database& database);
    void begin_backups();
    void back_up_regions(std::size_t number);
    void take_backups_over(std::size_t number, const models::RegionalCluster& primary);
    models::RegionRestore::Made make_restored(std::size_t database, const models::RegionCopy& copy);
    models::RegionRestoreShape region_restore_of(std::size_t database, const std::string& own,
                                                 const std::string& there) const;
    std::unique_ptr<models::Backups> backups_of(const scenarios::Database& database, const std::string& path,
                                                const std::string& own, const std::string& there);
    void build_caches();
    void build_cache(const scenarios::Cache& cache, const std::string& region, const models::CacheNodeShape& shape,
                     std::uint64_t keys);
    void join_regions(const scenarios::Cache& cache);
    void connect_to_database(const scenarios::Cache& cache, models::CacheGroup& group);
    std::unique_ptr<models::NodeDatabase> database_of(const scenarios::Cache& cache, models::CacheNode& node,
                                                      const std::vector<std::size_t>& asked);
    // How far the database is behind what caches have answered in its place.
    models::Duration behind_caches(std::size_t database) const;
    static constexpr models::Duration exposure_sampled_every = std::chrono::seconds{1};
    engine::Process<> sample_exposure(std::size_t database);
    engine::Process<> sample_global(std::size_t database);
    std::vector<models::CacheGroup*> caches_of(const std::string& region) const;
    void fill_caches();
    struct FillTimes {
        std::vector<models::Duration> ttls;
        std::vector<std::size_t> of_class;  // by its number in them
    };
    FillTimes fill_times(std::size_t cache) const;
    void fill_cache(std::size_t cache, models::CacheGroup& group, std::uint64_t keys);
    void rehearse_caches();
    std::uint64_t keys_of_cache(std::size_t cache) const;
    bool writes_set(std::size_t cache) const;
    void give_to_other_regions(models::CacheGroup& group);
    models::CacheGroup* cache_asked(std::size_t office, const models::ClassPlan& plan) const;
    double rate_at_start(std::size_t office) const;
    void build_stations();
    void build_warehouses();
    models::FeedWay way_from(std::size_t database, models::PlaceId storage) const;
    void build_services();
    void build_service_region(const scenarios::Service& service, const std::string& region, int count, int running);
    void give_up_region(models::PlaceId region);  // its services are started where they stand by
    std::vector<models::ServiceRegion*> preferred_regions(std::size_t service, models::PlaceId office) const;
    void build_offices();
    void schedule_transfers();
    void schedule_faults();
    std::vector<const engine::Component*> proxy_components() const;
    void plan_people(std::size_t number, const scenarios::Fault& fault);
    std::int32_t local_start_s(const scenarios::Office& office) const;
    std::size_t tenant_of(const std::string& query_class) const;
    models::TenantQuotas tenant_quotas() const;
    std::vector<models::SurgeShape> surges_of(const scenarios::Office& office) const;
    models::MeasuresShape measures_shape() const;
    const scenarios::Driver& driver_of(const scenarios::QueryClass& query_class) const;
    models::PlaceId place_of(const std::string& region, const std::string& zone) const;
    struct Target {
        models::Endpoint& name;
        std::vector<models::Cluster*> clusters;
    };
    Target target_of(std::size_t endpoint, models::PlaceId from);
    // The same of a proxy in that region: it knows the instances of its own region's cluster, and no others.
    Target target_of_proxy(std::size_t endpoint, models::PlaceId region);
    models::PlaceId region_of_client(models::PlaceId client) const;
    models::PlaceId proxy_region(std::size_t endpoint, models::PlaceId client) const;
    void note_moving(std::size_t endpoint, models::PlaceId client, const std::shared_ptr<models::ConnectionPool>& pool);
    void move_proxies(std::size_t database, const models::Cluster& primary);
    std::unique_ptr<models::DatabaseClient> client(std::size_t endpoint, engine::Component& owner,
                                                   const models::ConnectionPoolShape& shape);
    std::shared_ptr<models::ConnectionPool> shared_proxy(std::size_t endpoint,
                                                         const models::ConnectionPoolShape& client);
    models::OfficeTargets targets_of(std::size_t office);
    bool endpoint_used(std::size_t endpoint) const;
    void end_of_warm_up();
    std::string place_words(models::PlaceId place) const;
    // Whose connections they are; the first who notes a pool.
    using PoolOwner = ResourceOwner;
    void note_pool(const models::ConnectionPool& pool, PoolOwner owner);
    // Of the recovery of a cache or a warehouse.
    void note_stage(models::Instant now, const std::string& path, std::string_view state);
    void look_for_caught_up(models::Instant now);
    void note_endpoint(const models::Endpoint& endpoint);
    void look_for_lost_connections();
    void look_for_misled_balancers(engine::Instant now);
    void gauge_resources();
    void gauge_new_instances();
    void gauge_log(models::Cluster& cluster, models::Instance& instance, const std::string& place);
    void gauge_binlogs();
    void gauge_storage(models::Cluster& cluster);
    void gauge_caches();
    void gauge_services();
    void gauge_office_pools();
    void gauge_warehouse(models::Warehouse& warehouse);
    void gauge_compute(models::Compute& compute);
    void gauge_link(models::LinkId link);
    std::string place_name(models::PlaceId place) const;
    void gauge_traffic();
    void read_traffic();
    engine::StopReason run_measured();
    engine::StopReason run_to(engine::Instant until);
    void branch();
    std::optional<engine::Instant> last_calm_instant() const;
    void name_instances();
    void describe_queues(scenarios::ReplicationResult& result) const;
    void describe_caches(scenarios::ReplicationResult& result) const;
    void describe_warehouses(scenarios::ReplicationResult& result) const;
    void describe_transfers(scenarios::ReplicationResult& result) const;
    void describe_sessions(scenarios::ReplicationResult& result) const;
    void describe_memory(scenarios::ReplicationResult& result) const;

    static void request_released(void* world, const models::Request& request);

    const scenarios::Scenario& scenario_;
    WorldOptions options_;
    engine::Instant warm_up_end_;
    engine::Instant end_;
    engine::Simulation simulation_;
    std::vector<scenarios::Fault> faults_;      // of this replication, and of this future of it
    std::optional<engine::Instant> branch_at_;  // none: there is one future, or it has been chosen
    engine::Component observers_{simulation_, "observers"};
    models::NetworkProfile profile_;
    std::unique_ptr<models::WiredNetwork> network_;
    std::unique_ptr<models::Transport> transport_;
    std::vector<std::pair<std::string, models::PlaceId>> zones_;    // "us-east-1/a"
    std::vector<std::pair<std::string, models::PlaceId>> regions_;  // "us-east-1"
    std::vector<models::EndpointPlan> endpoints_;  // of each database its writer's and readers', then the custom ones
    std::vector<models::ClassPlan> classes_;
    std::vector<models::CanaryPlan> canaries_;  // of each endpoint, then those that go through a service
    std::unique_ptr<models::Measures> measures_;
    std::optional<models::QueryTrace> trace_;
    std::unique_ptr<models::RequestTable> requests_;  // before the clusters, whose logs hold on to requests
    std::unique_ptr<models::Transfers> transfers_;
    std::vector<std::unique_ptr<ClusterRecorder>> recorders_;
    std::vector<std::unique_ptr<models::GlobalDatabase>> globals_;   // by database; null: of one region
    std::vector<std::shared_ptr<std::vector<bool>>> region_wholes_;  // by database (planning/region_recorder.hpp)
    std::vector<std::unique_ptr<models::Cluster>> clusters_;         // of each database, then those of other regions
    std::vector<std::unique_ptr<models::Backups>> backups_;  // by database; null: nothing in this run asks for them
    std::vector<std::unique_ptr<models::RegionRestore>> region_restores_;  // by database; null: nothing asks for it
    std::vector<std::unique_ptr<models::Backups>> former_backups_;         // of clusters that were given up
    // Who is the database now, by database: its recorder, and its region.
    struct Serving {
        ClusterRecorder* recorder = nullptr;
        std::string region;
        int restores = 0;  // elsewhere
    };
    std::vector<Serving> serving_;
    std::vector<std::unique_ptr<models::CacheGroup>> caches_;  // of each cache, one a region
    std::vector<std::unique_ptr<models::GlobalDatastore>> global_caches_;
    std::vector<std::vector<models::CacheGroup*>> caches_ahead_;  // by database: those with write-behind
    std::vector<std::unique_ptr<models::Station>> stations_;
    std::vector<std::unique_ptr<models::Warehouse>> warehouses_;
    struct Proxy {
        std::unique_ptr<engine::Component> component;
        std::shared_ptr<models::ConnectionPool> pool;
    };
    std::vector<Proxy> proxies_;
    // Pools of proxies that stand where the database's primary does, and of their endpoints.
    struct MovingProxy {
        std::size_t endpoint = 0;
        std::shared_ptr<models::ConnectionPool> pool;
    };
    std::vector<MovingProxy> moving_proxies_;
    std::unique_ptr<models::ServiceContext> context_;
    std::vector<std::unique_ptr<models::ServiceRegion>> service_regions_;
    std::vector<std::vector<models::ServiceRegion*>> services_;  // by service of the scenario
    std::vector<std::unique_ptr<models::StandbyCapacity>> standbys_;
    std::vector<std::unique_ptr<models::Office>> offices_;
    std::unique_ptr<models::TraceReplay> replay_;  // null: arrivals are drawn
    std::vector<std::unique_ptr<models::ScheduledTransfer>> scheduled_transfers_;
    std::unique_ptr<models::OperatorErrors> operator_errors_;
    std::unique_ptr<models::Evacuations> evacuations_;
    std::unique_ptr<models::PlannedWorks> planned_works_;
    std::unique_ptr<models::Injector> injector_;
    struct NotedPool {
        const models::ConnectionPool* pool = nullptr;
        PoolOwner owner;
    };
    std::vector<NotedPool> pools_;
    struct Gauged {
        std::size_t resource = 0;
        models::Role first_role = models::Role::replica;
    };
    std::vector<std::vector<Gauged>> gauged_;  // instances, by cluster
    std::vector<PartMark> part_marks_;         // in the order of time
    struct CatchingUp {
        models::Warehouse* warehouse = nullptr;
        std::string part;         // a compute
        models::Instant since{};  // it serves
    };
    std::vector<CatchingUp> catching_up_;
    scenarios::Stall stall_{};
    std::size_t standing_frames_ = 0;  // bytes of what is there from the start, and of no query
    struct AskedEndpoint {
        const models::Endpoint* endpoint = nullptr;
        std::optional<models::Instant> told{};  // the last lost connection that the measures know of
    };
    std::vector<AskedEndpoint> asked_endpoints_;
    std::optional<ResourceGauges> gauges_;
    std::vector<double> seconds_per_byte_;       // of the links that are gauged, by way (Topology::carried_bytes)
    std::vector<ResourceGauges::Read> traffic_;  // bytes so far, of each pair of places
};

}  // namespace faultline::planning
