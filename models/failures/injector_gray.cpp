// The injector's part of what is slow or loses packets, and not down: nothing ends with it, and no model is told.
#include <algorithm>
#include <string>
#include <vector>

#include "models/failures/injector.hpp"

namespace faultline::models {

namespace {
constexpr PlaceId no_place{~std::uint32_t{0}};
}  // namespace

CacheNode* Injector::cache_node_named(const std::string& target) const {
    for (const auto& cache : targets_.caches) {
        CacheNode* const node = cache->node_named(target);
        if (node != nullptr) return node;
    }
    return nullptr;
}

const engine::Component* Injector::machine_component(const std::string& target) const {
    if (Instance* const instance = instance_named(target)) return &instance->component();
    if (CacheNode* const node = cache_node_named(target)) return &node->component();
    if (ServiceInstance* const instance = service_instance_named(target)) return &instance->component();
    if (const Compute* const compute = warehouse_node_named(target).compute) return &compute->component();
    const auto [cluster, node] = storage_node_named(target);
    return cluster != nullptr ? &cluster->storage().nodes()[node]->component : nullptr;
}

std::string Injector::machine_named(const std::string& target) const {
    const engine::Component* const machine = machine_component(target);
    return machine != nullptr ? machine->path() : target;
}

template <class Visit>
void Injector::each_processor(Visit&& visit) {
    for (const auto& cluster : targets_.clusters) {
        for (const auto& instance : cluster->instances()) {
            visit(cluster->component().path(), *instance, [&](double factor) { instance->change_speed(factor); });
        }
    }
    const auto visit_with_cpu = [&visit](const std::string& owner, auto& part, auto& cpu) {
        visit(owner, part, [&cpu](double factor) { cpu.set_speed(cpu.speed() * factor); });
    };
    for (const auto& cache : targets_.caches) {
        for (const auto& node : cache->nodes()) visit_with_cpu(cache->name(), *node, node->cpu());
    }
    for (const auto& service : targets_.services) {
        for (const auto& instance : service->instances()) {
            visit_with_cpu(service->component().path(), *instance, instance->cpu());
        }
    }
    // A query is over when its slowest node is: all that the node's compute does takes that long.
    for (const auto& warehouse : targets_.warehouses) {
        for (const auto& compute : warehouse->mains()) {
            visit(warehouse->component().path(), *compute, [&](double factor) { compute->change_speed(factor); });
        }
    }
    for (const auto& station : targets_.stations) {
        visit_with_cpu(station->component().path(), *station, station->pool());
    }
}

// Those that were hit get their speed back, whatever their role is then; those that came meanwhile were never slow.
engine::Process<> Injector::brown_out(std::size_t index, const scenarios::Fault& fault) {
    const std::string target = machine_named(fault.target);
    const bool of_zone =
        target.starts_with(zone_of_role) || std::any_of(targets_.zones.begin(), targets_.zones.end(),
                                                        [&target](const auto& zone) { return zone.first == target; });
    const PlaceId zone = of_zone ? zone_named(target) : no_place;
    std::vector<std::string> hit;
    each_processor([&](const std::string& owner, auto& part, auto&& change_speed) {
        const std::string& path = part.component().path();
        const bool whole =
            owner == target || owner == "stations/" + target || owner.starts_with("services/" + target + "/");
        if (path != target && part.place() != zone && !whole) return;
        change_speed(fault.speed);
        targets_.measures.fault_hit(index, path);
        hit.push_back(path);
    });
    co_await simulation_.delay(time_away(fault));
    each_processor([&](const std::string&, auto& part, auto&& change_speed) {
        const bool was_hit = std::find(hit.begin(), hit.end(), part.component().path()) != hit.end();
        if (was_hit) change_speed(1.0 / fault.speed);
    });
}

engine::Process<> Injector::go_gray(std::size_t index, const scenarios::Fault& fault) {
    const bool of_zone = fault.kind == scenarios::FaultKind::zone_gray;
    const std::vector<LinkId> links =
        of_zone ? targets_.topology.links_of(zone_named(fault.target)) : links_named(fault.target);
    for (const LinkId link : links) {
        gray_.push_back({index, link, {fault.latency, fault.loss}});
        degrade(link);
        targets_.measures.fault_hit(index, targets_.topology.link_name(link));
    }
    co_await simulation_.delay(time_away(fault));
    std::erase_if(gray_, [index](const Gray& gray) { return gray.fault == index; });
    for (const LinkId link : links) degrade(link);
}

// A machine; or a proxy, which is one for all of its settings.
std::vector<const engine::Component*> Injector::gray_machines_named(const std::string& target) const {
    std::vector<const engine::Component*> found;
    if (const engine::Component* const machine = machine_component(target)) found.push_back(machine);
    for (const engine::Component* const proxy : targets_.proxies) {
        if (proxy->path() == target || proxy->path().starts_with(target + "-")) found.push_back(proxy);
    }
    return found;
}

// Whoever has the role at its beginning keeps the bad card, whatever becomes of his role.
engine::Process<> Injector::go_gray_alone(std::size_t index, const scenarios::Fault& fault) {
    const std::vector<const engine::Component*> machines = gray_machines_named(fault.target);
    const bool of_warehouse = warehouse_node_named(fault.target).compute != nullptr;
    for (const engine::Component* const machine : machines) {
        gray_machines_.push_back({index, machine->number(), fault.target, {fault.latency, fault.loss}});
        degrade_machine(machine->number());
        targets_.measures.fault_hit(index, of_warehouse ? fault.target : machine->path());
    }
    co_await simulation_.delay(time_away(fault));
    std::erase_if(gray_machines_, [index](const GrayMachine& gray) { return gray.fault == index; });
    for (const engine::Component* const machine : machines) degrade_machine(machine->number());
}

// What is active on one machine at a time adds up. Of the nodes of one compute the slowest is waited for.
void Injector::degrade_machine(std::uint32_t machine) {
    Degradation worst;
    for (const GrayMachine& first : gray_machines_) {
        if (first.machine != machine) continue;
        Degradation all;
        for (const GrayMachine& gray : gray_machines_) {
            const bool same = gray.machine == machine && gray.target == first.target;
            if (same) all = both_of(all, gray.degradation);
        }
        worst.latency_multiplier = std::max(worst.latency_multiplier, all.latency_multiplier);
        worst.extra_loss = std::max(worst.extra_loss, all.extra_loss);
    }
    targets_.topology.degrade_machine(machine, worst);
    for (const auto& warehouse : targets_.warehouses) {
        for (const auto& compute : warehouse->mains()) {
            if (compute->component().number() != machine) continue;
            compute->set_exchange(exchange_with(worst, targets_.topology.path(compute->place(), compute->place())));
        }
    }
}

void Injector::degrade(LinkId link) {
    Degradation all;
    for (const Gray& gray : gray_) {
        if (gray.link != link) continue;
        all.latency_multiplier *= gray.degradation.latency_multiplier;
        all.extra_loss += (1.0 - all.extra_loss) * gray.degradation.extra_loss;
    }
    targets_.topology.degrade_link(link, all);
}

}  // namespace faultline::models
