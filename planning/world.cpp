#include "planning/world.hpp"

#include <algorithm>

#include "planning/fault_shape.hpp"

namespace faultline::planning {

using namespace models;
using scenarios::Scenario;

// Watches what a loss at this instant would leave behind: of the writer's zone, of a cache that is ahead of it, and of
// the region where that is restored from copies elsewhere, or where a standby in another one would take over.
engine::Process<> World::sample_exposure(std::size_t database) {
    RegionRestore* const restore = region_restores_[database].get();
    const Cluster* gone = nullptr;
    for (;;) {
        co_await simulation_.delay(exposure_sampled_every);
        const Instant now = simulation_.now();
        Cluster& cluster = restore == nullptr ? *clusters_[database] : restore->serving();
        if (&cluster != gone && cluster.volume_gone()) {  // all zones at once: what was told is nowhere any more
            gone = &cluster;
            measures_->loss_unbounded(database);
            measures_->incident_stage("volume lost", now);
        }
        const Duration of_writer = cluster.log().exposure_to_loss_of(cluster.writer().place());
        const Duration of_zone = std::max(of_writer, behind_caches(database));
        Duration of_region = restore == nullptr ? Duration::zero() : restore->exposure();
        if (restore == nullptr && cluster.outlives_region()) {
            const PlaceId region = network_->topology.region_of(cluster.writer().place());
            of_region = cluster.log().exposure_to_loss_of(region);
        }
        measures_->exposure(database, std::max(of_zone, of_region), of_zone, now);
        for (const auto& instance : cluster.instances()) {
            if (instance->role() != Role::replica || !instance->component().up()) continue;
            measures_->replica_lag(database, cluster.component().path(), instance->lag(now), now);
        }
    }
}

World::World(const Scenario& scenario, const WorldOptions& options)
    : scenario_(scenario),
      options_(options),
      warm_up_end_(engine::start_of_time + options.warm_up),
      end_(warm_up_end_ + scenario.run.measured),
      simulation_({engine::Seed{scenario.run.seed}, options.replication}),
      faults_(faults_of(scenario, simulation_, options.replication - 1)),
      profile_(
          *NetworkProfile::named(scenario.network.profile, {.spike_multiplier = scenario.network.spike_multiplier})) {
    build_network();
    build_endpoints();
    build_classes();
    build_canaries();
    measures_ = std::make_unique<Measures>(measures_shape());
    simulation_.on_state_change = [this](Instant now, const engine::Component& component, std::string_view state) {
        measures_->state_change(now, component.path(), state);
        note_stage(now, component.path(), state);
    };
    requests_ = std::make_unique<RequestTable>(&World::request_released, this);
    trace_queries();
    transfers_ = std::make_unique<Transfers>(simulation_, network_->topology);
    build_clusters();
    caches_ahead_.resize(scenario_.databases.size());
    build_caches();
    build_stations();
    build_warehouses();
    context_ = std::make_unique<ServiceContext>(
        ServiceContext{simulation_, *transport_, classes_, endpoints_, clusters_, *measures_});
    build_services();
    build_offices();
    fill_caches();
    if (options_.with_faults) schedule_transfers();
    if (options_.with_faults) schedule_faults();
}

World::~World() {
    simulation_.close();
}

void World::trace_queries() {
    if (options_.traced == 0) return;
    trace_.emplace(warm_up_end_, options_.traced);
    requests_->trace_with(*trace_);
}

// By now it is known what became of a write whose client was never told.
void World::request_released(void* world, const Request& request) {
    World& self = *static_cast<World*>(world);
    const ClassPlan& plan = self.classes_[request.query_class];
    if (!plan.writes || self.simulation_.closing()) return;
    const bool told = request.outcome == Outcome::answered;
    if (!told && request.doubtful != 0) {
        self.measures_->write_unknown(request.query_class, request.due);
        self.measures_->write_unknown_resolved(request.query_class, request.due, request.applied > 0);
    }
    const int commits = plan.transaction ? 1 : plan.statements;  // of one attempt
    if (!plan.idempotent && request.applied > commits)
        self.measures_->write_duplicate(request.query_class, request.due);
}

scenarios::ReplicationResult World::run(const engine::ProgressListener& progress) {
    for (const auto& cluster : clusters_) cluster->begin();
    begin_backups();
    for (const auto& region : service_regions_) region->begin();
    begin_globals();
    for (const auto& global : global_caches_) global->begin();
    for (std::size_t i = 0; i < scenario_.databases.size(); ++i) {
        if (globals_[i] == nullptr) simulation_.spawn(observers_, sample_exposure(i));
    }
    // Only in a run with faults: a pilot run must not begin any flow.
    for (const auto& warehouse : warehouses_) {
        if (options_.with_faults) warehouse->begin();
    }
    for (const auto& office : offices_) office->begin();
    if (replay_ != nullptr) replay_->begin();
    for (const auto& transfer : scheduled_transfers_) transfer->begin();
    simulation_.on_progress(progress);
    branch_at_ = last_calm_instant();
    standing_frames_ = engine::FramePool::instance().live_bytes();

    scenarios::ReplicationResult result;
    result.replication = options_.replication;
    result.warm_up_ns = options_.warm_up.count();
    run_to(warm_up_end_);
    end_of_warm_up();
    gauge_resources();
    const engine::StopReason reason = run_measured();
    SIM_CHECK(reason != engine::StopReason::stuck);
    result.end_ns = simulation_.now().time_since_epoch().count();
    result.waits_without_timer = simulation_.calls_without_timer();
    result.stall = stall_;
    describe_queues(result);
    describe_sessions(result);
    describe_warehouses(result);
    describe_transfers(result);
    describe_memory(result);
    name_instances();
    measures_->finish(simulation_.now(), result);
    add_part_waterfalls(part_marks_, result.incidents);
    describe_caches(result);
    result.fingerprint = simulation_.fingerprint();
    result.events = simulation_.events_run();
    result.queries = requests_->opened();
    if (trace_) result.traced = QueryTrace(*trace_).take();  // a copy: what is in flight still ends, and tells it
    simulation_.close();
    return result;
}

void World::end_of_warm_up() {
    for (const auto& cluster : clusters_) {
        for (const auto& instance : cluster->instances()) instance->reset_statistics();
    }
    for (const auto& cache : caches_) {
        for (const auto& node : cache->nodes()) node->reset_statistics(simulation_.now());
    }
    for (const auto& region : service_regions_) {
        for (const auto& instance : region->instances()) instance->cpu().reset_statistics();
    }
    for (const auto& station : stations_) station->pool().reset_statistics();
    for (const auto& warehouse : warehouses_) warehouse->reset_statistics(simulation_.now());
}

namespace {
scenarios::InstanceResult describe_instance(const Instance& instance, Instant now) {
    const InstanceStatistics& seen = instance.statistics();
    scenarios::InstanceResult result{.name = instance.component().path(),
                                     .page_hits = seen.page_hits,
                                     .page_misses = seen.page_misses,
                                     .lock_waits = seen.lock_waits,
                                     .lock_timeouts = seen.lock_timeouts,
                                     .connections_refused = seen.connections_refused,
                                     .connections_peak = static_cast<std::uint64_t>(seen.connections_peak),
                                     .connections_max = static_cast<std::uint64_t>(instance.shape().connections_max)};
    if (instance.capacity()) result.acu_mean = instance.capacity()->acu_mean(now);
    if (const BufferPool* const pool = instance.pool()) {
        result.pool_pages = pool->pages_max();
        result.pool_pages_used = pool->size() + pool->shared().resident;
    }
    return result;
}
}  // namespace

void World::describe_queues(scenarios::ReplicationResult& result) const {
    const auto describe = [&](const std::string& name, const engine::ServerPool& pool) {
        result.queues.push_back({name, pool.utilisation(), pool.mean_waiting(), pool.completed(), pool.refused()});
    };
    const auto describe_server = [&](const std::string& name, const engine::SerialServer& server) {
        const Instant now = simulation_.now();
        result.queues.push_back({name, server.utilisation(now), server.mean_waiting(now), server.jobs(), 0});
    };
    for (const auto& cluster : clusters_) {
        for (const auto& instance : cluster->instances()) {
            const std::string& path = instance->component().path();
            describe(path, instance->cpu());
            if (instance->card().limited()) describe_server(path + "/network", instance->card().server());
            result.instances.push_back(describe_instance(*instance, simulation_.now()));
        }
    }
    for (const auto& cache : caches_) {
        for (const auto& node : cache->nodes()) {
            describe_server(node->component().path(), node->cpu());
            describe_server(node->component().path() + "/network", node->card());
        }
    }
    for (const auto& region : service_regions_) {
        for (const auto& instance : region->instances()) describe(instance->component().path(), instance->cpu());
    }
    for (const auto& station : stations_) describe(station->component().path(), station->pool());
}

void World::describe_sessions(scenarios::ReplicationResult& result) const {
    for (const auto& office : offices_) {
        if (!office->sessions()) continue;
        const Sessions& sessions = *office->sessions();
        const Sessions::Counts counts = sessions.counts();
        result.sessions.push_back({office->shape().name, sessions.count(), counts.active, counts.missed_own_write,
                                   counts.went_back, sessions.forgotten()});
    }
}

// Design: fixed + in-flight operations x (<= 1.2 KB) + resident keys x (<= 32 B).
void World::describe_memory(scenarios::ReplicationResult& result) const {
    scenarios::MemoryResult& memory = result.memory;
    memory.fixed_bytes = measures_->memory_bytes() + simulation_.memory_bytes();
    for (const auto& cluster : clusters_) memory.fixed_bytes += cluster->memory_bytes();
    for (const auto& office : offices_)
        memory.fixed_bytes += office->sessions() ? office->sessions()->memory_bytes() : 0;
    std::size_t key_bytes = 0;
    for (const auto& cache : caches_) {
        for (const auto& node : cache->nodes()) {
            memory.resident_keys += node->store().resident_keys();
            key_bytes += node->store().simulator_memory_bytes();
            memory.fixed_bytes += node->store().rounding_bytes();
        }
    }
    memory.bytes_per_key = memory.resident_keys == 0 ? 0 : key_bytes / memory.resident_keys;
    memory.in_flight_peak = requests_->peak();
    memory.fixed_bytes += standing_frames_;
    const std::size_t frames = engine::FramePool::instance().peak_bytes() - standing_frames_;
    memory.bytes_per_query = requests_->peak() == 0 ? 0 : frames / requests_->peak();
}

}  // namespace faultline::planning
