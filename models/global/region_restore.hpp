// What is left of a database with backups only when its region is lost: an operator has a new cluster made in the
// region that copies of its snapshots go to, from the newest copy that had finished.
//
//   watching --the region answers nobody for alarm_after--> deciding --still nobody--> filling --> recovering
//            --> repointing --still nobody--> restored = watching the new cluster, in its region
//
// The operator asks the region's control plane of the database from every other region and from every office: one
// answer is enough, so one that is merely cut off from other regions is let be. He asks again before applications are
// sent to the copy: a region that is back is worth more than a copy of yesterday. Every commit acknowledged since the
// snapshot was taken is lost. While the control plane of the copies' region is ill nothing is made there. The old
// cluster, should it come back, serves nobody. The new one is backed up in its own region, its snapshots are copied to
// the first one once that is there again, and it is restored from them in its turn; without a copy the operator can
// only wait for the region. Source: Aurora User Guide, Backups: a restore to a point in time stays in its region.
// docs/models/backups.md. Leaves out: what could be reconciled with the old one, a planned way back.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "models/cluster/backups/backups.hpp"
#include "models/cluster/cluster.hpp"
#include "models/measures/measures.hpp"

namespace faultline::models {

// What a new cluster is made of.
struct RegionCopy {
    Instant taken{};            // may lie before the start of the run
    std::uint64_t commits = 0;  // of those that serve, that it has
};

struct RegionRestoreShape {
    std::size_t database = 0;
    PlaceId region{};                 // of the copies
    std::vector<PlaceId> asked_from;  // other regions, offices
    Duration alarm_after{};
    RestoreShape restore;  // there
};

class RegionRestore {
public:
    // The new cluster and its backups, which have begun; and how it is restored when it is lost itself.
    struct Made {
        Cluster& cluster;
        Backups& backups;
        RegionRestoreShape next;
    };
    RegionRestore(engine::Simulation& simulation, const Transport& transport, Transfers& transfers, Cluster& first,
                  Backups& backups, Measures& measures, RegionRestoreShape shape);
    // `make`: builds the new cluster; its keys are those of the first.
    void begin(std::function<Made(const RegionCopy&)> make);
    // Told the lost region when the operator has decided to restore elsewhere; may be empty.
    std::function<void(PlaceId)> on_given_up;

    // The names that applications know: of the cluster that serves.
    Endpoint& writer_endpoint() { return writer_endpoint_; }
    Endpoint& reader_endpoint() { return reader_endpoint_; }
    Endpoint& custom_endpoint(std::size_t number) { return custom_endpoints_[number]; }
    Cluster& serving() const { return *serving_; }
    // A name of the scenario, as of now: "orders/writer" is whom clients use. Of other databases it is left as it is.
    std::string now_named(const std::string& name) const;
    // RPO exposure: the gap that the loss of the region would leave now. Zero while a new cluster has no copy yet.
    Duration exposure() const;

private:
    struct Loss {
        std::uint64_t simulated = 0;  // commits
        std::uint64_t estimated = 0;  // before the start of the run
        Duration gap{};
    };
    engine::Process<> operate();
    engine::Process<bool> region_answers();
    engine::Process<> restore();
    std::optional<RegionCopy> newest_copy() const;
    // Of the region that it is restored in: nothing new starts there.
    bool control_plane_ill() const { return transport_.topology().control_plane_ill(shape_.region); }
    Loss loss_from(const RegionCopy& copy) const;
    void point_at(Cluster& cluster);
    void enter(const char* state, const char* stage);

    engine::Simulation& simulation_;
    const Transport& transport_;
    Transfers& transfers_;
    Cluster* serving_;
    Backups* backups_;
    Measures& measures_;
    RegionRestoreShape shape_;
    engine::Component component_;
    std::optional<VolumeRestore> restore_;
    std::string first_name_;
    engine::RandomStream network_draws_;
    Endpoint writer_endpoint_;
    Endpoint reader_endpoint_;
    std::vector<Endpoint> custom_endpoints_;
    std::function<Made(const RegionCopy&)> make_;
};

}  // namespace faultline::models
