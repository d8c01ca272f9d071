// The backups of a described database, and its operator errors, as the models take them.
#pragma once

#include "models/cluster/backups/backups.hpp"
#include "models/failures/operator_errors.hpp"
#include "models/global/region_backup.hpp"
#include "models/global/region_restore.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// Where a database's volume and its object storage stand. `zones`: of the volume; or of the instances of a kind with
// standbys, each of which has a copy of everything.
struct BackupPlaces {
    models::PlaceId region{};
    std::vector<models::PlaceId> zones;
    std::optional<models::PlaceId> copy_to;
};

// Requires that the database has backups.
models::BackupShape backup_shape_of(const scenarios::Database& database, const scenarios::Scenario& scenario,
                                    const BackupPlaces& places);

// Of each region's cluster of a database over several. Requires that it has backups.
models::RegionBackupShape region_backup_shape_of(const scenarios::Database& database,
                                                 const scenarios::Scenario& scenario, const BackupPlaces& places);

// Redo of one commit of this database in the mean, by the shares of the classes that write; 0: none does.
double mean_log_of_commits(const scenarios::Database& database, const scenarios::Scenario& scenario);

models::OperatorError operator_error_of(const scenarios::Fault& fault, const scenarios::Scenario& scenario);

// A restore of a database in the region of its copies, `there`; the caller adds its number and who asks. Requires that
// it has backups.
models::RegionRestoreShape region_restore_shape(const scenarios::Database& database, const BackupPlaces& there);

// Are its snapshots copied to another region? Requires that it has backups.
bool is_copied(const scenarios::Database& database);

// Can this run lose the region of a database that has copies elsewhere, and nobody who follows it?
bool region_restore_matters(const scenarios::Database& database, const scenarios::Scenario& scenario);

// Backups cost simulated flows. A run has them where something can ask for them.
bool backups_matter(const scenarios::Database& database, const scenarios::Scenario& scenario);

}  // namespace faultline::planning
