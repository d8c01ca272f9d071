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
      log_(simulation, transport, component_.path(), std::move(standby.log), transfers),
      operation_(standby.operation),
      fence_draws_(simulation.stream(component_.path(), "fencing")),
      operator_draws_(simulation.stream(component_.path(), "operator")) {}

void StandbyCluster::begin() {
    for (const auto& instance : instances_) log_.add_member(*instance);
    for (std::size_t i = 0; i < instances_.size(); ++i)
        instances_[i]->start(i == writer_ ? Role::writer : Role::replica);
    log_.serve(writer_);
    begin_watching();
    const auto elsewhere = [this](const auto& instance) { return in_another_region(*instance); };
    if (std::none_of(instances_.begin(), instances_.end(), elsewhere)) return;
    operator_.emplace(simulation_, component_.path() + "/operator");
    operator_->enter("watching");
    simulation_.spawn(*operator_, operate());
}

void StandbyCluster::begin_watching() {
    promoting_ = false;
    writer_endpoint_.publish({instances_[writer_].get()});
    publish_readers();
    component_.enter("serving");
    watch_all();
}

void StandbyCluster::watch_all() {
    for (std::size_t i = 0; i < instances_.size(); ++i) simulation_.spawn(component_, watch(i));
}

// A probe that hangs delays the next one of its own instance and of no other.
engine::Process<> StandbyCluster::watch(std::size_t instance) {
    int failed = 0;
    for (;;) {
        const Instant began = simulation_.now();
        const bool at_work = at_work_ && failing_over_ && instance == writer_;
        const bool answered = co_await heartbeat(*instances_[instance], monitor_.timeout);
        failed = answered || at_work ? 0 : failed + 1;
        if (instance != writer_) {
            if (answered) talk_to(instance);
            heard(instance, failed < monitor_.failures);
        } else if (!failing_over_ && failed >= monitor_.failures) {
            co_await fail_over(Reason::missed);
            failed = 0;
        } else if (!failing_over_ && failed > 0 && component_.state() != detecting) {
            component_.enter(detecting);
        } else if (!failing_over_ && failed == 0 && component_.state() == detecting) {
            component_.enter("serving");
        }
        co_await simulation_.delay(std::max(Duration::zero(), began + monitor_.interval - simulation_.now()));
    }
}

// It has answered: it is told whom to follow, unless somebody is promoted right now.
void StandbyCluster::talk_to(std::size_t instance) {
    if (!promoting_) log_.reconnect(instance);
    if (!failing_over_ && !log_.follows(instance)) rewind(instance);
}

// `answers`: it has not been given up. One that is being rewound is no reader.
void StandbyCluster::heard(std::size_t instance, bool answers) {
    answers = answers && (failing_over_ || log_.follows(instance));
    if (answering_[instance] == answers) return;
    answering_[instance] = answers;
    publish_readers();
    adjust_quorum(goes_on_without_standby_);
}

// It went on behind a cut or unfenced, and has log that the new primary lacks: its process ends, and its log is
// rewound.
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

// Two primaries would diverge. In the monitor's region it is shut off whatever keeps clients from it; elsewhere it has
// to be reached.
void StandbyCluster::fence(Instance& lost) {
    if (!lost.component().up()) return;
    const bool here = !in_another_region(lost);
    if (!here && !transport_.path(shape_.control_plane, lost.place()).usable) return;
    if (monitor_.fence_fails > 0.0 && fence_draws_.uniform() < monitor_.fence_fails) return;
    lost.crash(engine::Health::crash);
}

engine::Process<> StandbyCluster::fail_over(Reason reason) {
    Instance& lost = *instances_[writer_];
    failing_over_ = true;
    at_work_ = reason == Reason::ordered;
    fence(lost);
    const bool stuck = reason == Reason::missed && gets_stuck();
    if (stuck) {
        co_await operator_orders();
        const bool back = co_await heartbeat(lost, monitor_.timeout);
        if (back) {
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
            const bool back = co_await heartbeat(lost, monitor_.timeout);
            if (!back) continue;
            primary_is_back();
            co_return;
        }
        co_await promote(*candidate, lost, reason);
    }
    Instance& successor = *instances_[writer_];
    successor.become_writer();
    adjust_quorum(true);
    log_.serve(writer_);
    answering_[index_of(lost)] = false;

    component_.enter("publishing");
    observer_.on_stage("dns");
    const bool from_afar = reason == Reason::region_lost;
    const engine::Distribution& dns_update = from_afar ? operation_.dns_update : shape_.failover.dns_update;
    co_await simulation_.delay(drawn(dns_update));
    writer_endpoint_.publish({&successor});
    publish_readers();
    failing_over_ = promoting_ = at_work_ = false;
    component_.enter("serving");
    observer_.on_stage("reconnection");
    if (stands(lost)) simulation_.spawn(component_, restart(lost));
    tell_whole();
}

// `promoting_` stays true if it is the primary then; else again, with another, or with the old one if its host stands.
engine::Process<> StandbyCluster::promote(Instance& candidate, Instance& lost, Reason reason) {
    component_.enter("promoting");
    promoting_ = true;
    const std::size_t number = index_of(candidate);
    // From here on it takes nothing more, and replays what it has before it accepts writes. What was handed over in
    // good order is under way.
    if (reason != Reason::ordered) log_.stream(number).primary_lost(AfterLoss::nothing);
    const Duration to_replay = log_.stream(number).all_applied() - simulation_.now();
    co_await simulation_.delay(std::max(drawn(shape_.failover.promotion), to_replay));
    promoting_ = candidate.component().up();
    if (!promoting_) {
        if (transport_.topology().alive(lost.place())) simulation_.spawn(component_, restart(lost));
        co_return;
    }
    observer_.on_recovered(log_.promote(number, lost.component().up()));
    versions_->lose_beyond(log_.end());
    writer_ = number;
}

void StandbyCluster::primary_is_back() {
    failing_over_ = at_work_ = false;
    component_.enter("serving");
    tell_whole();
}

// The most of the log first, then the lowest tier, then the oldest. Who is asked for his place in the log and does not
// answer is none, although the probes have not given him up yet.
Instance* StandbyCluster::most_advanced() {
    Instance* best = nullptr;
    Lsn most = 0;
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        const PlaceId place = instances_[i]->place();
        if (i == writer_ || !answering_[i] || !log_.follows(i) || out_of_reach(place) || has_left(place)) continue;
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

std::uint32_t StandbyCluster::committed(Instance& by, const ToldCommit& commit) {
    observer_.on_commit(commit);
    if (by.deposed()) {
        observer_.on_recovered(log_.lost_apart(by, commit.told));
        return 0;
    }
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
