// OutageSimulator: what people order. Whom it stops, who takes over, and the way back (docs/models/planned-work.md,
// docs/models/global.md).
#include <algorithm>

#include "planning/availability/outage_simulator.hpp"

namespace faultline::planning {
namespace {

constexpr double looked_again_s = 60.0;  // assumption: how often people see whether what they ordered can go on
constexpr std::uint32_t measured_bit = 256, back_bit = 512;

}  // namespace

// Of what people order for a time: the first order now, and the way back when that has passed.
void OutageSimulator::order_there(OutageState& state, std::size_t number, std::size_t index) const {
    const FailureProcess& process = model_.processes[number];
    FailureTarget target = found(state, process.targets[index]);
    target.of_writer = false;  // the way back is that part's, whatever its role is then
    begin(state, number, target);
    if (process.switches_over()) return;  // once it is known whether it could be done
    const double away = sample(state, *process.returns_after);
    if (!scenarios::goes_back(process.kind)) return next_order(state, number, index, away);
    const auto both = static_cast<std::uint32_t>(index | static_cast<std::size_t>(target.index) << 8U);
    push(state, process.lasts.mean() + away, PendingKind::ordered_back, 0, number, both, true);
}

void OutageSimulator::order_back(OutageState& state, const Pending& event) const {
    const FailureProcess& process = model_.processes[event.index];
    if (process.switches_over()) {
        const auto region = static_cast<std::uint16_t>(event.epoch);
        return begin(state, event.index, {TargetType::database, event.owner, region});
    }
    const std::size_t index = event.epoch & 0xffU;
    FailureTarget target = process.targets[index];
    target.of_writer = false;
    target.index = static_cast<std::uint16_t>(event.epoch >> 8U);
    begin(state, event.index, target);
    next_order(state, event.index, index, process.lasts.mean());
}

void OutageSimulator::next_order(OutageState& state, std::size_t number, std::size_t target, double after) const {
    const double wait = after + sample(state, *model_.processes[number].every);
    push(state, wait, PendingKind::begins, 1, number, static_cast<std::uint32_t>(target), true);
}

void OutageSimulator::begin_planned(OutageState& state, std::size_t number, const FailureTarget& target,
                                    bool measured) const {
    const FailureProcess& process = model_.processes[number];
    if (process.switches_over()) return order_move(state, {number, target.owner, target.index, measured, false});
    if (process.kind == scenarios::FaultKind::evacuation) return evacuate(state, number, target.index, measured);
    if (process.kind == scenarios::FaultKind::zone_evacuation) return leave_zone(state, process, target, measured);
    double lasts = sample(state, process.lasts);
    if (!process.stops_writes && !process.stops_reads) return;
    if (target.type == TargetType::warehouse && !measured) {
        WarehouseState& warehouse = state.warehouses[target.index];
        warehouse.planned_until = std::max(warehouse.planned_until, state.now + lasts);
        warehouse.planned_cause = process.cause();
        return push(state, lasts, PendingKind::look_again, 0, 0, 0, true);
    }
    if (target.type != TargetType::database && target.type != TargetType::member) return;
    // Of one instance: only a writer has clients that cannot go elsewhere meanwhile.
    if (target.type == TargetType::member && target.index != state.databases[target.owner].writer) return;
    if (process.hands_over && hand_over(state, process, target.owner, none, measured)) return;
    if (process.hands_over) lasts = sample(state, process.alone_lasts);
    if (!measured) stop_database(state, process, target.owner, lasts);
}

void OutageSimulator::stop_database(OutageState& state, const FailureProcess& process, std::size_t number,
                                    double lasts) const {
    DatabaseState& database = state.databases[number];
    const bool goes_on = state.now < std::max(database.planned_writes_until, database.planned_reads_until);
    database.planned_classes = process.stops_classes | (goes_on ? database.planned_classes : 0);
    if (process.stops_writes) {
        database.planned_writes_until = std::max(database.planned_writes_until, state.now + lasts);
        database.planned_writes_cause = process.cause();
    }
    if (process.stops_reads) {
        database.planned_reads_until = std::max(database.planned_reads_until, state.now + lasts);
        database.planned_reads_cause = process.cause();
    }
    push(state, lasts, PendingKind::look_again, 0, 0, 0, true);
}

// Until it is published nobody writes; then clients come back to it one by one.
void OutageSimulator::stop_until_published(OutageState& state, const FailureProcess& process, std::size_t number,
                                           double published) const {
    stop_database(state, process, number, published);
    state.databases[number].planned_address_at = state.now + published;
    for (const double return_s : returns_s_[number]) {
        push(state, published + return_s, PendingKind::look_again, 0, 0, 0, true);
    }
}

// A writer that is whole makes another member of its region the writer, none of those in the zone `but`. Returns
// whether there was one.
bool OutageSimulator::hand_over(OutageState& state, const FailureProcess& process, std::size_t number, std::size_t but,
                                bool measured) const {
    const DatabaseModel& model = model_.databases[number];
    DatabaseState& database = state.databases[number];
    if (database.mode != DatabaseMode::serving || state.control_holds[database.home] > 0) return false;
    std::size_t next = members_most;
    for (std::size_t m = 0; m < model.members.size(); ++m) {
        const MemberModel& member = model.members[m];
        if (m == database.writer || member.region != database.home || member.zone == but) continue;
        if (!member_up(state, number, m)) continue;
        if (next == members_most || member.tier < model.members[next].tier) next = m;
    }
    if (next == members_most) return false;
    database.writer = static_cast<std::uint8_t>(next);
    const double published = sample(state, model.promotion) + sample(state, model.dns_update);
    if (!measured) stop_until_published(state, process, number, published);
    return true;
}

void OutageSimulator::leave_zone(OutageState& state, const FailureProcess& process, const FailureTarget& target,
                                 bool measured) const {
    if (target.type != TargetType::zone) return;
    for (std::size_t d = 0; d < model_.databases.size(); ++d) {
        const MemberModel& writer = model_.databases[d].members[state.databases[d].writer];
        if (writer.zone == target.index) hand_over(state, process, d, target.index, measured);
    }
}

// Each database whose primary stands there goes to the first region that follows.
void OutageSimulator::evacuate(OutageState& state, std::size_t number, std::size_t region, bool measured) const {
    for (std::size_t d = 0; d < model_.databases.size(); ++d) {
        const auto& follows = state.databases[d].follows;
        const auto to = std::find(follows.begin(), follows.end(), true);
        if (state.databases[d].home != region || to == follows.end()) continue;
        order_move(state, {number, d, static_cast<std::size_t>(to - follows.begin()), measured, false});
    }
}

void OutageSimulator::push_move(OutageState& state, double after, PendingKind kind, const Move& move) const {
    std::uint32_t packed = static_cast<std::uint32_t>(move.to);
    if (move.measured) packed |= measured_bit;
    if (move.back) packed |= back_bit;
    push(state, after, kind, move.database, move.process, packed, true);
}

OutageSimulator::Move OutageSimulator::move_of(const Pending& event) {
    return {event.index, event.owner, event.epoch % measured_bit, (event.epoch & measured_bit) != 0,
            (event.epoch & back_bit) != 0};
}

bool OutageSimulator::can_move(const OutageState& state, const Move& move) const {
    const DatabaseState& database = state.databases[move.database];
    return database.mode == DatabaseMode::serving && database.home != move.to && database.follows[move.to] &&
           reaches(model_, state, database.home, move.to);
}

// A region without an instance is given one first.
void OutageSimulator::order_move(OutageState& state, const Move& move) const {
    const DatabaseModel& model = model_.databases[move.database];
    if (!can_move(state, move)) return refused(state, move);
    const bool headless = std::any_of(model.members.begin(), model.members.end(), [&](const MemberModel& member) {
        return member.region == move.to && member.added_later;
    });
    if (headless) return push_move(state, sample(state, model.add_instance), PendingKind::move_ready, move);
    move_ready(state, move);
}

// Who evacuates orders it again until the database has another primary.
void OutageSimulator::refused(OutageState& state, const Move& move) const {
    const std::size_t home = state.databases[move.database].home;
    const bool again = model_.processes[move.process].kind == scenarios::FaultKind::evacuation && home != move.to;
    if (again) return push_move(state, looked_again_s, PendingKind::move_ready, move);
    end_move(state, move, home, false);
}

// Control planes that are ill, and instances that are lost, are waited for.
void OutageSimulator::move_ready(OutageState& state, const Move& move) const {
    const DatabaseModel& model = model_.databases[move.database];
    const DatabaseState& database = state.databases[move.database];
    if (!can_move(state, move)) return refused(state, move);
    const bool somebody = successor_in(state, move.database, move.to) != members_most;
    if (!somebody || state.control_holds[database.home] > 0 || state.control_holds[move.to] > 0) {
        return push_move(state, looked_again_s, PendingKind::move_ready, move);
    }
    double promoted = sample(state, model.switchover);
    while (model.step_fails > 0.0 && state.draws.uniform() < model.step_fails) {
        promoted += sample(state, model.retry) + sample(state, model.switchover);
    }
    const double published = promoted + sample(state, model.regional_dns);
    if (!move.measured) stop_until_published(state, model_.processes[move.process], move.database, published);
    push_move(state, promoted, PendingKind::moved, move);
}

// The best instance of a region, as if that were the primary's.
std::size_t OutageSimulator::successor_in(const OutageState& state, std::size_t number, std::size_t region) const {
    const auto& members = model_.databases[number].members;
    std::size_t best = members_most;
    for (std::size_t m = 0; m < members.size(); ++m) {
        if (members[m].region != region || state.databases[number].holds[m] > 0) continue;
        if (best == members_most || members[m].tier < members[best].tier) best = m;
    }
    return best;
}

// The old primary follows with the volume that it has, and so does who followed it.
void OutageSimulator::moved(OutageState& state, const Move& move) const {
    DatabaseState& database = state.databases[move.database];
    const std::uint8_t from = database.home;
    const std::size_t writer = successor_in(state, move.database, move.to);
    const bool can = database.mode != DatabaseMode::regional && database.follows[move.to] && writer != members_most;
    if (!can || from == move.to) return end_move(state, move, from, false);
    database.home = static_cast<std::uint8_t>(move.to);
    database.follows[move.to] = false;
    database.follows[from] = state.region_holds[from] == 0;
    if (database.mode == DatabaseMode::serving) {
        database.writer = static_cast<std::uint8_t>(writer);
    } else {
        serve(state, move.database, writer);  // who had failed there is needed no more
    }
    check_storage(state, move.database);
    end_move(state, move, from, true);
}

// Whoever has moved is ordered back; who has not, or is back, is ordered to move again one day.
void OutageSimulator::end_move(OutageState& state, const Move& move, std::size_t from, bool done) const {
    const FailureProcess& process = model_.processes[move.process];
    if (!process.returns_after) return;
    if (process.kind == scenarios::FaultKind::evacuation) {
        if (!done || move.back) return;
        const Move back{move.process, move.database, from, move.measured, true};
        return push_move(state, sample(state, *process.returns_after), PendingKind::move_ready, back);
    }
    for (std::size_t target = 0; target < process.targets.size(); ++target) {
        if (process.targets[target].owner != move.database) continue;
        const bool there = move.to == process.targets[target].index;
        if (there && done) {
            return push(state, sample(state, *process.returns_after), PendingKind::ordered_back, move.database,
                        move.process, static_cast<std::uint32_t>(from), true);
        }
        return next_order(state, move.process, target, 0.0);
    }
}

}  // namespace faultline::planning
