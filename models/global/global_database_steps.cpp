// GlobalDatabase: who takes over, what is done until it can, and the switchover; each may lose its region on the way.
#include <algorithm>

#include "models/alarm.hpp"
#include "models/global/global_database.hpp"

namespace faultline::models {

// The one that has most of the log; waited for, while nobody answers. no_region: the old one is back first.
engine::Process<std::size_t> GlobalDatabase::successor(std::size_t old) {
    const std::size_t found = co_await freshest();
    std::size_t target = found;
    while (target == no_region) {
        if (component_.state() != "waiting for a region") {
            component_.enter("waiting for a region");
            observer_.on_stage("waiting for a region");
        }
        co_await simulation_.delay(operator_looks_after);
        if (stands(old)) {
            const bool back = co_await writer_answers();
            if (back) co_return no_region;
        }
        const std::size_t found_now = co_await freshest();
        target = found_now;
    }
    while (stands(target) && control_plane_ill(target)) {
        if (component_.state() != "waiting for a control plane") component_.enter("waiting for a control plane");
        co_await simulation_.delay(operator_looks_after);
    }
    co_return target;
}

// All that comes before the promotion itself, and its own time.
engine::Process<GlobalDatabase::Ended> GlobalDatabase::make_ready(std::size_t old, std::size_t target) {
    const bool by_restore = restores(target);
    if (by_restore) {
        const bool wanted = co_await restore_in(target);
        if (!wanted) co_return Ended::old_is_back;
    }
    co_await fence(old, target);
    const bool has_instance = co_await ready_instance(target);
    if (!has_instance) co_return Ended::target_lost;
    log_.detach(target);
    detached_ = target;
    if (by_restore) co_return Ended::ready;
    const bool promoted = co_await promote_in(target);
    co_return promoted ? Ended::ready : Ended::target_lost;
}

engine::Process<bool> GlobalDatabase::promote_in(std::size_t target) {
    if (shape_.operation.applies_first) {
        co_await apply_received(target);
    }
    component_.enter("promoting");
    observer_.on_stage("promotion");
    co_await step(shape_.operation.promotion);
    const bool has_instance = co_await ready_instance(target);  // one that was lost meanwhile is waited for
    co_return has_instance;
}

// The primary stays what it was: its writer takes writes again, and who was to take over follows as before, or is
// copied anew if it has been cut off from the log.
void GlobalDatabase::stay_with(std::size_t old) {
    regions_[old]->accept_writes();
    if (detached_ != no_region) simulation_.spawn(component_, copy_to(detached_, promotions_));
    detached_ = no_region;
    busy_ = false;
    component_.enter("serving");
    observer_.on_stage("reconnection");
}

// With an instance that can take over at once. A region whose instances have all lost their hosts, or that has none, is
// given one. false: the region has been lost for as long as pages somebody.
engine::Process<bool> GlobalDatabase::ready_instance(std::size_t target) {
    RegionalCluster& cluster = *regions_[target];
    Alarm lost(shape_.operation.alarm_after);
    for (;;) {
        const bool there = stands(target);
        if (there && cluster.has_candidate()) co_return true;
        if (there && cluster.lacks_instance()) {
            component_.enter("adding an instance");
            observer_.on_stage("instance");
            co_await simulation_.delay(drawn(shape_.operation.add_instance));
            if (!stands(target) || !cluster.lacks_instance()) continue;
            cluster.add_instance(cluster.zone_for_another(), shape_.operation.instance).start(Role::replica);
            continue;
        }
        const bool given_up = lost.heard(there, simulation_.now());
        if (given_up) co_return false;
        co_await simulation_.delay(operator_looks_after);
    }
}

engine::Process<bool> GlobalDatabase::switchover(std::size_t target) {
    const bool begun = co_await begin_switchover(target);
    if (!begun) co_return false;
    const bool done = co_await finish_switchover(target);
    co_return done;
}

engine::Process<bool> GlobalDatabase::begin_switchover(std::size_t target) {
    while (held_ > 0) {
        co_await simulation_.delay(operator_looks_after);
    }
    const std::size_t old = log_.primary();
    if (busy_ || target == old || !log_.follows(target) || !joined(old, target)) co_return false;
    busy_ = true;
    while (joined(old, target) && (control_plane_ill(old) || control_plane_ill(target))) {
        co_await simulation_.delay(operator_looks_after);
    }
    const bool has_instance = co_await ready_instance(target);
    if (has_instance && joined(old, target)) co_return true;
    busy_ = false;
    component_.enter("serving");
    co_return false;
}

engine::Process<bool> GlobalDatabase::finish_switchover(std::size_t target) {
    const std::size_t old = log_.primary();
    component_.enter("synchronising");
    observer_.on_stage("synchronisation");
    regions_[old]->refuse_writes();
    regions_[old]->storage().abandon();  // what was not told yet never will be
    detached_ = no_region;
    const bool has_all = co_await synchronised(old, target);
    if (!has_all) {
        stay_with(old);
        co_return false;
    }
    component_.enter("promoting");
    observer_.on_stage("promotion");
    co_await step(shape_.operation.switchover);
    const bool has_instance = co_await ready_instance(target);
    if (!has_instance) {
        stay_with(old);
        co_return false;
    }
    log_.hand_over(target);
    ++promotions_;
    regions_[target]->become_primary(*regions_[target]->candidate(), shape_.operation.logical);
    if (stands(old)) {
        follow_backups(old, true);
        regions_[old]->become_secondary();
    } else {
        regions_[old]->abandon();
        simulation_.spawn(component_, copy_to(old, promotions_));
    }
    if (on_promoted) on_promoted(*regions_[target]);
    follow_backups(target, false);
    co_await publish_writer(false);
    co_return true;
}

// false: the old region was lost before the target had all of its log, or one has not reached the other for as long as
// pages somebody.
engine::Process<bool> GlobalDatabase::synchronised(std::size_t old, std::size_t target) {
    Alarm apart(shape_.operation.alarm_after);
    while (!complete(target)) {
        const bool given_up = apart.heard(joined(old, target), simulation_.now());
        if (given_up || !stands(old)) co_return false;
        const Duration to_come = log_.has_all(target) - simulation_.now();
        // Nothing to come: its stream is cut, and will be connected again.
        Duration pause = to_come > Duration::zero() ? std::min(to_come, operator_looks_after) : streams_looked_after;
        if (log_.shares_links(target)) pause = std::min(pause, streams_looked_after);
        co_await simulation_.delay(pause);
    }
    co_return true;
}

}  // namespace faultline::models
