#include "models/global/global_database.hpp"

#include <algorithm>

#include "models/alarm.hpp"
#include "models/cluster/probe.hpp"

namespace faultline::models {

namespace {
// A copy of a volume goes in several streams side by side. Source: an assumption.
constexpr int copy_streams = 16;
}  // namespace

GlobalDatabase::GlobalDatabase(engine::Simulation& simulation, const Transport& transport, Transfers& transfers,
                               GlobalShape shape, ClusterObserver& observer)
    : simulation_(simulation),
      transport_(transport),
      transfers_(transfers),
      shape_(std::move(shape)),
      observer_(observer),
      component_(simulation, shape_.path + "/operator"),
      log_(simulation, transport, shape_.log, &transfers),
      routes_(simulation, transport, component_.path(), log_, shape_.routes),
      writer_endpoint_(shape_.writer_time_to_live),
      draws_(simulation.stream(component_.path(), "steps")),
      network_draws_(simulation.stream(component_.path(), "network")),
      asking_draws_(simulation.stream(component_.path(), "asking")) {}

void GlobalDatabase::add_region(RegionalCluster& cluster) {
    log_.add_region(cluster.region(), cluster.component().path());
    routes_.add_region(cluster);
    regions_.push_back(&cluster);
    backups_.emplace_back();
    cluster.belongs_to(*this);
    if (regions_.size() > 1) cluster.share_keys_of(*regions_.front());
}

void GlobalDatabase::begin() {
    writer_endpoint_.stand_for(primary().writer_endpoint());
    log_.begin();
    for (std::size_t i = 0; i < regions_.size(); ++i) {
        if (i != log_.primary()) follow_backups(i, true);
    }
    routes_.begin(component_);
    component_.enter("serving");
    simulation_.spawn(component_, keep_streams());
    simulation_.spawn(component_, operate());
}

void GlobalDatabase::commit_diverged(OfficeId told, Duration gap) {
    RecoveredLog found;
    found.readable = true;
    found.lose(told);
    found.gap = gap;
    observer_.on_recovered(found);
}

engine::Process<> GlobalDatabase::keep_streams() {
    for (;;) {
        co_await simulation_.delay(streams_looked_after);
        log_.reconnect(&global_writer().card());
    }
}

// The alarm, and who answers it.
engine::Process<> GlobalDatabase::operate() {
    Alarm alarm(shape_.operation.alarm_after);
    for (;;) {
        co_await simulation_.delay(alarm_probe_interval);
        const bool answered = co_await writer_answers();
        const bool worked_on = held_ > 0 && stands(log_.primary());
        const bool raised = alarm.heard(answered || busy_ || worked_on, simulation_.now());
        if (!raised) continue;
        component_.enter("deciding");
        observer_.on_stage("decision");
        co_await simulation_.delay(drawn(shape_.operation.decision));
        alarm.reset();
        const bool back = co_await writer_answers();
        if (back || busy_ || (held_ > 0 && stands(log_.primary()))) {
            component_.enter("serving");
            continue;
        }
        co_await fail_over();
    }
}

// Asked from every other region that follows: one answer is enough, and from a region that is cut off comes none. Where
// no other one stands, from its own. Who no longer belongs to the database, as one that was given up, is no witness.
engine::Process<bool> GlobalDatabase::writer_answers() {
    Instance& writer = global_writer();
    const auto witness = [this](std::size_t i) { return i != log_.primary() && log_.follows(i) && stands(i); };
    bool witnesses = false;
    for (std::size_t i = 0; i < regions_.size(); ++i) witnesses = witnesses || witness(i);
    for (std::size_t i = 0; i < regions_.size(); ++i) {
        if (!witness(i) && (witnesses || i != log_.primary() || !stands(i))) continue;
        const Question question{regions_[i]->region(), writer.stand(), alarm_probe_timeout};
        const bool answered = co_await answers(simulation_, transport_, writer.component(), question, network_draws_);
        if (answered) co_return true;
    }
    co_return false;
}

bool GlobalDatabase::control_plane_ill(std::size_t region) const {
    return transport_.topology().control_plane_ill(regions_[region]->region());
}

bool GlobalDatabase::joined(std::size_t a, std::size_t b) const {
    return stands(a) && stands(b) && transport_.path(regions_[a]->region(), regions_[b]->region()).usable;
}

engine::Process<bool> GlobalDatabase::region_answers(std::size_t region) {
    for (std::size_t turn = 0; turn < regions_.size(); ++turn) {
        const PlaceId from = regions_[(region + turn) % regions_.size()]->region();
        if (!transport_.topology().alive(from)) continue;
        const Question question{from, regions_[region]->region(), alarm_probe_timeout};
        engine::Component& asked = regions_[region]->component();
        const bool answered = co_await answers(simulation_, transport_, asked, question, asking_draws_);
        if (answered) co_return true;
    }
    co_return false;
}

// Of those that follow and answer, the one that has most of the log; the first of equals.
engine::Process<std::size_t> GlobalDatabase::freshest() {
    std::size_t best = no_region;
    for (std::size_t i = 0; i < regions_.size(); ++i) {
        if (i == log_.primary() || (!log_.follows(i) && i != detached_)) continue;
        const bool answered = co_await region_answers(i);
        if (answered && (best == no_region || log_.recovered(i) > log_.recovered(best))) best = i;
    }
    co_return best;
}

engine::Process<> GlobalDatabase::fail_over() {
    busy_ = true;
    const std::size_t old = log_.primary();
    if (on_given_up) on_given_up(regions_[old]->region());
    detached_ = no_region;
    std::size_t target = no_region;
    Ended ended = Ended::target_lost;
    while (ended == Ended::target_lost) {  // one that is lost while it is made ready leaves its place to another
        const std::size_t next = co_await successor(old);
        target = next;
        if (target == no_region) {
            ended = Ended::old_is_back;
        } else {
            const Ended so_far = co_await make_ready(old, target);
            ended = so_far;
        }
    }
    if (ended == Ended::old_is_back) {
        stay_with(old);
        co_return;
    }
    const bool by_restore = restores(target);
    const Instant complete_until = by_restore ? backups_[target]->latest_restorable() : simulation_.now();
    const RecoveredLog lost = log_.promote(target);
    regions_[target]->lose_the_rest();
    ++promotions_;
    regions_[old]->abandon();
    if (by_restore) regions_[target]->begin_with_empty_memory();
    regions_[target]->become_primary(*regions_[target]->candidate(), shape_.operation.logical || by_restore);
    observer_.on_recovered(lost);
    if (on_promoted) on_promoted(*regions_[target]);
    if (by_restore && on_restored) on_restored(*regions_[target], complete_until);
    follow_backups(target, false);
    copy_all_others();
    co_await publish_writer(by_restore);
}

void GlobalDatabase::copy_all_others() {
    for (std::size_t i = 0; i < regions_.size(); ++i) {
        if (i == log_.primary()) continue;
        follow_backups(i, false);
        simulation_.spawn(component_, copy_to(i, promotions_));
    }
}

void GlobalDatabase::restored() {
    log_.restored();
    ++promotions_;  // copies of the old one are no use
    copy_all_others();
}

// Best effort: the request is answered at once, or given up after its timeout.
engine::Process<> GlobalDatabase::fence(std::size_t old, std::size_t target) {
    component_.enter("fencing");
    observer_.on_stage("fencing");
    const bool heard = joined(target, old);
    const bool obeyed = heard && draws_.uniform() >= shape_.operation.fence_fails;
    if (!obeyed) {
        co_await simulation_.delay(shape_.operation.fence_timeout);
        co_return;
    }
    co_await simulation_.delay(transport_.path(regions_[target]->region(), regions_[old]->region()).base_round_trip);
    regions_[old]->refuse_writes();
}

// Nothing more arrives: the last of it is executed when it is known to be.
engine::Process<> GlobalDatabase::apply_received(std::size_t target) {
    component_.enter("applying");
    observer_.on_stage("apply");
    while (stands(target) && log_.applied(target) < log_.received(target)) {
        const Duration to_come = log_.has_all(target) - simulation_.now();
        const Duration pause = to_come > Duration::zero() ? to_come : operator_looks_after;
        co_await simulation_.delay(pause);
    }
}

bool GlobalDatabase::complete(std::size_t target) {
    const Lsn there = shape_.operation.logical ? log_.applied(target) : log_.arrived(target);
    return there >= log_.end();
}

// A step of the runbook: with a probability it fails, and is done again when somebody has found out why.
engine::Process<> GlobalDatabase::step(const engine::Distribution& duration) {
    co_await simulation_.delay(drawn(duration));
    while (draws_.uniform() < shape_.operation.step_fails) {
        co_await simulation_.delay(drawn(shape_.operation.retry));
        co_await simulation_.delay(drawn(duration));
    }
}

// `repointed`: applications have been given the new cluster's own name.
engine::Process<> GlobalDatabase::publish_writer(bool repointed) {
    if (!repointed) {
        component_.enter("publishing");
        observer_.on_stage("dns");
        co_await simulation_.delay(drawn(shape_.operation.dns_update));
    }
    writer_endpoint_.stand_for(primary().writer_endpoint());
    if (on_published) on_published(primary());
    busy_ = false;
    component_.enter("serving");
    observer_.on_stage("reconnection");
}

// A new volume for a region, from the primary's; begun when the region can be reached. Ends if another is promoted.
engine::Process<> GlobalDatabase::copy_to(std::size_t region, std::uint64_t promotion) {
    while (promotion == promotions_ && !joined(log_.primary(), region)) {
        co_await simulation_.delay(operator_looks_after);
    }
    if (promotion != promotions_) co_return;
    regions_[region]->begin_copy();
    for (;;) {
        log_.begin_copy(region);
        const FlowOptions options{Bytes{copy_streams * FlowOptions{}.window.count}, shape_.copy_rate, copy_streams};
        const TransferSpec spec{primary().region(), regions_[region]->region(), shape_.data, options};
        const FlowOutcome outcome = co_await transfers_.transfer(spec);
        if (promotion != promotions_) co_return;
        if (outcome == FlowOutcome::Completed) break;
        co_await simulation_.delay(operator_looks_after);
    }
    log_.follow(region);
    follow_backups(region, true);
    regions_[region]->become_secondary();
}

}  // namespace faultline::models
