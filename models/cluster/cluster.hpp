// An Aurora-style cluster in one region: a writer, replicas, one storage volume, two endpoints, and the control plane
// that watches them by heartbeat.
//
//   serving --heartbeats of the writer missed--> detecting --> promoting --> publishing --> serving
//                                                    \--> a writer is made or restarts (no replica answers) --/
//
// Writes are refused or unanswered outside `serving`. Clients come back later still: they must learn the new address
// (endpoint.hpp) and connect again (services/database_client.hpp); the RTO counts all of it.
// Sources of the stages' defaults: scenarios/defaults.cpp; docs/models/cluster.md.
// A writer whose host stands restarts in place, and nobody is promoted meanwhile if that is expected to be faster.
// Without a replica there are three ways: writer_rescue.hpp. A failover may get stuck (cluster_stuck.cpp).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/cluster/custom_endpoint.hpp"
#include "models/cluster/endpoint.hpp"
#include "models/cluster/failover_shape.hpp"
#include "models/cluster/instance.hpp"
#include "models/cluster/key_versions.hpp"
#include "models/cluster/page_use.hpp"
#include "models/cluster/replica_scaling.hpp"
#include "models/cluster/segment_repair.hpp"
#include "models/cluster/storage_volume.hpp"
#include "models/cluster/unwritten_keys.hpp"
#include "models/cluster/writer_rescue.hpp"

namespace faultline::models {

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
    // Which of these the storage volume stands in, and their names; empty: all.
    std::vector<PlaceId> volume_zones{};
    std::vector<std::string> volume_zone_names{};
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
    Bytes record{};                        // of log, of one commit, where its class says nothing
    std::vector<Bytes> record_of_class{};  // by ClassId
};

// One whose client is told now.
struct ToldCommit {
    std::uint64_t key = no_key;
    Duration storage_latency{};
    OfficeId told = no_office;  // whose client
    Bytes log{};                // of it
};

// What a cluster tells those who measure.
class ClusterObserver {
public:
    virtual ~ClusterObserver() = default;
    virtual void on_commit(const ToldCommit& commit) = 0;
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
    // A protection group has lost all its copies at once: nothing repairs it, and no recovery finds its log.
    bool volume_gone() const { return storage_ && !storage_->whole() && storage_->groups_lost() > 0; }
    StorageVolume& storage() { return *storage_; }
    SegmentRepair& repair() { return *repair_; }
    virtual Instance& writer() { return *instances_[writer_]; }
    const std::vector<std::unique_ptr<Instance>>& instances() const { return instances_; }
    engine::Component& component() { return component_; }
    const engine::Component& component() const { return component_; }
    const std::string& path() const { return component_.path(); }

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
    // Its host is there, and those who decide can reach it, so that it can be started.
    bool stands(const Instance& instance) const {
        return alive(instance.place()) && !instance.host_away() && !out_of_reach(instance.place());
    }
    // Those who decide for it are kept from what stands there.
    bool out_of_reach(PlaceId place) const { return transport_.topology().apart(shape_.control_plane, place); }
    // Those who decide for it can do nothing: topology.hpp.
    bool control_plane_ill() const { return transport_.topology().control_plane_ill(shape_.control_plane); }
    bool logins_refused() const { return logins_refused_ > 0; }
    Bytes log_of(const RequestRef& request) const;  // of its commit
    std::uint32_t version_for_read(Instance& reader, std::uint64_t key) const;
    // Returns the version that the key has with this commit; 0: none. Right after the log has told it.
    virtual std::uint32_t committed(Instance& by, const ToldCommit& commit);
    virtual void instance_died(Instance& instance, engine::Health how);
    // As the database has it, or will: a cache may hold writes that are still to come.
    std::uint32_t newest_version(std::uint64_t key) const {
        return versions_->newest(key) + (unwritten_ != nullptr ? unwritten_->count(key) : 0);
    }
    UnwrittenKeys& keep_unwritten() {  // from the first such write on
        if (unwritten_ == nullptr) unwritten_ = std::make_unique<UnwrittenKeys>();
        return *unwritten_;
    }
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
    // Zones or links were cut off; or zones are there again.
    virtual void reach_changed() {}
    // A storage node is lost with its segments, and their repair begins; or it is there again, empty.
    void node_lost(std::uint32_t node, engine::Health how);
    void node_back(std::uint32_t node);
    // The region that its control plane stands in is lost, with that and the volume; or is there again, and the volume
    // has what it had.
    PlaceId region() const { return shape_.control_plane; }
    virtual void region_lost(engine::Health how);
    // Somebody would take over elsewhere.
    virtual bool outlives_region() const { return false; }
    virtual void region_back();
    // Building: it shows the keys of another cluster, of the same database.
    void share_keys_of(Cluster& first) { versions_ = first.versions_; }
    bool whole() const;
    // For a cure of its data: all instances end and the control plane lets them be, until they begin anew with the
    // roles that they had. Not while it fails over.
    bool failing_over() const { return failing_over_; }
    void take_out(const std::string& state);
    // `memory_kept`: the instances find their pages where they were.
    virtual engine::Process<> put_back(bool memory_kept);
    // Certificates or credentials are no longer accepted: nobody can log in. Or again. Nests.
    void refuse_logins(bool refuse) { logins_refused_ += refuse ? 1 : -1; }
    // Every name of it, its custom endpoints included. Nests.
    void lose_records(bool lost);
    // An instance's own disk; above 1 slower. false: it has none.
    virtual bool slow_disk(Instance& /*instance*/, double /*factor*/) { return false; }
    // For planned work. All instances end in good order, and begin anew in the roles that they had.
    virtual void shut_down(const std::string& state) { take_out(state); }
    virtual engine::Process<> begin_again(bool memory_kept) { return put_back(memory_kept); }
    // An ordered failover: the writer ends, and a replica takes over at once. Requires: it does not fail over, and has
    // a successor.
    virtual engine::Process<> order_failover();
    virtual bool has_successor() { return elect() != nullptr; }
    // Nobody is sent to a replica there, and none there is promoted; those connected are sent away. Or no longer.
    void leave_zone(PlaceId zone, bool leave);
    // An instance is down for so long, and begins anew in the role that it had: as one of this shape, or, with none, as
    // it was and with its pages in memory. `state`: the cluster's, if it is the writer and nobody takes over.
    engine::Process<> work_on(Instance& instance, std::optional<InstanceShape> as, Duration down, std::string state);
    // Replicas that execute the log's statements again need so long for the next one, and all others wait for it.
    virtual void replay_stalls(Duration /*work*/) {}
    void tell_whole();  // after a fault took or gave something that the cluster does not watch by itself

protected:
    engine::Process<bool> heartbeat(Instance& instance, Duration timeout);
    Duration drawn(const engine::Distribution& stage) { return stage.sample_duration(failover_draws_); }
    // false: its place in the database was taken by another region's, and it is none to be started again.
    virtual bool is_of_database() const { return true; }
    virtual void begin_watching();  // publishes the endpoints, and probes from now on
    void publish_readers();         // and custom endpoints
    bool can_be_published(std::size_t instance) const;
    bool has_left(PlaceId zone) const;
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
    virtual void stop_for_work(Instance& instance);
    virtual engine::Process<> writer_begins_again(Instance& writer);
    virtual engine::Process<> restart(Instance& instance);  // as a replica
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
    KeyVersions* versions_ = &own_versions_;    // or those of another region's cluster, of the same database
    std::unique_ptr<UnwrittenKeys> unwritten_;  // null: no cache is ahead of it
    engine::RandomStream failover_draws_;
    engine::RandomStream stuck_draws_;
    engine::RandomStream rescue_draws_;
    engine::RandomStream network_draws_;
    std::vector<std::unique_ptr<Instance>> instances_;
    std::vector<bool> answering_;  // as the last heartbeat of each said
    std::vector<Instant> missed_since_;
    std::size_t writer_ = 0;
    bool failing_over_ = false;
    bool was_whole_ = true;
    bool mediates_ = false;
    int logins_refused_ = 0;
    std::vector<PlaceId> left_zones_;
    bool unpublished_ = false;  // its control plane could not change the names

private:
    engine::Process<> follow_load();

    std::optional<ReplicaScaling> scaling_;

    // Who is to be the writer; in place: it is where its name says, and needs neither promotion nor a new record.
    struct Successor {
        Instance* instance = nullptr;
        bool in_place = false;
    };
    engine::Process<> watch();
    engine::Process<> fail_over();
    engine::Process<Successor> promoted(Instance& lost);
    engine::Process<Successor> rescued(Instance& lost);
    Instance* rescued_by(WriterRescue::Way way, Instance& lost);
    void tell_what_rescues(WriterRescue::Doing doing);
    void restart_readers();
    void tell_quorum();
    engine::Process<> recover_log(PlaceId at);
    engine::Process<> rejoin(Instance& instance);
    Duration one_way(const Instance& from, const Instance& to, const Path& path);
    engine::Process<> restart_writer(Instance& instance);
    bool writer_restarts_first() const;

    int writer_restarts_ = 0;  // in place, now under way: 0 or 1
    bool can_write_ = true;    // as was told last: every protection group has its write quorum
};

}  // namespace faultline::models
