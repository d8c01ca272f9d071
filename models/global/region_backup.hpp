// The continuous backup of a region that follows: the cluster of each region of a global database has backups of its
// own, in its own region's object storage. They hold what the region has received, so the latest restorable time is
// that much behind the primary, and behind the last batch.
//
//   told at the primary ... received | cut --flow--> arrived: restorable to the cut
//
// Batches are those of the primary's backup (log_backup.hpp); here a place in the database's log says what is cut, so a
// batch has the bytes of that log. A region that is lost, or whose volume is being made anew, cuts nothing; a new
// volume is its own first snapshot. Sources: Aurora User Guide, Overview of backing up and restoring an Aurora DB
// cluster: automated backups are a cluster's, continuous, and cannot be switched off; a restore to a point in time
// stays in its region. That a secondary cluster's hold what it has received, and may be restored from, follows; no
// stored text says it of a secondary. Leaves out: snapshots as flows, and copies of them to third regions.
#pragma once

#include <optional>
#include <string>

#include "models/cluster/backups/log_backup.hpp"
#include "models/cluster/backups/volume_restore.hpp"
#include "models/global/global_log.hpp"

namespace faultline::models {

struct RegionBackupShape {
    LogBackupShape log;            // its bytes_per_commit is not asked for
    Duration snapshot_interval{};  // above 0
    RestoreShape restore;
    bool recovered_from = false;  // after the loss of the primary's region: what they lack is lost
};

class RegionBackup {
public:
    // `path`: of the region's cluster.
    RegionBackup(engine::Simulation& simulation, const std::string& path, Transfers& transfers,
                 const Topology& topology, GlobalLog& log, std::size_t region, RegionBackupShape shape);

    // The region follows from now on, with a volume that has all of the log up to now: that of the start of the run,
    // a copy, or what it was the primary with.
    void begin();
    // It does not: it is the primary, or its volume is being made anew.
    void end() { ++lineage_; }

    // Up to where in the log it can be restored, and the instant up to which that has all that was told.
    Lsn restorable() const { return restorable_; }
    Instant latest_restorable() const { return latest_; }
    // Since the newest snapshot before that, at the mean rate of the run.
    Bytes log_to_apply() const;
    VolumeRestore& restore() { return restore_; }
    // From now on it stays where it is: somebody restores from it. Or no longer.
    void hold(bool held) { held_ = held; }

private:
    engine::Process<> send();
    void reached(Lsn end, Instant complete_until);

    engine::Simulation& simulation_;
    engine::Component component_;
    Transfers& transfers_;
    const Topology& topology_;
    GlobalLog& log_;
    std::size_t region_;
    RegionBackupShape shape_;
    engine::RandomStream draws_;
    VolumeRestore restore_;
    Instant snapshot_{};  // one; others come an interval after it, and again
    Lsn restorable_ = 0;
    Instant latest_{};
    std::uint64_t lineage_ = 0;
    bool held_ = false;
};

}  // namespace faultline::models
