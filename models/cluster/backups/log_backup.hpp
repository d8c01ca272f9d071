// Continuous backup: the log of a cluster goes to its region's object storage in batches, each a flow. What has not
// arrived cannot be restored, so the latest restorable time lags behind by up to an interval and the flow.
//
//   commit ... commit | cut --flow--> arrived: restorable to the cut
//
// One batch at a time: when a flow takes longer than the interval, the next batch is the larger. A flow that fails is
// begun again, from a zone that is alive. Sources: docs/models/backups.md.
// Leaves out: the pages that storage nodes send beside the log.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/network/transfers.hpp"

namespace faultline::models {

using engine::Bytes;
using engine::Duration;
using engine::Instant;

struct LogBackupShape {
    PlaceId object_storage{};
    std::vector<PlaceId> zones;  // whose storage nodes send: the first that is alive
    Duration interval{};         // above 0
    double bytes_per_commit = 0.0;
};

// Sends a batch from the first of the zones that is alive to the object storage, again and again until it is there.
engine::Process<> ship_log(engine::Simulation& simulation, Transfers& transfers, const Topology& topology,
                           const LogBackupShape& shape, Bytes size);

class LogBackup {
public:
    LogBackup(engine::Simulation& simulation, engine::Component& owner, Transfers& transfers, const Topology& topology,
              LogBackupShape shape);
    void begin();
    // A restored cluster goes on under the same names: its own log is sent from now on, and nothing before is missing.
    void begin_again();

    void move_to(PlaceId region, const std::vector<PlaceId>& zones) {
        shape_.object_storage = region;
        shape_.zones = zones;
    }
    // The log of another region's cluster is sent from now on, which has had backups of its own: they reach to `until`,
    // and lack so much of what its volume has.
    void go_on_from(Instant until, Bytes lacking);

    void committed() {
        ++commits_;
        last_commit_ = simulation_.now();
    }
    const std::uint64_t& commits() const { return commits_; }  // acknowledged since it first began
    Instant last_commit() const { return last_commit_; }
    double commits_per_s() const;       // since it first began
    Bytes log_of(Duration time) const;  // at that rate

    // The latest restorable time.
    Instant arrived_until() const { return arrived_until_; }
    std::uint64_t commits_arrived() const { return commits_arrived_; }
    // Ends when the log up to `point` is there.
    engine::Process<> arrived(Instant point);
    const LogBackupShape& shape() const { return shape_; }

private:
    engine::Process<> send();

    engine::Simulation& simulation_;
    engine::Component& owner_;
    Transfers& transfers_;
    const Topology& topology_;
    LogBackupShape shape_;
    engine::RandomStream draws_;
    engine::Condition arrived_;
    std::uint64_t commits_ = 0;
    std::uint64_t commits_arrived_ = 0;
    std::uint64_t lineage_ = 0;  // of the cluster whose log it sends
    Instant began_{};
    Instant last_commit_{};
    Instant arrived_until_{};
};

}  // namespace faultline::models
