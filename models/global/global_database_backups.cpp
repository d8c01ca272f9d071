// GlobalDatabase: each region's own backups, and the recovery from them.
#include "models/global/global_database.hpp"
#include "models/retry_pause.hpp"

namespace faultline::models {

void GlobalDatabase::back_up(std::size_t region, RegionBackupShape shape) {
    shape.recovered_from = shape_.operation.recovers_by_restore;
    // The region stands, and sends what it has received with its next batch.
    const double ordered_after_s = engine::in_seconds(shape_.operation.alarm_after) + shape_.operation.decision.mean();
    log_.expose_backups(engine::in_seconds(shape.log.interval) > ordered_after_s);
    backups_[region] = std::make_unique<RegionBackup>(simulation_, regions_[region]->component().path(), transfers_,
                                                      transport_.topology(), log_, region, std::move(shape));
}

void GlobalDatabase::follow_backups(std::size_t region, bool follows) {
    if (backups_[region] == nullptr) return;
    backups_[region]->end();
    if (follows) backups_[region]->begin();
}

// The region's cluster goes on reading meanwhile. false: the old region is back, which is worth more.
engine::Process<bool> GlobalDatabase::restore_in(std::size_t target) {
    RegionBackup& backup = *backups_[target];
    backup.hold(true);
    component_.enter("filling");
    observer_.on_stage("restore");
    const Bytes log = backup.log_to_apply();
    co_await backup.restore().fill();
    component_.enter("recovering");
    observer_.on_stage("recovery");
    co_await backup.restore().recover(log);
    component_.enter("repointing");
    observer_.on_stage("repointing");
    co_await simulation_.delay(drawn(shape_.operation.repointing));
    const bool back = co_await writer_answers();
    if (back) {
        backup.hold(false);
        co_return false;
    }
    RegionalCluster& cluster = *regions_[target];
    while (!stands(target)) {
        co_await simulation_.delay(retry_pause);
    }
    if (cluster.instances().empty()) {  // made beside the filling
        cluster.add_instance(cluster.zone_for_another(), shape_.operation.instance).start(Role::replica);
    }
    co_return true;
}

}  // namespace faultline::models
