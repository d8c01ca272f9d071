// World's queues and links: what is read of each once a second, and its name in words.
#include <algorithm>
#include <cctype>
#include <cmath>

#include "planning/world.hpp"

namespace faultline::planning {

using namespace models;

namespace {

constexpr Duration read_every = std::chrono::seconds{1};

// "orders/us-west-2/instance-1" is of "orders".
std::string first_name(const std::string& path) {
    return path.substr(0, path.find('/'));
}

std::string without_first_name(const std::string& path) {
    return path.substr(path.find('/') + 1);
}

const char* role_word(Role first, Role last) {
    if (first == Role::writer) return last == Role::writer ? "writer" : "first writer";
    return last == Role::writer ? "later writer" : "replica";
}

std::string words_of(const Instance& instance, Role first, const std::string& place) {
    return instance.component().path() + " (" + role_word(first, instance.role()) + "), " + place;
}

}  // namespace

// As an architect says it: "us-east-1a".
std::string World::place_words(PlaceId place) const {
    for (const auto& [name, zone] : zones_) {
        if (zone != place) continue;
        const std::size_t slash = name.find('/');
        const bool joined = std::isdigit(static_cast<unsigned char>(name[slash - 1])) != 0;
        return joined ? name.substr(0, slash) + name.substr(slash + 1) : name;
    }
    for (const auto& [name, region] : regions_) {
        if (region == place) return name;
    }
    return network_->topology.name(place);
}

void World::note_pool(const ConnectionPool& pool, PoolOwner owner) {
    const auto same = [&](const NotedPool& noted) { return noted.pool == &pool; };
    if (std::none_of(pools_.begin(), pools_.end(), same)) pools_.push_back({&pool, std::move(owner)});
}

void World::gauge_resources() {
    gauges_.emplace(simulation_, measures_->resources());
    gauge_new_instances();
    for (const auto& cluster : clusters_) gauge_storage(*cluster);
    gauge_binlogs();
    gauge_caches();
    gauge_services();
    gauge_office_pools();
    for (const auto& station : stations_) {
        const std::string& path = station->component().path();
        gauges_->add({path, without_first_name(path), without_first_name(path)}, scenarios::resource_servers,
                     station->pool());
    }
    for (const auto& warehouse : warehouses_) gauge_warehouse(*warehouse);
    network_->topology.count_carried();
    for (std::uint32_t i = 0; i < network_->topology.link_count(); ++i) gauge_link(LinkId{i});
    gauge_traffic();
}

// Those of a restore elsewhere, and replicas that scaling adds, come later.
void World::gauge_new_instances() {
    gauged_.resize(clusters_.size());
    for (std::size_t c = 0; c < clusters_.size(); ++c) {
        const auto& instances = clusters_[c]->instances();
        for (std::size_t i = gauged_[c].size(); i < instances.size(); ++i) {
            Instance& instance = *instances[i];
            const std::string& path = instance.component().path();
            const std::string place = place_words(instance.place());
            const ResourceOwner owner{path, first_name(path), words_of(instance, instance.role(), place)};
            const auto read = [this, &instance] {
                const Instant now = simulation_.now();
                const auto& capacity = instance.capacity();
                const double busy_s =
                    capacity ? std::as_const(*capacity).cpu().busy_seconds(now) : instance.cpu().busy_seconds();
                return ResourceReading{busy_s, instance.cpu().waiting_seconds(), static_cast<double>(instance.cpus())};
            };
            const std::size_t resource = gauges_->add(owner, scenarios::resource_cpu, instance.shape().vcpus, read);
            gauged_[c].push_back({resource, instance.role()});
            if (instance.card().limited()) {
                gauges_->add({path, first_name(path), path + ", " + place}, scenarios::resource_network_card,
                             instance.card().server());
            }
            gauge_log(*clusters_[c], instance, place);
        }
    }
}

// What brings the log to an instance, and its own log disk where it has one.
void World::gauge_log(Cluster& cluster, Instance& instance, const std::string& place) {
    const std::string& path = instance.component().path();
    const ResourceOwner owner{path, first_name(path), path + ", " + place};
    const CommitLog& log = cluster.log();
    const auto work = [this, &log, &instance] {
        return log.work_of(instance, simulation_.now()).value_or(CommitLog::LogWork{});
    };
    if (!log.work_of(instance, simulation_.now())) {
        gauges_->add(owner, scenarios::resource_log_replay, instance.replica().lane());
        return;
    }
    gauges_->add(owner, scenarios::resource_log_disk, 1.0, [work] {
        return ResourceReading{work().flushing_s, 0.0, 1.0};
    });
    gauges_->add(owner, scenarios::resource_log_replay, 1.0, [work] {
        return ResourceReading{work().replaying_s, 0.0, 1.0};
    });
}

// Regions that execute what another one has committed.
void World::gauge_binlogs() {
    for (const auto& global : globals_) {
        if (global == nullptr || !global->logical()) continue;
        for (std::size_t region = 0; region < global->regions().size(); ++region) {
            const std::string& path = global->regions()[region]->component().path();
            const ResourceOwner owner{path + "/binlog", first_name(path), path + ", binlog"};
            gauges_->add(owner, scenarios::resource_log_replay, global->log().replay(region));
        }
    }
}

void World::gauge_storage(Cluster& cluster) {
    if (!cluster.has_storage()) return;
    for (const auto& node : cluster.storage().nodes()) {
        const std::string& path = node->component.path();
        const ResourceOwner owner{path, first_name(path),
                                  first_name(path) + " storage nodes, " + place_words(node->place)};
        gauges_->add(owner, scenarios::resource_log_disks, node->log_disk);
        gauges_->add(owner, scenarios::resource_page_disks, node->page_disk);
    }
}

void World::gauge_caches() {
    for (const auto& group : caches_) {
        for (const auto& node : group->nodes()) {
            const std::string& path = node->component().path();
            const std::string name = without_first_name(path);
            const ResourceOwner owner{path, first_name(name), name + ", " + place_words(node->place())};
            gauges_->add(owner, scenarios::resource_cache_thread, node->cpu());
            gauges_->add(owner, scenarios::resource_network_card, node->card());
        }
    }
}

void World::gauge_services() {
    for (const auto& region : service_regions_) {
        for (const auto& instance : region->instances()) {
            const std::string& path = instance->component().path();
            const std::string name = first_name(without_first_name(path));
            const ResourceOwner owner{path, name, name + ", " + place_words(instance->place())};
            gauges_->add(owner, scenarios::resource_cpu, instance->cpu());
            ServiceInstance& of = *instance;
            gauges_->add_tokens(owner, scenarios::resource_threads,
                                [&of]() -> const engine::Tokens& { return of.threads(); });
        }
    }
    for (const NotedPool& noted : pools_) {
        const ConnectionPool& pool = *noted.pool;
        const std::string& to = pool.shape().name;
        const ResourceOwner owner{noted.owner.path + "/pools/" + to, noted.owner.of, noted.owner.words + ", to " + to};
        gauges_->add_tokens(owner, scenarios::resource_connections,
                            [&pool]() -> const engine::Tokens& { return pool.places(); });
    }
}

// As they are found each second: to count every query's would cost more than the rest of its connection. Not of pools
// that have all the ports of an address.
void World::gauge_office_pools() {
    if (scenario_.workload.office_pool >= scenarios::ports_of_an_address) return;
    const auto capacity = static_cast<double>(scenario_.workload.office_pool);
    for (const auto& office : offices_) {
        for (std::size_t s = 0; s < services_.size(); ++s) {
            const std::string& service = scenario_.services[s].name;
            const std::string& path = office->component().path();
            const ResourceOwner owner{path + "/pools/" + service, service, office->shape().name + ", to " + service};
            gauges_->add(owner, scenarios::resource_connections, capacity,
                         [of = office.get(), s, capacity, found = 0.0]() mutable {
                             found += of->connections_in_use(s);
                             return ResourceReading{found, 0.0, capacity};
                         });
        }
    }
}

void World::gauge_warehouse(Warehouse& warehouse) {
    for (const auto& compute : warehouse.mains()) gauge_compute(*compute);
    for (const auto& cluster : warehouse.scaling().clusters()) gauge_compute(*cluster);
    const std::string& path = warehouse.component().path();
    const ResourceOwner owner{path, path, path};
    gauges_->add(owner, scenarios::resource_commits, warehouse.commits());
}

// Of a cluster that comes and goes: out of the whole time, there or not.
void World::gauge_compute(Compute& compute) {
    const std::string& path = compute.component().path();
    const ResourceOwner owner{path, first_name(path), path + ", " + place_words(compute.place())};
    gauges_->add(owner, scenarios::resource_slices, std::as_const(compute).slices());
    if (compute.slots() == 0) return;
    gauges_->add(owner, scenarios::resource_slots, compute.slots(), [&compute] {
        return ResourceReading{compute.slot_seconds(), 0.0, static_cast<double>(compute.slots())};
    });
}

// Each way by itself: bulk flows, and what messages send besides. These are not held back, so both may ask for more
// than there is.
void World::gauge_link(LinkId link) {
    Topology& topology = network_->topology;
    const LinkSpec& spec = topology.link(link);
    if (std::isinf(spec.bandwidth.value)) return;
    for (const bool forward : {true, false}) {
        const PlaceId from = forward ? spec.from : spec.to;
        const PlaceId to = forward ? spec.to : spec.from;
        const std::string words = place_words(from) + " to " + place_words(to);
        const ResourceOwner owner{"network/" + words, words, words};
        // Of a large topology there are thousands, read one after the other: nothing but sums in the order of links.
        const std::size_t way = way_number(link, forward);
        seconds_per_byte_.resize(way + 1, 8.0 / spec.bandwidth.value);
        gauges_->add(owner, scenarios::resource_link, spec.bandwidth.value, [this, way] {
            const auto bytes = static_cast<double>(network_->topology.carried_bytes(way));
            return ResourceReading{transfers_->used_seconds_of(way) + bytes * seconds_per_byte_[way], 0.0, 1.0};
        });
    }
}

// The measured part of the run, second by second.
engine::StopReason World::run_measured() {
    for (Instant second = warm_up_end_ + read_every; second <= end_; second += read_every) {
        const engine::StopReason reason = run_to(second);
        if (reason == engine::StopReason::stuck || reason == engine::StopReason::cancelled) return reason;
        measures_->second_passed(second);
        network_->topology.count_carried();
        gauge_new_instances();
        gauges_->read_all();
        look_for_caught_up(second);
        look_for_lost_connections();
        look_for_misled_balancers(second);
        read_traffic();
    }
    return run_to(end_);
}

// By what they are in the end.
void World::name_instances() {
    for (std::size_t c = 0; c < gauged_.size(); ++c) {
        for (std::size_t i = 0; i < gauged_[c].size(); ++i) {
            const Instance& instance = *clusters_[c]->instances()[i];
            const std::string words = words_of(instance, gauged_[c][i].first_role, place_words(instance.place()));
            measures_->resources().set_words(gauged_[c][i].resource, words + ": " + scenarios::resource_cpu);
        }
    }
}

}  // namespace faultline::planning
