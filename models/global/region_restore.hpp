// What is left of a database with backups only when its region is lost: an operator has a new cluster made in the
// region that copies of its snapshots go to, from the newest copy that had finished.
//
//   watching --the region answers nobody for alarm_after--> deciding --still nobody--> filling --> recovering
//            --> repointing --still nobody--> restored
//
// The operator asks the region's control plane of the database from every other region and from every office: one
// answer is enough, so one that is merely cut off from other regions is let be. He asks again before applications are
// sent to the copy: a region that is back is worth more than a copy of yesterday. Every commit acknowledged since the
// snapshot was taken is lost. The old cluster, should it come back, serves nobody.
// Source: Aurora User Guide, Backups: a restore to a point in time stays in its region. docs/models/backups.md.
// Leaves out: backups of the new cluster, what could be reconciled with the old one, the way back.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "models/cluster/backups/backups.hpp"
#include "models/cluster/cluster.hpp"
#include "models/measures/measures.hpp"

namespace faultline::models {

struct RegionRestoreShape {
    std::size_t database = 0;
    PlaceId region{};                 // of the copies
    std::vector<PlaceId> asked_from;  // other regions, offices
    Duration alarm_after{};
    RestoreShape restore;  // there
};

class RegionRestore {
public:
    // `made`: builds the new cluster, which has begun when it returns; its keys are those of `lost`.
    RegionRestore(engine::Simulation& simulation, const Transport& transport, Transfers& transfers, Cluster& lost,
                  Backups& backups, Measures& measures, RegionRestoreShape shape);
    void begin(std::function<Cluster&()> make);
    // Told the lost region when the operator has decided to restore elsewhere; may be empty.
    std::function<void(PlaceId)> on_given_up;

    // The names that applications know: of the cluster that serves.
    Endpoint& writer_endpoint() { return writer_endpoint_; }
    Endpoint& reader_endpoint() { return reader_endpoint_; }
    Cluster& serving() { return *serving_; }
    bool restored() const { return serving_ != &lost_; }
    // RPO exposure: the gap that the loss of the region would leave now. Zero once it is lost.
    Duration exposure() const;

private:
    struct Copy {
        Instant taken{};            // may lie before the start of the run
        std::uint64_t commits = 0;  // of the run that it has
    };
    struct Loss {
        std::uint64_t simulated = 0;  // commits
        std::uint64_t estimated = 0;  // before the start of the run
        Duration gap{};
    };
    engine::Process<> operate();
    engine::Process<bool> region_answers();
    engine::Process<> restore();
    Copy newest_copy() const;
    Loss loss_from(const Copy& copy) const;
    void enter(const char* state, const char* stage);

    engine::Simulation& simulation_;
    const Transport& transport_;
    Cluster& lost_;
    Backups& backups_;
    Measures& measures_;
    RegionRestoreShape shape_;
    engine::Component component_;
    VolumeRestore restore_;
    engine::RandomStream network_draws_;
    Endpoint writer_endpoint_;
    Endpoint reader_endpoint_;
    Cluster* serving_;
    std::function<Cluster&()> make_;
};

}  // namespace faultline::models
