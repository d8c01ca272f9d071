// A scenario as data: the topology, the workload, the faults and the requirements that a file describes. Plain structs
// without behaviour, which the reader fills and the models take. Every name is unique in its map, in the order of the
// file. What a file leaves out has the default given here or in defaults.hpp; each default has its source there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/time.hpp"

namespace faultline::scenarios {

using engine::Bytes;
using engine::Duration;

// A random duration. `values` are what the kind needs, in seconds unless said otherwise.
//   constant {value}; uniform {low, high}; exponential {mean}; lognormal {mean, cv (pure)}; gamma {mean, shape (pure)};
//   pareto {minimum, alpha (pure), cap}; hyperexponential {mean, scv (pure)};
//   quantiles {p0, v0, p1, v1, ...}: probabilities ascending from 0 to 1, values ascending.
enum class DistributionKind { constant, uniform, exponential, lognormal, gamma, pareto, hyperexponential, quantiles };
struct RandomDuration {
    DistributionKind kind = DistributionKind::constant;
    std::vector<double> values{0.0};
};

struct Run {
    std::optional<Duration> warm_up;  // none: "auto", MSER-5 over the time before the first fault
    Duration measured{};
    int replications = 5;
    std::uint64_t seed = 1;
    double confidence = 0.95;
    std::int32_t start_of_day_s = 10 * 3600;  // local time at the first office's meridian when the run begins
};

struct Network {
    std::string profile = "aws-2025";  // or "zero": no round trip takes time and nothing is lost
    double spike_multiplier = 1.0;     // of the probability of a jitter spike, 0..1 and above
};

struct Region {
    std::string name;
    std::vector<std::string> zones;  // "a": its full name is "us-east-1/a"
};

struct Office {
    std::string name;
    std::string city;  // "Boston, US"; empty only with the "zero" profile
    std::string access = "fibre";
    double weight = 1.0;  // its share of the arrivals is weight / sum of weights
};

// c servers and a waiting room, named in a route like a database: one queue, so that theory can be checked.
enum class Discipline { fcfs, processor_sharing };
struct Station {
    std::string name;
    int servers = 1;
    Discipline discipline = Discipline::fcfs;
    std::optional<int> waiting_room;  // none: unbounded
    std::string zone;                 // "region/zone", or empty: no distance from any office
};

struct DatabaseInstance {
    std::string class_name;  // of the catalogue
    std::string zone;        // short name, in its region
    std::string region;      // empty: the database's
    int promotion_tier = 1;  // 0 is promoted first, 15 last
};

struct StorageVolume {
    int copies_per_zone = 2;  // in every zone of the region: copies = this times its zones
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

struct Failover {
    RandomDuration detection;   // writer lost -> control plane has decided
    RandomDuration promotion;   // decided -> the successor accepts writes
    RandomDuration dns_update;  // promoted -> the endpoint's record is changed
    RandomDuration restart;     // crash of the process -> it serves again in place
    RandomDuration rebuild;     // no replica left: a new writer in the same zone
};

// What an instance of an Aurora kind keeps in memory.
struct BufferPool {
    std::optional<Bytes> memory;    // none: `share` of the class's
    double share = 0.0;             // 0..1
    bool kept_on_promotion = true;  // else the new writer begins with an empty one
    bool cache_management = false;  // keeps a replica of tier 0 as warm as the writer
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
    int failures = 3;  // in a row
};

// A region that follows the database's own over a global database's log stream.
struct Secondary {
    std::string region;
    std::vector<DatabaseInstance> replicas;  // none: only the volume
};

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
    Duration health_interval{};
    int health_failures = 3;
};

// What a restore takes, and the people who order it.
struct Restore {
    RandomDuration decision;          // noticed -> ordered
    engine::BitsPerSecond node_rate;  // one storage node reads from object storage
    RandomDuration instances;         // until the new cluster's instances are there, beside the filling
    RandomDuration recovery;          // of the new writer, without any log to apply
    engine::BitsPerSecond log_apply;  // of the log since the snapshot before the point restored to
    RandomDuration repointing;        // restored -> the applications use the new cluster
    RandomDuration backtrack;         // a database in place, without any log to undo
};

// Continuous backup to the region's object storage, and snapshots.
struct Backups {
    Duration retention{};
    Duration log_interval{};            // between two batches of log
    Duration snapshot_interval{};       // each is the base of the restores to the time after it
    std::string copy_to;                // a region that is given a copy of each snapshot; empty: none
    int copy_streams = 1;               // connections of one copy
    std::optional<Duration> backtrack;  // the window; none: there is no backtrack
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
    GlobalOperation global;
    StorageVolume storage;
    ReplicaStream replica_stream;
    Failover failover;
    Replication replication;
    Monitor monitor;
    Duration dns_ttl{};
    std::optional<int> connections_max;  // none: the class's default in the catalogue
    BufferPool buffer_pool;
    std::optional<Duration> lock_wait_timeout;  // none: a statement waits for a row for ever
    std::optional<Serverless> serverless;
    std::optional<ReplicaScaling> replica_scaling;
};

struct Cache {
    std::string name;
    std::string kind = "redis";
    std::string region;
    std::string class_name;
    int shards = 1;                  // by hash slot; shard k stands in zone k modulo the zones
    std::vector<std::string> zones;  // empty: all zones of the region, in order
    std::string policy = "allkeys-lru";
    int samples = 5;
    std::optional<Bytes> memory;  // for data; none: what the class has, less the reserve
    std::optional<Duration> ttl;  // of every entry
    Duration command_timeout{};
    Duration reconnect_after{};  // a node that failed is tried again after this
};

// How a driver notices and outlives a lost server; the presets are in defaults.hpp with their sources.
struct Driver {
    std::string preset = "plain";
    Duration connect_timeout{};
    std::optional<Duration> socket_timeout;   // none: waits for the kernel
    std::optional<Duration> dead_peer_after;  // keepalive or TCP_USER_TIMEOUT; none: the kernel's retries
    Duration dns_cache{};  // added to the record's own TTL as a lower bound of a cached answer's life
};

struct Service {
    std::string name;
    std::vector<std::pair<std::string, int>> regions;  // instances in each, spread over its zones in order
    int threads = 0;                                   // calls at once in one instance
    int vcpus = 0;                                     // of one instance
    RandomDuration demand;                             // CPU of one call
    std::string steering = "nearest";                  // or "region:<name>": where every office goes
    Duration health_check_interval{};
    int health_check_threshold = 0;  // failures in a row until an instance is out
    Driver driver;
    int pool = 10;         // connections of one instance to one endpoint, at most
    Duration pool_wait{};  // a call waits this long for a connection, at most
    int queue = 0;         // calls that may wait for a thread in one instance; more are refused
};

struct Keys {
    double zipf = 0.99;
    std::uint64_t count = 0;
    Bytes value{};
};

enum class BackoffJitter { none, full };
struct RetryPolicy {
    int attempts = 1;  // all in all
    Duration base{};
    Duration cap{};
    BackoffJitter jitter = BackoffJitter::full;
};

// Where the statements of a class go, in order: caches are looked aside, the last entry answers.
enum class TargetRole { station, cache, writer, reader };
struct RouteStep {
    TargetRole role = TargetRole::station;
    std::string name;  // of the station, cache or database
};

enum class QueryKind { point_read, range_read, update, complex_join, other };
struct QueryClass {
    std::string name;
    QueryKind kind = QueryKind::point_read;
    double share = 0.0;
    std::string via;  // a service; empty: the office talks to the last step of the route directly
    std::vector<RouteStep> route;
    Duration deadline{};  // an answer later than this is not good
    Duration timeout{};   // the client gives an attempt up after this
    RetryPolicy retry;
    int statements = 1;
    bool transaction = false;  // the statements are one, with begin and commit round trips of their own
    bool writes = false;
    bool idempotent = true;
    std::optional<Keys> keys;
    int pages = 1;          // that a statement touches, from that of its key on
    RandomDuration demand;  // CPU, or service time of a station, of one statement
    Bytes request{};
    Bytes response{};
    Bytes log{};  // redo of one commit
};

struct Arrivals {
    double rate_per_s = 0.0;      // of all offices together, where the curve is 1
    std::vector<double> curve{};  // by local hour, 24 factors; empty: flat
};

// One statement a second on a new connection at each site (design section 5).
struct Canary {
    bool enabled = true;
    Duration timeout{};
};

struct Workload {
    Arrivals arrivals;
    std::vector<QueryClass> classes;
    Canary canary;
    Driver driver;         // of offices that talk to a database directly
    int office_pool = 64;  // connections of one office to one service or endpoint, at most
};

enum class FaultKind {
    instance_crash,
    storage_node_loss,
    zone_outage,
    region_outage,
    link_cut,
    switchover,
    operator_error
};
enum class FailureMode { crash, silent };
enum class MendedBy { restore, backtrack, nothing };
struct Fault {
    std::string name;
    FaultKind kind = FaultKind::instance_crash;
    // "us-east-1/a", "orders/writer", "orders/instance-2" (1 is the first writer, then the replicas),
    // "orders/storage/a/1" (zone and copy from 1), or the zone or region of a role at that instant: "az-of:
    // orders/writer", "region-of: orders/writer"; a region: "us-east-1"; the links of two: "us-east-1 - us-west-2";
    // of a switchover the region that takes over: "orders/us-west-2"
    std::string target;
    FailureMode mode = FailureMode::silent;
    Duration at{};  // after the warm-up's end
    std::optional<Duration> lasts;
    // Of an operator error, whose target is a database: its data are wrong.
    RandomDuration noticed_after;
    MendedBy mended_by = MendedBy::restore;
    std::vector<std::string> classes;  // whose answers are wrong; empty: all that end at the database
};

enum class Phase { steady, degraded, recovering, all };
struct Requirement {
    std::string name;
    std::string measure;  // "latency", "rto", "rpo", "restore", "availability", "hit-rate", "offload"
    std::string
        statistic;   // "p99", "mean"; "p95" for rto, rpo and restore unless named; empty where the measure has only one
    std::string of;  // a class, database or cache
    std::string after;    // a fault; empty where it does not matter
    bool pooled = false;  // false: judged at the worst office
    Phase phase = Phase::all;
    bool at_most = true;  // else at least
    double limit = 0.0;   // seconds, or a pure number
};

// Measured once an incident, and not all along.
inline bool is_of_incidents(const std::string& measure) {
    return measure == "rto" || measure == "rpo" || measure == "restore";
}

struct Variant {
    std::string name;
    std::string patch;  // JSON merge patch (RFC 7396), as text
};

struct Scenario {
    std::string name;
    std::string description;
    Run run;
    Network network;
    std::vector<Region> regions;
    std::vector<Office> offices;
    std::vector<Station> stations;
    std::vector<Database> databases;
    std::vector<Cache> caches;
    std::vector<Service> services;
    Workload workload;
    std::vector<Fault> faults;
    std::vector<Requirement> requirements;
    std::vector<Variant> variants;
    std::string source;  // the file's text after the variant's patch: what a result carries along
};

}  // namespace faultline::scenarios
