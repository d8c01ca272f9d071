// The loop, and what begins: see outage_recovery.cpp for what ends, outage_effects.cpp for whom it stops,
// outage_planned.cpp for what people order.
#include "planning/availability/outage_simulator.hpp"

#include <algorithm>
#include <boost/random/exponential_distribution.hpp>
#include <limits>

#include "engine/check.hpp"

namespace faultline::planning {
namespace {

// The earliest on top; of two at one instant the older.
bool later(const Pending& a, const Pending& b) {
    return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
}

void insert_once(std::vector<double>& ascending, double value) {
    if (value <= 0.0) return;
    const auto at = std::lower_bound(ascending.begin(), ascending.end(), value);
    if (at == ascending.end() || *at != value) ascending.insert(at, value);
}

}  // namespace

OutageSimulator::OutageSimulator(const OutageModel& model)
    : model_{model}, notices_s_(model.databases.size()), returns_s_(model.databases.size()) {
    SIM_CHECK(model.cumulative_rate.size() == model.processes.size());
    for (const CellModel& cell : model.cells) {
        if (cell.ends != Ends::writer && cell.ends != Ends::readers) continue;
        insert_once(notices_s_[cell.target], cell.notice_s);
        insert_once(returns_s_[cell.target], cell.return_s);
    }
}

OutageState OutageSimulator::start(engine::Seed seed, std::uint64_t stream) const {
    const engine::StreamKey key = engine::stream_key(seed, 0, "availability", "years");
    const engine::PhiloxBlock block = engine::philox_block(key, {stream, 0, 0, 0});
    OutageState state{block[0], block[1]};
    for (std::size_t i = 0; i < model_.databases.size(); ++i) {
        const DatabaseModel& database = model_.databases[i];
        state.databases[i].home = database.home;
        for (std::size_t r = 0; r < regions_most; ++r) state.databases[i].follows[r] = database.follows[r];
    }
    for (std::size_t i = 0; i < model_.processes.size(); ++i) {
        const FailureProcess& process = model_.processes[i];
        if (!process.every || !process.counts) continue;
        for (std::size_t target = 0; target < process.targets.size(); ++target) {
            // Planned work is at any phase of its rhythm when the years begin; what breaks is whole and new.
            double after = sample(state, *process.every);
            if (process.planned) after *= state.draws.uniform();
            push(state, after, PendingKind::begins, 1, i, static_cast<std::uint32_t>(target), true);
        }
    }
    draw_next_failure(state);
    return state;
}

void OutageSimulator::draw_next_failure(OutageState& state) const {
    if (model_.rate <= 0.0) {
        state.next_failure = std::numeric_limits<double>::infinity();
        return;
    }
    const boost::random::exponential_distribution<double> wait{model_.rate * state.boost};
    state.next_failure = state.now + wait(state.draws);
}

double OutageSimulator::next_time(const OutageState& state) const {
    const double pending = state.pending_count > 0 ? state.pending[0].at : std::numeric_limits<double>::infinity();
    return std::min(pending, state.next_failure);
}

void OutageSimulator::advance(OutageState& state, double until, OutageLedger& ledger) const {
    while (next_time(state) < until) run_next(state, ledger);
    ledger.add(state, until - state.now);
    state.now = until;
}

void OutageSimulator::run_next(OutageState& state, OutageLedger& ledger) const {
    const double at = next_time(state);
    ledger.add(state, at - state.now);
    state.now = at;
    ++state.events;
    if (state.pending_count > 0 && state.pending[0].at <= state.next_failure) {
        const auto begin = state.pending.begin();
        std::pop_heap(begin, begin + state.pending_count, later);
        const Pending event = state.pending[--state.pending_count];
        if (event.background) --state.background_count;
        handle(state, event);
    } else {
        const double drawn = state.draws.uniform() * model_.rate;
        const auto found = std::upper_bound(model_.cumulative_rate.begin(), model_.cumulative_rate.end(), drawn);
        const std::size_t process =
            std::min(static_cast<std::size_t>(found - model_.cumulative_rate.begin()), model_.processes.size() - 1);
        const auto targets = static_cast<double>(model_.processes[process].targets.size());
        const auto target = static_cast<std::size_t>(state.draws.uniform() * targets);
        strike(state, process, target);
        draw_next_failure(state);
    }
    look(state, ledger);
}

void OutageSimulator::strike(OutageState& state, std::size_t process, std::size_t target) const {
    const auto& targets = model_.processes[process].targets;
    begin(state, process, targets[std::min(target, targets.size() - 1)]);
}

void OutageSimulator::push(OutageState& state, double after, PendingKind kind, std::size_t owner, std::size_t index,
                           std::uint32_t epoch, bool background) const {
    SIM_CHECK(state.pending_count < pending_most);
    state.pending[state.pending_count++] = {.at = state.now + after,
                                            .sequence = state.sequence++,
                                            .epoch = epoch,
                                            .kind = kind,
                                            .owner = static_cast<std::uint8_t>(owner),
                                            .index = static_cast<std::uint16_t>(index),
                                            .background = background};
    if (background) ++state.background_count;
    const auto begin = state.pending.begin();
    std::push_heap(begin, begin + state.pending_count, later);
}

FailureTarget OutageSimulator::found(const OutageState& state, FailureTarget target) const {
    if (!target.of_writer) return target;
    const DatabaseState& database = state.databases[target.owner];
    const MemberModel& writer = model_.databases[target.owner].members[database.writer];
    if (target.type == TargetType::member) target.index = database.writer;
    if (target.type == TargetType::zone) target.index = writer.zone;
    if (target.type == TargetType::region) target.index = database.home;
    if (target.type == TargetType::link) {
        target.index = static_cast<std::uint16_t>(database.home * regions_most + database.home);
    }
    return target;
}

bool OutageSimulator::takes_writer(const OutageState& state, const FailureTarget& target) const {
    for (std::size_t i = 0; i < model_.databases.size(); ++i) {
        const MemberModel& writer = model_.databases[i].members[state.databases[i].writer];
        if (state.databases[i].mode != DatabaseMode::serving) continue;
        if (target.type == TargetType::zone && writer.zone == target.index) return true;
        if (target.type == TargetType::region && writer.region == target.index) return true;
        const bool member = target.type == TargetType::member && target.owner == i;
        if (member && target.index == state.databases[i].writer) return true;
    }
    return false;
}

// Only of what happens while all else is whole: what was measured was.
bool OutageSimulator::draw_measured(OutageState& state, const FailureProcess& process, bool takes_writer) const {
    if (process.of_service_instances) return false;
    const MeasuredKind* kind = model_.measured.of(process.kind, takes_writer, process.lasts.mean() < 1.0);
    // Of what this model knows nothing else of, or not all, whatever was measured says more.
    const bool in_part = process.returns_after && !scenarios::goes_back(process.kind);
    if (kind == nullptr && (in_part || !model_.knows_effect(process))) kind = model_.measured.any_of(process.kind);
    if (kind == nullptr || kind->incidents.empty() || !state.all_whole()) return false;
    const auto count = static_cast<double>(kind->incidents.size());
    const MeasuredIncident& drawn = kind->incidents[static_cast<std::size_t>(state.draws.uniform() * count)];
    for (std::size_t i = 0; i < model_.cells.size(); ++i) {
        const CellModel& cell = model_.cells[i];
        if (cell.query_class.empty() || cell.class_index >= drawn.bad_s.size()) continue;
        const double bad_s = drawn.bad_s[cell.class_index];
        if (bad_s <= 0.0) continue;
        state.cells[i].measured_until = state.now + bad_s;
        state.cells[i].measured_cause = process.cause();
        state.cells[i].measured_planned = process.planned;
        push(state, bad_s, PendingKind::look_again);
    }
    return true;
}

void OutageSimulator::begin(OutageState& state, std::size_t number, const FailureTarget& described) const {
    const FailureProcess& process = model_.processes[number];
    const FailureTarget target = found(state, described);
    const Hit hit{process.cause(), draw_measured(state, process, takes_writer(state, target)), !process.resets};
    if (process.planned) {
        begin_planned(state, number, target, hit.measured);
    } else {
        take(state, process, target, hit);
    }
    for (const FailureProcess::Consequence& next : process.consequences) {
        if (state.draws.uniform() >= next.probability) continue;
        push(state, sample(state, next.after), PendingKind::begins, 0, next.process);
    }
}

void OutageSimulator::take(OutageState& state, const FailureProcess& process, const FailureTarget& target,
                           const Hit& hit) const {
    std::size_t zone = none;
    if (target.type == TargetType::member) zone = model_.databases[target.owner].members[target.index].zone;
    if (target.type == TargetType::storage_node) {
        const VolumeModel& volume = model_.databases[target.owner].volume;
        zone = volume.zones[target.index / static_cast<std::size_t>(volume.nodes_per_zone)];
    }
    if (zone != none && process.zone_share + process.region_share > 0.0) {
        const double drawn = state.draws.uniform();
        const double lasts = sample(state, process.zone_lasts);
        if (drawn < process.region_share) return lose_region(state, model_.region_of_zone[zone], hit, lasts);
        if (drawn < process.region_share + process.zone_share) return lose_zone(state, zone, hit, lasts, false);
    }
    const double lasts = sample(state, process.lasts);
    if (!takes_down(process.kind, target.type)) return;
    switch (target.type) {
        case TargetType::member:
            return take_member(state, target, hit, lasts);
        case TargetType::storage_node:
            return lose_node(state, target.owner, target.index);
        case TargetType::pool:
            if (hit.measured) return;
            return lose_pool_share(state, target.index, 1.0 / model_.pools[target.index].instances, hit.cause);
        case TargetType::zone:
            return take_zone(state, process, target.index, hit, lasts);
        case TargetType::region:
            return take_region(state, process, target.index, hit, lasts);
        case TargetType::link:
            if (state.link_holds[target.index] > 0) return;
            ++state.link_holds[target.index];
            ++state.links_down;
            return push(state, lasts, PendingKind::link_back, 0, target.index);
        case TargetType::warehouse:
            return lose_warehouse(state, target.index, hit, lasts);
        case TargetType::database:
            return hit.measured ? void() : close(state, target.owner, hit, lasts);
        case TargetType::nothing:
            return;
    }
}

void OutageSimulator::close(OutageState& state, std::size_t number, const Hit& hit, double lasts) const {
    DatabaseState& database = state.databases[number];
    database.closed_until = std::max(database.closed_until, state.now + lasts);
    database.closed_cause = hit.cause;
    push(state, lasts, PendingKind::look_again);
}

void OutageSimulator::take_member(OutageState& state, const FailureTarget& target, const Hit& hit, double lasts) const {
    const DatabaseModel& model = model_.databases[target.owner];
    if (!member_up(state, target.owner, target.index)) return;
    const bool writer = state.databases[target.owner].writer == target.index;
    // A host that is back before a heartbeat is missed: nobody fails over.
    const bool in_place = writer && lasts < sample(state, model.heartbeat);
    lose_member(state, target.owner, target.index, hit);
    DatabaseState& database = state.databases[target.owner];
    if (in_place && database.mode == DatabaseMode::failing) {
        database.mode = DatabaseMode::waiting;
        database.promoted_at = 1e18;
        ++database.epoch;
    }
    push(state, lasts + sample(state, model.restart), PendingKind::member_back, target.owner, target.index,
         database.incarnation[target.index]);
}

void OutageSimulator::take_zone(OutageState& state, const FailureProcess& process, std::size_t zone, const Hit& hit,
                                double lasts) const {
    if (state.zone_holds[zone] > 0) return;
    // What is cut off keeps its data: it is whole as soon as it is reached again.
    const bool cut = process.kind == scenarios::FaultKind::zone_cut;
    lose_zone(state, zone, hit, lasts, cut);
    for (const std::uint16_t other : process.zones_with) lose_zone(state, other, hit, lasts, cut);
    if (process.launches_share <= 0.0 || state.draws.uniform() >= process.launches_share) return;
    double& until = state.launches_bad_until[model_.region_of_zone[zone]];
    until = std::max(until, state.now + lasts);
}

void OutageSimulator::take_region(OutageState& state, const FailureProcess& process, std::size_t region, const Hit& hit,
                                  double lasts) const {
    if (process.kind == scenarios::FaultKind::region_outage && state.region_holds[region] == 0) {
        lose_region(state, region, hit, lasts);
    }
    if (process.kind == scenarios::FaultKind::control_plane_impaired && state.control_holds[region] == 0) {
        ++state.control_holds[region];
        push(state, lasts, PendingKind::control_back, 0, region);
    }
}

void OutageSimulator::lose_zone(OutageState& state, std::size_t zone, const Hit& hit, double lasts,
                                bool keeps_data) const {
    ++state.zone_holds[zone];
    state.zone_cause[zone] = hit.cause;
    push(state, lasts, PendingKind::zone_back, keeps_data ? 1 : 0, zone);
    for (std::size_t d = 0; d < model_.databases.size(); ++d) {
        const DatabaseModel& database = model_.databases[d];
        for (std::size_t z = 0; z < database.volume.zones.size(); ++z) {
            if (database.volume.zones[z] == zone) ++state.databases[d].zone_away[z];
        }
        check_storage(state, d);
        for (std::size_t m = 0; m < database.members.size(); ++m) {
            if (database.members[m].zone == zone) lose_member(state, d, m, hit);
        }
    }
    for (std::size_t p = 0; p < model_.pools.size(); ++p) {
        for (const auto& [at, count] : model_.pools[p].zones) {
            if (at != zone || hit.measured) continue;
            lose_pool_share(state, p, static_cast<double>(count) / model_.pools[p].instances, hit.cause);
        }
    }
    for (std::size_t w = 0; w < model_.warehouses.size(); ++w) {
        if (model_.warehouses[w].zone == zone) lose_warehouse(state, w, hit, lasts);
    }
}

void OutageSimulator::lose_region(OutageState& state, std::size_t region, const Hit& hit, double lasts) const {
    ++state.regions_lost;
    ++state.region_holds[region];
    ++state.control_holds[region];
    for (std::size_t d = 0; d < model_.databases.size(); ++d) state.databases[d].follows[region] = false;
    push(state, lasts, PendingKind::region_back, 0, region);
    push(state, lasts, PendingKind::control_back, 0, region);
    for (std::size_t z = 0; z < model_.zone_names.size(); ++z) {
        if (model_.region_of_zone[z] == region) lose_zone(state, z, hit, lasts, true);
    }
    for (std::size_t d = 0; d < model_.databases.size(); ++d) {
        DatabaseState& database = state.databases[d];
        if (database.home != region || database.mode == DatabaseMode::regional) continue;
        if (database.mode == DatabaseMode::serving) lose_writer(state, d, hit);
        begin_regional(state, d);
    }
}

}  // namespace faultline::planning
