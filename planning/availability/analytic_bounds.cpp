// From the tables of a topology to chains and sums that need no simulation: see cluster_chain.hpp.
#include <algorithm>
#include <map>

#include "planning/availability/cluster_chain.hpp"
#include "planning/availability/model_of.hpp"

namespace faultline::planning {
namespace {

using scenarios::FaultKind;

// Events a second, and seconds that they take out of each second.
struct Load {
    double rate = 0.0, busy = 0.0;
    void add(double more, double lasts_s) {
        rate += more;
        busy += more * lasts_s;
    }
    ChainPart part() const { return {rate, busy > 0.0 ? rate / busy : 1.0}; }
};

// What one database's home region suffers.
struct Sufferings {
    std::map<std::size_t, Load> members, zones;
    Load in_place, region, control;
};

void add_member(Sufferings& all, const OutageModel& model, std::size_t number, const FailureProcess& process,
                const FailureTarget& target) {
    const DatabaseModel& database = model.databases[number];
    const std::size_t member = target.of_writer ? 0 : target.index;
    const double alone = process.rate_each * (1.0 - process.zone_share - process.region_share);
    const double lasts_s = process.lasts.mean();
    const bool in_place = lasts_s < database.heartbeat.mean();
    if (in_place && member == 0) all.in_place.add(alone, lasts_s + database.restart.mean());
    if (!in_place) all.members[member].add(alone, lasts_s + database.restart.mean());
    all.zones[database.members[member].zone].add(process.rate_each * process.zone_share, process.zone_lasts.mean());
    if (database.members[member].region == database.home) {
        all.region.add(process.rate_each * process.region_share, process.zone_lasts.mean());
    }
}

Sufferings sufferings_of(const OutageModel& model, std::size_t number) {
    Sufferings all;
    const DatabaseModel& database = model.databases[number];
    for (const FailureProcess& process : model.processes) {
        if (process.planned || process.rate_each <= 0.0) continue;
        for (const FailureTarget& target : process.targets) {
            if (target.type == TargetType::member && target.owner == number && takes_down(process.kind, target.type)) {
                add_member(all, model, number, process, target);
            }
            const std::size_t zone = target.of_writer ? database.members.front().zone : target.index;
            if (target.type == TargetType::zone && takes_down(process.kind, target.type)) {
                all.zones[zone].add(process.rate_each, process.lasts.mean() + database.restart.mean());
            }
            if (target.type == TargetType::database && target.owner == number &&
                takes_down(process.kind, target.type)) {
                all.in_place.add(process.rate_each, process.lasts.mean());
            }
            const bool home = target.type == TargetType::region && (target.of_writer || target.index == database.home);
            if (home && process.kind == FaultKind::region_outage) {
                all.region.add(process.rate_each, process.lasts.mean() + database.restart.mean());
            }
            if (home && process.kind == FaultKind::control_plane_impaired) {
                all.control.add(process.rate_each, process.lasts.mean());
            }
        }
    }
    return all;
}

double failover_s(const DatabaseModel& one) {
    return one.heartbeat.mean() + one.detection.mean() + one.promotion.mean() + one.dns_update.mean() +
           one.stuck * (one.stuck_noticed.mean() + one.by_hand.mean());
}

ClusterChain chain_of(const OutageModel& model, std::size_t number, const Sufferings& all) {
    const DatabaseModel& database = model.databases[number];
    ClusterChain chain;
    std::vector<std::size_t> order;
    for (std::size_t m = 0; m < database.members.size(); ++m) {
        if (database.members[m].region == database.home && !database.members[m].added_later) order.push_back(m);
    }
    // The first writer stays in front: a chain begins with it.
    std::stable_sort(order.begin() + 1, order.end(),
                     [&](std::size_t a, std::size_t b) { return database.members[a].tier < database.members[b].tier; });
    std::map<std::size_t, std::size_t> zones;
    for (const std::size_t m : order) {
        const auto member = all.members.find(m);
        chain.members.push_back(member == all.members.end() ? ChainPart{} : member->second.part());
        const auto [zone, is_new] = zones.try_emplace(database.members[m].zone, chain.zones.size());
        if (is_new) {
            const auto load = all.zones.find(database.members[m].zone);
            chain.zones.push_back(load == all.zones.end() ? ChainPart{} : load->second.part());
        }
        chain.zone_of.push_back(zone->second);
    }
    chain.failover = 1.0 / std::max(1e-3, failover_s(database));
    chain.rebuild = 1.0 / std::max(1e-3, database.rebuild.mean());
    chain.depth = order.size() > 8 ? 2 : 3;
    return chain;
}

// Until somebody else serves, or the region is back, whichever is sooner on average.
double region_away_s(const DatabaseModel& one, const Load& region) {
    const double back_s = region.rate > 0.0 ? region.busy / region.rate : 0.0;
    const bool followed = std::any_of(one.follows.begin(), one.follows.end(), [](bool yes) { return yes; });
    double moved_s = back_s;
    if (followed) {
        moved_s = one.alarm_s + one.decision.mean() + one.fence_s + one.regional_promotion.mean() +
                  one.step_fails * (one.retry.mean() + one.regional_promotion.mean()) + one.regional_dns.mean();
    } else if (one.copies_in && *one.copies_in != one.home) {
        moved_s = one.restore_alarm_s + one.restore_decision.mean() + one.restore_fill_s + one.restore_recovery.mean() +
                  one.restore_repointing.mean();
    }
    return std::min(back_s, moved_s);
}

}  // namespace

std::vector<AnalyticBounds> analytic_bounds(const OutageModel& model) {
    std::vector<AnalyticBounds> bounds;
    std::vector<ChainAnswer> answers;
    for (std::size_t d = 0; d < model.databases.size(); ++d) {
        const Sufferings all = sufferings_of(model, d);
        const ChainAnswer answer = solve(chain_of(model, d, all));
        const double region = all.region.rate * region_away_s(model.databases[d], all.region);
        const double single = answer.low + all.in_place.busy + region;
        // A failover that the control plane holds up waits for half of its illness on average.
        const double held_s = all.control.rate > 0.0 ? 0.5 * all.control.busy / all.control.rate : 0.0;
        const double held = all.control.busy * answer.losses * held_s;
        bounds.push_back({model.databases[d].name, true, std::min(1.0, single),
                          std::min(1.0, answer.high + all.in_place.busy + region + held), answer.states});
        answers.push_back(answer);
    }
    for (const CellModel& cell : model.cells) {
        if (cell.query_class.empty() || cell.ends != Ends::writer) continue;
        const AnalyticBounds& database = bounds[cell.target];
        const double losses = answers[cell.target].losses;
        const auto known = std::find_if(bounds.begin(), bounds.end(), [&](const auto& one) {
            return !one.is_database && one.of == cell.query_class;
        });
        if (known != bounds.end()) continue;
        bounds.push_back({cell.query_class, false, database.low,
                          std::min(1.0, database.high + losses * (cell.notice_s + cell.return_s)), database.states});
    }
    return bounds;
}

std::vector<AnalyticBounds> analytic_bounds(const scenarios::Scenario& scenario) {
    if (!too_large_for_years(scenario).empty()) return {};
    return analytic_bounds(outage_model_of(scenario));
}

}  // namespace faultline::planning
