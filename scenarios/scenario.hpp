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
#include "scenarios/cache.hpp"
#include "scenarios/clients.hpp"
#include "scenarios/cost.hpp"
#include "scenarios/database.hpp"
#include "scenarios/fault.hpp"
#include "scenarios/growth.hpp"
#include "scenarios/security.hpp"
#include "scenarios/warehouse.hpp"

namespace faultline::scenarios {

using engine::Bytes;
using engine::Duration;

// Of each replication's history up to its first fault: how many ways it goes on. The first one is the replication, as
// it would be alone; the others end `window` after the last instant at which a fault may start.
struct Futures {
    std::uint32_t count = 1;
    Duration window = std::chrono::minutes{10};
};

struct Run {
    std::optional<Duration> warm_up;  // none: "auto", MSER-5 over the time before the first fault
    Duration measured{};
    int replications = 5;
    bool until_decided = false;  // "auto": `faultline run` adds replications until every requirement is decided
    std::uint64_t seed = 1;
    double confidence = 0.95;
    bool joint = false;                       // the confidence holds for all requirements together
    std::int32_t start_of_day_s = 10 * 3600;  // local time at the first office's meridian when the run begins
    int start_day = 0;                        // and the local day there, 0 is Monday
    Futures futures{};
    bool office_timelines = false;  // seconds of each class at each office in the result, not of all offices alone
};

struct Network {
    std::string profile = "aws-2025";  // or "zero": no round trip takes time and nothing is lost
    double spike_multiplier = 1.0;     // of the probability of a jitter spike, 0..1 and above
    // Of each link between two regions, and between two zones of one, each way; none: no limit.
    std::optional<engine::BitsPerSecond> backbone_bandwidth{}, inter_zone_bandwidth{};
};

struct Region {
    std::string name;
    std::vector<std::string> zones;  // "a": its full name is "us-east-1/a"
};

// Bulk data that are moved again and again: a nightly load.
struct BulkTransfer {
    std::string name;
    std::string from, to;  // "us-east-1" or "us-east-1/a"
    Bytes size{};
    Duration first{};                           // due, after the warm-up's end
    std::optional<Duration> every;              // none: once
    int streams = 1;                            // connections side by side, each with a TCP window of its own
    std::optional<engine::BitsPerSecond> rate;  // of all together, at most
};

struct Office {
    std::string name;
    std::string city;  // "Boston, US"; empty only with the "zero" profile
    std::string access = "fibre";
    std::string backup_access = "none";  // a second line by another carrier, used when the first is known to be down
    bool vpn = false;                    // what goes over the internet is in a tunnel
    double weight = 1.0;                 // its share of the arrivals is weight / sum of weights
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

// How a driver notices and outlives a lost server; the presets are in defaults.hpp with their sources.
struct Driver {
    std::string preset = "plain";
    Duration connect_timeout{};
    std::optional<Duration> socket_timeout;   // none: waits for the kernel
    std::optional<Duration> dead_peer_after;  // keepalive or TCP_USER_TIMEOUT; none: the kernel's retries
    Duration dns_cache{};  // added to the record's own TTL as a lower bound of a cached answer's life
    // Host monitoring: a statement that takes longer than `monitor_after` has its server asked, each
    // `monitor_interval`; `monitor_misses` times in a row without an answer is dead. None: it does not.
    std::optional<Duration> monitor_after;
    Duration monitor_interval{};
    int monitor_misses = 0;
    // Follows the cluster's topology instead of DNS: asked at this interval, and at `failover_refresh` while the writer
    // is looked for, at most `failover_timeout`. None: it goes by DNS.
    std::optional<Duration> topology_refresh;
    Duration failover_refresh{};
    Duration failover_timeout{};
    // Through a proxy in the database's region, which shares its connections among all clients with these settings,
    // holds requests while there is no server, and lets nobody wait longer than `borrow_timeout`. Each statement takes
    // `proxy_delay` in it. Pinned sessions share nothing.
    bool through_proxy = false;
    RandomDuration proxy_delay{};
    Duration borrow_timeout{};
    bool pinned = false;
    bool operator==(const Driver&) const = default;
};

// A region in which a service stands by: those that do not run are started when another region is given up.
struct ServiceStandby {
    std::string region;
    int instances = 0;          // in the end
    int running = 0;            // all along, fewer than these
    RandomDuration deployment;  // ordered, until instances are launched
    RandomDuration start_up;    // of one: launched, until it serves
};

struct Service {
    std::string name;
    std::vector<std::pair<std::string, int>> regions;  // instances in each, spread over its zones in order
    std::vector<ServiceStandby> standby;               // in others
    int threads = 0;                                   // calls at once in one instance
    int vcpus = 0;                                     // of one instance
    RandomDuration demand;                             // CPU of one call
    // Where offices go: "nearest"; "region:<name>", and nowhere else; "failover:<name>", and the nearest other one
    // while no instance there is healthy.
    std::string steering = "nearest";
    Duration health_check_interval{};
    Duration health_check_timeout{};  // at most the interval
    int health_check_threshold = 0;   // failures in a row until an instance is out
    Driver driver;
    int pool = 10;                         // connections of one instance to one endpoint, at most
    Duration pool_wait{};                  // a call waits this long for a connection, at most
    std::optional<Duration> max_lifetime;  // of a pooled connection; none: for ever
    int queue = 0;                         // calls that may wait for a thread in one instance; more are refused
    std::optional<Breaker> breaker;        // of each instance, towards each endpoint that it asks
    std::optional<Shedding> shedding;      // none: as many calls as threads and queue hold, first come first served
    std::optional<OutlierEjection> outliers;
    std::optional<double> instance_price;  // dollars an hour of one instance; none: not known
};

// What is popular changes: after each `every` of the run, its warm-up included, the key of a rank is the one that stood
// `by` ranks behind it.
struct Drift {
    std::uint64_t by = 0;  // 1 to the number of keys - 1
    Duration every{};
};

struct Keys {
    double zipf = 0.99;
    std::uint64_t count = 0;
    Bytes value{};
    std::optional<Drift> drift;  // none: the hot set stays
};

// Where the statements of a class go, in order: caches are looked aside, the last entry answers.
enum class TargetRole { station, cache, writer, reader, custom, warehouse };
struct RouteStep {
    TargetRole role = TargetRole::station;
    std::string name;        // of the station, cache, database or warehouse
    std::string endpoint{};  // of the role custom: its name
};

// What a user does after an answer: asks another query, of the same key.
struct FollowUp {
    std::string query_class;
    double probability = 1.0;
    RandomDuration after;  // from the answer on
};

enum class QueryKind { point_read, range_read, update, complex_join, analytic, other };
struct QueryClass {
    std::string name;
    std::vector<std::string> traced_as{};  // its names in a trace; empty: its own
    QueryKind kind = QueryKind::point_read;
    double share = 0.0;
    std::string via;  // a service; empty: the office talks to the last step of the route directly
    std::vector<RouteStep> route;
    Duration deadline{};  // an answer later than this is not good
    Duration timeout{};   // the client gives an attempt up after this
    RetryPolicy retry;
    std::optional<Breaker> breaker;  // of each office, for its queries of this class
    std::optional<Hedge> hedge;
    Priority priority = Priority::normal;  // for services that shed load
    int statements = 1;
    bool transaction = false;  // the statements are one, with begin and commit round trips of their own
    bool writes = false;
    bool idempotent = true;
    std::optional<Keys> keys;
    std::optional<Duration> ttl;  // of entries that it fills into its caches; none: theirs
    int pages = 1;                // that a statement touches, from that of its key on
    RandomDuration demand;        // CPU, or service time of a station, of one statement
    Bytes request{};
    Bytes response{};
    Bytes log{};  // redo of one commit
    WarehouseWork warehouse;
    std::optional<FollowUp> follow_up;
    Duration staleness_bound{};  // a read of what was replaced longer ago is stale
};

// Linux ip-sysctl, ip_local_port_range, 32768 to 60999: connections of one address to another.
inline constexpr int ports_of_an_address = 28'232;

struct Workload {
    Arrivals arrivals;
    std::vector<QueryClass> classes;
    Canary canary;
    Driver driver;                          // of offices that talk to a database directly
    int office_pool = ports_of_an_address;  // connections of one office to one service, at most
    int direct_pool = 64;                   // and to one endpoint of a database that it asks directly
    std::optional<Sessions> sessions;
    std::optional<ClosedUsers> users;
    std::vector<Tenant> tenants;
    Storm storm;
};

enum class Phase { steady, degraded, recovering, all };
struct Requirement {
    std::string name;
    std::string measure;  // "latency", "rto", "rpo", "restore", "full-recovery", "freshness", "replica-lag",
                          // "availability", "good-minutes",
                          // "hit-rate", "offload", "stale-reads", "read-your-writes-violations",
                          // "monotonic-read-violations", "cost", "encrypted", "private"
    std::string
        statistic;   // "p99", "mean"; "p95" for rto, rpo and restore unless named; empty where the measure has only one
    std::string of;  // a class, database, cache or warehouse, or a table of one: "reports/sales"; empty: all
    std::string after;    // a fault; empty where it does not matter
    bool pooled = false;  // false: judged at the worst office
    Phase phase = Phase::all;
    bool planned_included = false;  // rto, rpo: incidents of planned work alone count, too
    bool at_most = true;            // else at least
    double limit = 0.0;             // seconds, dollars a month, or a pure number
};

// Measured once an incident, and not all along.
inline bool is_of_incidents(const std::string& measure) {
    return measure == "rto" || measure == "rpo" || measure == "restore" || measure == "full-recovery";
}

// In seconds, all run.
inline bool is_freshness(const std::string& measure) {
    return measure == "freshness";
}
inline bool is_replica_lag(const std::string& measure) {
    return measure == "replica-lag";
}

// Of the bill: dollars a month.
inline bool is_money(const std::string& measure) {
    return measure == "cost";
}

// Of what the scenario says of security, and so the same in every run: a share of the parts asked of.
inline bool is_of_security(const std::string& measure) {
    return measure == "encrypted" || measure == "private";
}

// Measured in seconds; every other measure but the cost is a share.
inline bool is_duration(const std::string& measure) {
    return measure == "latency" || is_of_incidents(measure) || is_freshness(measure) || is_replica_lag(measure);
}

// Measured of the reads of users' sessions.
inline bool is_of_sessions(const std::string& measure) {
    return measure == "stale-reads" || measure == "read-your-writes-violations" ||
           measure == "monotonic-read-violations";
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
    std::vector<Warehouse> warehouses;
    Workload workload;
    std::vector<BulkTransfer> transfers;
    std::vector<Fault> faults;
    std::vector<Requirement> requirements;
    std::optional<Security> security;       // of all parts that say nothing of their own; none: nothing is said
    std::vector<Suppression> suppressions;  // of findings of the checks
    CostRules cost;
    std::optional<Growth> growth;  // none: `faultline growth` has nothing to go by
    std::vector<Variant> variants;
    std::string source;  // the file's text after the variant's patch: what a result carries along
    std::string folder;  // that its relative paths start from; empty: the working folder
};

}  // namespace faultline::scenarios
