// The part of a scenario that describes databases: their instances, storage, replicas, regions, backups and people.
// Plain structs; see scenario.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/time.hpp"
#include "scenarios/random_duration.hpp"
#include "scenarios/security.hpp"

namespace faultline::scenarios {

using engine::Bytes;
using engine::Duration;

struct DatabaseInstance {
    std::string class_name;  // of the catalogue
    std::string zone;        // short name, in its region
    std::string region;      // empty: the database's
    int promotion_tier = 1;  // 0 is promoted first, 15 last
};

struct StorageVolume {
    int copies_per_zone = 2;  // in every zone of the volume (volume_zones.hpp): copies = this times these
    int write_quorum = 4;
    int read_quorum = 3;
    RandomDuration persist;    // one batch of log made durable by one node
    RandomDuration page_read;  // one page from the disk of one node
    int nodes_per_zone = 0;    // >= copies_per_zone; the groups' segments are spread over them
    Duration send_time{};      // of the writer's log sender, one batch to one copy
    int groups_per_commit = 1;
    Bytes growth_per_commit{};
};

// From the writer to the replicas of its region.
struct ReplicaStream {
    Duration interval{};    // between two messages of what has become durable
    Duration apply_time{};  // the changes of one commit, on pages that the replica has cached
};

// A failover that gets stuck, and the people who do it by hand.
struct FailoverFails {
    double probability = 0.0;
    RandomDuration noticed_after;  // stuck -> an operator has seen it
    RandomDuration by_hand;        // seen -> he has ordered the promotion
};

struct Failover {
    RandomDuration detection;   // writer lost -> control plane has decided
    RandomDuration promotion;   // decided -> the successor accepts writes
    RandomDuration dns_update;  // promoted -> the endpoint's record is changed
    RandomDuration restart;     // crash of the process -> it serves again in place
    RandomDuration rebuild;     // no replica left: a new writer in the same zone
    FailoverFails fails;
    std::optional<bool> readers_restart;  // none: as the engine's version has it (engine_versions.hpp)
};

// What an instance of an Aurora kind keeps in memory.
struct BufferPool {
    std::optional<Bytes> memory;       // none: `share` of the class's
    double share = 0.0;                // 0..1
    bool kept_on_promotion = true;     // else the new writer begins with an empty one
    bool cache_management = false;     // keeps a replica of tier 0 as warm as the writer
    std::optional<Bytes> working_set;  // that classes without keys touch; none: they find all in memory
};

// Aurora Serverless v2: the capacity of the instances of the class db.serverless, in ACUs of 2 GiB.
struct Serverless {
    double acu_min = 0.5;  // multiples of 0.5
    double acu_max = 0.0;
    double target = 0.0;      // busy share of the CPUs, 0..1
    double scale_up = 0.0;    // a second, at most this share more
    double scale_down = 0.0;  // a second, at most this share less
};

// Replicas that come and go with the load of the readers.
struct ReplicaScaling {
    int replicas_min = 1;
    int replicas_max = 15;
    double target = 0.0;  // mean busy share of the readers' CPUs, 0..1
    Duration cooldown_out{};
    Duration cooldown_in{};
    RandomDuration start_up;
};

// A primary that streams its log to standbys (kinds postgresql and mysql).
enum class SynchronousCommit { off, local, remote_write, on, remote_apply };
struct Replication {
    SynchronousCommit synchronous_commit = SynchronousCommit::on;
    int synchronous_standbys = 0;                    // that must have a commit, whichever are first
    bool goes_on_without_standby = false;            // else commits wait for a synchronous standby that is lost
    std::optional<engine::BitsPerSecond> bandwidth;  // of one stream; none: the path's
    bool under_way_lost = true;                      // packets under way, with the primary's host or zone
    Duration log_writer_delay{};                     // between two bursts of synchronous_commit off
    RandomDuration flush;                            // of a log disk
    Duration apply{};                                // replay of one commit
};

// Probes the instances, and promotes a standby.
struct Monitor {
    Duration interval{};
    Duration timeout{};
    int failures = 3;          // in a row
    double fence_fails = 0.0;  // probability that a primary that is up is not shut off
};

// A region that follows the database's own over a global database's log stream.
struct Secondary {
    std::string region;
    std::vector<DatabaseInstance> replicas;  // none: only the volume
};

// Regions that follow by the binary log: each transaction is executed again.
enum class PromotedWith { received, applied };  // what of its log a region is promoted with
struct BinaryLog {
    int apply_threads = 4;
    Duration apply_time{};  // of one transaction
    PromotedWith promoted_with = PromotedWith::received;
};

// Readers send writes on to the writer, and reads of other regions wait for what the mode asks.
enum class WriteForwarding { off, eventual, session, global };

// How the loss of the primary's region is recovered from: another one's volume is promoted, or a new one made there
// from that region's own backups.
enum class RegionRecovery { promotion, restore };

// What regions of one database do for each other, and who decides.
struct GlobalOperation {
    std::optional<engine::BitsPerSecond> bandwidth;  // of the log stream to one region; none: the path's
    std::optional<Duration> rpo_limit;               // commits wait while every secondary lags by more
    std::optional<Duration> staleness_bound;         // readers are not sent to a region that lags by more
    Duration alarm_after{};                          // the writer answers nobody for so long
    RandomDuration decision;                         // of the operator, once paged
    Duration fence_timeout{};
    double fence_fails = 0.0;  // probability, where the old region can be reached
    RandomDuration promotion;
    RandomDuration switchover;
    RandomDuration dns_update;
    RandomDuration add_instance;
    double step_fails = 0.0;
    RandomDuration retry;
    engine::BitsPerSecond copy_rate{};
    RegionRecovery recovers_by = RegionRecovery::promotion;
    Duration health_interval{};
    int health_failures = 3;
};

// What a restore takes, and the people who order it.
struct Restore {
    Duration alarm_after{};           // the region answers nobody for so long, until the operator is called
    RandomDuration decision;          // noticed -> ordered
    engine::BitsPerSecond node_rate;  // one storage node reads from object storage
    RandomDuration instances;         // until the new cluster's instances are there, beside the filling
    RandomDuration recovery;          // of the new writer, without any log to apply
    engine::BitsPerSecond log_apply;  // of the log since the snapshot before the point restored to
    RandomDuration repointing;        // restored -> the applications use the new cluster
    RandomDuration backtrack;         // a database in place, without any log to undo
    RandomDuration clone;             // a cluster on a copy-on-write clone of the volume
};

// What files call the instances of a database: the first writer is number 0, "instance-1".
inline std::string instance_name(std::size_t number) {
    return "instance-" + std::to_string(number + 1);
}

// A DNS name for some of its instances: those named, or all but those named.
struct CustomEndpoint {
    std::string name;
    bool readers_only = false;         // type READER; else ANY
    std::vector<std::string> members;  // "instance-2"; empty: all but `excluded`
    std::vector<std::string> excluded;
};

// Continuous backup to the region's object storage, and snapshots.
struct Backups {
    Duration retention{};
    Duration log_interval{};                  // between two batches of log
    Duration snapshot_interval{};             // each is the base of the restores to the time after it
    std::string copy_to;                      // a region that is given a copy of each snapshot; empty: none
    int copy_streams = 1;                     // connections of one copy
    std::optional<Duration> backtrack;        // the window; none: there is no backtrack
    std::optional<Duration> delayed_standby;  // so far behind; none: there is none
    Restore restore;
};

struct Database {
    std::string name;
    std::string kind = "aurora-mysql";
    std::string version;
    std::string region;
    Bytes data{};
    std::optional<Backups> backups;
    DatabaseInstance writer;
    std::vector<DatabaseInstance> replicas;
    std::vector<Secondary> secondaries;
    bool logical = false;  // they follow by the binary log
    BinaryLog binlog;
    WriteForwarding write_forwarding = WriteForwarding::off;
    GlobalOperation global;
    StorageVolume storage;
    ReplicaStream replica_stream;
    Failover failover;
    Replication replication;
    Monitor monitor;
    Duration dns_ttl{};
    std::optional<int> connections_max;  // none: the class's default in the catalogue
    std::optional<double> iam_per_s;     // new connections that an instance authenticates by IAM; none: by password
    BufferPool buffer_pool;
    std::optional<Duration> lock_wait_timeout;  // none: a statement waits for a row for ever
    std::optional<Serverless> serverless;
    std::optional<ReplicaScaling> replica_scaling;
    std::vector<CustomEndpoint> endpoints;
    std::optional<Security> security;  // of its own; none: what holds for all
    bool io_optimized = false;         // of its price: no charge for I/O

    // Of the kinds with standbys: one of them stands in another region than the first primary.
    bool has_standby_elsewhere() const {
        for (const DatabaseInstance& replica : replicas) {
            if (!replica.region.empty() && replica.region != region) return true;
        }
        return false;
    }
};

}  // namespace faultline::scenarios
