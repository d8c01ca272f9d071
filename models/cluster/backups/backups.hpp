// The backups of one cluster: its log and its snapshots in object storage, what could be restored from them where, and
// which of the acknowledged commits the serving lineage has.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/random/distributions.hpp"
#include "models/cluster/backups/log_backup.hpp"
#include "models/cluster/backups/office_commits.hpp"
#include "models/cluster/backups/snapshots.hpp"
#include "models/cluster/backups/volume_restore.hpp"

namespace faultline::models {

struct BackupShape {
    Duration retention{};
    LogBackupShape log;
    SnapshotShape snapshots;
    RestoreShape restore;
    std::optional<Duration> backtrack;        // the window; none: there is no backtrack
    std::optional<Duration> delayed_standby;  // it replays so far behind; none: there is none
    // Seconds, of people and of the rewinding in place.
    engine::Distribution decision = engine::Distribution::constant(0.0);
    engine::Distribution repointing = engine::Distribution::constant(0.0);
    engine::Distribution backtrack_time = engine::Distribution::constant(0.0);
    engine::Distribution clone = engine::Distribution::constant(0.0);  // of the volume, copied on write
};

// The newest point that a region's object storage could give back.
struct Restorable {
    Instant at{};                // may lie before the start of the run
    std::uint64_t commits_lost;  // of those that serve, after it
    bool any_point_before;       // back to the retention; else only this one, and those of older copies
};

class Backups {
public:
    Backups(engine::Simulation& simulation, const std::string& path, Transfers& transfers, const Topology& topology,
            BackupShape shape);
    void begin();
    // Of a cluster that a restore has just made of another's copy, with these commits.
    void begin_restored(OfficeCommits serving);
    // A cluster that was restored in its region takes the names over, now: its backups begin. Older ones are kept.
    void begin_again();
    // Another region's cluster of the same database is backed up from now on, and restored from its own backups, which
    // it has had all along (models/global/region_backup.hpp): they reach to `until`, and lack so much of its log. What
    // is to be copied to that region is there.
    void move_to(PlaceId region, const std::vector<PlaceId>& zones, Instant until, Bytes lacking);
    // The cluster is given up with its region: nothing is begun for it any more.
    void end();
    // The cluster that serves was made then, by a restore; before the start of the run it was not.
    Instant made_at() const { return made_at_; }
    // Do backups that are kept reach back to this instant of the run? How old it may be is the retention's matter.
    bool reaches(Instant point) const { return point >= first_made_at_; }

    // A client was told.
    void committed(OfficeId told = no_office) {
        log_.committed();
        serving_.add(told);
    }
    // A failover lost the last of them.
    void lost(std::uint64_t commits, std::span<const std::uint64_t> by_office = {}) {
        serving_.take(commits, by_office);
    }
    // Commits of the lineage that serves. What is lost is acknowledged, and not among them.
    std::uint64_t serving() const { return serving_.count(); }
    const OfficeCommits& commits() const { return serving_; }
    // The database goes back to when it had served `mark` commits; returns what it lacks now, by office.
    std::vector<std::uint64_t> rewind_to(std::uint64_t mark) { return serving_.rewind_to(mark); }

    // As of now; `region`: its border. In the cluster's own region the log, in another the newest finished copy; none:
    // nothing is there. This is all that is left when the cluster's region is lost.
    std::optional<Restorable> restorable_in(PlaceId region) const;

    // A new cluster as of `point`: see volume_restore.hpp. `log_to_apply`: since the snapshot before it.
    Bytes log_to_apply(Instant point) const { return log_.log_of(point - snapshots_.newest_before(point)); }
    VolumeRestore& restore() { return restore_; }
    LogBackup& log() { return log_; }
    const Snapshots& snapshots() const { return snapshots_; }
    const BackupShape& shape() const { return shape_; }
    engine::Component& component() { return component_; }
    Duration drawn(const engine::Distribution& duration) { return duration.sample_duration(people_); }

private:
    BackupShape shape_;
    engine::Component component_;
    engine::RandomStream people_;
    LogBackup log_;
    Snapshots snapshots_;
    VolumeRestore restore_;
    OfficeCommits serving_;
    Instant made_at_ = Instant::min();
    Instant first_made_at_ = Instant::min();
};

}  // namespace faultline::models
