// OutageSimulator: whom a state stops.
#include <algorithm>
#include <bit>

#include "planning/availability/outage_simulator.hpp"

namespace faultline::planning {
namespace {

struct Away {
    double share = 0.0;
    CauseMask cause = 0;
    bool overlap = false;
};

// Both must work; the greater loss names the cause.
Away together(const Away& a, const Away& b) {
    if (a.share <= 0.0) return b;
    if (b.share <= 0.0) return a;
    const Away& worse = a.share >= b.share ? a : b;
    return {1.0 - (1.0 - a.share) * (1.0 - b.share), worse.cause, worse.overlap};
}

class Look {
public:
    Look(const OutageModel& model, const OutageState& state) : model_{model}, state_{state} {}

    Away of(const CellModel& cell) const {
        if (cell.query_class.empty()) return writer_alone(cell);
        std::uint8_t region = cell.office_region;
        Away away;
        if (!cell.pools.empty()) away = pools_of(cell, region);
        if (away.share >= 1.0) return away;
        switch (cell.ends) {
            case Ends::writer:
                return together(together(together(away, closed(cell)), writes(cell)),
                                path(region, state_.databases[cell.target].home));
            case Ends::readers:
                return together(together(away, closed(cell)), reads(cell, region));
            case Ends::warehouse: {
                const WarehouseState& warehouse = state_.warehouses[cell.target];
                const Away lost{warehouse.holds > 0 ? 1.0 : 0.0, warehouse.cause, false};
                return together(together(away, lost), path(region, model_.warehouses[cell.target].region));
            }
            case Ends::nowhere:
                break;
        }
        return away;
    }

    Away planned(const CellModel& cell) const {
        if (cell.ends == Ends::warehouse) {
            const WarehouseState& warehouse = state_.warehouses[cell.target];
            return {state_.now < warehouse.planned_until ? 1.0 : 0.0, warehouse.planned_cause, false};
        }
        if (cell.ends != Ends::writer && cell.ends != Ends::readers) return {};
        const DatabaseState& database = state_.databases[cell.target];
        const bool writes = cell.ends == Ends::writer;
        const double until = writes ? database.planned_writes_until : database.planned_reads_until;
        const bool asked = cell.query_class.empty() || (database.planned_classes >> cell.class_index & 1U) != 0;
        const CauseMask cause = writes ? database.planned_writes_cause : database.planned_reads_cause;
        if (!asked) return {};
        // Clients come back one by one to a writer at a new address, as after a failover.
        const bool looking = writes && !cell.by_topology && state_.now >= database.planned_address_at &&
                             state_.now < database.planned_address_at + cell.return_s;
        return {state_.now < until ? 1.0 : looking ? 0.5 : 0.0, cause, false};
    }

private:
    Away writer_alone(const CellModel& cell) const {
        const DatabaseState& database = state_.databases[cell.target];
        if (database.mode != DatabaseMode::serving) return {1.0, database.cause, database.faults_overlap};
        if (state_.now < database.closed_until) return {1.0, database.closed_cause, false};
        return storage(database, database.writes_stopped, cell.target);
    }

    Away closed(const CellModel& cell) const {
        const DatabaseState& database = state_.databases[cell.target];
        return {state_.now < database.closed_until ? 1.0 : 0.0, database.closed_cause, false};
    }

    Away storage(const DatabaseState& database, bool stopped, std::size_t number) const {
        const bool at_home = database.home == model_.databases[number].home;
        if (!stopped || !at_home || database.measured) return {};
        return {1.0, database.storage_cause, std::popcount(database.storage_cause) > 1};
    }

    // Full until the new address is published and the old connections are given up; then clients come back one by one.
    Away writes(const CellModel& cell) const {
        const DatabaseState& database = state_.databases[cell.target];
        const Away stopped = storage(database, database.writes_stopped, cell.target);
        if (database.measured) return stopped;
        const Away lost{1.0, database.cause, database.faults_overlap};
        const double noticed_at = database.lost_at + (database.silent ? cell.notice_s : 0.0);
        if (database.mode != DatabaseMode::serving) {
            const bool found =
                cell.by_topology && database.mode == DatabaseMode::failing && state_.now >= database.promoted_at;
            return found ? stopped : together(lost, stopped);
        }
        if (state_.now < noticed_at) return together(lost, stopped);
        const double back_at = std::max(noticed_at, database.back_at);
        if (!cell.by_topology && state_.now < back_at + cell.return_s) {
            return together({0.5, lost.cause, lost.overlap}, stopped);
        }
        return stopped;
    }

    bool has_reader(const CellModel& cell, std::size_t region) const {
        const DatabaseModel& model = model_.databases[cell.target];
        const DatabaseState& database = state_.databases[cell.target];
        for (std::size_t m = 0; m < model.members.size(); ++m) {
            const MemberModel& member = model.members[m];
            const bool there = member.region == region && m != database.writer && !member.added_later;
            if (there && database.holds[m] == 0) return true;
        }
        return false;
    }

    bool reads_here(const CellModel& cell, std::size_t region) const {
        const DatabaseState& database = state_.databases[cell.target];
        if (state_.region_holds[region] > 0) return false;
        if (region == database.home) {
            return has_reader(cell, region) || database.mode == DatabaseMode::serving;
        }
        return database.follows[region] && has_reader(cell, region);
    }

    // Readers of the service's own region, else of another; the endpoint answers with the writer where none is left.
    Away reads(const CellModel& cell, std::size_t region) const {
        const DatabaseModel& model = model_.databases[cell.target];
        const DatabaseState& database = state_.databases[cell.target];
        if (database.measured && database.mode != DatabaseMode::serving) return {};
        const Away stopped = region == database.home ? storage(database, database.reads_stopped, cell.target) : Away{};
        const bool belongs = region == model.home || model.follows[region] || region == database.home;
        const CauseMask cause = database.reader_cause[region] != 0 ? database.reader_cause[region] : database.cause;
        const double since = state_.now - database.reader_lost_at[region];
        if (belongs && reads_here(cell, region)) {
            const bool hanging = database.reader_lost_at[region] > 0.0 && since < cell.notice_s;
            return together(stopped, {hanging ? database.reader_lost_share[region] : 0.0, cause, false});
        }
        for (std::size_t r = 0; r < model_.region_names.size(); ++r) {
            if (r == region || !reads_here(cell, r) || path(region, r).share > 0.0) continue;
            const bool unnoticed = belongs && since < model.reader_health_s;
            return unnoticed ? Away{1.0, cause, database.faults_overlap} : Away{};
        }
        return {1.0, cause | database.cause, database.faults_overlap};
    }

    bool pool_serves(const PoolModel& pool) const {
        if (state_.region_holds[pool.region] > 0) return false;
        return std::any_of(pool.zones.begin(), pool.zones.end(),
                           [&](const auto& zone) { return state_.zone_holds[zone.first] == 0; });
    }

    // The first region of the preference that serves, once health checks and DNS have led there.
    Away pools_of(const CellModel& cell, std::uint8_t& region) const {
        double empty_since = -1e18;
        CauseMask cause = 0;
        for (const std::uint8_t number : cell.pools) {
            const PoolModel& pool = model_.pools[number];
            const PoolState& at = state_.pools[number];
            region = pool.region;
            if (!pool_serves(pool)) {
                empty_since = std::max(empty_since, at.empty_since > 1e17 ? at.lost_at : at.empty_since);
                cause |= at.cause;
                continue;
            }
            const double since = state_.now - empty_since;
            if (since < pool.notice_s || since < pool.start_up.mean()) return {1.0, cause, false};
            if (since < pool.notice_s + dns_asked_again_s) return {0.5, cause, false};
            const bool hanging = state_.now < at.lost_at + pool.notice_s;
            return {hanging ? at.lost_share : 0.0, at.cause, false};
        }
        return {1.0, cause, std::popcount(cause) > 1 || cell.pools.size() > 1};
    }

    Away path(std::size_t from, std::size_t to) const {
        if (reaches(model_, state_, from, to)) return {};
        return {1.0, bit_of(scenarios::FaultKind::link_cut), state_.links_down > 1};
    }

    const OutageModel& model_;
    const OutageState& state_;
};

}  // namespace

bool reaches(const OutageModel& model, const OutageState& state, std::size_t from, std::size_t to) {
    if (from == to || state.links_down == 0) return true;
    const auto link_cut = [&](std::size_t a, std::size_t b) {
        const auto& holds = state.link_holds;
        return holds[a * regions_most + a] > 0 || holds[b * regions_most + b] > 0 ||
               holds[std::min(a, b) * regions_most + std::max(a, b)] > 0;
    };
    const std::size_t regions = model.region_names.size();
    unsigned reached = 1U << from;
    for (std::size_t round = 0; round < regions; ++round) {
        for (std::size_t a = 0; a < regions; ++a) {
            if ((reached >> a & 1U) == 0) continue;
            for (std::size_t b = 0; b < regions; ++b) {
                if (!link_cut(a, b) && state.region_holds[b] == 0) reached |= 1U << b;
            }
        }
    }
    return (reached >> to & 1U) != 0;
}

namespace {

// At each office what is away of its worst class.
void look_at_offices(const OutageModel& model, OutageState& state, CellState& together) {
    double unplanned = 0.0, planned = 0.0;
    for (const OfficeGroup& group : model.office_groups) {
        float worst = 0.0F, worst_of_all = 0.0F;
        for (const std::size_t number : group.cells) {
            const CellState& cell = state.cells[number];
            worst = std::max(worst, cell.unplanned);
            worst_of_all = std::max(worst_of_all, cell.unplanned + cell.planned);
        }
        unplanned += group.weight * static_cast<double>(worst);
        planned += group.weight * static_cast<double>(worst_of_all - worst);
    }
    together.unplanned = static_cast<float>(unplanned);
    together.planned = static_cast<float>(planned);
}

}  // namespace

void OutageSimulator::look(OutageState& state, OutageLedger& ledger) const {
    const Look look{model_, state};
    bool any = false;
    for (std::size_t i = 0; i < model_.cells.size(); ++i) {
        CellState& cell = state.cells[i];
        if (model_.cells[i].of_offices) {  // the last one
            look_at_offices(model_, state, cell);
            continue;
        }
        const bool measured = state.now < cell.measured_until;
        Away away = look.of(model_.cells[i]);
        Away planned = look.planned(model_.cells[i]);
        if (measured && !cell.measured_planned && away.share < 1.0) away = {1.0, cell.measured_cause, false};
        if (measured && cell.measured_planned && planned.share < 1.0) planned = {1.0, cell.measured_cause, false};
        planned.share = std::max(0.0, planned.share - away.share);  // what failed anyhow is not planned
        // What goes on under another cause, such as a failover that is held up, counts with that one, too.
        const bool other = away.cause != cell.cause || away.overlap != cell.overlap;
        const bool begins = away.share > 0.0 && (cell.unplanned <= 0.0F || other);
        const bool planned_begins = cell.planned <= 0.0F && planned.share > 0.0;
        cell.unplanned = static_cast<float>(away.share);
        cell.planned = static_cast<float>(planned.share);
        cell.cause = away.cause;
        cell.overlap = away.overlap;
        cell.planned_cause = planned.cause;
        if (begins) ledger.count(i, cell.cause, cell.overlap, false);
        if (planned_begins) ledger.count(i, cell.planned_cause, false, true);
        any = any || away.share > 0.0 || planned.share > 0.0;
    }
    state.any_away = any;
}

}  // namespace faultline::planning
