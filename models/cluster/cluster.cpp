#include "models/cluster/cluster.hpp"

#include <algorithm>

#include "models/cluster/probe.hpp"

namespace faultline::models {

namespace {
// The control plane's probes. Source: an assumption; the detection time as a whole is the scenario's
// (failover.detection).
constexpr Duration heartbeat_interval = std::chrono::seconds{1};
constexpr std::string_view detecting = "detecting";
constexpr std::string_view held_up = "waiting for the control plane";  // it is certain, and nobody can act
constexpr Duration heartbeat_timeout = std::chrono::seconds{1};
}  // namespace

Cluster::Cluster(engine::Simulation& simulation, const Transport& transport, Transfers* transfers, ClusterShape shape,
                 ClusterObserver& observer)
    : simulation_(simulation),
      transport_(transport),
      shape_(std::move(shape)),
      observer_(observer),
      component_(simulation, shape_.path),
      writer_endpoint_(shape_.dns_ttl),
      reader_endpoint_(shape_.dns_ttl),
      custom_endpoints_(shape_.custom_endpoints.size(), Endpoint(shape_.dns_ttl)),
      own_versions_(shape_.keys),
      failover_draws_(simulation.stream(shape_.path, "failover")),
      stuck_draws_(simulation.stream(shape_.path, "stuck failovers")),
      rescue_draws_(simulation.stream(shape_.path, "without a successor")),
      network_draws_(simulation.stream(shape_.path, "control plane network")) {
    if (shape_.zones.empty()) return;
    SIM_CHECK(transfers != nullptr);
    const bool in_all = shape_.volume_zones.empty();
    storage_.emplace(simulation, shape_.path, transport, in_all ? shape_.zones : shape_.volume_zones,
                     in_all ? shape_.zone_names : shape_.volume_zone_names, shape_.volume);
    repair_.emplace(simulation, shape_.path, *transfers, transport, *storage_);
    repair_->on_restored = [this] { tell_whole(); };
}

Instance& Cluster::add_instance(PlaceId place, InstanceShape shape) {
    const std::string path = shape_.path + "/instance-" + std::to_string(instances_.size() + 1);
    instances_.push_back(
        std::make_unique<Instance>(simulation_, path, place, std::move(shape), shape_.replica_stream, *this));
    answering_.push_back(true);
    missed_since_.push_back(engine::end_of_time);
    if (BufferPool* const pool = instances_.back()->pool()) pool->set_shared(shape_.shared_pages);
    return *instances_.back();
}

void Cluster::begin() {
    for (std::size_t i = 0; i < instances_.size(); ++i)
        instances_[i]->start(i == writer_ ? Role::writer : Role::replica);
    fill_pools();
    begin_watching();
}

void Cluster::begin_watching() {
    writer_endpoint_.publish({instances_[writer_].get()});
    publish_readers();
    component_.enter("serving");
    simulation_.spawn(component_, watch());
    begin_scaling();
}

// Every instance in turn, a second between two rounds (more if one is silent). A replica that does not answer leaves
// the reader endpoint; for the writer, the time that the control plane takes to be sure runs from the first heartbeat
// that was missed.
engine::Process<> Cluster::watch() {
    Duration certain_after = drawn(shape_.failover.detection);
    for (;;) {
        co_await simulation_.delay(heartbeat_interval);
        bool changed = false;
        for (std::size_t i = 0; i < instances_.size(); ++i) {
            const bool answered = co_await heartbeat(*instances_[i], heartbeat_timeout);
            if (answered == answering_[i]) continue;
            answering_[i] = answered;
            missed_since_[i] = answered ? engine::end_of_time : simulation_.now();
            changed = true;
        }
        const bool ill = control_plane_ill();
        unpublished_ = unpublished_ || changed;
        if (unpublished_ && !ill) publish_readers();
        if (unpublished_ && ill) tell_whole();
        unpublished_ = unpublished_ && ill;
        if (failing_over_) continue;
        if (answering_[writer_]) {
            if (component_.state() == detecting || component_.state() == held_up) {
                component_.enter("serving");
                can_write_ = true;
                certain_after = drawn(shape_.failover.detection);  // for the next time
            }
            tell_quorum();
            continue;
        }
        const bool certain = simulation_.now() - missed_since_[writer_] >= certain_after;
        if (certain && ill && component_.state() != held_up) {
            component_.enter(held_up);
            observer_.on_stage("control plane ill");
        }
        if (component_.state() != detecting && component_.state() != held_up) component_.enter(detecting);
        if (ill || !certain || writer_restarts_first()) continue;
        failing_over_ = true;
        certain_after = drawn(shape_.failover.detection);
        simulation_.spawn(component_, fail_over());
    }
}

// The writer is there, and no commit is told while a protection group lacks copies: so says the incident's waterfall.
void Cluster::tell_quorum() {
    const bool can_write = !storage_ || storage_->can_write();
    if (can_write == can_write_ || !is_of_database()) return;
    can_write_ = can_write;
    component_.enter(can_write ? "serving" : "without a write quorum");
    observer_.on_stage(can_write ? "reconnection" : "write quorum");
}

engine::Process<bool> Cluster::heartbeat(Instance& instance, Duration timeout) {
    return answers(simulation_, transport_, instance.component(), {shape_.control_plane, instance.stand(), timeout},
                   network_draws_);
}

void Cluster::instance_died(Instance& instance, engine::Health) {
    if (storage_ && instance.role() == Role::writer) storage_->writer_gone();
}

void Cluster::node_lost(std::uint32_t node, engine::Health how) {
    storage_->lose(node, how);
    repair_->node_lost(node);
    tell_whole();
}

void Cluster::node_back(std::uint32_t node) {
    storage_->node_back(node);
    repair_->node_back();
    tell_whole();
}

void Cluster::region_lost(engine::Health how) {
    component_.kill(how);
    component_.enter("down");
    if (storage_) storage_->power_off(how);
}

// Whoever was in the middle of something is gone: the writer that was last named goes on, once it is there.
void Cluster::region_back() {
    component_.revive();
    if (storage_) storage_->power_on();
    failing_over_ = false;
    for (std::size_t i = 0; i < instances_.size(); ++i) answering_[i] = instances_[i]->is_member();
    std::fill(missed_since_.begin(), missed_since_.end(), engine::end_of_time);
    begin_watching();
}

engine::Process<Answer> Cluster::mediate(Instance&, RequestRef, Statement, Duration travel) {
    SIM_CHECK(!mediates_);  // who sets it has its own
    co_return Answer{travel, because(FailureReason::connection_lost), 0};
}

bool Cluster::whole() const {
    const bool instances_up = std::all_of(instances_.begin(), instances_.end(), [](const auto& instance) {
        return instance->component().up() || !instance->is_member();
    });
    return instances_up && (!storage_ || storage_->whole()) && !failing_over_;
}

void Cluster::tell_whole() {
    const bool now_whole = whole();
    if (now_whole != was_whole_) observer_.on_whole(now_whole);
    was_whole_ = now_whole;
}

std::uint32_t Cluster::version_for_read(Instance& reader, std::uint64_t key) const {
    if (versions_->has_history()) return versions_->at_end(key, reader.shown(simulation_.now()));
    return versions_->at_replica(key, simulation_.now(), reader.staleness(simulation_.now()));
}

// Of a message of the log, from one instance to another.
Duration Cluster::one_way(const Instance& from, const Instance& to, const Path& path) {
    const Duration there = (path.base_round_trip + sample_excess(path, network_draws_)) / 2;
    if (!transport_.topology().any_gray_machine()) return there;
    const double factor = transport_.both_ends(from.stand(), to.stand()).latency_multiplier;
    if (factor == 1.0) return there;
    return engine::duration_from_seconds(engine::in_seconds(there) * factor);
}

Bytes Cluster::log_of(const RequestRef& request) const {
    const bool known = request && request->query_class < shape_.record_of_class.size();
    return known ? shape_.record_of_class[request->query_class] : shape_.record;
}

std::uint32_t Cluster::committed(Instance& by, const ToldCommit& commit) {
    const Lsn end = end_of_commit();
    for (const auto& instance : instances_) instance->prefetch_page(commit.key);
    const std::uint32_t version = versions_->commit(commit.key, simulation_.now(), end);
    observer_.on_commit(commit);
    for (const auto& instance : instances_) instance->prefetch_page_frame(commit.key);
    for (const auto& instance : instances_) {
        if (instance.get() == &by || !instance->component().up()) continue;
        const Path& path = transport_.path(by.place(), instance->place());
        const bool kept_from_it = transport_.topology().apart(by.place(), instance->place());
        if (kept_from_it || instance->role() != Role::replica) instance->replica().miss(simulation_.now(), end);
        if (!path.usable || instance->role() != Role::replica) continue;
        const Instant left = by.card().take(simulation_.now(), commit.log).end;
        instance->replica().ship(
            simulation_.now(), [&] { return one_way(by, *instance, path); }, instance->has_page_of(commit.key), end,
            left);
    }
    return version;
}

std::size_t Cluster::index_of(const Instance& instance) const {
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        if (instances_[i].get() == &instance) return i;
    }
    SIM_CHECK(false);
    return 0;
}

}  // namespace faultline::models
