// Faults on schedule: who is hit, what goes down with it, and when it comes back. Each fault proves what it did: the
// nodes it hit and the operations it cut off. One that hit nothing is an error of the scenario.
//
//   instance-crash     a database instance: its process ends (crash: peers see a reset) or its host vanishes (silent);
//                      or a node of a warehouse, or an instance of a service
//   storage-node-loss  a storage node with the segments that it holds; others are given them by bulk flows
//   cache-node-loss    a node of a cache: its process ends, or its host vanishes; it comes back empty
//   operator-error     the data of a database: operator_errors.hpp
//   zone-outage        a zone and all that stands in it: instances, storage nodes, caches, services, stations,
//                      and the nodes of warehouses
//   region-outage      a region, all that stands in its zones, and the control planes of its databases
//   link-cut           the links between two regions, or between one and all others; both ends go on
//   zone-cut           what joins zones of a region to everything else; both sides go on, each with its own clients
//   brown-out          processors: they work at a share of their speed
//   machine-gray       the network of one machine, wherever its packets go
//   zone-gray          the links of a zone: slower, and they lose packets; no health check has to see it
//   link-gray          the same of links between regions
//   evacuation         people move all that can be moved out of a region, and back: evacuations.hpp
//   switchover         planned work: another region of a global database takes over
//   control-plane-impaired, dns-failure, slow-disk, certificate-expiry
//                      what stands beside the data: injector_services.cpp
//   patch and so on    planned work: planned_works.hpp
//
// What comes back with a zone: services, caches and storage nodes at once, and empty; the nodes' segments after their
// repair; database instances when the control plane has started them. A region's storage nodes keep what they hold: all
// copies stop at one instant, and go on from there. A database that was restored elsewhere keeps its names: they are of
// the cluster that clients now use. A fault may come at random, again and again, or after another: injector_chance.cpp.
// injector_regions.cpp has regions and links, injector_cuts.cpp zones that are cut off, injector_gray.cpp what is slow
// and not down. Sources and what is left out: docs/models/faults.md.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/simulation.hpp"
#include "models/cache/group.hpp"
#include "models/cluster/cluster.hpp"
#include "models/failures/evacuations.hpp"
#include "models/failures/operator_errors.hpp"
#include "models/failures/planned_works.hpp"
#include "models/global/global_database.hpp"
#include "models/global/region_restore.hpp"
#include "models/measures/measures.hpp"
#include "models/network/transfers.hpp"
#include "models/services/service.hpp"
#include "models/stations/station.hpp"
#include "models/warehouse/warehouse.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::models {

// All that a fault can reach. The vectors outlive the injector.
struct FaultTargets {
    Topology& topology;
    Transfers& transfers;
    Measures& measures;
    const std::vector<std::pair<std::string, PlaceId>>& zones;    // "us-east-1/a"
    const std::vector<std::pair<std::string, PlaceId>>& regions;  // "us-east-1"
    const std::vector<std::unique_ptr<Cluster>>& clusters;
    const std::vector<std::unique_ptr<GlobalDatabase>>& globals;         // null: of one region
    const std::vector<std::unique_ptr<RegionRestore>>& region_restores;  // null: is not restored elsewhere
    const std::vector<std::unique_ptr<CacheGroup>>& caches;
    const std::vector<std::unique_ptr<ServiceRegion>>& services;
    const std::vector<std::unique_ptr<Station>>& stations;
    const std::vector<std::unique_ptr<Warehouse>>& warehouses;
    OperatorErrors& operator_errors;
    Evacuations& evacuations;
    PlannedWorks& planned_works;
    std::vector<const engine::Component*> proxies;  // "proxies/orders/writer", and others of it with other settings
};

// The random times of a fault, in seconds; which of them its kind has: scenarios/fault.hpp.
struct FaultTimes {
    engine::Distribution comes_back = engine::Distribution::constant(0.0);
    engine::Distribution noticed_after = engine::Distribution::constant(0.0);
    engine::Distribution renewal = engine::Distribution::constant(0.0);
    engine::Distribution every = engine::Distribution::constant(0.0);
    engine::Distribution lasts = engine::Distribution::constant(0.0);
    engine::Distribution zone_lasts = engine::Distribution::constant(0.0);
    engine::Distribution follows_after = engine::Distribution::constant(0.0);
};

class Injector {
public:
    Injector(engine::Simulation& simulation, FaultTargets targets);

    // A fault of the scenario by its number: once, `fault.at` after `origin`, or by chance from then on. All of them
    // before the run; `fault` outlives the injector.
    void schedule(std::size_t number, const scenarios::Fault& fault, FaultTimes times, engine::Instant origin);

    // A fault of the scenario that has not come yet starts then instead, as it now is; one by chance draws anew from
    // then on, and one that follows another stays. During the run.
    void move(std::size_t number, engine::Instant at);

    // The topology's routers have something to notice: call after each change of it.
    void watch_convergence();

private:
    static constexpr std::string_view zone_of_role = "az-of: ";

    // What was scheduled, by its number in the scenario.
    struct Planned {
        std::size_t number = 0;
        const scenarios::Fault* fault = nullptr;
        FaultTimes times;
        engine::RandomStream draws;  // of what no target of its own has
        std::uint32_t moved = 0;     // how often
    };
    void begin(Planned& planned, engine::Instant at);
    engine::Process<> run_at(Planned& planned, engine::Instant at);
    engine::Process<> run_again_and_again(Planned& planned, std::size_t target, engine::Instant from);
    engine::Process<> run_after(Planned& planned, Duration after);
    // One occurrence, as `fault` describes it, from its start to its end.
    // `back`: it undoes what the last order of it did.
    engine::Process<> run(Planned& planned, const scenarios::Fault& fault, std::size_t index, bool back = false);
    engine::Process<> strike(Planned& planned, const scenarios::Fault& fault, std::size_t index, bool back);
    engine::Process<> go_back(Planned& planned, scenarios::Fault event, std::string home);
    std::string primary_beside(const scenarios::Fault& fault) const;
    std::size_t new_index(const scenarios::Fault& fault);  // in the measures
    void begin_followers(const std::string& started);
    scenarios::Fault next_of(Planned& planned, const std::string& target, engine::RandomStream& draws) const;
    PlaceId zone_of_target(const scenarios::Fault& fault) const;

    engine::Process<> impair_control_plane(std::size_t index, const scenarios::Fault& fault);
    engine::Process<> fail_names(std::size_t index, const scenarios::Fault& fault);
    engine::Process<> slow_disk(std::size_t index, const scenarios::Fault& fault);
    engine::Process<> expire_certificate(std::size_t index, Planned& planned, const scenarios::Fault& fault);
    void hit_control_planes(std::size_t index, PlaceId region);
    bool lose_names(std::size_t index, const std::string& target, bool lost);
    bool expire_for(std::size_t index, const std::string& target, bool expired);
    std::vector<ServiceRegion*> service_regions_named(const std::string& target) const;
    engine::Process<> converge();
    engine::Process<> lose_storage_node(std::size_t index, const scenarios::Fault& fault);
    engine::Process<> crash_instance(std::size_t index, const scenarios::Fault& fault);
    engine::Process<> lose_service_instance(std::size_t index, const scenarios::Fault& fault);
    engine::Process<> lose_cache_node(std::size_t index, const scenarios::Fault& fault);
    engine::Process<> lose_warehouse_node(std::size_t index, const scenarios::Fault& fault);
    engine::Process<> lose_place(std::size_t index, Planned& planned, const scenarios::Fault& fault);
    engine::Process<> switch_over(std::size_t index, const scenarios::Fault& fault);
    engine::Process<> cut_links(std::size_t index, const scenarios::Fault& fault);
    engine::Process<> cut_zones(std::size_t index, const scenarios::Fault& fault);
    void tell_of_reach();
    void start_what_was_out_of_reach(const std::vector<PlaceId>& places);
    PlaceId site_named(const std::string& office) const;
    engine::Process<> brown_out(std::size_t index, const scenarios::Fault& fault);
    engine::Process<> go_gray(std::size_t index, const scenarios::Fault& fault);
    engine::Process<> go_gray_alone(std::size_t index, const scenarios::Fault& fault);
    void degrade_machine(std::uint32_t machine);                                  // by all that is active on it
    const engine::Component* machine_component(const std::string& target) const;  // null: it names no one machine
    std::vector<const engine::Component*> gray_machines_named(const std::string& target) const;

    Duration time_away(const scenarios::Fault& fault) const;
    void routes_change();  // for flows and routers
    void strike_zone(std::size_t index, PlaceId zone, engine::Health how);
    void strike_storage(std::size_t index, Cluster& cluster, PlaceId zone, engine::Health how);
    void strike_region(std::size_t index, PlaceId region, engine::Health how);
    void strike_warehouses(std::size_t index, PlaceId zone, engine::Health how);
    void strike_machines(std::size_t index, PlaceId zone, engine::Health how);  // all in a zone but storage
    // `planned`: whose machines come back each after a time of its own.
    void revive_zone(PlaceId zone, Planned& planned);
    void revive_region(PlaceId region, Planned& planned);
    void revive_machines(PlaceId zone, Planned& planned);
    template <class Machine>
    void come_back(Machine& machine, Planned& planned);
    template <class Machine>
    engine::Process<> come_back_after(Machine& machine, Duration after, std::uint32_t outage);
    std::uint32_t& outages_of(PlaceId zone);
    // Kills something and says so: its name, and how many processes ended with it.
    template <class Action>
    void cut(std::size_t index, const std::string& name, Action&& kill) {
        const std::size_t before = simulation_.processes();
        kill();
        targets_.measures.fault_hit(index, name);
        const std::size_t after = simulation_.processes();  // more than before if a repair has begun
        targets_.measures.fault_cut(index, before - std::min(before, after));
    }
    // visit(path or name of what it belongs to, the part itself, change_speed(factor)) of every processor.
    template <class Visit>
    void each_processor(Visit&& visit);
    void degrade(LinkId link);  // by all that is active on it
    struct WarehouseNode {
        Warehouse* warehouse = nullptr;
        Compute* compute = nullptr;
    };
    WarehouseNode warehouse_node_named(const std::string& target) const;  // null: it is of no warehouse
    PlaceId region_named(const std::string& target) const;
    std::vector<LinkId> links_named(const std::string& target) const;
    std::optional<LinkId> line_named(const std::string& target) const;  // "boston/line"; none: it is of the backbone
    std::string now_named(std::string target) const;
    Instance* instance_named(const std::string& target) const;
    CacheNode* cache_node_named(const std::string& target) const;
    ServiceInstance* service_instance_named(const std::string& target) const;  // "shop/us-east-1/instance-2"
    // The path of the one machine that it names; else the target as it is.
    std::string machine_named(const std::string& target) const;
    PlaceId zone_named(const std::string& target) const;
    std::pair<Cluster*, std::uint32_t> storage_node_named(const std::string& target) const;

    engine::Simulation& simulation_;
    FaultTargets targets_;
    engine::Component component_;
    struct Gray {
        std::size_t fault;
        LinkId link;
        Degradation degradation;
    };
    std::vector<Gray> gray_;  // active now
    struct GrayMachine {
        std::size_t fault;
        std::uint32_t machine;
        std::string target;  // several machines may stand for one, as the nodes of a warehouse's compute
        Degradation degradation;
    };
    std::vector<GrayMachine> gray_machines_;
    std::vector<std::unique_ptr<Planned>> planned_;
    std::vector<std::uint32_t> outages_;  // by place: how often it was lost
};

}  // namespace faultline::models
