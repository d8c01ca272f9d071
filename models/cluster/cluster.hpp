// An Aurora-style cluster in one region: a writer, replicas, one storage volume, two endpoints, and the control plane
// that watches them by heartbeat.
//
//   serving --heartbeats of the writer missed--> detecting --> promoting --> publishing --> serving
//                                                    \--> rebuilding (no replica answers) --/
//
// Writes are refused or unanswered outside `serving`. Clients come back later still: they must learn the new address
// (endpoint.hpp) and connect again (services/database_client.hpp); the RTO counts all of it.
// Sources of the stages' defaults: scenarios/defaults.cpp; docs/models/cluster.md.
// A writer whose host is back before anybody was sure that it was gone restarts in place.
// A failover may get stuck (cluster_stuck.cpp). Leaves out: an operator who builds a writer in another zone.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/cluster/custom_endpoint.hpp"
#include "models/cluster/endpoint.hpp"
#include "models/cluster/instance.hpp"
#include "models/cluster/key_versions.hpp"
#include "models/cluster/page_use.hpp"
#include "models/cluster/replica_scaling.hpp"
#include "models/cluster/segment_repair.hpp"
#include "models/cluster/storage_volume.hpp"

namespace faultline::models {

// A failover that makes no progress, until somebody does it by hand.
struct StuckFailover {
    double probability = 0.0;  // of each failover, 0..1
    engine::Distribution noticed_after =
        engine::Distribution::constant(0);                             // seconds: stuck, until an operator sees it
    engine::Distribution by_hand = engine::Distribution::constant(0);  // seconds: seen, until he orders the promotion
};

struct FailoverShape {
    // Seconds. detection: from the first heartbeat missed; dns_update: promoted to published; restart: of a process
    // whose host is there; rebuild: of a writer that nobody can replace.
    engine::Distribution detection = engine::Distribution::constant(0.0);
    engine::Distribution promotion = engine::Distribution::constant(0.0);
    engine::Distribution dns_update = engine::Distribution::constant(0.0);
    engine::Distribution restart = engine::Distribution::constant(0.0);
    engine::Distribution rebuild = engine::Distribution::constant(0.0);
    StuckFailover stuck{};
};

// What becomes of buffer pools when the writer is lost. A process that restarts in place finds its pages where they
// were.
struct PoolRules {
    bool kept_on_promotion = true;  // the new writer goes on with what it had as a replica; else it begins empty
    bool cache_management = false;  // a replica of tier 0 and of the writer's class is given the writer's pages
};

struct ClusterShape {
    std::string path;  // "orders"
    std::vector<PlaceId> zones;
    std::vector<std::string> zone_names;
    VolumeShape volume{};
    ReplicationShape replica_stream{};
    FailoverShape failover{};
    Duration dns_ttl{};
    std::uint64_t keys = 0;
    PoolRules pools{};
    std::vector<PageUse> page_uses{};  // what the pools hold when the run begins
    std::uint64_t shared_pages = 0;    // of the working set; 0: classes without keys touch none
    PlaceId control_plane{};           // the region: it does not stand in a zone
    std::optional<ReplicaScalingShape> scaling{};
    std::vector<CustomEndpointShape> custom_endpoints{};
};

// What a cluster tells those who measure.
class ClusterObserver {
public:
    virtual ~ClusterObserver() = default;
    virtual void on_commit(Duration storage_latency) = 0;
    virtual void on_recovered(const RecoveredLog& log) = 0;
    virtual void on_stage(const char* stage) = 0;  // of a failover, as it begins
    virtual void on_whole(bool whole) = 0;         // every instance and segment is there
};

class Cluster {
public:
    // `transfers`: of the repair; null for a shape without zones.
    Cluster(engine::Simulation& simulation, const Transport& transport, Transfers* transfers, ClusterShape shape,
            ClusterObserver& observer);
    virtual ~Cluster() = default;

    // Building: the first is the writer. Path: "<cluster>/instance-<n>", n from 1.
    Instance& add_instance(PlaceId place, InstanceShape shape);
    // Publishes the endpoints and starts the control plane.
    virtual void begin();

    Endpoint& writer_endpoint() { return writer_endpoint_; }
    Endpoint& reader_endpoint() { return reader_endpoint_; }
    Endpoint& custom_endpoint(std::size_t number) { return custom_endpoints_[number]; }  // as in the shape
    std::size_t custom_endpoints() const { return custom_endpoints_.size(); }
    virtual CommitLog& log() { return *storage_; }
    bool has_storage() const { return storage_.has_value(); }  // else its instances have their own disks
    StorageVolume& storage() { return *storage_; }
    SegmentRepair& repair() { return *repair_; }
    virtual Instance& writer() { return *instances_[writer_]; }
    const std::vector<std::unique_ptr<Instance>>& instances() const { return instances_; }
    engine::Component& component() { return component_; }

    // For scaling. A new replica, or one that was retired, begins with empty memory and joins the readers; one leaves
    // the readers; and is gone.
    Instance& admit(PlaceId place, const InstanceShape& shape);
    void withdraw(Instance& instance);
    void retire(Instance& instance);
    const std::vector<PlaceId>& zones() const { return shape_.zones; }
    const std::optional<ReplicaScaling>& scaling() const { return scaling_; }

    // For instances. Does a statement need more than the instance that it was sent to? The same all run.
    bool mediates() const { return mediates_; }
    virtual engine::Process<Answer> mediate(Instance& at, RequestRef request, Statement statement, Duration travel);
    virtual void transaction_ended(Instance& /*at*/, RowLocks::Transaction /*transaction*/) {}  // of a client of `at`
    bool alive(PlaceId place) const { return transport_.topology().alive(place); }
    std::uint32_t version_for_read(Instance& reader, std::uint64_t key) const;
    // Returns the version that the key has with this commit; 0: none. Right after the log has told it.
    virtual std::uint32_t committed(const Instance& by, std::uint64_t key, Duration storage_latency);
    virtual void instance_died(Instance& instance, engine::Health how);
    std::uint32_t newest_version(std::uint64_t key) const { return versions_->newest(key); }
    void prefetch_version(std::uint64_t key) const { versions_->prefetch(key); }
    // Building: for sessions. Of all clusters that show the same keys.
    void keep_history() { versions_->keep_history(); }
    // With a history: how long ago this version was replaced at `now`; negative: it is not.
    Duration replaced_for(std::uint64_t key, std::uint32_t version, Instant now) const {
        return versions_->replaced_for(key, version, now);
    }
    std::size_t memory_bytes() const;

    // For faults. The host of an instance comes back, empty-handed: the control plane starts it as a replica.
    virtual void host_restored(Instance& instance);
    // A storage node is lost with its segments, and their repair begins; or it is there again, empty.
    void node_lost(std::uint32_t node, engine::Health how);
    void node_back(std::uint32_t node);
    // The region that its control plane stands in is lost, with that and the volume; or is there again, and the volume
    // has what it had.
    PlaceId region() const { return shape_.control_plane; }
    virtual void region_lost(engine::Health how);
    virtual void region_back();
    // Building: it shows the keys of another cluster, of the same database.
    void share_keys_of(Cluster& first) { versions_ = first.versions_; }
    bool whole() const;
    // For a cure of its data: all instances end and the control plane lets them be, until they begin anew with the
    // roles that they had. Not while it fails over.
    bool failing_over() const { return failing_over_; }
    void take_out(const std::string& state);
    virtual engine::Process<> put_back();
    void tell_whole();  // after a fault took or gave something that the cluster does not watch by itself

protected:
    engine::Process<bool> heartbeat(Instance& instance, Duration timeout);
    Duration drawn(const engine::Distribution& stage) { return stage.sample_duration(failover_draws_); }
    virtual void begin_watching();  // publishes the endpoints, and probes from now on
    void publish_readers();         // and custom endpoints
    bool can_be_published(std::size_t instance) const;
    std::size_t index_of(const Instance& instance) const;
    virtual Lsn end_of_commit() { return versions_->next_end(); }  // of the commit that was told last
    Instance* elect() const;                                       // whom to promote; null: nobody answers
    // Once for each failover: does it get stuck? Then what follows ends when an operator has ordered it by hand.
    bool gets_stuck();
    engine::Process<> operator_orders();
    void begin_scaling();  // of replicas and of serverless capacity, with the control plane
    void fill_pools();     // of a cluster that has been in use for long
    void lose_memories();  // of all instances, when they begin again
    void serve_again();    // all that can be reached have begun anew: they answer, and their names are published
    // What the new writer finds in its memory, and the old one when it comes back.
    void hand_over_memory(Instance& lost, Instance& successor);

    engine::Simulation& simulation_;
    const Transport& transport_;
    ClusterShape shape_;
    ClusterObserver& observer_;
    engine::Component component_;
    std::optional<StorageVolume> storage_;  // none: a shape without zones
    std::optional<SegmentRepair> repair_;
    Endpoint writer_endpoint_;
    Endpoint reader_endpoint_;
    std::vector<Endpoint> custom_endpoints_;
    KeyVersions own_versions_;
    KeyVersions* versions_ = &own_versions_;  // or those of another region's cluster, of the same database
    engine::RandomStream failover_draws_;
    engine::RandomStream stuck_draws_;
    engine::RandomStream network_draws_;
    std::vector<std::unique_ptr<Instance>> instances_;
    std::vector<bool> answering_;  // as the last heartbeat of each said
    std::vector<Instant> missed_since_;
    std::size_t writer_ = 0;
    bool failing_over_ = false;
    bool was_whole_ = true;
    bool mediates_ = false;

private:
    engine::Process<> follow_load();

    std::optional<ReplicaScaling> scaling_;

    engine::Process<> watch();
    engine::Process<> fail_over();
    engine::Process<> restart(Instance& instance);
};

}  // namespace faultline::models
