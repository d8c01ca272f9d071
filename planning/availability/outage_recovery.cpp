// OutageSimulator: who is lost, who takes over, and what comes back.
#include <algorithm>
#include <limits>

#include "engine/check.hpp"
#include "planning/availability/outage_simulator.hpp"

namespace faultline::planning {
namespace {

constexpr CauseMask control_plane = bit_of(scenarios::FaultKind::control_plane_impaired);

// Nodes come back in the order in which they were lost: each after the same time.
void forget_oldest(DatabaseState& database) {
    std::move(database.lost_nodes.begin() + 1, database.lost_nodes.end(), database.lost_nodes.begin());
    --database.lost_node_count;
}

}  // namespace

bool OutageSimulator::member_up(const OutageState& state, std::size_t database, std::size_t member) const {
    const MemberModel& one = model_.databases[database].members[member];
    const DatabaseState& at = state.databases[database];
    return at.holds[member] == 0 && (!one.added_later || at.home == one.region);
}

// Lowest tier, then oldest; members_most: nobody.
std::size_t OutageSimulator::successor(const OutageState& state, std::size_t database, std::size_t region) const {
    const auto& members = model_.databases[database].members;
    std::size_t best = members_most;
    for (std::size_t m = 0; m < members.size(); ++m) {
        if (members[m].region != region || !member_up(state, database, m)) continue;
        if (best == members_most || members[m].tier < members[best].tier) best = m;
    }
    return best;
}

void OutageSimulator::lose_member(OutageState& state, std::size_t number, std::size_t member, const Hit& hit) const {
    const DatabaseModel& model = model_.databases[number];
    DatabaseState& database = state.databases[number];
    const std::uint8_t region = model.members[member].region;
    const bool was_up = member_up(state, number, member);
    ++database.holds[member];
    database.member_cause[member] = hit.cause;
    if (!was_up) return;
    if (member == database.writer) {
        if (database.mode == DatabaseMode::serving) lose_writer(state, number, hit);
        return;
    }
    if (hit.measured) return;
    int before = 1;
    for (std::size_t m = 0; m < model.members.size(); ++m) {
        const bool reader = model.members[m].region == region && m != database.writer;
        before += reader && member_up(state, number, m) ? 1 : 0;
    }
    database.reader_lost_at[region] = state.now;
    database.reader_lost_share[region] = hit.silent ? 1.0 / before : 0.0;
    database.reader_cause[region] = hit.cause;
    for (const double notice_s : notices_s_[number]) push(state, notice_s, PendingKind::look_again);
    push(state, model.reader_health_s, PendingKind::look_again);
}

void OutageSimulator::lose_writer(OutageState& state, std::size_t number, const Hit& hit) const {
    const DatabaseModel& model = model_.databases[number];
    DatabaseState& database = state.databases[number];
    database.mode = DatabaseMode::failing;
    database.cause = hit.cause;
    database.faults_overlap = false;
    database.measured = hit.measured;
    database.silent = hit.silent;
    database.lost_at = state.now;
    ++database.epoch;
    double promoted = sample(state, model.heartbeat) + sample(state, model.detection) + sample(state, model.promotion);
    if (model.stuck > 0.0 && state.draws.uniform() < model.stuck) {
        promoted += sample(state, model.stuck_noticed) + sample(state, model.by_hand);
    }
    database.promoted_at = state.now + promoted;
    push(state, promoted, PendingKind::look_again);
    push(state, promoted + sample(state, model.dns_update), PendingKind::failover_done, number, 0, database.epoch);
    for (const double notice_s : notices_s_[number]) push(state, notice_s, PendingKind::look_again);
}

void OutageSimulator::failover_done(OutageState& state, std::size_t number) const {
    DatabaseState& database = state.databases[number];
    if (database.mode != DatabaseMode::failing) return;
    if (state.control_holds[database.home] > 0) {
        database.mode = DatabaseMode::held;
        database.cause |= control_plane;
        database.faults_overlap = true;
        database.measured = false;
        return;
    }
    promote_or_wait(state, number);
}

void OutageSimulator::promote_or_wait(OutageState& state, std::size_t number) const {
    const DatabaseModel& model = model_.databases[number];
    DatabaseState& database = state.databases[number];
    const std::size_t next = successor(state, number, database.home);
    if (next != members_most) return serve(state, number, next);
    database.mode = DatabaseMode::waiting;
    database.measured = false;
    // Several members that fell to one zone are one fault.
    std::size_t zones = 0, last = none;
    for (std::size_t m = 0; m < model.members.size(); ++m) {
        const MemberModel& member = model.members[m];
        if (member.region != database.home || member.added_later) continue;
        database.cause |= database.member_cause[m];
        if (state.zone_holds[member.zone] == 0 || member.zone != last) ++zones;
        last = member.zone;
    }
    database.faults_overlap = database.faults_overlap || zones > 1;
    push(state, sample(state, model.rebuild), PendingKind::rebuild_done, number, 0, database.epoch);
}

void OutageSimulator::rebuild_done(OutageState& state, std::size_t number) const {
    const DatabaseModel& model = model_.databases[number];
    DatabaseState& database = state.databases[number];
    if (database.mode != DatabaseMode::waiting) return;
    const MemberModel& writer = model.members[database.writer];
    const bool can = state.zone_holds[writer.zone] == 0 && state.now >= state.launches_bad_until[writer.region] &&
                     state.control_holds[writer.region] == 0;
    if (!can) {
        push(state, sample(state, model.rebuild), PendingKind::rebuild_done, number, 0, database.epoch);
        return;
    }
    database.holds[database.writer] = 0;
    ++database.incarnation[database.writer];
    serve(state, number, database.writer);
}

void OutageSimulator::serve(OutageState& state, std::size_t number, std::size_t writer) const {
    DatabaseState& database = state.databases[number];
    database.mode = DatabaseMode::serving;
    database.writer = static_cast<std::uint8_t>(writer);
    database.back_at = state.now;
    ++database.epoch;
    for (const double return_s : returns_s_[number]) push(state, return_s, PendingKind::look_again);
}

void OutageSimulator::member_back(OutageState& state, std::size_t number, std::size_t member) const {
    DatabaseState& database = state.databases[number];
    SIM_CHECK(database.holds[member] > 0);
    if (--database.holds[member] > 0) return;
    const std::uint8_t region = model_.databases[number].members[member].region;
    if (region != database.home || state.control_holds[region] > 0) return;
    const bool region_is_back = database.mode == DatabaseMode::regional && state.region_holds[region] == 0;
    if (database.mode == DatabaseMode::waiting || region_is_back) serve(state, number, member);
}

// The operator is paged, decides, and fences; or, with nobody who follows, has it restored from copies.
void OutageSimulator::begin_regional(OutageState& state, std::size_t number) const {
    const DatabaseModel& model = model_.databases[number];
    DatabaseState& database = state.databases[number];
    database.mode = DatabaseMode::regional;
    ++database.epoch;
    const bool anybody = std::any_of(database.follows.begin(), database.follows.end(), [](bool one) { return one; });
    double after = 0.0;
    if (anybody) {
        after = model.alarm_s + sample(state, model.decision) + model.fence_s + sample(state, model.regional_promotion);
        while (model.step_fails > 0.0 && state.draws.uniform() < model.step_fails) {
            after += sample(state, model.retry) + sample(state, model.regional_promotion);
        }
        after += sample(state, model.regional_dns);
    } else if (model.copies_in && *model.copies_in != database.home) {
        after = model.restore_alarm_s + sample(state, model.restore_decision) + model.restore_fill_s +
                sample(state, model.restore_recovery) + sample(state, model.restore_repointing);
    } else {
        return;  // it waits for its region
    }
    push(state, after, PendingKind::regional_done, number, 0, database.epoch);
}

void OutageSimulator::regional_done(OutageState& state, std::size_t number) const {
    const DatabaseModel& model = model_.databases[number];
    DatabaseState& database = state.databases[number];
    if (database.mode != DatabaseMode::regional) return;
    std::size_t to = regions_most;
    for (std::size_t r = 0; r < regions_most && to == regions_most; ++r) {
        if (database.follows[r] && state.control_holds[r] == 0) to = r;
    }
    if (to == regions_most && model.copies_in && state.region_holds[*model.copies_in] == 0) to = *model.copies_in;
    if (to == regions_most) return;  // it waits for its region
    const std::uint8_t from = database.home;
    database.home = static_cast<std::uint8_t>(to);
    const std::size_t writer = successor(state, number, to);
    if (writer == members_most) {
        // Nobody there serves: the first that does will.
        database.mode = DatabaseMode::waiting;
        database.faults_overlap = true;
        return;
    }
    const bool headless = model.members[writer].added_later;
    for (std::size_t r = 0; r < regions_most; ++r) {
        const bool followed = database.follows[r] && r != to;
        database.follows[r] = false;
        if (followed) push(state, model.copy_s, PendingKind::copied, number, r, database.epoch + 1);
    }
    serve(state, number, writer);
    if (state.region_holds[from] == 0) push(state, model.copy_s, PendingKind::copied, number, from, database.epoch);
    if (!headless) return;
    database.mode = DatabaseMode::failing;  // until the instance that is added serves
    ++database.epoch;
    push(state, sample(state, model.add_instance), PendingKind::failover_done, number, 0, database.epoch);
}

void OutageSimulator::zone_back(OutageState& state, std::size_t zone, bool kept_data) const {
    --state.zone_holds[zone];  // each loss releases what it took, whoever else holds the zone
    for (std::size_t d = 0; d < model_.databases.size(); ++d) {
        const DatabaseModel& database = model_.databases[d];
        for (std::size_t z = 0; z < database.volume.zones.size(); ++z) {
            if (database.volume.zones[z] != zone) continue;
            push(state, kept_data ? 0.0 : database.volume.zone_refill_s, PendingKind::zone_refilled, d, z);
        }
        for (std::size_t m = 0; m < database.members.size(); ++m) {
            if (database.members[m].zone != zone) continue;
            push(state, sample(state, database.restart), PendingKind::member_back, d, m,
                 state.databases[d].incarnation[m]);
        }
    }
}

void OutageSimulator::region_back(OutageState& state, std::size_t region) const {
    if (--state.region_holds[region] > 0) return;
    for (std::size_t d = 0; d < model_.databases.size(); ++d) {
        const DatabaseModel& model = model_.databases[d];
        DatabaseState& database = state.databases[d];
        const bool belongs = model.follows[region] || model.home == region;
        if (!belongs || database.home == region) continue;
        push(state, model.copy_s, PendingKind::copied, d, region, database.epoch);
    }
}

void OutageSimulator::lose_node(OutageState& state, std::size_t number, std::size_t node) const {
    DatabaseState& database = state.databases[number];
    const VolumeModel& volume = model_.databases[number].volume;
    const auto per_zone = static_cast<std::size_t>(volume.nodes_per_zone);
    if (database.lost_node_count == lost_nodes_most || database.home != model_.databases[number].home) return;
    for (std::size_t i = 0; i < database.lost_node_count; ++i) {
        const LostNode& lost = database.lost_nodes[i];
        if (lost.zone == node / per_zone && lost.node == node % per_zone) return;
    }
    database.lost_nodes[database.lost_node_count++] = {static_cast<std::uint8_t>(node / per_zone),
                                                       static_cast<std::uint16_t>(node % per_zone)};
    push(state, volume.node_refill_s, PendingKind::node_back, number, node);
    check_storage(state, number);
}

// Of the group that has least; with fewer than three lost together none can miss its quorum.
void OutageSimulator::check_storage(OutageState& state, std::size_t number) const {
    const VolumeModel& volume = model_.databases[number].volume;
    DatabaseState& database = state.databases[number];
    if (volume.copies_per_zone == 0) return;
    int zones = 0;
    database.storage_cause = 0;
    for (std::size_t z = 0; z < volume.zones.size(); ++z) {
        if (database.zone_away[z] == 0) ++zones;
        if (database.zone_away[z] > 0) database.storage_cause |= state.zone_cause[volume.zones[z]];
    }
    int least = zones * volume.copies_per_zone;
    if (database.lost_node_count > 0) {
        database.storage_cause |= bit_of(scenarios::FaultKind::storage_node_loss);
        const int intact = least;
        for (std::size_t group = 0; group < volume.groups; ++group) {
            int copies = intact;
            for (std::size_t i = 0; i < database.lost_node_count; ++i) {
                const LostNode& lost = database.lost_nodes[i];
                if (database.zone_away[lost.zone] > 0) continue;
                for (std::size_t c = 0; c < static_cast<std::size_t>(volume.copies_per_zone); ++c) {
                    if (volume.node_at(group, lost.zone, c) == lost.node) --copies;
                }
            }
            least = std::min(least, copies);
        }
    }
    const bool writes = least < volume.write_quorum, reads = least < volume.read_quorum;
    const bool at_home = database.home == model_.databases[number].home;
    // A region that is lost keeps what it holds: no copy is gone.
    const bool kept = state.region_holds[database.home] > 0;
    if (writes && !database.writes_stopped && at_home && !kept) ++state.write_quorum_losses;
    if (reads && !database.reads_stopped && at_home && !kept) ++state.read_quorum_losses;
    database.writes_stopped = writes;
    database.reads_stopped = reads;
}

void OutageSimulator::lose_warehouse(OutageState& state, std::size_t number, const Hit& hit, double lasts) const {
    const WarehouseModel& model = model_.warehouses[number];
    if (model.multi_az) return;  // the other zone's compute answers
    const bool zone = hit.cause != bit_of(scenarios::FaultKind::instance_crash);
    double away = sample(state, model.detection);
    if (!zone) {
        away += sample(state, model.replacement);
    } else if (model.relocation && state.region_holds[model.region] == 0) {
        away += sample(state, model.relocating);
    } else {
        away = lasts + sample(state, model.resume);
    }
    ++state.warehouses[number].holds;
    state.warehouses[number].cause |= hit.cause;
    push(state, away, PendingKind::warehouse_back, number);
}

void OutageSimulator::lose_pool_share(OutageState& state, std::size_t number, double share, CauseMask cause) const {
    const PoolModel& model = model_.pools[number];
    PoolState& pool = state.pools[number];
    const bool still = state.now < pool.lost_at + model.notice_s;
    pool.lost_share = std::min(1.0, share + (still ? pool.lost_share : 0.0));
    pool.lost_at = state.now;
    pool.cause = cause;
    push(state, model.notice_s, PendingKind::look_again);
    const bool empty = std::all_of(model.zones.begin(), model.zones.end(),
                                   [&](const auto& zone) { return state.zone_holds[zone.first] > 0; });
    if (!empty) return;
    pool.empty_since = state.now;
    push(state, model.notice_s + dns_asked_again_s, PendingKind::look_again);
    for (const PoolModel& other : model_.pools) {
        if (other.service != model.service) continue;
        push(state, other.start_up.mean(), PendingKind::look_again);
    }
}

void OutageSimulator::handle(OutageState& state, const Pending& event) const {
    const std::size_t owner = event.owner;
    const bool stale = owner < databases_most && state.databases[owner].epoch != event.epoch;
    switch (event.kind) {
        case PendingKind::look_again:
            return;
        case PendingKind::member_back:
            if (state.databases[owner].incarnation[event.index] != event.epoch) return;
            return member_back(state, owner, event.index);
        case PendingKind::node_back:
            forget_oldest(state.databases[owner]);
            return check_storage(state, owner);
        case PendingKind::zone_back:
            return zone_back(state, event.index, owner == 1);
        case PendingKind::zone_refilled:
            --state.databases[owner].zone_away[event.index];
            return check_storage(state, owner);
        case PendingKind::region_back:
            return region_back(state, event.index);
        case PendingKind::link_back:
            --state.link_holds[event.index];
            --state.links_down;
            return;
        case PendingKind::control_back:
            if (--state.control_holds[event.index] > 0) return;
            for (std::size_t d = 0; d < model_.databases.size(); ++d) {
                const DatabaseMode mode = state.databases[d].mode;
                const bool held = mode == DatabaseMode::held || mode == DatabaseMode::waiting;
                if (held && state.databases[d].home == event.index) promote_or_wait(state, d);
            }
            return;
        case PendingKind::warehouse_back:
            if (--state.warehouses[owner].holds == 0) state.warehouses[owner].cause = 0;
            return;
        case PendingKind::failover_done:
            return stale ? void() : failover_done(state, owner);
        case PendingKind::rebuild_done:
            return stale ? void() : rebuild_done(state, owner);
        case PendingKind::regional_done:
            return stale ? void() : regional_done(state, owner);
        case PendingKind::copied:
            if (state.region_holds[event.index] == 0 && state.databases[owner].home != event.index) {
                state.databases[owner].follows[event.index] = true;
            }
            return;
        case PendingKind::ordered_back:
            return order_back(state, event);
        case PendingKind::move_ready:
            return move_ready(state, move_of(event));
        case PendingKind::moved:
            return moved(state, move_of(event));
        case PendingKind::begins:
            return begins(state, event);
    }
}

void OutageSimulator::begins(OutageState& state, const Pending& event) const {
    const FailureProcess& process = model_.processes[event.index];
    if (event.background && process.returns_after) {
        return order_there(state, event.index, event.epoch);
    }
    if (event.background && process.planned) {
        push(state, sample(state, *process.every), PendingKind::begins, 1, event.index, event.epoch, true);
        return begin(state, event.index, process.targets[event.epoch]);
    }
    begin(state, event.index, process.targets[event.epoch]);
    if (!event.background) return;
    // Whole again after what it lasts on average, and then for another span.
    push(state, process.lasts.mean() + sample(state, *process.every), PendingKind::begins, 1, event.index, event.epoch,
         true);
}

}  // namespace faultline::planning
