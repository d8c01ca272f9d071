// Cluster: a failover that gets stuck, and the operator who ends it.
//
// The control plane has decided, and does nothing more: a bug in it, or its own host, no fault of the scenario.
// Meanwhile the old writer stays fenced. An operator sees it after a while and orders the promotion by hand; that runs
// as the control plane's own would have, and does not get stuck again.
// Source: AWS Post-Event Summaries of 2011-04-21, 2012-06-29 and 2012-10-22 (docs/models/cluster.md).
#include "models/cluster/cluster.hpp"

namespace faultline::models {

bool Cluster::gets_stuck() {
    const StuckFailover& stuck = shape_.failover.stuck;
    return stuck.probability > 0.0 && stuck_draws_.uniform() < stuck.probability;
}

engine::Process<> Cluster::operator_orders() {
    component_.enter("stuck");
    observer_.on_stage("stuck");
    co_await simulation_.delay(shape_.failover.stuck.noticed_after.sample_duration(stuck_draws_));
    component_.enter("by hand");
    observer_.on_stage("by hand");
    co_await simulation_.delay(shape_.failover.stuck.by_hand.sample_duration(stuck_draws_));
}

}  // namespace faultline::models
