// A topology as what breaks, how often, for how long, and whom it stops: what years of failures are drawn from. Plain
// tables, made once from a scenario (model_of.hpp); what changes is in OutageState.
//
// Left out: load, latency, queues and caches (a cache that fails stops nobody here; reads go on to the database). Times
// are seconds, rates are events a second.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "engine/random/distributions.hpp"
#include "planning/availability/measured_recoveries.hpp"
#include "scenarios/fault.hpp"

namespace faultline::planning {

inline constexpr double year_s = 365.25 * 86400.0;
inline constexpr double minutes_of_year = year_s / 60.0;

// The most that a state holds; a larger topology is refused (model_of.hpp).
inline constexpr std::size_t zones_most = 32, regions_most = 8, databases_most = 4, members_most = 32, cells_most = 64,
                             pools_most = 24, warehouses_most = 4;
inline constexpr std::uint8_t none = 255;

// Why something is away: the kinds of the faults, and what no fault of a scenario is.
using CauseMask = std::uint32_t;
inline constexpr int service_instance_loss = 30;
constexpr CauseMask bit_of(scenarios::FaultKind kind) {
    return CauseMask{1} << static_cast<unsigned>(kind);
}
inline constexpr CauseMask service_instance_bit = CauseMask{1} << service_instance_loss;
std::string causes_text(CauseMask mask);  // "zone-outage + instance-crash"

inline constexpr double dns_asked_again_s = 60.0;  // by offices (docs/models/services.md)

enum class TargetType : std::uint8_t { nothing, member, storage_node, pool, zone, region, link, warehouse, database };
// Whether this model knows what such a fault does to such a part. What is slow or lossy, or a cache's, stops nobody by
// its own: only what a full run measured of it counts (MeasuredRecoveries).
constexpr bool takes_down(scenarios::FaultKind kind, TargetType type) {
    using scenarios::FaultKind;
    switch (type) {
        case TargetType::member:
        case TargetType::pool:
        case TargetType::warehouse:
            return kind == FaultKind::instance_crash;
        case TargetType::storage_node:
            return kind == FaultKind::storage_node_loss;
        case TargetType::zone:
            return kind == FaultKind::zone_outage || kind == FaultKind::zone_cut;
        case TargetType::region:
            return kind == FaultKind::region_outage || kind == FaultKind::control_plane_impaired;
        case TargetType::link:
            return kind == FaultKind::link_cut;
        case TargetType::database:
            return kind == FaultKind::certificate_expiry;
        case TargetType::nothing:
            break;
    }
    return false;
}
// What one event hits. `owner`: a database or service pool; `index`: of the type; of a switchover: the region that
// takes over.
struct FailureTarget {
    TargetType type = TargetType::nothing;
    std::uint8_t owner = 0;
    std::uint16_t index = 0;
    bool of_writer = false;  // the member, or its zone or region, is looked up at that instant
};

// Events of one kind, each at one of the targets.
struct FailureProcess {
    std::string name;  // of the scenario's fault, or of the default
    scenarios::FaultKind kind = scenarios::FaultKind::instance_crash;
    bool of_service_instances = false;  // then `kind` says nothing
    bool planned = false;
    // Planned work: whom it stops for `lasts`. Both false: nobody, as far as this model knows.
    bool stops_writes = false, stops_reads = false;
    std::uint64_t stops_classes = ~std::uint64_t{0};  // of the scenario, by number, one bit each
    // Of work by failover or one by one: another member takes over first, and is found at a new address; `alone_lasts`
    // if there is none.
    bool hands_over = false;
    engine::Distribution alone_lasts = engine::Distribution::constant(0.0);
    // Of what people order there and back: there, until it is ordered back; `every` then runs from that order's end.
    std::optional<engine::Distribution> returns_after;
    std::vector<std::uint16_t> zones_with;  // of a zone that is cut off: others of its region that are with it
    bool resets = false;                    // peers are told at once
    double rate_each = 0.0;                 // of one target that is whole; 0: by `every`, or after another one
    std::vector<FailureTarget> targets;
    std::optional<engine::Distribution> every;  // not exponential: each target by itself
    engine::Distribution lasts = engine::Distribution::constant(0.0);
    double zone_share = 0.0, region_share = 0.0;  // of the events: the whole zone, or region, of the target
    engine::Distribution zone_lasts = engine::Distribution::constant(0.0);
    double launches_share = 0.0;  // of zone outages: nothing can be launched in the region meanwhile
    struct Consequence {
        std::size_t process;
        engine::Distribution after;
        double probability;
    };
    std::vector<Consequence> consequences;
    std::string source, confidence;  // of the rate; of the scenario: its fault

    // It changes nothing that this model knows, and no run has measured it: no event of it is drawn.
    bool counts = true;

    double rate() const { return counts ? rate_each * static_cast<double>(targets.size()) : 0.0; }
    // Another region takes over: the target is the database, and `index` the region.
    bool switches_over() const { return kind == scenarios::FaultKind::switchover; }
    CauseMask cause() const { return of_service_instances ? service_instance_bit : bit_of(kind); }
};

// The segments of a volume that stand on one node each.
struct VolumeModel {
    int copies_per_zone = 0;  // 0: every instance has its own disks
    int write_quorum = 0, read_quorum = 0;
    int nodes_per_zone = 0;
    std::size_t groups = 0;
    std::vector<std::uint8_t> zones;     // of its first region
    std::vector<std::uint16_t> node_of;  // [group][zone of `zones`][copy]
    double node_refill_s = 0.0;          // a lost node: its segments are elsewhere
    double zone_refill_s = 0.0;          // a zone that is back: its segments count again
    std::uint16_t node_at(std::size_t group, std::size_t zone, std::size_t copy) const {
        const auto copies = static_cast<std::size_t>(copies_per_zone);
        return node_of[(group * zones.size() + zone) * copies + copy];
    }
};

struct MemberModel {
    std::string name;
    std::uint8_t zone = 0, region = 0;
    int tier = 1;
    bool added_later = false;  // there is none in this region until the database moves there
};

struct DatabaseModel {
    std::string name;
    std::vector<MemberModel> members;  // number 0 is the first writer
    std::uint8_t home = 0;             // region
    std::array<bool, regions_most> follows{};
    engine::Distribution switchover = engine::Distribution::constant(0.0);  // planned, of a region that has all
    VolumeModel volume;
    // A writer is lost: noticed, decided, promoted, published.
    engine::Distribution heartbeat = engine::Distribution::constant(0.0);
    engine::Distribution detection = engine::Distribution::constant(0.0);
    engine::Distribution promotion = engine::Distribution::constant(0.0);
    engine::Distribution dns_update = engine::Distribution::constant(0.0);
    engine::Distribution restart = engine::Distribution::constant(0.0);
    engine::Distribution rebuild = engine::Distribution::constant(0.0);
    double stuck = 0.0;
    engine::Distribution stuck_noticed = engine::Distribution::constant(0.0);
    engine::Distribution by_hand = engine::Distribution::constant(0.0);
    // Its region is lost.
    double alarm_s = 0.0;
    engine::Distribution decision = engine::Distribution::constant(0.0);
    double fence_s = 0.0;
    engine::Distribution regional_promotion = engine::Distribution::constant(0.0);
    engine::Distribution regional_dns = engine::Distribution::constant(0.0);
    engine::Distribution add_instance = engine::Distribution::constant(0.0);
    double step_fails = 0.0;
    engine::Distribution retry = engine::Distribution::constant(0.0);
    double copy_s = 0.0;  // of the volume, to a region that follows again
    // Nobody follows: a restore in the region of the snapshots' copies; none: it waits for its region.
    std::optional<std::uint8_t> copies_in;
    double restore_alarm_s = 0.0, restore_fill_s = 0.0;
    engine::Distribution restore_decision = engine::Distribution::constant(0.0);
    engine::Distribution restore_recovery = engine::Distribution::constant(0.0);
    engine::Distribution restore_repointing = engine::Distribution::constant(0.0);
    double reader_health_s = 0.0;  // until clients are sent to another region's readers
    int synchronous_standbys = 0;  // of a kind with standbys, that commits wait for
};

// The instances of one service in one region.
struct PoolModel {
    std::uint8_t service = 0, region = 0;
    std::vector<std::pair<std::uint8_t, int>> zones;  // and how many stand there
    int instances = 0;
    double notice_s = 0.0;  // health checks
    // Of one that stands by: until it serves, when the others are gone.
    engine::Distribution start_up = engine::Distribution::constant(0.0);
};

struct WarehouseModel {
    std::string name;
    std::uint8_t region = 0, zone = 0;
    bool multi_az = false, relocation = true;
    engine::Distribution detection = engine::Distribution::constant(0.0);
    engine::Distribution replacement = engine::Distribution::constant(0.0);
    engine::Distribution relocating = engine::Distribution::constant(0.0);
    engine::Distribution resume = engine::Distribution::constant(0.0);
};

enum class Ends : std::uint8_t { writer, readers, warehouse, nowhere };

// What can be away by itself: one class at the offices that prefer the same regions. Or a database's writer alone,
// which is what the closed form speaks of.
struct CellModel {
    std::string query_class;  // empty: the database's writer alone, or all offices
    bool of_offices = false;  // the share of them, by weight, at which any class is away
    std::size_t class_index = 0;
    std::string offices;  // "40 offices" or the name of one
    double weight = 0.0;  // of its offices, out of all
    double class_share = 0.0;
    std::vector<std::uint8_t> pools;  // in the order of preference; empty: offices ask directly
    std::uint8_t office_region = 0;   // of those that ask directly: the nearest
    Ends ends = Ends::nowhere;
    std::uint8_t target = 0;   // database or warehouse
    double notice_s = 0.0;     // until the driver has given up a silent server
    double return_s = 0.0;     // clients come back within, after the new address is published
    bool by_topology = false;  // the driver asks the instances: it need not wait for the address
};

// Offices whose classes are the same cells.
struct OfficeGroup {
    double weight = 0.0;  // out of all
    std::vector<std::size_t> cells;
};

struct OutageModel {
    std::vector<std::string> region_names, zone_names;
    std::vector<std::uint8_t> region_of_zone;
    std::vector<FailureProcess> processes;
    std::vector<DatabaseModel> databases;
    std::vector<PoolModel> pools;
    std::vector<WarehouseModel> warehouses;
    std::vector<CellModel> cells;
    std::vector<OfficeGroup> office_groups;
    MeasuredRecoveries measured;
    std::vector<std::string> not_modelled;  // sentences for whoever reads the result
    std::optional<double> downtime_per_h;   // dollars of an hour in which no office is served

    // Of the processes that are exponential: all together, and up to each.
    double rate = 0.0;
    std::vector<double> cumulative_rate;
    void sum_rates();
    void leave_out_what_changes_nothing();
    // Of all that such events may hit: something stops.
    bool knows_effect(const FailureProcess& process) const;
};

}  // namespace faultline::planning
