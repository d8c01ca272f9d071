#include "models/global/regional_cluster.hpp"

#include <algorithm>

#include "engine/call.hpp"

namespace faultline::models {

namespace {
constexpr Duration control_plane_probe_interval =
    std::chrono::seconds{1};  // of a region's control plane, as cluster.cpp has it
constexpr Duration control_plane_probe_timeout = std::chrono::seconds{1};
}  // namespace

RegionalCluster::RegionalCluster(engine::Simulation& simulation, const Transport& transport, Transfers* transfers,
                                 ClusterShape shape, ClusterObserver& observer, GlobalLog& log, std::size_t region)
    : Cluster(simulation, transport, transfers, std::move(shape), observer),
      global_log_(log),
      region_(region),
      region_role_(region == 0 ? RegionRole::primary : RegionRole::secondary) {
    if (region != 0) writer_ = nobody;
}

engine::Process<bool> RegionalCluster::CountedLog::commit(LogSource writer, std::uint32_t epoch,
                                                          const RequestRef& request) {
    GlobalLog& global = cluster_.global_log_;
    while (!cluster_.refusing_ && global.primary() == cluster_.region_ && global.held_back()) {
        engine::Condition::Wait released(global.released());
        co_await released;
    }
    if (cluster_.refusing_) co_return false;
    const bool durable = co_await cluster_.storage_->commit(writer, epoch, request);
    if (!durable) co_return false;
    const Duration gap = global.told(cluster_.region_, request, writer.card);
    if (cluster_.region_role_ == RegionRole::abandoned) cluster_.owner_->commit_diverged(request.asked_by(), gap);
    co_return true;
}

Duration RegionalCluster::CountedLog::exposure_to_loss_of(PlaceId place) {
    return cluster_.storage_->exposure_to_loss_of(place);
}

std::optional<Duration> RegionalCluster::CountedLog::lag_of(const Instance&, Instant now) {
    if (cluster_.region_role_ != RegionRole::secondary) return std::nullopt;
    return cluster_.global_log_.lag(cluster_.region_, now);
}

// Nothing that another lineage has committed since is shown in an abandoned one, not even by its writer.
std::optional<Lsn> RegionalCluster::CountedLog::shown_by(const Instance&, Instant) {
    if (cluster_.region_role_ == RegionRole::abandoned) return cluster_.abandoned_at_;
    if (cluster_.region_role_ == RegionRole::secondary) return cluster_.global_log_.applied(cluster_.region_);
    return std::nullopt;
}

std::uint32_t RegionalCluster::committed(Instance& by, const ToldCommit& commit) {
    const bool abandoned = region_role_ == RegionRole::abandoned;
    return Cluster::committed(by, {abandoned ? no_key : commit.key, commit.storage_latency, commit.told, commit.log});
}

void RegionalCluster::forward_writes(ReadConsistency consistency) {
    forwarding_.emplace(simulation_, transport_, global_log_, region_, component_.path(), consistency);
    mediates_ = true;
}

engine::Process<Answer> RegionalCluster::mediate(Instance& at, RequestRef request, Statement statement,
                                                 Duration travel) {
    request.charge(Stage::queue, simulation_.now());
    Answer answer{travel, because(FailureReason::connection_lost), 0};
    if (statement.writes && at.role() != Role::writer) {
        const Answer told = co_await forwarding_->forward(at, owner_->global_writer(), request, statement);
        answer.status = told.status;
        answer.version = told.version;
        answer.travel += at.card().take(simulation_.now(), statement.answer).end - simulation_.now();
        co_return answer;
    }
    if (!statement.writes && region_role_ == RegionRole::secondary) {
        const bool shows = co_await forwarding_->may_read(at, owner_->global_writer(), request);
        if (!shows) co_return answer;
    }
    engine::Call<Answer> call(simulation_, at.component(), at.serve(request, statement, Duration::zero()),
                              Duration::zero());
    co_await call;
    answer.status = call.value().status;
    answer.version = call.value().version;
    co_return answer;
}

void RegionalCluster::transaction_ended(Instance& at, RowLocks::Transaction transaction) {
    if (forwarding_) forwarding_->ended(at, transaction);
}

void RegionalCluster::instance_died(Instance& instance, engine::Health how) {
    if (forwarding_) forwarding_->reader_died(instance, how);
    Cluster::instance_died(instance, how);
}

void RegionalCluster::begin() {
    for (std::size_t i = 0; i < instances_.size(); ++i)
        instances_[i]->start(i == writer_ ? Role::writer : Role::replica);
    fill_pools();
    begin_watching();
}

void RegionalCluster::begin_watching() {
    if (region_role_ == RegionRole::primary || region_role_ == RegionRole::abandoned) {
        Cluster::begin_watching();
        return;
    }
    publish_readers();
    component_.enter(region_role_ == RegionRole::copying ? "copying" : "secondary");
    simulation_.spawn(component_, watch_replicas());
    begin_scaling();
}

engine::Process<> RegionalCluster::watch_replicas() {
    for (;;) {
        co_await simulation_.delay(control_plane_probe_interval);
        if (stops_without_stream_ && region_role_ == RegionRole::secondary) co_await follow_writer();
        bool changed = false;
        for (std::size_t i = 0; i < instances_.size(); ++i) {
            const bool answered = co_await heartbeat(*instances_[i], control_plane_probe_timeout);
            changed = changed || answered != answering_[i];
            answering_[i] = answered;
        }
        unpublished_ = unpublished_ || changed;
        if (unpublished_ && !control_plane_ill()) {
            publish_readers();
            unpublished_ = false;
        }
    }
}

PlaceId RegionalCluster::zone_for_another() const {
    for (const PlaceId zone : shape_.zones) {
        if (transport_.topology().alive(zone)) return zone;
    }
    return shape_.zones.front();
}

void RegionalCluster::host_restored(Instance& instance) {
    if (region_role_ == RegionRole::primary) {
        Cluster::host_restored(instance);
    } else if (region_role_ == RegionRole::secondary && !instance.component().up() && stands(instance)) {
        simulation_.spawn(component_, start_replica(instance));
    }
}

engine::Process<> RegionalCluster::start_replica(Instance& instance) {
    while (control_plane_ill()) {
        co_await simulation_.delay(control_plane_probe_interval);
    }
    co_await simulation_.delay(drawn(shape_.failover.restart));
    if (instance.component().up() || !stands(instance) || followed_.lost) co_return;
    instance.start(Role::replica);
    tell_whole();
}

void RegionalCluster::region_lost(engine::Health how) {
    global_log_.region_lost(region_, how);
    Cluster::region_lost(how);
}

// One whose place another region has taken stays down until its volume has been made anew.
void RegionalCluster::region_back() {
    if (region_role_ == RegionRole::abandoned) {
        refusing_ = true;
        component_.revive();
        storage_->power_on();
        component_.enter("abandoned");
        return;
    }
    Cluster::region_back();
}

// Ends what its control plane was doing. Who answers is what its last heartbeats said, and what it starts and stops.
void RegionalCluster::take(RegionRole role, std::size_t writer) {
    if (component_.up()) component_.kill(engine::Health::crash);
    component_.revive();
    region_role_ = role;
    writer_ = writer;
    failing_over_ = false;
    followed_ = {};
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        missed_since_[i] = answering_[i] ? engine::end_of_time : simulation_.now();
    }
}

void RegionalCluster::become_primary(Instance& successor, bool all_restart) {
    for (const auto& instance : instances_) {
        if (all_restart && instance.get() != &successor && instance->component().up()) instance->start(Role::replica);
    }
    const bool had_stopped = followed_.lost;
    if (!shape_.pools.kept_on_promotion) successor.lose_memory();
    successor.start(Role::writer);
    answering_[index_of(successor)] = true;
    take(RegionRole::primary, index_of(successor));
    refusing_ = false;
    begin_watching();
    if (had_stopped) start_those_down();
    tell_whole();
}

// Its log has begun a new epoch meanwhile: the writer opens it again, and its connections are reset.
void RegionalCluster::accept_writes() {
    if (!refusing_) return;
    refusing_ = false;
    Instance& writer = own_writer();
    if (component_.up() && writer.component().up()) writer.start(Role::writer);
}

bool RegionalCluster::lacks_instance() const {
    return std::none_of(instances_.begin(), instances_.end(),
                        [this](const auto& instance) { return instance->is_member() && stands(*instance); });
}

void RegionalCluster::abandon() {
    region_role_ = RegionRole::abandoned;
    abandoned_at_ = global_log_.end();
    if (component_.up() && !refusing_) return;  // nobody has told it
    storage_->abandon();
}

void RegionalCluster::begin_copy() {
    for (const auto& instance : instances_) {
        if (instance->component().up()) instance->crash(engine::Health::crash);
    }
    std::fill(answering_.begin(), answering_.end(), false);
    storage_->abandon();
    refusing_ = true;
    take(RegionRole::copying, nobody);
    begin_watching();
    tell_whole();
}

void RegionalCluster::become_secondary() {
    lose_memories();
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        if (transport_.topology().alive(instances_[i]->place())) instances_[i]->start(Role::replica);
        answering_[i] = instances_[i]->component().up();  // it has begun
    }
    take(RegionRole::secondary, nobody);
    refusing_ = false;
    begin_watching();
    tell_whole();
}

}  // namespace faultline::models
