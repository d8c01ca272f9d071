// StandbyCluster, as those need it who have ordered work on it (failures/planned_works.hpp).
//
// Who stops a primary in good order loses nothing: what it has told is flushed, and the standbys that follow it are
// sent all of it before it ends. The monitor knows, and does not miss it.
#include <algorithm>

#include "models/standby/standby_cluster.hpp"

namespace faultline::models {

void StandbyCluster::shut_down(const std::string& state) {
    at_work_ = true;
    if (instances_[writer_]->component().up()) log_.shut_down();
    take_out(state);
}

// Whose zone was lost meanwhile is missed again; a standby takes over from a primary there.
engine::Process<> StandbyCluster::begin_again(bool memory_kept) {
    if (!memory_kept) lose_memories();
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        Instance& instance = *instances_[i];
        if (i == writer_ || !log_.follows(i) || instance.component().up() || !stands(instance)) continue;
        instance.start(Role::replica);
        log_.standby_back(i);
    }
    Instance& primary = *instances_[writer_];
    if (!stands(primary)) {
        primary_is_back();
        co_return;
    }
    co_await writer_begins_again(primary);
}

// A standby that is stopped is known to be away: who waits for it and may go on does.
void StandbyCluster::stop_for_work(Instance& instance) {
    const std::size_t number = index_of(instance);
    if (number == writer_) at_work_ = true;
    if (number == writer_ && instance.component().up()) log_.shut_down();
    Cluster::stop_for_work(instance);
    if (number != writer_) heard(number, false);
}

engine::Process<> StandbyCluster::writer_begins_again(Instance& writer) {
    observer_.on_recovered(log_.restart_in_place());
    versions_->lose_beyond(log_.end());
    writer.start(Role::writer);
    log_.serve(index_of(writer));
    at_work_ = false;
    serve_again();
    adjust_quorum(goes_on_without_standby_);
    co_return;
}

engine::Process<> StandbyCluster::order_failover() {
    SIM_CHECK(!failing_over_);
    failing_over_ = true;
    component_.enter("switching over");
    stop_for_work(*instances_[writer_]);
    co_await fail_over(Reason::ordered);
}

void StandbyCluster::replay_stalls(Duration work) {
    for (std::size_t i = 0; i < instances_.size(); ++i) {
        if (i != writer_ && log_.follows(i)) log_.stream(i).stall_replay(work);
    }
}

}  // namespace faultline::models
