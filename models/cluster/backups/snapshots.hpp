// Snapshots of a volume, taken at an interval, and their copies in another region: what survives the loss of their own.
// A copy is a flow of the whole volume; it is there when the flow has ended. Copies go one at a time, always of the
// newest snapshot that has none. The first snapshot of a run is as old as chance has it, and so is the copy that is
// under way when the run begins.
// Sources: docs/models/backups.md. Leaves out: incremental copies, growth of the volume.
#pragma once

#include <cstdint>
#include <optional>

#include "models/network/transfers.hpp"

namespace faultline::models {

struct SnapshotShape {
    PlaceId object_storage{};
    std::optional<PlaceId> copy_to;  // object storage of another region
    engine::Duration interval{};     // above 0
    engine::Bytes size{};
    engine::Bytes copy_window{};  // of all connections of one copy
};

// `commits`: acknowledged by then since the start of the run; 0 of a snapshot that is older.
struct Snapshot {
    engine::Instant taken{};  // may lie before the start of the run
    std::uint64_t commits = 0;
};

class Snapshots {
public:
    Snapshots(engine::Simulation& simulation, engine::Component& owner, Transfers& transfers, const Topology& topology,
              SnapshotShape shape);
    // `commits`: of the cluster, counted by its log backup.
    void begin(const std::uint64_t& commits);

    engine::Instant newest_before(engine::Instant point) const;
    // The newest whose copy has finished; none: no region is given copies.
    const std::optional<Snapshot>& newest_copied() const { return copied_; }
    const SnapshotShape& shape() const { return shape_; }

private:
    engine::Process<> take(const std::uint64_t& commits);
    engine::Process<> copy_all(engine::Bytes left);
    engine::Process<> copy(engine::Bytes size);
    engine::Duration alone() const;

    engine::Simulation& simulation_;
    engine::Component& owner_;
    Transfers& transfers_;
    const Topology& topology_;
    SnapshotShape shape_;
    engine::Instant first_{};  // the newest before the start
    Snapshot newest_;
    engine::Condition taken_;
    std::optional<Snapshot> copied_;
};

}  // namespace faultline::models
