// The injector's part of what stands beside the data: a region's control plane and resolver, names, disks,
// certificates. None of these ends a process: whoever has what it needs goes on.
#include "models/failures/injector.hpp"
#include "models/retry_pause.hpp"

namespace faultline::models {

namespace {
// A service's instance that is lost for good is replaced. Source: an assumption: a container or virtual machine,
// scheduled, started, and its program with it.
constexpr Duration new_service_instance_after = std::chrono::minutes{1};

bool belongs_to(const Cluster& cluster, const std::string& database) {
    const std::string& path = cluster.path();
    return path == database || path.starts_with(database + "/");
}
}  // namespace

ServiceInstance* Injector::service_instance_named(const std::string& target) const {
    constexpr std::string_view part = "/instance-";
    const auto at = target.rfind(part);
    if (at == std::string::npos) return nullptr;
    const std::string region = "services/" + target.substr(0, at);
    const std::string path = region + "/" + target.substr(at + part.size());
    for (const auto& service : targets_.services) {
        if (service->component().path() != region) continue;
        for (const auto& instance : service->instances()) {
            if (instance->component().path() == path) return instance.get();
        }
    }
    return nullptr;
}

// Its balancer finds out by its checks, and again when it is back.
engine::Process<> Injector::lose_service_instance(std::size_t index, const scenarios::Fault& fault) {
    ServiceInstance& lost = *service_instance_named(fault.target);
    if (!lost.component().up()) co_return;
    const bool resets = fault.mode == scenarios::FailureMode::crash;
    cut(index, lost.component().path(), [&] { lost.crash(resets ? engine::Health::crash : engine::Health::silent); });
    co_await simulation_.delay(fault.lasts.value_or(new_service_instance_after));
    while (!fault.lasts && targets_.topology.control_plane_ill(lost.place())) {
        co_await simulation_.delay(retry_pause);  // nobody makes a new one
    }
    if (!lost.component().up() && targets_.topology.alive(lost.place())) lost.start();
}

engine::Process<> Injector::impair_control_plane(std::size_t index, const scenarios::Fault& fault) {
    const PlaceId region = region_named(fault.target);
    targets_.topology.impair_control_plane(region, true);
    hit_control_planes(index, region);
    co_await simulation_.delay(time_away(fault));
    targets_.topology.impair_control_plane(region, false);
}

// What it decides for: a monitor that somebody runs himself is none of it.
void Injector::hit_control_planes(std::size_t index, PlaceId region) {
    targets_.measures.fault_hit(index, targets_.topology.name(region) + " control plane");
    for (const auto& cluster : targets_.clusters) {
        if (cluster->region() == region && cluster->has_storage()) targets_.measures.fault_hit(index, cluster->path());
    }
    for (const auto& warehouse : targets_.warehouses) {
        const bool here = targets_.topology.region_of(warehouse->place()) == region;
        if (here) targets_.measures.fault_hit(index, warehouse->component().path());
    }
    for (const auto& cache : targets_.caches) {
        const bool here = targets_.topology.region_of(cache->nodes().front()->place()) == region;
        if (here && !cache->sets().empty()) targets_.measures.fault_hit(index, "caches/" + cache->name());
    }
}

// Of a database or service: its records are gone. Of a region: who stands there can look up nothing.
engine::Process<> Injector::fail_names(std::size_t index, const scenarios::Fault& fault) {
    targets_.measures.names_away(true, simulation_.now());
    if (lose_names(index, fault.target, true)) {
        co_await simulation_.delay(time_away(fault));
        lose_names(index, fault.target, false);
        targets_.measures.names_away(false, simulation_.now());
        co_return;
    }
    const PlaceId region = region_named(fault.target);
    targets_.topology.impair_resolver(region, true);
    targets_.measures.fault_hit(index, targets_.topology.name(region) + " resolver");
    for (const auto& service : targets_.services) {
        if (service->balancer() == region) targets_.measures.fault_hit(index, service->component().path());
    }
    co_await simulation_.delay(time_away(fault));
    targets_.topology.impair_resolver(region, false);
    targets_.measures.names_away(false, simulation_.now());
}

// A name that stands for another one (of several regions) ends where that does. false: it is of no database or service.
bool Injector::lose_names(std::size_t index, const std::string& target, bool lost) {
    bool found = false;
    for (const auto& cluster : targets_.clusters) {
        if (!belongs_to(*cluster, target)) continue;
        found = true;
        cluster->lose_records(lost);
        targets_.measures.fault_hit(index, cluster->path());
    }
    for (ServiceRegion* const region : service_regions_named(target)) {
        found = true;
        region->lose_record(lost);
        targets_.measures.fault_hit(index, region->component().path());
    }
    return found;
}

// "shop": all of its regions; "shop/us-east-1": that one.
std::vector<ServiceRegion*> Injector::service_regions_named(const std::string& target) const {
    const std::string path = "services/" + target;
    std::vector<ServiceRegion*> found;
    for (const auto& region : targets_.services) {
        const std::string& own = region->component().path();
        if (own == path || own.starts_with(path + "/")) found.push_back(region.get());
    }
    return found;
}

// Two at once multiply.
engine::Process<> Injector::slow_disk(std::size_t index, const scenarios::Fault& fault) {
    const double factor = 1.0 / fault.speed;
    const auto [cluster, node] = storage_node_named(fault.target);
    if (cluster != nullptr) {
        Cluster& owner = *cluster;
        const std::uint32_t slow = node;
        owner.storage().slow_down(slow, factor);
        targets_.measures.fault_hit(index, owner.storage().nodes()[slow]->component.path());
        co_await simulation_.delay(time_away(fault));
        owner.storage().slow_down(slow, fault.speed);
        co_return;
    }
    Instance* const named = instance_named(fault.target);
    if (named == nullptr || !named->cluster().slow_disk(*named, factor)) co_return;
    Instance& instance = *named;
    targets_.measures.fault_hit(index, instance.component().path());
    co_await simulation_.delay(time_away(fault));
    instance.cluster().slow_disk(instance, fault.speed);
}

// Of a database: no instance takes anybody's login. Of a service: its callers do not take its certificate; or, of its
// credentials, no database takes its logins. false: there is nothing of that name.
bool Injector::expire_for(std::size_t index, const std::string& target, bool expired) {
    const auto hit = [&](const engine::Component& component) {
        if (expired) targets_.measures.fault_hit(index, component.path());
    };
    bool found = false;
    for (const auto& cluster : targets_.clusters) {
        if (!belongs_to(*cluster, target)) continue;
        found = true;
        cluster->refuse_logins(expired);
        for (const auto& instance : cluster->instances()) hit(instance->component());
    }
    const bool of_credentials = target.ends_with(scenarios::credentials_of_service);
    if (!of_credentials) {
        for (ServiceRegion* const region : service_regions_named(target)) {
            found = true;
            region->expire_certificate(expired);
            hit(region->component());
        }
        return found;
    }
    const std::string owner = target.substr(0, target.size() - scenarios::credentials_of_service.size());
    for (const ServiceRegion* const region : service_regions_named(owner)) {
        for (const auto& instance : region->instances()) {
            found = true;
            if (instance->expire_credential(expired)) hit(instance->component());
        }
    }
    return found;
}

// Who is connected stays so; nobody else gets in until somebody has noticed and renewed it.
engine::Process<> Injector::expire_certificate(std::size_t index, Planned& planned, const scenarios::Fault& fault) {
    if (!expire_for(index, fault.target, true)) co_return;
    targets_.measures.incident_stage("noticing", simulation_.now());
    co_await simulation_.delay(planned.times.noticed_after.sample_duration(planned.draws));
    targets_.measures.incident_stage("renewal", simulation_.now());
    co_await simulation_.delay(planned.times.renewal.sample_duration(planned.draws));
    expire_for(index, fault.target, false);
    targets_.measures.incident_stage("reconnection", simulation_.now());
}

}  // namespace faultline::models
