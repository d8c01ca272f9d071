// Faults on schedule: who is hit, what goes down with it, and when it comes back. Each fault proves what it did: the
// nodes it hit and the operations it cut off. One that hit nothing is an error of the scenario.
//
//   instance-crash     a database instance: its process ends (crash: peers see a reset) or its host vanishes (silent)
//   storage-node-loss  a storage node with the segments that it holds; others are given them by bulk flows
//   zone-outage        a zone and all that stands in it: instances, storage nodes, caches, services, stations
//
// What comes back with a zone: services, caches and storage nodes at once, and empty; the nodes' segments after their
// repair; database instances when the control plane has started them. Sources and what is left out:
// docs/models/faults.md.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/simulation.hpp"
#include "models/cache/node.hpp"
#include "models/cluster/cluster.hpp"
#include "models/measures/measures.hpp"
#include "models/network/transfers.hpp"
#include "models/services/service.hpp"
#include "models/stations/station.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::models {

// All that a fault can reach. The vectors outlive the injector.
struct FaultTargets {
    Topology& topology;
    Transfers& transfers;
    Measures& measures;
    const std::vector<std::pair<std::string, PlaceId>>& zones;  // "us-east-1/a"
    const std::vector<std::unique_ptr<Cluster>>& clusters;
    const std::vector<std::unique_ptr<CacheGroup>>& caches;
    const std::vector<std::unique_ptr<ServiceRegion>>& services;
    const std::vector<std::unique_ptr<Station>>& stations;
};

class Injector {
public:
    Injector(engine::Simulation& simulation, FaultTargets targets);

    // Schedules a fault: `fault.at` after `origin`.
    void schedule(std::size_t index, const scenarios::Fault& fault, engine::Instant origin);

    // The topology's routers have something to notice: call after each change of it.
    void watch_convergence();

private:
    engine::Process<> run(std::size_t index, const scenarios::Fault& fault, engine::Instant at);
    engine::Process<> converge();
    engine::Process<> lose_storage_node(std::size_t index, const scenarios::Fault& fault);
    engine::Process<> crash_instance(std::size_t index, const scenarios::Fault& fault);
    engine::Process<> lose_zone(std::size_t index, const scenarios::Fault& fault);

    void strike_zone(std::size_t index, PlaceId zone, engine::Health how);
    void strike_storage(std::size_t index, Cluster& cluster, PlaceId zone, engine::Health how);
    void revive_zone(PlaceId zone);
    template <class Action>
    void cut(std::size_t index, const std::string& name, Action&& kill);
    Instance* instance_named(const std::string& target) const;
    PlaceId zone_named(const std::string& target) const;
    std::pair<Cluster*, std::uint32_t> storage_node_named(const std::string& target) const;

    engine::Simulation& simulation_;
    FaultTargets targets_;
    engine::Component component_;
};

}  // namespace faultline::models
