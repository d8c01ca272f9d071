#include <fmt/format.h>

#include <algorithm>

#include "planning/availability/availability.hpp"
#include "planning/requirement.hpp"
#include "scenarios/quantity_text.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

using engine::Interval;
using scenarios::Requirement;
using scenarios::RequirementResult;
using scenarios::Scenario;
using scenarios::Verdict;

struct Place {
    std::string name;  // empty: all offices
    std::vector<WeightedCell> cells;
};

// The classes of a tenant together, by their shares.
bool is_about(const Scenario& scenario, const std::string& of, const std::string& query_class) {
    if (of == query_class) return true;
    for (const scenarios::Tenant& tenant : scenario.workload.tenants) {
        const auto& classes = tenant.classes;
        if (tenant.name == of) return std::find(classes.begin(), classes.end(), query_class) != classes.end();
    }
    return false;
}

std::vector<Place> places_of(const Scenario& scenario, const Requirement& requirement, const OutageModel& model) {
    std::vector<Place> places;
    double sum = 0.0;
    Place all;
    for (std::size_t i = 0; i < model.cells.size(); ++i) {
        const CellModel& cell = model.cells[i];
        if (cell.query_class.empty() || !is_about(scenario, requirement.of, cell.query_class)) continue;
        const double weight = cell.weight * std::max(cell.class_share, 1e-12);
        all.cells.push_back({i, weight});
        sum += weight;
        places.push_back({cell.offices, {{i, 1.0}}});
    }
    if (!requirement.pooled) return places;
    for (WeightedCell& one : all.cells) one.weight /= sum;
    return {all};
}

// As shares of the year; the interval of downtime turned round.
Interval availability_of(const Years& years, const Place& place, const Requirement& requirement, double confidence) {
    const std::vector<double> minutes = minutes_of_years(years, place.cells, requirement.planned_included);
    const std::optional<double> p = quantile_of(requirement.statistic, 0.0);
    Interval away =
        p && *p > 0.0 ? engine::quantile_interval(minutes, *p, confidence) : mean_of_years(minutes, confidence);
    away.low = std::max(0.0, away.low);
    return {1.0 - away.high / minutes_of_year, 1.0 - away.estimate / minutes_of_year, 1.0 - away.low / minutes_of_year};
}

std::string why(const RequirementResult& one, const Requirement& requirement) {
    const auto minutes = [](double availability) { return scenarios::seconds_text((1.0 - availability) * year_s); };
    const std::string limit = minutes(one.limit);
    const std::string away = minutes(one.estimate);
    const std::string years = requirement.statistic.empty() || requirement.statistic == "mean"
                                  ? "on average"
                                  : "in the year that " + requirement.statistic.substr(1) + " % of years stay within";
    if (one.verdict == Verdict::undecided) {
        return fmt::format("{} a year are away {}, {} are allowed, and the interval holds both: more years decide it",
                           away, years, limit);
    }
    return fmt::format("{} a year are away {}, and {} are allowed", away, years, limit);
}

}  // namespace

RequirementResult judge_years(const Scenario& scenario, const Requirement& requirement, const OutageModel& model,
                              const Years& years) {
    const std::vector<Place> places = places_of(scenario, requirement, model);
    RequirementResult result;
    result.name = requirement.name;
    result.text = scenarios::requirement_text(requirement);
    result.limit = requirement.limit;
    if (places.empty()) {
        result.why = "nobody asks for it";
        return result;
    }
    const double error = (1.0 - confidence_of_each(scenario)) / static_cast<double>(places.size());
    const auto rank = [](Verdict verdict) { return verdict == Verdict::violated ? 2 : verdict == Verdict::undecided; };
    bool first = true;
    for (const Place& place : places) {
        const Interval interval = availability_of(years, place, requirement, 1.0 - error);
        const Verdict verdict = judge(requirement, interval);
        const bool worse =
            rank(verdict) > rank(result.verdict) || (verdict == result.verdict && interval.estimate < result.estimate);
        if (!first && !worse) continue;
        first = false;
        result.verdict = verdict;
        result.estimate = interval.estimate;
        result.low = interval.low;
        result.high = interval.high;
        result.worst_at = places.size() > 1 ? place.name : "";
    }
    result.observations = years.years;
    result.why = why(result, requirement);
    return result;
}

}  // namespace faultline::planning
