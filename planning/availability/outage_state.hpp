// Where a topology stands at one instant of its years: what is lost, what is awaited, whom it stops. A plain value:
// a copy goes on as the original would, and with draws of its own it is another future of the same past.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "engine/random/stream.hpp"
#include "planning/availability/outage_model.hpp"

namespace faultline::planning {

enum class PendingKind : std::uint8_t {
    member_back,
    node_back,
    zone_back,
    zone_refilled,
    region_back,
    link_back,
    control_back,
    warehouse_back,
    failover_done,
    rebuild_done,
    regional_done,
    copied,        // a region follows again
    begins,        // of a process that is not exponential, or what follows another
    ordered_back,  // what people have ordered for a time
    move_ready,    // a switchover: writes may stop
    moved,         // the other region is promoted
    look_again     // clients notice something, or come back
};

struct Pending {
    double at = 0.0;
    std::uint32_t sequence = 0;  // of two at one instant the older is first
    std::uint32_t epoch = 0;     // of a database: stale if it has another by then
    PendingKind kind = PendingKind::look_again;
    std::uint8_t owner = 0;
    std::uint16_t index = 0;
    bool background = false;  // comes whatever is broken: the next of a process, planned work
};
inline constexpr std::size_t pending_most = 320;

enum class DatabaseMode : std::uint8_t {
    serving,
    failing,   // a failover is under way
    waiting,   // nobody can take over
    held,      // the control plane is ill
    regional,  // an operator moves it to another region, or restores it there
};

struct LostNode {
    std::uint8_t zone = 0;  // of the volume's zones
    std::uint16_t node = 0;
};
inline constexpr std::size_t lost_nodes_most = 24;

struct DatabaseState {
    DatabaseMode mode = DatabaseMode::serving;
    std::uint8_t home = 0, writer = 0;
    bool faults_overlap = false, measured = false, silent = true;
    CauseMask cause = 0;  // of the outage that is, or was the last
    std::uint32_t epoch = 0;
    double lost_at = -1e18, promoted_at = -1e18, back_at = -1e18;
    std::array<std::uint8_t, members_most> holds{};        // reasons for which a member does not serve
    std::array<std::uint8_t, members_most> incarnation{};  // of a member: what was awaited for another is stale
    std::array<CauseMask, members_most> member_cause{};
    std::array<bool, regions_most> follows{};
    std::array<double, regions_most> reader_lost_at{}, reader_lost_share{};
    std::array<CauseMask, regions_most> reader_cause{};
    // Of the volume in its first region.
    std::array<LostNode, lost_nodes_most> lost_nodes{};
    std::uint8_t lost_node_count = 0;
    std::array<std::uint8_t, zones_most> zone_away{};  // lost, or not filled yet
    bool writes_stopped = false, reads_stopped = false;
    CauseMask storage_cause = 0;
    double closed_until = -1e18;  // it refuses everybody: its certificate has expired
    CauseMask closed_cause = 0;
    double planned_writes_until = -1e18, planned_reads_until = -1e18;
    CauseMask planned_writes_cause = 0, planned_reads_cause = 0;
    std::uint64_t planned_classes = 0;
    double planned_address_at = -1e18;  // the writer has a new address from then on
};

struct PoolState {
    double lost_at = -1e18, lost_share = 0.0;  // until health checks have noticed
    double empty_since = 1e18;
    CauseMask cause = 0;
};

struct WarehouseState {
    std::uint8_t holds = 0;
    CauseMask cause = 0;
    double planned_until = -1e18;
    CauseMask planned_cause = 0;
};

struct CellState {
    float unplanned = 0.0F, planned = 0.0F;  // shares that are away now
    CauseMask cause = 0;
    bool overlap = false;
    CauseMask planned_cause = 0;
    double measured_until = -1e18;
    CauseMask measured_cause = 0;
    bool measured_planned = false;
};

struct OutageState {
    explicit OutageState(std::uint64_t high, std::uint64_t low) : draws{high, low} {}

    double now = 0.0;
    double next_failure = 0.0;  // of all exponential processes together
    double boost = 1.0;         // their rate is this many times what it is: importance sampling
    engine::Draws draws;
    std::uint32_t sequence = 0;
    std::uint16_t pending_count = 0, background_count = 0;
    std::array<Pending, pending_most> pending;
    std::array<std::uint8_t, zones_most> zone_holds{};
    std::array<CauseMask, zones_most> zone_cause{};
    std::array<std::uint8_t, regions_most> region_holds{}, control_holds{};
    std::array<double, regions_most> launches_bad_until{};
    std::array<std::uint8_t, regions_most * regions_most> link_holds{};
    std::uint8_t links_down = 0;
    std::array<DatabaseState, databases_most> databases{};
    std::array<PoolState, pools_most> pools{};
    std::array<WarehouseState, warehouses_most> warehouses{};
    std::array<CellState, cells_most> cells{};
    bool any_away = false;
    // How often, since the beginning.
    std::uint32_t events = 0, write_quorum_losses = 0, read_quorum_losses = 0, regions_lost = 0;

    bool all_whole() const { return pending_count == background_count; }
};
static_assert(std::is_trivially_copyable_v<OutageState>);

}  // namespace faultline::planning
