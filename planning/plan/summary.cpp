#include "planning/plan/summary.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "planning/measure.hpp"
#include "planning/money.hpp"

namespace faultline::planning {
namespace {

using scenarios::FrontPoint;
using scenarios::HeadRoom;
using scenarios::PlannedTopology;
using scenarios::PlanResult;
using scenarios::Requirement;
using scenarios::RequirementResult;
using scenarios::ResourceResult;
using scenarios::ResourceUse;

constexpr double least_use = 0.005;

const RequirementResult* result_of(const PlannedTopology& topology, const std::string& name) {
    const auto found = std::find_if(topology.requirements.begin(), topology.requirements.end(),
                                    [&](const RequirementResult& one) { return one.name == name; });
    return found == topology.requirements.end() ? nullptr : &*found;
}

std::vector<std::string> axes_of(const scenarios::Scenario& scenario, const PlanResult& result) {
    std::string rto, latency;
    double nearest = -1.0;
    for (const Requirement& one : scenario.requirements) {
        if (one.measure == "rto" && rto.empty()) rto = one.name;
        if (one.measure != "latency" || one.statistic == "mean" || one.limit <= 0.0) continue;
        const RequirementResult* const at =
            result.winner ? result_of(result.topologies[*result.winner], one.name) : nullptr;
        const double share = at == nullptr || std::isnan(at->estimate) ? 0.0 : at->estimate / one.limit;
        if (share <= nearest) continue;
        nearest = share;
        latency = one.name;
    }
    std::vector<std::string> axes;
    if (!rto.empty()) axes.push_back(rto);
    if (!latency.empty()) axes.push_back(latency);
    return axes;
}

bool beats(const FrontPoint& a, const FrontPoint& b) {
    bool better = false;
    for (std::size_t i = 0; i < a.values.size(); ++i) {
        if (a.values[i] > b.values[i]) return false;
        better = better || a.values[i] < b.values[i];
    }
    return better;
}

struct Use {
    HeadRoom told;
    double share_s = 0.0, seconds = 0.0;
};

void add_use(Use& use, const ResourceResult& one) {
    use.told.words = one.words;
    use.told.kind = one.kind;
    use.share_s += one.steady.mean * static_cast<double>(one.steady.seconds);
    use.seconds += static_cast<double>(one.steady.seconds);
    use.told.worst_minute = std::max(use.told.worst_minute, one.steady.worst_minute);
    for (const ResourceUse& incident : one.incidents) {
        use.told.worst_minute = std::max(use.told.worst_minute, incident.worst_minute);
    }
}

}  // namespace

void add_front(const scenarios::Scenario& scenario, PlanResult& result) {
    const std::vector<std::string> names = axes_of(scenario, result);
    result.axes.push_back({"cost", "$/month"});
    for (const std::string& name : names) result.axes.push_back({name, "s"});
    std::vector<FrontPoint> points;
    for (std::size_t i = 0; i < result.topologies.size(); ++i) {
        const PlannedTopology& topology = result.topologies[i];
        if (!topology.cost || topology.replications == 0) continue;
        FrontPoint point{.topology = i, .values = {*topology.cost}};
        for (const std::string& name : names) {
            const RequirementResult* const one = result_of(topology, name);
            if (one == nullptr || one->observations == 0 || std::isnan(one->estimate)) break;
            point.values.push_back(one->estimate);
        }
        point.meets_all = topology.fate == scenarios::Fate::winner || topology.fate == scenarios::Fate::met;
        if (point.values.size() == names.size() + 1) points.push_back(std::move(point));
    }
    for (const FrontPoint& one : points) {
        const bool beaten =
            std::any_of(points.begin(), points.end(), [&](const FrontPoint& other) { return beats(other, one); });
        if (!beaten) result.front.push_back(one);
    }
    std::stable_sort(result.front.begin(), result.front.end(),
                     [](const FrontPoint& a, const FrontPoint& b) { return a.values < b.values; });
}

void find_maybe_cheaper(scenarios::PlanResult& result) {
    if (!result.winner) return;
    const scenarios::PlannedTopology& winner = result.topologies[*result.winner];
    const auto known = [](const scenarios::PlannedTopology& one) { return one.cost.value_or(one.cost_floor); };
    for (std::size_t i = 0; i < result.topologies.size(); ++i) {
        const scenarios::PlannedTopology& other = result.topologies[i];
        const bool may_meet = other.fate == scenarios::Fate::met || other.fate == scenarios::Fate::worse;
        if (!may_meet || has_all_of(other.unpriced, winner.unpriced)) continue;
        if (!result.maybe_cheaper || known(other) < known(result.topologies[*result.maybe_cheaper])) {
            result.maybe_cheaper = i;
        }
    }
}

std::vector<HeadRoom> head_room(Results results) {
    std::map<std::string, Use> uses;  // by name
    for (const auto& replication : results) {
        for (const ResourceResult& one : replication.resources) add_use(uses[one.name], one);
    }
    std::map<std::string, HeadRoom> fullest;  // by words
    for (auto& [name, use] : uses) {
        use.told.mean = use.seconds > 0.0 ? use.share_s / use.seconds : 0.0;
        const auto [at, is_new] = fullest.try_emplace(use.told.words, use.told);
        if (!is_new && use.told.worst_minute > at->second.worst_minute) at->second = use.told;
    }
    std::vector<HeadRoom> all;
    for (const auto& [words, one] : fullest) {
        if (one.worst_minute >= least_use) all.push_back(one);
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const HeadRoom& a, const HeadRoom& b) { return a.worst_minute > b.worst_minute; });
    return all;
}

}  // namespace faultline::planning
