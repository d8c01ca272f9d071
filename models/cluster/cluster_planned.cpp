// Cluster, as those need it who have ordered work on it (failures/planned_works.hpp) or whose names and logins fail.
#include <algorithm>

#include "models/cluster/cluster.hpp"
#include "models/retry_pause.hpp"

namespace faultline::models {

void Cluster::lose_records(bool lost) {
    writer_endpoint_.lose_record(lost);
    reader_endpoint_.lose_record(lost);
    for (Endpoint& endpoint : custom_endpoints_) endpoint.lose_record(lost);
}

bool Cluster::has_left(PlaceId zone) const {
    return std::find(left_zones_.begin(), left_zones_.end(), zone) != left_zones_.end();
}

void Cluster::leave_zone(PlaceId zone, bool leave) {
    if (leave) {
        left_zones_.push_back(zone);
    } else {
        std::erase(left_zones_, zone);
    }
    publish_readers();
    if (!leave) return;
    for (const auto& instance : instances_) {
        const bool sends_away = instance->place() == zone && instance->role() == Role::replica;
        if (sends_away && instance->component().up()) instance->start(Role::replica);
    }
}

// The old writer ends first, so that the new one finds its log whole; it comes back as a replica.
engine::Process<> Cluster::order_failover() {
    SIM_CHECK(!failing_over_);
    failing_over_ = true;
    Instance& old = *instances_[writer_];
    if (old.component().up()) old.crash(engine::Health::crash);
    co_await fail_over();
}

void Cluster::stop_for_work(Instance& instance) {
    if (instance.component().up()) instance.crash(engine::Health::crash);
}

// A writer that nobody replaces is not missed by the control plane, which has ordered this itself. If its zone is lost
// meanwhile it is missed.
engine::Process<> Cluster::work_on(Instance& instance, std::optional<InstanceShape> as, Duration down,
                                   std::string state) {
    const bool is_writer = index_of(instance) == writer_;
    if (is_writer) failing_over_ = true;
    if (is_writer) component_.enter(state);
    instance.set_host_away(true);
    stop_for_work(instance);
    tell_whole();
    co_await simulation_.delay(down);
    while (!is_writer && !alive(instance.place())) {
        co_await simulation_.delay(retry_pause);
    }
    // Whoever was lost as the work began may have been started again: its host is back, and is taken away once more.
    if (instance.component().up()) instance.crash(engine::Health::crash);
    if (as) {
        as->promotion_tier = instance.shape().promotion_tier;
        instance.change_class(std::move(*as));
    }
    instance.set_host_away(false);
    if (!is_of_database()) co_return;
    if (!is_writer) {
        co_await restart(instance);
    } else if (alive(instance.place())) {
        co_await writer_begins_again(instance);
    } else {
        failing_over_ = false;
        component_.enter("serving");
        tell_whole();
    }
}

engine::Process<> Cluster::writer_begins_again(Instance& writer) {
    RecoveredLog log = storage_->recover(writer.place());
    while (!log.readable) {
        co_await simulation_.delay(retry_pause);
        log = storage_->recover(writer.place());
    }
    observer_.on_recovered(log);
    writer.start(Role::writer);
    serve_again();
}

}  // namespace faultline::models
