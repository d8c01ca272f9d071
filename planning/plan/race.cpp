#include "planning/plan/race.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <span>

#include "planning/money.hpp"
#include "planning/requirement.hpp"
#include "scenarios/yearly.hpp"

namespace faultline::planning {
namespace {

using scenarios::RequirementResult;
using scenarios::Verdict;

scenarios::Scenario without_years(scenarios::Scenario scenario) {
    std::erase_if(scenario.requirements, [](const auto& one) { return scenarios::is_of_years(one.measure); });
    return scenario;
}

const RequirementResult* first_that_is(const std::vector<RequirementResult>& all, Verdict verdict) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.verdict == verdict; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

double mean_of(const std::vector<double>& values) {
    if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

Entrant::Entrant(SweepPoint point, const Objective& objective, std::uint32_t most)
    : point_{std::move(point)},
      objective_{objective},
      judged_{without_years(*point_.scenario)},
      stopping_{judged_, most, first_look},
      most_{most} {}

const RequirementResult* Entrant::deciding() const {
    const RequirementResult* const violated = first_that_is(requirements(), Verdict::violated);
    return violated != nullptr ? violated : first_that_is(requirements(), Verdict::undecided);
}

Verdict Entrant::verdict() const {
    if (replications_ == 0) return Verdict::undecided;
    const RequirementResult* const one = deciding();
    return one == nullptr ? Verdict::met : one->verdict;
}

bool Entrant::ended() const {
    return replications_ > 0 && (verdict() != Verdict::undecided || replications_ == most_);
}

std::size_t Entrant::doubts() const {
    return static_cast<std::size_t>(std::count_if(requirements().begin(), requirements().end(), [](const auto& one) {
        if (one.verdict != Verdict::undecided) return false;
        // Of a limit from above the far end is high, of one from below it is low: which one tells the estimate's side.
        const bool above = one.estimate > one.limit;
        const bool at_least = one.text.find(" >= ") != std::string::npos;
        return std::isnan(one.estimate) || above != at_least;
    }));
}

double Entrant::objective() const {
    return mean_of(objectives_);
}

void Entrant::look(const std::vector<scenarios::ReplicationResult>& results, std::uint32_t asked) {
    replications_ = asked;
    stopping_.look(results);
    costs_ = monthly_costs(scenario(), results).dollars;
    if (objective_.is_cost()) {
        objectives_ = costs_;
        return;
    }
    objectives_.clear();
    for (const scenarios::Requirement& one : scenario().requirements) {
        if (one.name != objective_.name) continue;
        for (const auto& result : results) objectives_.push_back(estimate_of(scenario(), one, std::span{&result, 1}));
    }
}

bool Race::advance(const std::vector<Entrant*>& entrants) {
    std::map<std::uint32_t, std::vector<Entrant*>> by_look;
    for (Entrant* const one : entrants) by_look[one->next_look()].push_back(one);
    for (const auto& [replications, together] : by_look) {
        std::vector<SweepPoint> points;
        points.reserve(together.size());
        for (const Entrant* const one : together) points.push_back(one->point());
        if (!sweep_.run(points, replications)) return false;
        for (Entrant* const one : together) one->look(sweep_.results(one->point(), replications), replications);
    }
    return true;
}

}  // namespace faultline::planning
