#include "models/failures/injector.hpp"

#include <algorithm>
#include <string_view>

namespace faultline::models {

using engine::Health;
using engine::Instant;

namespace {

constexpr std::string_view zone_of_role = "az-of: ";

// The storage service notices a lost node by missed heartbeats before it rebuilds. Source: an assumption, of the order
// of the 10 s that the repair itself takes (SIGMOD 2017, section 2.2).
constexpr Duration storage_notices_after = std::chrono::seconds{3};
constexpr Duration rebuild_again_after = std::chrono::seconds{10};
// One segment, at the rate of one storage node's network: 10 GB at 10 Gbit/s (SIGMOD 2017, section 2.2). The segments
// of a lost node are rebuilt side by side on many others, so the copy is whole when one of them is.
constexpr Bytes segment{10'000'000'000};
constexpr engine::BitsPerSecond segment_rate{10e9};
constexpr Bytes segment_window{16'000'000};  // a storage fleet tunes its buffers: 10 Gbit/s over 12 ms

Health health_of(scenarios::FailureMode mode) {
    return mode == scenarios::FailureMode::crash ? Health::crash : Health::silent;
}

}  // namespace

Injector::Injector(engine::Simulation& simulation, FaultTargets targets)
    : simulation_(simulation), targets_(targets), component_(simulation, "faults") {}

void Injector::schedule(std::size_t index, const scenarios::Fault& fault, Instant origin) {
    simulation_.spawn(component_, run(index, fault, origin + fault.at));
}

engine::Process<> Injector::run(std::size_t index, const scenarios::Fault& fault, Instant at) {
    co_await simulation_.delay(at - simulation_.now());
    targets_.measures.fault_started(index, simulation_.now());
    if (fault.kind == scenarios::FaultKind::instance_crash) {
        co_await crash_instance(index, fault);
    } else if (fault.kind == scenarios::FaultKind::storage_node_loss) {
        co_await lose_copy(index, fault);
    } else {
        co_await lose_zone(index, fault);
    }
    targets_.measures.fault_ended(index, simulation_.now());
}

// Kills something and says so: its name, and how many processes ended with it.
template <class Action>
void Injector::cut(std::size_t index, const std::string& name, Action&& kill) {
    const std::size_t before = simulation_.processes();
    kill();
    targets_.measures.fault_hit(index, name);
    targets_.measures.fault_cut(index, before - simulation_.processes());
}

engine::Process<> Injector::crash_instance(std::size_t index, const scenarios::Fault& fault) {
    Instance* const instance = instance_named(fault.target);
    if (instance == nullptr || !instance->component().up()) co_return;
    Cluster& cluster = instance->cluster();
    cut(index, instance->component().path(), [&] { instance->crash(health_of(fault.mode)); });
    cluster.tell_whole();
    if (fault.lasts) co_await simulation_.delay(*fault.lasts);
    cluster.host_restored(*instance);
    constexpr Duration look_again_after = std::chrono::seconds{1};
    while (!instance->component().up()) {
        co_await simulation_.delay(look_again_after);
    }
}

engine::Process<> Injector::lose_copy(std::size_t index, const scenarios::Fault& fault) {
    const auto [cluster, copy] = copy_named(fault.target);
    if (cluster == nullptr || !cluster->storage().copies()[copy]->component.up()) co_return;
    Cluster& volume_owner = *cluster;
    const std::size_t lost = copy;
    const auto& path = volume_owner.storage().copies()[lost]->component.path();
    cut(index, path, [&] { volume_owner.copy_lost(lost, health_of(fault.mode)); });
    if (fault.lasts) {
        co_await simulation_.delay(*fault.lasts);
    } else {
        co_await simulation_.delay(storage_notices_after);
    }
    co_await rebuild(volume_owner, lost);
}

engine::Process<> Injector::lose_zone(std::size_t index, const scenarios::Fault& fault) {
    const PlaceId zone = zone_named(fault.target);
    strike_zone(index, zone, health_of(fault.mode));
    // Without an end the zone stays lost, and the fault active.
    co_await simulation_.delay(fault.lasts.value_or(engine::end_of_time - simulation_.now()));
    revive_zone(zone);
}

void Injector::strike_zone(std::size_t index, PlaceId zone, Health how) {
    targets_.topology.fail_place(zone, simulation_.now());
    targets_.transfers.topology_changed();
    watch_convergence();
    for (const auto& cluster : targets_.clusters) {
        for (const auto& instance : cluster->instances()) {
            if (instance->place() != zone || !instance->component().up()) continue;
            cut(index, instance->component().path(), [&] { instance->crash(how); });
        }
        const std::size_t copies = cluster->has_storage() ? cluster->storage().copies().size() : 0;
        for (std::size_t i = 0; i < copies; ++i) {
            const StorageVolume::Copy& copy = *cluster->storage().copies()[i];
            if (copy.place != zone || !copy.component.up()) continue;
            cut(index, copy.component.path(), [&] { cluster->copy_lost(i, how); });
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
    for (const auto& station : targets_.stations) {
        if (station->place() != zone || !station->component().up()) continue;
        cut(index, station->component().path(), [&] {
            station->component().kill(how);
            station->pool().clear();
        });
    }
}

void Injector::revive_zone(PlaceId zone) {
    targets_.topology.restore_place(zone, simulation_.now());
    if (!targets_.topology.alive(zone)) return;  // another outage of it goes on
    targets_.transfers.topology_changed();
    watch_convergence();
    for (const auto& cluster : targets_.clusters) {
        for (const auto& instance : cluster->instances()) {
            if (instance->place() == zone) cluster->host_restored(*instance);
        }
        const std::size_t copies = cluster->has_storage() ? cluster->storage().copies().size() : 0;
        for (std::size_t i = 0; i < copies; ++i) {
            if (cluster->storage().copies()[i]->place == zone) simulation_.spawn(component_, rebuild(*cluster, i));
        }
    }
    for (const auto& cache : targets_.caches) {
        for (const auto& node : cache->nodes()) {
            if (node->place() == zone && !node->component().up()) node->start();
        }
    }
    for (const auto& service : targets_.services) {
        for (const auto& instance : service->instances()) {
            if (instance->place() == zone && !instance->component().up()) instance->start();
        }
    }
    for (const auto& station : targets_.stations) {
        if (station->place() == zone) station->component().revive();
    }
}

// From the first copy that is alive, again and again until it has gone through.
engine::Process<> Injector::rebuild(Cluster& cluster, std::size_t copy) {
    for (;;) {
        const PlaceId to = cluster.storage().copies()[copy]->place;
        const StorageVolume::Copy* source = nullptr;
        for (const auto& candidate : cluster.storage().copies()) {
            if (candidate->died == engine::end_of_time && source == nullptr) source = candidate.get();
        }
        FlowOutcome outcome = FlowOutcome::Failed;
        if (source != nullptr && targets_.topology.alive(to)) {
            const TransferSpec spec{source->place, to, segment, {.window = segment_window, .rate_most = segment_rate}};
            const FlowOutcome ended = co_await targets_.transfers.transfer(spec);
            outcome = ended;
        }
        if (outcome == FlowOutcome::Completed) break;
        co_await simulation_.delay(rebuild_again_after);
    }
    cluster.copy_rebuilt(copy);
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

Instance* Injector::instance_named(const std::string& target) const {
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

std::pair<Cluster*, std::size_t> Injector::copy_named(const std::string& target) const {
    for (const auto& cluster : targets_.clusters) {
        if (!cluster->has_storage()) continue;
        const auto& copies = cluster->storage().copies();
        for (std::size_t i = 0; i < copies.size(); ++i) {
            if (copies[i]->component.path() == target) return {cluster.get(), i};
        }
    }
    return {nullptr, 0};
}

}  // namespace faultline::models
