#include "planning/backup_shape.hpp"

#include <algorithm>

#include "planning/random_duration.hpp"
#include "scenarios/kinds.hpp"

namespace faultline::planning {

namespace {

// Of one connection. Source: linux_default_single_flow_inflight (models/network/simgrid_flows.hpp).
constexpr std::int64_t connection_window = 3'020'000;

bool ends_at(const scenarios::QueryClass& query_class, const scenarios::Database& database) {
    return query_class.route.back().name == database.name;
}

// A new volume in these zones, or new hosts, from the object storage of their region.
models::RestoreShape restore_shape(const scenarios::Database& database, const BackupPlaces& places) {
    const scenarios::Restore& restore = database.backups->restore;
    models::RestoreShape shape;
    shape.object_storage = places.region;
    shape.zones = places.zones;
    if (!scenarios::has_standbys(database.kind)) {
        shape.nodes_per_zone = database.storage.nodes_per_zone;
        shape.copies_per_zone = database.storage.copies_per_zone;
    } else {
        shape.nodes_per_zone = shape.copies_per_zone = 1;
    }
    shape.size = database.data;
    shape.node_rate = restore.node_rate;
    shape.instances = distribution_of(restore.instances);
    shape.recovery = distribution_of(restore.recovery);
    shape.log_apply = restore.log_apply;
    return shape;
}

}  // namespace

double mean_log_of_commits(const scenarios::Database& database, const scenarios::Scenario& scenario) {
    double bytes = 0.0;
    double shares = 0.0;
    for (const scenarios::QueryClass& query_class : scenario.workload.classes) {
        if (!query_class.writes || !ends_at(query_class, database)) continue;
        bytes += query_class.share * static_cast<double>(query_class.log.count);
        shares += query_class.share;
    }
    return shares > 0.0 ? bytes / shares : 0.0;
}

models::BackupShape backup_shape_of(const scenarios::Database& database, const scenarios::Scenario& scenario,
                                    const BackupPlaces& places) {
    const scenarios::Backups& backups = *database.backups;
    const scenarios::Restore& restore = backups.restore;
    models::BackupShape shape;
    shape.retention = backups.retention;
    shape.log = {places.region, places.zones, backups.log_interval, mean_log_of_commits(database, scenario)};
    shape.snapshots = {places.region, places.copy_to, backups.snapshot_interval, database.data,
                       engine::Bytes{connection_window * backups.copy_streams}};
    shape.restore = restore_shape(database, places);
    shape.backtrack = backups.backtrack;
    shape.delayed_standby = backups.delayed_standby;
    shape.decision = distribution_of(restore.decision);
    shape.repointing = distribution_of(restore.repointing);
    shape.backtrack_time = distribution_of(restore.backtrack);
    shape.clone = distribution_of(restore.clone);
    return shape;
}

models::RegionBackupShape region_backup_shape_of(const scenarios::Database& database,
                                                 const scenarios::Scenario& scenario, const BackupPlaces& places) {
    models::BackupShape shape = backup_shape_of(database, scenario, places);
    return {std::move(shape.log), shape.snapshots.interval, std::move(shape.restore), false};
}

models::RegionRestoreShape region_restore_shape(const scenarios::Database& database, const BackupPlaces& there) {
    models::RegionRestoreShape shape;
    shape.region = there.region;
    shape.alarm_after = database.backups->restore.alarm_after;
    shape.restore = restore_shape(database, there);
    return shape;
}

bool is_copied(const scenarios::Database& database) {
    return !database.backups->copy_to.empty();
}

bool region_restore_matters(const scenarios::Database& database, const scenarios::Scenario& scenario) {
    // One over several regions is failed over, and restored from no copy.
    const bool fails_over = !database.secondaries.empty() || database.has_standby_elsewhere();
    if (!backups_matter(database, scenario) || !is_copied(database) || fails_over) return false;
    return std::any_of(scenario.faults.begin(), scenario.faults.end(),
                       [](const auto& fault) { return fault.kind == scenarios::FaultKind::region_outage; });
}

models::OperatorError operator_error_of(const scenarios::Fault& fault, const scenarios::Scenario& scenario) {
    models::OperatorError error;
    error.target = fault.target;
    error.noticed_after = distribution_of(fault.noticed_after);
    error.mended_by = fault.mended_by;
    error.lasts = fault.lasts;
    for (std::size_t i = 0; i < scenario.databases.size(); ++i) {
        if (scenario.databases[i].name == fault.target) error.database = i;
    }
    const auto& classes = scenario.workload.classes;
    for (std::size_t i = 0; i < classes.size(); ++i) {
        const bool named =
            std::find(fault.classes.begin(), fault.classes.end(), classes[i].name) != fault.classes.end();
        const bool all = fault.classes.empty() && ends_at(classes[i], scenario.databases[error.database]);
        if (named || all) error.classes.push_back(i);
    }
    return error;
}

bool backups_matter(const scenarios::Database& database, const scenarios::Scenario& scenario) {
    if (!database.backups) return false;
    const auto asks = [&](const scenarios::Fault& fault) {
        if (fault.kind != scenarios::FaultKind::operator_error) return false;
        if (!fault.at_random) return fault.target == database.name;
        const auto& targets = fault.at_random->targets;
        return std::find(targets.begin(), targets.end(), database.name) != targets.end();
    };
    const bool restored = database.global.recovers_by == scenarios::RegionRecovery::restore && !scenario.faults.empty();
    return restored || is_copied(database) || std::any_of(scenario.faults.begin(), scenario.faults.end(), asks);
}

}  // namespace faultline::planning
