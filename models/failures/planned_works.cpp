#include "models/failures/planned_works.hpp"

#include <algorithm>

#include "models/retry_pause.hpp"

namespace faultline::models {

using scenarios::FaultKind;
using scenarios::WorkMethod;

namespace {
// A patch without downtime that finds no quiet instant restarts instead. Source: an assumption.
constexpr Duration quiet_within = std::chrono::seconds{5};
constexpr Duration quiet_looked_for_each = std::chrono::milliseconds{5};
}  // namespace

PlannedWorks::PlannedWorks(engine::Simulation& simulation, Measures& measures, Transfers& transfers,
                           const std::vector<std::unique_ptr<Cluster>>& clusters,
                           const std::vector<std::unique_ptr<GlobalDatabase>>& globals,
                           const std::vector<std::unique_ptr<CacheGroup>>& caches,
                           const std::vector<std::unique_ptr<Warehouse>>& warehouses,
                           const std::vector<std::unique_ptr<ServiceRegion>>& services)
    : simulation_(simulation),
      measures_(measures),
      transfers_(transfers),
      clusters_(clusters),
      globals_(globals),
      caches_(caches),
      warehouses_(warehouses),
      services_(services) {}

void PlannedWorks::plan(std::size_t number, const std::string& name, WorkOrder order) {
    works_.push_back(std::make_unique<Work>(simulation_, number, name, std::move(order)));
}

engine::Process<> PlannedWorks::run(std::size_t number, OrderedWork ordered, std::size_t fault) {
    const auto found = std::find_if(works_.begin(), works_.end(), [&](const auto& one) {
        return one->number == number && one->order.target == ordered.target;
    });
    SIM_CHECK(found != works_.end());
    Work& work = **found;
    if (work.order.there_and_back && work.there != ordered.back) co_return;
    work.there = !ordered.back;
    work.back = ordered.back;
    work.fault = fault;
    stage("preparation");
    co_await simulation_.delay(drawn(work, work.order.preparation));
    if (work.order.zone) {
        co_await on_zone(work, ordered.lasts);
        co_return;
    }
    const std::string& target = work.order.target;
    if (Cluster* const cluster = cluster_named(target)) {
        GlobalDatabase* const global = global_of(*cluster);
        if (global != nullptr) {
            co_await on_regions(work, *global, *cluster);
        } else {
            co_await on_database(work, *cluster);
        }
        co_return;
    }
    for (const auto& cache : caches_) {
        const bool named = cache->name() == target || cache->name().starts_with(target + "/");
        if (named) co_await on_cache(work, *cache);
    }
    for (const auto& warehouse : warehouses_) {
        if (warehouse->component().path() == target) co_await on_warehouse(work, *warehouse);
    }
}

engine::Process<> PlannedWorks::on_warehouse(Work& work, Warehouse& warehouse) {
    for (const auto& compute : warehouse.mains()) measures_.fault_hit(work.fault, compute->component().path());
    stage("resizing");
    const int nodes = work.back ? work.nodes_before : work.order.nodes;
    if (!work.back) work.nodes_before = warehouse.mains().front()->shape().nodes;
    const Duration down = drawn(work, work.order.work);
    co_await warehouse.resize(nodes, down);
    stage("catch-up");  // with those who waited, and disks that are cold
}

// Nobody begins work on a database that fails over, or is gone with its region.
bool PlannedWorks::can_begin(const Cluster& cluster) {
    return !cluster.failing_over() && cluster.component().up() && !cluster.control_plane_ill();
}

engine::Process<> PlannedWorks::quiet(Cluster& cluster) {
    while (!can_begin(cluster)) {
        co_await simulation_.delay(retry_pause);
    }
}

engine::Process<> PlannedWorks::on_database(Work& work, Cluster& cluster) {
    co_await quiet(cluster);
    const WorkMethod method = work.order.method;
    if (work.order.kind == FaultKind::class_change) {
        co_await change_class(work, cluster);
    } else if (method == WorkMethod::rolling) {
        co_await roll(work, cluster);
    } else if (work.order.kind == FaultKind::schema_change) {
        co_await change_schema(work, cluster);
    } else if (work.order.kind == FaultKind::upgrade) {
        const char* const state = method == WorkMethod::in_place ? "upgrading" : "switching over";
        co_await take_down(work, cluster, state, false);
    } else if (method == WorkMethod::zero_downtime) {
        co_await patch_without_downtime(work, cluster);
    } else if (method == WorkMethod::no_restart) {
        co_await patch_around(work, cluster);
    } else {
        co_await take_down(work, cluster, "patching", true);
    }
}

void PlannedWorks::hit(const Work& work, const Cluster& cluster) {
    for (const auto& instance : cluster.instances()) {
        if (instance->is_member()) measures_.fault_hit(work.fault, instance->component().path());
    }
}

engine::Process<> PlannedWorks::take_down(Work& work, Cluster& cluster, const char* state, bool memory_kept) {
    const std::size_t before = simulation_.processes();
    cluster.shut_down(state);
    hit(work, cluster);
    measures_.fault_cut(work.fault, before - std::min(before, simulation_.processes()));
    stage(state);
    co_await simulation_.delay(drawn(work, work.order.work));
    if (fails(work)) {
        const std::vector<Cluster*> taken{&cluster};
        co_await undo(work, taken);
    }
    // What a blue-green deployment would have left goes on as it was.
    const bool left_alone = work.failed && work.order.method == WorkMethod::blue_green;
    co_await cluster.begin_again(memory_kept || left_alone);
    stage(cluster.writer().component().up() ? "reconnection" : "detection");
}

bool PlannedWorks::fails(Work& work) {
    work.failed = work.order.fails > 0.0 && work.failure_draws.uniform() < work.order.fails;
    return work.failed;
}

// Down, or waited for, until what was before is there again.
engine::Process<> PlannedWorks::undo(Work& work, const std::vector<Cluster*>& clusters) {
    for (Cluster* const cluster : clusters) cluster->component().enter("rolling back");
    stage("rolling back");
    const Duration back = work.order.rollback.sample_duration(work.failure_draws);
    co_await simulation_.delay(back);
}

// Of those that it has not come to yet, standbys first. The primary is the last one, and a standby by then; without one
// that could take over nobody touches it.
engine::Process<> PlannedWorks::roll(Work& work, Cluster& cluster) {
    std::vector<Instance*> left;
    for (const auto& instance : cluster.instances()) {
        if (instance->is_member()) left.push_back(instance.get());
    }
    const bool memory_kept = work.order.kind == FaultKind::patch;
    while (!left.empty() && !work.failed) {
        co_await quiet(cluster);
        const auto standby =
            std::find_if(left.begin(), left.end(), [&](const Instance* one) { return one != &cluster.writer(); });
        if (standby == left.end() && !cluster.has_successor()) {
            co_await simulation_.delay(retry_pause);
            continue;
        }
        if (standby == left.end()) {
            stage("switching over");
            co_await cluster.order_failover();
            continue;
        }
        Instance& next = **standby;
        left.erase(standby);
        measures_.fault_hit(work.fault, next.component().path());
        const char* const state = memory_kept ? "patching" : "upgrading";
        stage(state);
        Duration down = drawn(work, work.order.work);
        if (fails(work)) down += work.order.rollback.sample_duration(work.failure_draws);
        if (!memory_kept) next.lose_memory();
        const std::size_t before = simulation_.processes();
        co_await cluster.work_on(next, std::nullopt, down, state);
        measures_.fault_cut(work.fault, before - std::min(before, simulation_.processes()));
    }
}

// The engine's processes go on; only its surroundings change.
engine::Process<> PlannedWorks::patch_around(Work& work, Cluster& cluster) {
    hit(work, cluster);
    stage("patching");
    co_await simulation_.delay(drawn(work, work.order.work));
}

engine::Process<> PlannedWorks::patch_without_downtime(Work& work, Cluster& cluster) {
    hit(work, cluster);
    stage("waiting for a quiet instant");
    const Instant patience = simulation_.now() + quiet_within;
    for (const auto& instance : cluster.instances()) instance->gate().close({}, false);
    const auto all_quiet = [&cluster] {
        const auto& instances = cluster.instances();
        return std::all_of(instances.begin(), instances.end(), [](const auto& one) { return one->quiet(); });
    };
    while (!all_quiet() && simulation_.now() < patience) {
        co_await simulation_.delay(quiet_looked_for_each);
    }
    if (!all_quiet() && !cluster.failing_over()) {
        co_await take_down(work, cluster, "patching", true);
        co_return;
    }
    stage("sessions spooled");
    co_await simulation_.delay(drawn(work, work.order.work));
    if (fails(work)) {
        const std::vector<Cluster*> held{};  // it serves those who wait, as soon as it is back
        co_await undo(work, held);
    }
    for (const auto& instance : cluster.instances()) instance->gate().open();
}

// Whoever has the role when the work begins; back again, the same one, whatever his role is then.
Instance& PlannedWorks::instance_of(Work& work, Cluster& cluster) {
    if (work.back) return *work.changed;
    Instance* chosen = work.order.target.ends_with("/writer") ? &cluster.writer() : nullptr;
    for (const auto& instance : cluster.instances()) {
        if (instance->component().path() == work.order.target) chosen = instance.get();
    }
    SIM_CHECK(chosen != nullptr);
    return *chosen;
}

engine::Process<> PlannedWorks::change_class(Work& work, Cluster& cluster) {
    Instance& instance = instance_of(work, cluster);
    const InstanceShape shape = work.back ? work.instance_before : work.order.instance;
    work.changed = &instance;
    work.instance_before = instance.shape();
    measures_.fault_hit(work.fault, instance.component().path());
    const bool hands_over = work.order.method == WorkMethod::failover && cluster.has_successor();
    if (hands_over && &instance == &cluster.writer()) co_await cluster.order_failover();
    stage("changing the class");
    const std::size_t before = simulation_.processes();
    const Duration down = drawn(work, work.order.work);
    co_await cluster.work_on(instance, shape, down, "changing the class");
    measures_.fault_cut(work.fault, before - std::min(before, simulation_.processes()));
}

// Alone with the table: when its oldest query has ended, and every transaction that has changed it.
engine::Process<> PlannedWorks::wait_for_table(Work& work, Cluster& cluster) {
    Instance& writer = cluster.writer();
    writer.gate().close(work.order.classes, false);
    stage("waiting for the lock");
    const Instant oldest_ends = simulation_.now() + drawn(work, work.order.long_query);
    const std::uint32_t incarnation = writer.incarnation();
    while (incarnation == writer.incarnation() &&
           (simulation_.now() < oldest_ends || writer.row_locks().rows_locked() > 0)) {
        co_await simulation_.delay(quiet_looked_for_each);
    }
}

// PostgreSQL writes the lock into the log, and its standbys and readers take it, too.
void PlannedWorks::lock_readers(const Work& work, const Cluster& cluster) {
    if (!work.order.lock_is_logged) return;
    for (const auto& instance : cluster.instances()) {
        if (instance->component().up()) instance->gate().close(work.order.classes, false);
    }
}

engine::Process<> PlannedWorks::change_schema(Work& work, Cluster& cluster) {
    measures_.fault_hit(work.fault, cluster.writer().component().path());
    co_await wait_for_table(work, cluster);
    Instance& writer = cluster.writer();
    const bool online = work.order.method == WorkMethod::online;
    const bool copies = work.order.method == WorkMethod::copy;
    stage(work.order.method == WorkMethod::instant ? "changing the definition" : "copying the table");
    if (online) writer.gate().open();
    if (copies) writer.gate().close(work.order.classes, !work.order.lock_is_logged);
    if (!online) lock_readers(work, cluster);
    const Duration takes = drawn(work, work.order.work);
    co_await simulation_.delay(takes);
    if (online) co_await wait_for_table(work, cluster);
    stage("reconnection");
    for (const auto& instance : cluster.instances()) instance->gate().open();
    cluster.replay_stalls(takes);
}

engine::Process<> PlannedWorks::on_zone(Work& work, std::optional<Duration> lasts) {
    const PlaceId zone = *work.order.zone;
    stage("leaving the zone");
    for (const auto& service : services_) {
        service->leave_zone(zone, true);
        for (const auto& instance : service->instances()) {
            if (instance->place() == zone) measures_.fault_hit(work.fault, instance->component().path());
        }
    }
    for (const auto& cluster : clusters_) {
        for (const auto& instance : cluster->instances()) {
            if (instance->place() == zone) measures_.fault_hit(work.fault, instance->component().path());
        }
        cluster->leave_zone(zone, true);
        // Of several regions each calls the one writer its own.
        const bool writer_there = cluster->writer().place() == zone && &cluster->writer().cluster() == cluster.get();
        if (!writer_there || cluster->failing_over() || !cluster->has_successor()) continue;
        co_await cluster->order_failover();
    }
    if (!lasts) co_return;  // the fault ends here, and nobody comes back
    co_await simulation_.delay(*lasts);
    for (const auto& service : services_) service->leave_zone(zone, false);
    for (const auto& cluster : clusters_) cluster->leave_zone(zone, false);
}

engine::Process<> PlannedWorks::on_cache(Work& work, CacheGroup& cache) {
    const bool scaling = work.order.kind == FaultKind::cache_scaling;
    stage(scaling ? "scaling" : "forking");
    const Bytes memory = work.back ? work.memory_before : work.order.cache_memory;
    if (!work.back) work.memory_before = cache.node(0).store().maxmemory();
    for (std::size_t shard = 0; shard < cache.shards(); ++shard) {
        CacheNode* node = &cache.node(shard);
        CacheNode* const replica = cache.sets().empty() ? nullptr : cache.sets()[shard]->a_replica();
        if (!scaling && replica != nullptr) node = replica;  // the vendor's service takes it where it hurts least
        if (!node->component().up()) continue;
        measures_.fault_hit(work.fault, node->component().path());
        const Duration forking = node->fork(work.order.fork_per_gib);
        co_await simulation_.delay(forking);
        if (!scaling) continue;
        const Bytes size{std::max<std::int64_t>(1, node->store().used_memory().count)};
        const TransferSpec spec{.from = node->place(), .to = node->place(), .size = size};
        co_await transfers_.transfer(spec);
        if (!node->component().up()) continue;
        const Duration away = drawn(work, work.order.work);
        node->give_way(away);
        cache.scale_shard(shard, memory);
        co_await simulation_.delay(away);  // the next shard is not touched before this one answers
    }
}

}  // namespace faultline::models
