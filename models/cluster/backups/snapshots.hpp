// Snapshots of a volume, taken at an interval, and their copies in another region: what survives the loss of their own.
// A copy is a flow of the whole volume; it is there when the flow has ended. Copies go one at a time, always of the
// newest snapshot that has none. The first snapshot of a run is as old as chance has it, and so is the copy that is
// under way when the run begins. A cluster that is made by a restore is its own first snapshot, and the next comes an
// interval later.
// Sources: docs/models/backups.md. Leaves out: incremental copies, growth of the volume.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/cluster/backups/office_commits.hpp"
#include "models/network/transfers.hpp"

namespace faultline::models {

struct SnapshotShape {
    PlaceId object_storage{};
    std::optional<PlaceId> copy_to;  // object storage of another region
    engine::Duration interval{};     // above 0
    engine::Bytes size{};
    engine::Bytes copy_window{};  // of all connections of one copy
};

// `commits`: that it has, of those that the serving lineage had by then; 0 of a snapshot from before the run.
struct Snapshot {
    engine::Instant taken{};  // may lie before the start of the run
    std::uint64_t commits = 0;
};

class Snapshots {
public:
    Snapshots(engine::Simulation& simulation, engine::Component& owner, Transfers& transfers, const Topology& topology,
              SnapshotShape shape);
    // `commits`: of the lineage that serves; outlives this. `restored`: the cluster is made by a restore, now.
    void begin(const OfficeCommits& commits, bool restored);
    // A restored cluster goes on under the same names.
    void begin_again(std::uint64_t commits);
    void end();  // no more of them
    void move_to(PlaceId region) { shape_.object_storage = region; }

    // Requires: the point is none before the cluster was made.
    engine::Instant newest_before(engine::Instant point) const;
    // The newest whose copy has finished; none: no region is given copies.
    const std::optional<Snapshot>& newest_copied() const { return copied_; }
    const SnapshotShape& shape() const { return shape_; }

private:
    engine::Process<> take(const OfficeCommits& commits);
    engine::Process<> copy_all(engine::Bytes left);
    engine::Process<> copy(engine::Bytes size);
    engine::Duration alone() const;

    engine::Simulation& simulation_;
    engine::Component& owner_;
    Transfers& transfers_;
    const Topology& topology_;
    SnapshotShape shape_;
    std::vector<engine::Instant> firsts_;  // of each cluster in turn; the very first is the newest before the start
    Snapshot newest_;
    bool ended_ = false;
    engine::Condition taken_;
    std::optional<Snapshot> copied_;
};

}  // namespace faultline::models
