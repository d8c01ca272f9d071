// A described system, built and ready to run: one simulation with everything in it that the scenario names.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/simulation.hpp"
#include "models/clients/office.hpp"
#include "models/failures/injector.hpp"
#include "models/global/global_database.hpp"
#include "models/global/region_restore.hpp"
#include "models/measures/measures.hpp"
#include "models/network/scheduled_transfer.hpp"
#include "models/network/wiring.hpp"
#include "models/services/service.hpp"
#include "models/services/standby_capacity.hpp"
#include "models/stations/station.hpp"
#include "models/warehouse/warehouse.hpp"
#include "planning/cluster_recorder.hpp"
#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

struct WorldOptions {
    std::uint32_t replication = 1;
    engine::Duration warm_up{};
    bool with_faults = true;
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
    void build_endpoints();
    std::size_t endpoint_of(const scenarios::RouteStep& step) const;
    void build_classes();
    void build_clusters();
    void build_cluster(const scenarios::Database& database);
    void build_global_primary(const scenarios::Database& database, models::ClusterShape shape);
    void build_secondaries();
    void begin_globals();
    models::ClusterShape cluster_shape(const scenarios::Database& database, const std::string& region) const;
    void build_backups(const scenarios::Database& database);
    void begin_backups();
    models::RegionRestore::Made make_restored(std::size_t database, const models::RegionCopy& copy);
    models::RegionRestoreShape region_restore_of(std::size_t database, const std::string& own,
                                                 const std::string& there) const;
    std::unique_ptr<models::Backups> backups_of(const scenarios::Database& database, const std::string& path,
                                                const std::string& own, const std::string& there);
    void build_caches();
    void build_cache(const scenarios::Cache& cache, const std::string& region, const models::CacheNodeShape& shape,
                     std::uint64_t keys);
    std::vector<models::CacheGroup*> caches_of(const std::string& region) const;
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
    std::int32_t local_start_of_day_s(const scenarios::Office& office) const;
    models::MeasuresShape measures_shape() const;
    models::PlaceId place_of(const std::string& region, const std::string& zone) const;
    struct Target {
        models::Endpoint& name;
        std::vector<models::Cluster*> clusters;
    };
    Target target_of(std::size_t endpoint, models::PlaceId from);
    std::unique_ptr<models::DatabaseClient> client(std::size_t endpoint, engine::Component& owner,
                                                   const models::ConnectionPoolShape& shape);
    std::shared_ptr<models::ConnectionPool> shared_proxy(std::size_t endpoint,
                                                         const models::ConnectionPoolShape& client);
    models::OfficeTargets targets_of(std::size_t office);
    bool endpoint_used(std::size_t endpoint) const;
    void end_of_warm_up();
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
    engine::Component observers_{simulation_, "observers"};
    models::NetworkProfile profile_;
    std::unique_ptr<models::WiredNetwork> network_;
    std::unique_ptr<models::Transport> transport_;
    std::vector<std::pair<std::string, models::PlaceId>> zones_;    // "us-east-1/a"
    std::vector<std::pair<std::string, models::PlaceId>> regions_;  // "us-east-1"
    std::vector<models::EndpointPlan> endpoints_;  // of each database its writer's and readers', then the custom ones
    std::vector<models::ClassPlan> classes_;
    std::unique_ptr<models::Measures> measures_;
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
    std::vector<std::unique_ptr<models::Station>> stations_;
    std::vector<std::unique_ptr<models::Warehouse>> warehouses_;
    struct Proxy {
        std::unique_ptr<engine::Component> component;
        std::shared_ptr<models::ConnectionPool> pool;
    };
    std::vector<Proxy> proxies_;
    std::unique_ptr<models::ServiceContext> context_;
    std::vector<std::unique_ptr<models::ServiceRegion>> service_regions_;
    std::vector<std::vector<models::ServiceRegion*>> services_;  // by service of the scenario
    std::vector<std::unique_ptr<models::StandbyCapacity>> standbys_;
    std::vector<std::unique_ptr<models::Office>> offices_;
    std::vector<std::unique_ptr<models::ScheduledTransfer>> scheduled_transfers_;
    std::unique_ptr<models::OperatorErrors> operator_errors_;
    std::unique_ptr<models::Evacuations> evacuations_;
    std::unique_ptr<models::Injector> injector_;
};

}  // namespace faultline::planning
