// The part of a scenario that describes what breaks and what is planned. Plain structs; see scenario.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/time.hpp"
#include "scenarios/random_duration.hpp"

namespace faultline::scenarios {

// Behind an office's name, the target of a fault of its line, or of the second one.
inline constexpr std::string_view line_of_office = "/line";
inline constexpr std::string_view credentials_of_service = "/credentials";  // that it shows its databases
inline constexpr std::string_view backup_of_office = "/backup";

using engine::Duration;

enum class FaultKind {
    instance_crash,
    storage_node_loss,
    zone_outage,
    region_outage,
    link_cut,
    brown_out,
    zone_gray,
    link_gray,
    switchover,
    operator_error,
    evacuation,
    cache_node_loss,
    control_plane_impaired,
    dns_failure,
    slow_disk,
    certificate_expiry,
    zone_cut,
    machine_gray,
    patch,
    upgrade,
    class_change,
    schema_change,
    cache_scaling,
    cache_snapshot,
    warehouse_resize,
    zone_evacuation
};
enum class FailureMode { crash, silent };
enum class MendedBy { restore, backtrack, clone, delayed_standby, nothing };

// Somebody has ordered it: its recovery counts from the order and is reported apart.
constexpr bool is_planned(FaultKind kind) {
    return kind == FaultKind::switchover || kind == FaultKind::evacuation || kind >= FaultKind::patch;
}

// What comes at random only there and back: a second order, some time later, undoes the first.
constexpr bool goes_back(FaultKind kind) {
    return kind == FaultKind::switchover || kind == FaultKind::class_change || kind == FaultKind::cache_scaling ||
           kind == FaultKind::warehouse_resize;
}

// The same, or by one order with its return: what is somewhere else, or of another size, for a time.
constexpr bool moves_away(FaultKind kind) {
    return goes_back(kind) || kind == FaultKind::evacuation || kind == FaultKind::zone_evacuation;
}

// How people evacuate a region.
struct Runbook {
    RandomDuration decision;     // ordered -> begun
    RandomDuration step;         // one share of the offices, or one database, with a look at what it did
    double step_fails = 0.0;     // probability
    RandomDuration retry;        // until it is done again
    std::vector<double> shares;  // of the load that moves, ascending, the last is 1
};

// How planned work is done.
enum class WorkMethod {
    restart,
    no_restart,
    zero_downtime,
    in_place,
    blue_green,
    failover,
    instant,
    online,
    copy,
    rolling
};
struct PlannedWork {
    WorkMethod method = WorkMethod::restart;
    RandomDuration preparation;  // ordered, until anybody can notice
    RandomDuration work;         // what is down, closed or copied, for so long
    RandomDuration long_query;   // of a schema change: how long its oldest reader still goes on
    std::string class_name;      // of a class change or a cache's scaling: the new one
    int nodes = 0;               // of a warehouse's resize: the new number
    double fails = 0.0;          // of a patch or an upgrade, 0..1: it is undone
    RandomDuration rollback;     // failed, until what was before is there again
};

// Again and again, by chance, each target by itself.
struct RandomFaults {
    std::vector<std::string> targets;
    RandomDuration every;       // whole, until the next one of this target
    RandomDuration lasts;       // lost, until it is whole; of planned work, there, until it is ordered back
    double zone_share = 0.0;    // of the events: the zone in which the target stands is lost
    double region_share = 0.0;  // or its region
    RandomDuration zone_lasts;  // of these
};

// Begun by the start of another fault, with a probability.
struct Follows {
    std::string fault;
    RandomDuration after;
    double probability = 1.0;
};

struct Fault {
    std::string name;
    FaultKind kind = FaultKind::instance_crash;
    // "us-east-1/a", "orders/writer", "orders/instance-2" (1 is the first writer, then the replicas),
    // "orders/storage/a/1" (zone and copy from 1), or the zone or region of a role at that instant: "az-of:
    // orders/writer", "region-of: orders/writer"; a region: "us-east-1"; the links of two: "us-east-1 - us-west-2";
    // of a switchover the region that takes over: "orders/us-west-2"; a cache's node by its role at that instant, or by
    // its number: "hot/shard-1/primary", "hot/shard-1/replica", "hot/shard-1/node-2"; in a further region of the cache
    // "hot/us-west-2/shard-1/primary"; a database, cache or warehouse as a whole: "orders". Empty: at random.
    std::string target;
    FailureMode mode = FailureMode::silent;
    std::vector<std::string> targets;  // equal ones: each in turn is the target, one a replication; empty: it alone
    bool each = false;                 // `targets` are all of a domain, and a verdict is that of the worst one
    Duration at{};                     // after the warm-up's end
    Duration within{};                 // how much later at most: each replication draws anew, uniformly
    bool own_within = false;           // it draws for itself; else all that do not move together, by one draw
    std::optional<Duration> lasts;
    double speed = 1.0;    // of a brown-out or slow disk: what is left of the speed, above 0
    double latency = 1.0;  // of a gray zone, link or machine: multiplies the latency of its links, at least 1
    double loss = 0.0;     // of the same: share of packets lost besides, each way
    // Of a zone that is cut off: others of its region that are with it, and offices that reach them and nothing else.
    std::vector<std::string> zones, offices;
    // Of an outage of a zone or region: each machine, from the return of the place until it runs.
    RandomDuration comes_back;
    // Of an operator error, whose target is a database: its data are wrong.
    RandomDuration noticed_after;  // also of an expired certificate
    MendedBy mended_by = MendedBy::restore;
    std::vector<std::string> classes;  // whose answers are wrong; empty: all that end at the database
    RandomDuration renewal;            // of an expired certificate: noticed, until the new one is in use
    // Of an evacuation, whose target is a region. `lasts`: evacuated, until it is ordered back.
    Runbook runbook;
    PlannedWork planned;
    std::optional<RandomFaults> at_random;  // then without target, `at` and `lasts`
    std::optional<Follows> follows;         // then without `at`
};

// "zone-outage".
std::string_view fault_kind_name(FaultKind kind);

// It may come in a run or not.
inline bool is_by_chance(const Fault& fault) {
    return fault.at_random || fault.follows;
}

}  // namespace faultline::scenarios
