// A database over several regions, and who looks after it. One region's cluster is the primary, the others follow its
// log (global_log.hpp). Nothing fails over between regions by itself: an operator does.
//
//   serving --writer away for alarm_after--> deciding --still away--> fencing --> promoting --> publishing --> serving
//   serving --a switchover is ordered--> synchronising --> promoting --> publishing --> serving
//
// Failover: the operator takes the time of `decision`, looks again, and asks the old region to stop writing. That
// request is lost with the region, on a path that is cut, or with a probability; then the old writer goes on, and what
// it tells its clients is lost. The region that has received most is promoted, without waiting for more; one without
// an instance is given one first. The global writer's name stands for it after `dns_update`. The other regions are
// copied anew from it, and the old one when it can be reached: meanwhile nobody reads there.
// Switchover: writes stop, the target receives all, and takes over; nothing is lost and nobody is copied.
// By a restore (recovers_by_restore): in place of a promotion the operator has a new volume made in that region from
// its own backups (region_backup.hpp), and repoints the applications; its volume that followed is given up. He asks the
// old region once more before that. What the backups lack when he orders it is lost: the stream's lag, and what was
// received since the last batch, which is nothing where batches are closer than alarm and decision take.
//
//   deciding --still away--> filling --> recovering --> repointing --still away--> fencing --> serving
//
// Regions that follow by a binary log (logical) execute what they have received before they are promoted, or throw it
// away, as the operator has it; and all instances of the promoted region start anew.
//
// Sources: Aurora User Guide, Global databases, Switchover or failover; docs/models/global.md.
// Readers of older versions stop while they hear nothing of the writer (regional_cluster_stream.cpp).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/global/reader_routes.hpp"
#include "models/global/region_backup.hpp"

namespace faultline::models {

// Times are in seconds.
struct OperatorShape {
    Duration alarm_after{};                                                   // the writer has not answered anybody
    engine::Distribution decision = engine::Distribution::constant(0.0);      // paged, until the operator has decided
    Duration fence_timeout{};                                                 // of the request to the old region
    double fence_fails = 0.0;                                                 // where the old region can be reached
    engine::Distribution promotion = engine::Distribution::constant(0.0);     // of a region, in a failover
    engine::Distribution switchover = engine::Distribution::constant(0.0);    // the same, of one that has everything
    engine::Distribution dns_update = engine::Distribution::constant(0.0);    // of the global writer's name
    engine::Distribution add_instance = engine::Distribution::constant(0.0);  // to a region without any
    bool logical = false;        // regions follow by a binary log, executed again
    bool applies_first = false;  // and a region executes all that it has received before it is promoted
    double step_fails = 0.0;     // of a promotion; it is begun again
    engine::Distribution retry = engine::Distribution::constant(0.0);       // until it is
    InstanceShape instance{};                                               // of one that is added
    bool recovers_by_restore = false;                                       // of the region's backups (back_up)
    engine::Distribution repointing = engine::Distribution::constant(0.0);  // of the applications, then
};

struct GlobalShape {
    std::string path;  // "orders"
    GlobalLogShape log;
    OperatorShape operation;
    RouteShape routes;
    Bytes data{};                                           // of a copy of the volume
    engine::BitsPerSecond copy_rate = unlimited_bandwidth;  // at most
    Duration writer_time_to_live{};                         // of the global writer's name
};

class GlobalDatabase : public RegionalCluster::Owner {
public:
    GlobalDatabase(engine::Simulation& simulation, const Transport& transport, Transfers& transfers, GlobalShape shape,
                   ClusterObserver& observer);

    // Told the primary's region when the operator has decided to fail over; may be empty.
    std::function<void(PlaceId)> on_given_up;
    // Told which cluster is the primary from now on; may be empty.
    std::function<void(RegionalCluster&)> on_promoted;
    // Told when the global writer's name, and what else applications go by, stands for that cluster; may be empty.
    std::function<void(RegionalCluster&)> on_published;
    // Told, after on_promoted, when it was restored from the region's backups, and up to when those had all; may be
    // empty.
    std::function<void(RegionalCluster&, Instant)> on_restored;

    // Building: the first is the primary. A cluster is made with log() and its number among them.
    void add_region(RegionalCluster& cluster);
    // Building, after all regions: each cluster's own backups, whether it follows or will.
    void back_up(std::size_t region, RegionBackupShape shape);
    void begin();

    Endpoint& writer_endpoint() { return writer_endpoint_; }
    Endpoint& reader_endpoint_for(PlaceId client) { return routes_.endpoint_for(client); }

    // Planned work, ordered now: ends when the target serves, or when it cannot. false: it could not, and the primary
    // is what it was.
    engine::Process<bool> switchover(std::size_t target);
    // The same in two parts. The first waits until it can begin; false: it cannot. Nobody is hit by that yet.
    engine::Process<bool> begin_switchover(std::size_t target);
    engine::Process<bool> finish_switchover(std::size_t target);

    // People work on it: while its primary's region stands, a writer that does not answer pages nobody, and a
    // switchover waits. Nests; for the lifetime of this object.
    class Hold {
    public:
        explicit Hold(GlobalDatabase& database) : database_(database) { ++database_.held_; }
        ~Hold() { --database_.held_; }
        Hold(const Hold&) = delete;
        Hold& operator=(const Hold&) = delete;

    private:
        GlobalDatabase& database_;
    };
    // Does the region's control plane of it answer people who ask? From any region that stands, its own first.
    engine::Process<bool> region_answers(std::size_t region);
    bool busy() const { return busy_; }  // with a failover or a switchover
    bool logical() const { return shape_.operation.logical; }
    // The primary's cluster is one that was restored from backups: every other region is copied anew from it.
    void restored();

    GlobalLog& log() { return log_; }
    RegionalCluster& primary() { return *regions_[log_.primary()]; }
    const std::vector<RegionalCluster*>& regions() const { return regions_; }
    const ReaderRoutes& routes() const { return routes_; }
    // Null: this run has no backups.
    const RegionBackup* backup_of(std::size_t region) const { return backups_[region].get(); }
    engine::Component& component() { return component_; }

    Instance& global_writer() override { return primary().own_writer(); }
    void commit_diverged(OfficeId told, Duration gap) override;

private:
    static constexpr std::size_t no_region = static_cast<std::size_t>(-1);
    // Of the log's streams, and of the operator's own eyes.
    static constexpr Duration streams_looked_after = std::chrono::seconds{1};
    static constexpr Duration operator_looks_after = std::chrono::seconds{5};
    // How making a region ready for its promotion came out.
    enum class Ended { ready, target_lost, old_is_back };

    engine::Process<> operate();
    engine::Process<> keep_streams();
    engine::Process<bool> writer_answers();
    engine::Process<> fail_over();
    engine::Process<std::size_t> successor(std::size_t old);
    engine::Process<Ended> make_ready(std::size_t old, std::size_t target);
    void stay_with(std::size_t old);
    engine::Process<> fence(std::size_t old, std::size_t target);
    engine::Process<bool> ready_instance(std::size_t target);
    engine::Process<bool> synchronised(std::size_t old, std::size_t target);
    engine::Process<> step(const engine::Distribution& duration);
    engine::Process<> apply_received(std::size_t target);
    engine::Process<bool> promote_in(std::size_t target);
    engine::Process<bool> restore_in(std::size_t target);
    bool restores(std::size_t target) const {
        return shape_.operation.recovers_by_restore && backups_[target] != nullptr;
    }
    void follow_backups(std::size_t region, bool follows);
    bool complete(std::size_t target);
    void copy_all_others();
    engine::Process<> copy_to(std::size_t region, std::uint64_t promotion);
    engine::Process<> publish_writer(bool repointed);
    engine::Process<std::size_t> freshest();
    bool stands(std::size_t region) const { return regions_[region]->component().up(); }
    bool joined(std::size_t a, std::size_t b) const;
    bool control_plane_ill(std::size_t region) const;
    Duration drawn(const engine::Distribution& of) { return of.sample_duration(draws_); }

    engine::Simulation& simulation_;
    const Transport& transport_;
    Transfers& transfers_;
    GlobalShape shape_;
    ClusterObserver& observer_;
    engine::Component component_;
    GlobalLog log_;
    ReaderRoutes routes_;
    Endpoint writer_endpoint_;
    engine::RandomStream draws_;
    engine::RandomStream network_draws_;
    engine::RandomStream asking_draws_;
    std::vector<RegionalCluster*> regions_;
    std::vector<std::unique_ptr<RegionBackup>> backups_;  // by region
    std::uint64_t promotions_ = 0;
    std::size_t detached_ = no_region;  // of a failover under way: takes no more log, and is not promoted yet
    bool busy_ = false;                 // with one failover or switchover
    int held_ = 0;                      // by people who work on it
};

}  // namespace faultline::models
