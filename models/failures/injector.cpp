#include "models/failures/injector.hpp"

#include <algorithm>
#include <string_view>

#include "models/retry_pause.hpp"

namespace faultline::models {

using engine::Health;
using engine::Instant;

namespace {

// A node that is lost for good is replaced by an empty one. Source: an assumption.
constexpr Duration new_storage_node_after = std::chrono::seconds{3};

// The same of a cache's node. Source: an assumption: a virtual machine, started and joined to its cluster.
constexpr Duration new_cache_node_after = std::chrono::minutes{5};

Health health_of(scenarios::FailureMode mode) {
    return mode == scenarios::FailureMode::crash ? Health::crash : Health::silent;
}

}  // namespace

Injector::Injector(engine::Simulation& simulation, FaultTargets targets)
    : simulation_(simulation), targets_(targets), component_(simulation, "faults") {}

void Injector::schedule(std::size_t number, const scenarios::Fault& fault, FaultTimes times, Instant origin) {
    engine::RandomStream draws = simulation_.stream("faults/" + fault.name, "chance");
    planned_.push_back(std::make_unique<Planned>(Planned{number, &fault, std::move(times), std::move(draws)}));
    begin(*planned_.back(), fault.at_random ? origin : origin + fault.at);
}

void Injector::begin(Planned& planned, Instant at) {
    const scenarios::Fault& fault = *planned.fault;
    const std::size_t targets = fault.at_random ? fault.at_random->targets.size() : 0;
    for (std::size_t i = 0; i < targets; ++i) {
        simulation_.spawn(component_, run_again_and_again(planned, i, at));
    }
    if (!scenarios::is_by_chance(fault)) simulation_.spawn(component_, run_at(planned, at));
}

void Injector::move(std::size_t number, Instant at) {
    for (const auto& planned : planned_) {
        if (planned->number != number || planned->fault->follows) continue;
        ++planned->moved;
        begin(*planned, at);
    }
}

engine::Process<> Injector::run_at(Planned& planned, Instant at) {
    const std::uint32_t moved = planned.moved;
    co_await simulation_.delay(at - simulation_.now());
    if (planned.moved != moved) co_return;
    co_await run(planned, *planned.fault, planned.number);
}

engine::Process<> Injector::run(Planned& planned, const scenarios::Fault& fault, std::size_t index, bool back) {
    targets_.measures.fault_started(index, simulation_.now());
    begin_followers(fault.name);
    co_await strike(planned, fault, index, back);
    targets_.measures.fault_ended(index, simulation_.now());
}

engine::Process<> Injector::strike(Planned& planned, const scenarios::Fault& fault, std::size_t index, bool back) {
    using scenarios::FaultKind;
    switch (fault.kind) {
        case FaultKind::instance_crash: {
            if (service_instance_named(fault.target) != nullptr) return lose_service_instance(index, fault);
            const bool of_warehouse = warehouse_node_named(fault.target).warehouse != nullptr;
            return of_warehouse ? lose_warehouse_node(index, fault) : crash_instance(index, fault);
        }
        case FaultKind::storage_node_loss:
            return lose_storage_node(index, fault);
        case FaultKind::cache_node_loss:
            return lose_cache_node(index, fault);
        case FaultKind::link_cut:
            return cut_links(index, fault);
        case FaultKind::machine_gray:
            return go_gray_alone(index, fault);
        case FaultKind::zone_cut:
            return cut_zones(index, fault);
        case FaultKind::brown_out:
            return brown_out(index, fault);
        case FaultKind::zone_gray:
        case FaultKind::link_gray:
            return go_gray(index, fault);
        case FaultKind::switchover:
            return switch_over(index, fault);
        case FaultKind::evacuation:
            return targets_.evacuations.run(planned.number, region_named(fault.target), fault.lasts, index);
        case FaultKind::operator_error:
            return targets_.operator_errors.run(planned.number, fault.target, index);
        case FaultKind::control_plane_impaired:
            return impair_control_plane(index, fault);
        case FaultKind::dns_failure:
            return fail_names(index, fault);
        case FaultKind::slow_disk:
            return slow_disk(index, fault);
        case FaultKind::certificate_expiry:
            return expire_certificate(index, planned, fault);
        case FaultKind::zone_outage:
        case FaultKind::region_outage:
            return lose_place(index, planned, fault);
        case FaultKind::patch:
        case FaultKind::upgrade:
        case FaultKind::class_change:
        case FaultKind::schema_change:
        case FaultKind::cache_scaling:
        case FaultKind::cache_snapshot:
        case FaultKind::warehouse_resize:
        case FaultKind::zone_evacuation:
            break;
    }
    return targets_.planned_works.run(planned.number, {fault.target, fault.lasts, back}, index);
}

engine::Process<> Injector::crash_instance(std::size_t index, const scenarios::Fault& fault) {
    Instance* const instance = instance_named(fault.target);
    if (instance == nullptr || !instance->component().up()) co_return;
    Cluster& cluster = instance->cluster();
    cut(index, instance->component().path(), [&] { instance->crash(health_of(fault.mode)); });
    if (fault.lasts) instance->set_host_away(true);
    cluster.tell_whole();
    if (fault.lasts) co_await simulation_.delay(*fault.lasts);
    instance->set_host_away(false);
    cluster.host_restored(*instance);
    while (!instance->component().up()) {
        co_await simulation_.delay(retry_pause);
    }
}

engine::Process<> Injector::lose_cache_node(std::size_t index, const scenarios::Fault& fault) {
    CacheNode* const node = cache_node_named(fault.target);
    if (node == nullptr || !node->component().up()) co_return;
    CacheNode& lost = *node;
    cut(index, lost.component().path(), [&] { lost.crash(health_of(fault.mode)); });
    co_await simulation_.delay(fault.lasts.value_or(new_cache_node_after));
    while (!fault.lasts && targets_.topology.control_plane_ill(lost.place())) {
        co_await simulation_.delay(retry_pause);  // nobody makes a new one
    }
    if (!lost.component().up() && targets_.topology.alive(lost.place())) lost.start();
}

engine::Process<> Injector::lose_storage_node(std::size_t index, const scenarios::Fault& fault) {
    const auto [cluster, node] = storage_node_named(fault.target);
    if (cluster == nullptr || !cluster->storage().nodes()[node]->component.up()) co_return;
    Cluster& volume_owner = *cluster;
    const std::uint32_t lost = node;
    cut(index, volume_owner.storage().nodes()[lost]->component.path(),
        [&] { volume_owner.node_lost(lost, health_of(fault.mode)); });
    const Duration away = fault.lasts.value_or(new_storage_node_after);
    co_await simulation_.delay(away);
    volume_owner.node_back(lost);
    co_await volume_owner.repair().all_restored(lost);
}

// A zone, or a region with its zones.
engine::Process<> Injector::lose_place(std::size_t index, Planned& planned, const scenarios::Fault& fault) {
    const bool is_zone = fault.kind == scenarios::FaultKind::zone_outage;
    const PlaceId place = is_zone ? zone_named(fault.target) : region_named(fault.target);
    targets_.topology.fail_place(place, simulation_.now());
    routes_change();
    if (is_zone) strike_zone(index, place, health_of(fault.mode));
    if (!is_zone) strike_region(index, place, health_of(fault.mode));
    co_await simulation_.delay(time_away(fault));
    targets_.topology.restore_place(place, simulation_.now());
    if (!targets_.topology.alive(place)) co_return;  // another outage of it goes on
    routes_change();
    if (is_zone) revive_zone(place, planned);
    if (!is_zone) revive_region(place, planned);
}

// Without an end it stays as it is, and the fault active.
Duration Injector::time_away(const scenarios::Fault& fault) const {
    return fault.lasts.value_or(engine::end_of_time - simulation_.now());
}

void Injector::routes_change() {
    targets_.transfers.topology_changed();
    watch_convergence();
}

void Injector::strike_zone(std::size_t index, PlaceId zone, Health how) {
    for (const auto& cluster : targets_.clusters) {
        if (cluster->has_storage()) strike_storage(index, *cluster, zone, how);
    }
    strike_machines(index, zone, how);
}

void Injector::strike_machines(std::size_t index, PlaceId zone, Health how) {
    ++outages_of(zone);
    for (const auto& cluster : targets_.clusters) {
        for (const auto& instance : cluster->instances()) {
            if (instance->place() != zone || !instance->component().up()) continue;
            cut(index, instance->component().path(), [&] { instance->crash(how); });
        }
        cluster->tell_whole();
    }
    for (const auto& cache : targets_.caches) {
        for (const auto& node : cache->nodes()) {
            if (node->place() == zone && node->component().up())
                cut(index, node->component().path(), [&] { node->crash(how); });
        }
    }
    for (const auto& service : targets_.services) {
        for (const auto& instance : service->instances()) {
            if (instance->place() == zone && instance->component().up())
                cut(index, instance->component().path(), [&] { instance->crash(how); });
        }
    }
    strike_warehouses(index, zone, how);
    for (const auto& station : targets_.stations) {
        if (station->place() != zone || !station->component().up()) continue;
        cut(index, station->component().path(), [&] {
            station->component().kill(how);
            station->pool().clear();
        });
    }
}

// All storage nodes of the zone as one hit.
void Injector::strike_storage(std::size_t index, Cluster& cluster, PlaceId zone, Health how) {
    const auto& nodes = cluster.storage().nodes();
    const auto hit = [zone](const auto& node) { return node->place == zone && node->component.up(); };
    const auto first = std::find_if(nodes.begin(), nodes.end(), hit);
    if (first == nodes.end()) return;
    const std::string& path = (*first)->component.path();
    cut(index, path.substr(0, path.rfind('/')), [&] {
        for (std::uint32_t i = 0; i < nodes.size(); ++i) {
            if (hit(nodes[i])) cluster.node_lost(i, how);
        }
    });
}

void Injector::revive_zone(PlaceId zone, Planned& planned) {
    for (const auto& cluster : targets_.clusters) {
        const std::size_t nodes = cluster->has_storage() ? cluster->storage().nodes().size() : 0;
        for (std::uint32_t i = 0; i < nodes; ++i) {
            if (cluster->storage().nodes()[i]->place == zone) cluster->node_back(i);
        }
    }
    revive_machines(zone, planned);
}

void Injector::watch_convergence() {
    if (targets_.topology.next_convergence() < engine::end_of_time) simulation_.spawn(component_, converge());
}

engine::Process<> Injector::converge() {
    const Instant at = targets_.topology.next_convergence();
    if (at == engine::end_of_time) co_return;
    co_await simulation_.delay(std::max(Duration::zero(), at - simulation_.now()));
    targets_.topology.converge(simulation_.now());
    targets_.transfers.topology_changed();
    watch_convergence();
}

std::string Injector::now_named(std::string target) const {
    for (const auto& restore : targets_.region_restores) {
        if (restore != nullptr) target = restore->now_named(target);
    }
    return target;
}

Instance* Injector::instance_named(const std::string& name) const {
    const std::string target = now_named(name);
    for (const auto& cluster : targets_.clusters) {
        if (target == cluster->component().path() + "/writer") return &cluster->writer();
        for (const auto& instance : cluster->instances()) {
            if (target == instance->component().path()) return instance.get();
        }
    }
    return nullptr;
}

PlaceId Injector::zone_named(const std::string& target) const {
    if (target.starts_with(zone_of_role)) return instance_named(target.substr(zone_of_role.size()))->place();
    for (const auto& [name, place] : targets_.zones) {
        if (name == target) return place;
    }
    SIM_CHECK(false);  // the reader has checked the name
    return {};
}

std::pair<Cluster*, std::uint32_t> Injector::storage_node_named(const std::string& name) const {
    const std::string target = now_named(name);
    for (const auto& cluster : targets_.clusters) {
        if (!cluster->has_storage()) continue;
        const auto& nodes = cluster->storage().nodes();
        for (std::uint32_t i = 0; i < nodes.size(); ++i) {
            if (nodes[i]->component.path() == target) return {cluster.get(), i};
        }
    }
    return {nullptr, 0};
}

}  // namespace faultline::models
