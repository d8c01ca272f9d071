#include "models/standby/standby_cluster.hpp"

#include <algorithm>

#include "models/retry_pause.hpp"

namespace faultline::models {

namespace {
constexpr std::string_view detecting = "detecting";

ClusterShape without_volume(ClusterShape shape) {
    shape.zones.clear();
    return shape;
}
}  // namespace

StandbyCluster::StandbyCluster(engine::Simulation& simulation, const Transport& transport, ClusterShape shape,
                               StandbyShape standby, ClusterObserver& observer, Transfers* transfers)
    : Cluster(simulation, transport, nullptr, without_volume(std::move(shape)), observer),
      monitor_(standby.monitor),
      synchronous_(standby.log.synchronous),
      goes_on_without_standby_(standby.goes_on_without_standby),
      log_(simulation, transport, component_.path(), std::move(standby.log), transfers) {}

void StandbyCluster::begin() {
    for (const auto& instance : instances_) log_.add_member(*instance);
    for (std::size_t i = 0; i < instances_.size(); ++i)
        instances_[i]->start(i == writer_ ? Role::writer : Role::replica);
    log_.serve(writer_);
    begin_watching();
}

void StandbyCluster::begin_watching() {
    promoting_ = false;
    writer_endpoint_.publish({instances_[writer_].get()});
    publish_readers();
    component_.enter("serving");
    for (std::size_t i = 0; i < instances_.size(); ++i) simulation_.spawn(component_, watch(i));
}

// A probe that hangs delays the next one of its own instance and of no other.
engine::Process<> StandbyCluster::watch(std::size_t instance) {
    int failed = 0;
    for (;;) {
        const Instant began = simulation_.now();
        const bool answered = co_await heartbeat(*instances_[instance], monitor_.timeout);
        failed = answered ? 0 : failed + 1;
        if (instance != writer_) {
            heard(instance, failed < monitor_.failures);
        } else if (!failing_over_ && failed >= monitor_.failures) {
            co_await fail_over();
            failed = 0;
        } else if (!failing_over_ && failed > 0 && component_.state() != detecting) {
            component_.enter(detecting);
        } else if (!failing_over_ && failed == 0 && component_.state() == detecting) {
            component_.enter("serving");
        }
        co_await simulation_.delay(std::max(Duration::zero(), began + monitor_.interval - simulation_.now()));
    }
}

void StandbyCluster::heard(std::size_t instance, bool answers) {
    if (answers && instances_[instance]->component().up()) log_.reconnect(instance);
    if (answers && !failing_over_ && !log_.follows(instance)) rewind(instance);
    if (answering_[instance] == answers) return;
    answering_[instance] = answers;
    publish_readers();
    adjust_quorum(goes_on_without_standby_);
}

// It went on behind a cut, and has log that the new primary lacks: its process ends, and its log is rewound.
void StandbyCluster::rewind(std::size_t standby) {
    Instance& instance = *instances_[standby];
    if (!instance.component().up()) return;  // that is under way
    instance.crash(engine::Health::crash);
    simulation_.spawn(component_, restart(instance));
}

// A promoted primary waits for the standbys that it has, and for more as they come back. One that the monitor does not
// reach is told nothing.
void StandbyCluster::adjust_quorum(bool may_shrink) {
    if (out_of_reach(instances_[writer_]->place())) return;
    int standbys = 0;
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        standbys += i != writer_ && answering_[i] && log_.follows(i) ? 1 : 0;
    }
    const int least = may_shrink ? 0 : log_.quorum();
    log_.set_quorum(std::min(synchronous_, std::max(standbys, least)));
}

engine::Process<> StandbyCluster::fail_over() {
    Instance& lost = *instances_[writer_];
    failing_over_ = true;
    if (lost.component().up()) lost.crash(engine::Health::crash);  // fenced: two primaries would diverge
    const bool stuck = gets_stuck();
    if (stuck) {
        co_await operator_orders();
        if (lost.component().up()) {
            primary_is_back();
            co_return;
        }
    }
    observer_.on_stage("promotion");
    while (!promoting_) {
        Instance* const candidate = most_advanced();
        if (candidate == nullptr) {
            component_.enter("waiting for a standby");
            co_await simulation_.delay(monitor_.interval);
            if (!lost.component().up()) continue;
            primary_is_back();
            co_return;
        }
        component_.enter("promoting");
        promoting_ = true;
        const std::size_t number = index_of(*candidate);
        // From here on it takes nothing more, and replays what it has before it accepts writes.
        log_.stream(number).primary_lost(AfterLoss::nothing);
        const Duration to_replay = log_.stream(number).all_applied() - simulation_.now();
        co_await simulation_.delay(std::max(drawn(shape_.failover.promotion), to_replay));
        promoting_ = candidate->component().up();
        if (!promoting_) {  // again, with another; or with the old one, if its host stands
            if (transport_.topology().alive(lost.place())) simulation_.spawn(component_, restart(lost));
            continue;
        }
        observer_.on_recovered(log_.promote(number));
        versions_->lose_beyond(log_.end());
        writer_ = number;
    }
    Instance& successor = *instances_[writer_];
    successor.become_writer();
    adjust_quorum(true);
    log_.serve(writer_);
    answering_[index_of(lost)] = false;

    component_.enter("publishing");
    observer_.on_stage("dns");
    co_await simulation_.delay(drawn(shape_.failover.dns_update));
    writer_endpoint_.publish({&successor});
    publish_readers();
    failing_over_ = promoting_ = false;
    component_.enter("serving");
    observer_.on_stage("reconnection");
    if (stands(lost)) simulation_.spawn(component_, restart(lost));
    tell_whole();
}

void StandbyCluster::primary_is_back() {
    failing_over_ = false;
    component_.enter("serving");
    tell_whole();
}

// The most of the log first, then the lowest tier, then the oldest. Who is asked for his place in the log and does not
// answer is none, although the probes have not given him up yet.
Instance* StandbyCluster::most_advanced() {
    Instance* best = nullptr;
    Lsn most = 0;
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        if (i == writer_ || !answering_[i] || !log_.follows(i) || out_of_reach(instances_[i]->place())) continue;
        const Lsn has = log_.stream(i).reached(Reached::received, simulation_.now());
        Instance* const candidate = instances_[i].get();
        const bool better = best == nullptr || has > most ||
                            (has == most && candidate->shape().promotion_tier < best->shape().promotion_tier);
        if (!better) continue;
        best = candidate;
        most = has;
    }
    return best;
}

std::uint32_t StandbyCluster::committed(Instance&, const ToldCommit& commit) {
    observer_.on_commit(commit);
    return versions_->commit(commit.key, simulation_.now(), log_.end_told());
}

void StandbyCluster::instance_died(Instance& instance, engine::Health how) {
    log_.lost(index_of(instance), how);
}

bool StandbyCluster::slow_disk(Instance& instance, double factor) {
    log_.slow_disk(index_of(instance), factor);
    return true;
}

void StandbyCluster::host_restored(Instance& instance) {
    if (!instance.component().up() && stands(instance)) simulation_.spawn(component_, restart(instance));
}

// What the old cluster had told and not flushed went with the commits that the restore gave up: whoever restores has
// counted them.
engine::Process<> StandbyCluster::put_back(bool) {
    while (!transport_.topology().alive(instances_[writer_]->place())) {
        component_.enter("waiting for the primary's zone");
        co_await simulation_.delay(retry_pause);
    }
    log_.restart_in_place();
    versions_->lose_beyond(log_.end());
    instances_[writer_]->start(Role::writer);
    log_.serve(writer_);
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        if (i == writer_ || !transport_.topology().alive(instances_[i]->place())) continue;
        instances_[i]->start(Role::replica);
        log_.standby_back(i);
    }
    serve_again();
    adjust_quorum(goes_on_without_standby_);
}

engine::Process<> StandbyCluster::restart(Instance& instance) {
    const std::size_t number = index_of(instance);
    co_await simulation_.delay(drawn(shape_.failover.restart));
    if (number != writer_ && !log_.follows(number)) co_await simulation_.delay(drawn(shape_.failover.rebuild));
    if (instance.component().up() || !stands(instance)) co_return;
    if (number == writer_) {
        if (promoting_) co_return;  // too late: fail_over() brings it back as a standby
        observer_.on_recovered(log_.restart_in_place());
        versions_->lose_beyond(log_.end());
        instance.start(Role::writer);
        log_.serve(number);
    } else {
        instance.start(Role::replica);
        log_.standby_back(number);
    }
    tell_whole();
}

}  // namespace faultline::models
