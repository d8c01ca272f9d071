// Planned work: what people have ordered, and what it takes down on the way.
//
//   patch             restart: all instances of a database begin anew; no-restart: nobody notices; zero-downtime: new
//                     work is held until none is open, sessions are spooled, the engine is replaced, and work goes on;
//                     rolling: standbys one by one, a switchover, and what was the primary
//   upgrade           in-place: the database is down for all of it; blue-green: a copy is made ready beside it, and
//                     it is down while names and sessions move there
//   class-change      failover: of a writer, a replica takes over first; in-place: it is down itself
//   schema-change     the table's lock is asked for behind a long query, and all later statements wait behind that;
//                     instant: then it is done; copy: nobody writes while the table is copied; online: only before and
//                     after it
//   cache-scaling     shard by shard, a node of another class is filled from the primary, and takes its place
//   cache-snapshot    a node of each shard forks, and stands still meanwhile
//   warehouse-resize  an elastic resize: what runs is dropped
//   zone-evacuation   balancers send nothing to a zone any more, readers there are sent away, a writer there hands
//                     over; after a while all may come back
//
// Of a database over several regions a patch goes from region to region, the primary last; an upgrade of a global
// database takes all of them down at once. Meanwhile nobody is paged for the writer (GlobalDatabase::Hold).
// What comes at random is taken back by another order, of the same method: the class, memory or nodes that were before.
// The incident begins with the order. Sources: docs/models/planned-work.md. A patch or an
// upgrade may fail at its end: then it is undone, and regions that it has not come to are left as they are. Leaves out:
// other work that fails, resharding, classic resizes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/cache/group.hpp"
#include "models/cluster/cluster.hpp"
#include "models/global/global_database.hpp"
#include "models/measures/measures.hpp"
#include "models/network/transfers.hpp"
#include "models/services/service.hpp"
#include "models/warehouse/warehouse.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::models {

struct WorkOrder {
    scenarios::FaultKind kind = scenarios::FaultKind::patch;
    scenarios::WorkMethod method = scenarios::WorkMethod::restart;
    std::string target;  // "orders", "orders/writer", "orders/instance-2", "hot", "reports"
    engine::Distribution preparation = engine::Distribution::constant(0.0);  // seconds, as all of these
    engine::Distribution work = engine::Distribution::constant(0.0);
    engine::Distribution long_query = engine::Distribution::constant(0.0);
    InstanceShape instance{};     // of a class change
    std::vector<char> classes{};  // of a schema change: by class of query
    bool lock_is_logged = false;  // of PostgreSQL: nobody reads a table that is copied, and readers take the lock, too
    Bytes cache_memory{};         // of a cache's scaling, for data of a node
    Duration fork_per_gib{};      // of a cache
    std::optional<PlaceId> zone{};  // of an evacuation
    int nodes = 0;                  // of a resize
    bool there_and_back = false;    // each order of it is undone by the next
    double fails = 0.0;             // of a patch or an upgrade, 0..1
    engine::Distribution rollback = engine::Distribution::constant(0.0);
};

// One order of such work.
struct OrderedWork {
    std::string target;               // as in the WorkOrder
    std::optional<Duration> lasts{};  // of an evacuation; none: nobody comes back
    // To what was before the last order of it: the class, size or number of nodes. Nothing was ordered, or all is back:
    // nothing is done.
    bool back = false;
};

class PlannedWorks {
public:
    PlannedWorks(engine::Simulation& simulation, Measures& measures, Transfers& transfers,
                 const std::vector<std::unique_ptr<Cluster>>& clusters,
                 const std::vector<std::unique_ptr<GlobalDatabase>>& globals,
                 const std::vector<std::unique_ptr<CacheGroup>>& caches,
                 const std::vector<std::unique_ptr<Warehouse>>& warehouses,
                 const std::vector<std::unique_ptr<ServiceRegion>>& services);

    // Before the run; by the fault's number in the scenario, for each of its targets. `name`: of its draws.
    void plan(std::size_t number, const std::string& name, WorkOrder order);
    // The order, now. `fault`: by its index in the measures; it has started.
    engine::Process<> run(std::size_t number, OrderedWork ordered, std::size_t fault);

private:
    struct Work {
        Work(engine::Simulation& simulation, std::size_t of, const std::string& name, WorkOrder ordered)
            : number(of),
              order(std::move(ordered)),
              draws(simulation.stream("planned work/" + name, "steps")),
              failure_draws(simulation.stream("planned work/" + name, "failures")) {}
        std::size_t number;
        WorkOrder order;
        engine::RandomStream draws;
        engine::RandomStream failure_draws;  // of its own, so that a probability of 0 changes nothing
        std::size_t fault = 0;
        bool failed = false;
        // Of what can go back: what was before it.
        bool there = false;
        bool back = false;  // that is under way
        Instance* changed = nullptr;
        InstanceShape instance_before{};
        Bytes memory_before{};
        int nodes_before = 0;
    };
    Cluster* cluster_named(const std::string& target) const;  // null: it is of no database
    GlobalDatabase* global_of(const Cluster& cluster) const;  // null: of one region
    engine::Process<> on_regions(Work& work, GlobalDatabase& database, Cluster& named);
    engine::Process<> region_by_region(Work& work, GlobalDatabase& database);
    engine::Process<> upgrade_all(Work& work, GlobalDatabase& database);
    engine::Process<> on_database(Work& work, Cluster& cluster);
    engine::Process<> take_down(Work& work, Cluster& cluster, const char* state, bool memory_kept);
    engine::Process<> roll(Work& work, Cluster& cluster);
    void lock_readers(const Work& work, const Cluster& cluster);
    engine::Process<> undo(Work& work, const std::vector<Cluster*>& clusters);
    static bool fails(Work& work);
    engine::Process<> patch_without_downtime(Work& work, Cluster& cluster);
    engine::Process<> patch_around(Work& work, Cluster& cluster);
    engine::Process<> change_class(Work& work, Cluster& cluster);
    engine::Process<> change_schema(Work& work, Cluster& cluster);
    engine::Process<> wait_for_table(Work& work, Cluster& cluster);
    engine::Process<> on_zone(Work& work, std::optional<Duration> lasts);
    engine::Process<> on_cache(Work& work, CacheGroup& cache);
    engine::Process<> on_warehouse(Work& work, Warehouse& warehouse);
    Instance& instance_of(Work& work, Cluster& cluster);
    static bool can_begin(const Cluster& cluster);
    engine::Process<> quiet(Cluster& cluster);
    void hit(const Work& work, const Cluster& cluster);
    Duration drawn(Work& work, const engine::Distribution& stage) { return stage.sample_duration(work.draws); }
    void stage(const char* name) { measures_.incident_stage(name, simulation_.now()); }

    engine::Simulation& simulation_;
    Measures& measures_;
    Transfers& transfers_;
    const std::vector<std::unique_ptr<Cluster>>& clusters_;
    const std::vector<std::unique_ptr<GlobalDatabase>>& globals_;
    const std::vector<std::unique_ptr<CacheGroup>>& caches_;
    const std::vector<std::unique_ptr<Warehouse>>& warehouses_;
    const std::vector<std::unique_ptr<ServiceRegion>>& services_;
    std::vector<std::unique_ptr<Work>> works_;
};

}  // namespace faultline::models
