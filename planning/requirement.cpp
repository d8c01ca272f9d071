#include "planning/requirement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "planning/estimate.hpp"
#include "planning/observations.hpp"
#include "planning/reason.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

using scenarios::Requirement;
using scenarios::RequirementResult;
using scenarios::Scenario;
using scenarios::Verdict;

constexpr double default_incident_quantile = 0.95;

// Further from the limit, on its wrong side, first.
double badness(const Requirement& requirement, const Estimate& at) {
    const engine::Interval& i = at.interval;
    const double end = std::isnan(i.estimate) ? i.high : i.estimate;
    return requirement.at_most ? end : -(std::isnan(i.estimate) ? i.low : i.estimate);
}

struct Judged {
    Verdict verdict = Verdict::undecided;
    Estimate deciding;  // the place that decides
};

// Violated somewhere, else undecided somewhere, else met everywhere; then the worst of those places.
Judged worst_of(const Requirement& requirement, const std::vector<Estimate>& places) {
    const auto rank = [](Verdict v) { return v == Verdict::violated ? 2 : v == Verdict::undecided ? 1 : 0; };
    Judged worst;
    bool first = true;
    for (const Estimate& at : places) {
        const Verdict verdict = at.observations == 0 ? Verdict::undecided : judge(requirement, at.interval);
        const bool worse =
            rank(verdict) > rank(worst.verdict) ||
            (verdict == worst.verdict && badness(requirement, at) > badness(requirement, worst.deciding));
        if (first || worse) worst = {verdict, at};
        first = false;
    }
    return worst;
}

Question question_of(const Scenario& scenario, const Requirement& requirement, std::size_t places) {
    const double error = (1.0 - scenario.run.confidence) / static_cast<double>(std::max<std::size_t>(1, places));
    return {.p = quantile_of(requirement.statistic, default_incident_quantile).value_or(default_incident_quantile),
            .mean = requirement.statistic == "mean",
            .limit = requirement.limit,
            .confidence = 1.0 - error};
}

template <typename Series, typename EstimateOne>
Judged judge_places(const Scenario& scenario, const Requirement& requirement, const std::vector<Series>& series,
                    EstimateOne estimate) {
    const Question question = question_of(scenario, requirement, series.size());
    std::vector<Estimate> places;
    for (const Series& one : series) places.push_back(estimate(one, question));
    return worst_of(requirement, places);
}

// Met by the worst office of every incident, which holds for all offices at once; violated by any single office.
Judged judge_incidents(const Scenario& scenario, const Requirement& requirement,
                       const std::vector<IncidentSeries>& series, std::size_t replications) {
    const Estimate together = estimate_incidents(series.front(), question_of(scenario, requirement, 1), replications);
    if (together.observations == 0) return {Verdict::undecided, together};
    Judged judged{judge(requirement, together.interval), together};
    const Question jointly = question_of(scenario, requirement, series.size() - 1);
    std::vector<Estimate> offices;
    for (std::size_t i = 1; i < series.size(); ++i) {
        offices.push_back(estimate_incidents(series[i], jointly, replications));
    }
    if (offices.empty()) return judged;
    const Judged worst = worst_of(requirement, offices);
    if (worst.verdict == Verdict::violated) return worst;
    // What all offices together miss too often, no single one may: then it is open.
    if (judged.verdict == Verdict::violated) judged = worst;
    judged.deciding.place = worst.deciding.place;
    return judged;
}

// Both must hold: what incidents lost, and what a loss at any instant would have lost. Without a fault there are no
// incidents.
Judged judge_rpo(const Scenario& scenario, const Requirement& requirement, Results results) {
    Judged lost = judge_incidents(scenario, requirement, data_losses(requirement, results), results.size());
    const std::vector<double> exposures = exposures_s(requirement, results);
    if (exposures.empty()) return lost;
    Estimate exposure = estimate_values(exposures, question_of(scenario, requirement, 1));
    exposure.place = exposure_place;
    const Judged exposed{judge(requirement, exposure.interval), exposure};
    if (scenario.faults.empty()) return exposed;
    if (lost.verdict == Verdict::violated || exposed.verdict == Verdict::met) return lost;
    return exposed.verdict == Verdict::violated || lost.verdict == Verdict::met ? exposed : lost;
}

Judged judge_measure(const Scenario& scenario, const Requirement& requirement, Results results) {
    const std::string& measure = requirement.measure;
    if (measure == "latency") {
        return judge_places(scenario, requirement, latencies(scenario, requirement, results), estimate_latency);
    }
    if (scenarios::is_freshness(measure)) {
        return judge_places(scenario, requirement, freshness(requirement, results), estimate_freshness);
    }
    if (measure == "availability") {
        return judge_places(scenario, requirement, good_operations(scenario, requirement, results), estimate_share);
    }
    if (measure == "hit-rate" || measure == "offload") {
        return judge_places(scenario, requirement, cache_reads(requirement, results), estimate_share);
    }
    if (scenarios::is_of_sessions(measure)) {
        return judge_places(scenario, requirement, session_reads(scenario, requirement, results), estimate_share);
    }
    if (measure == "rto") {
        return judge_incidents(scenario, requirement, recovery_times(requirement, results), results.size());
    }
    if (measure == "restore") {
        return judge_incidents(scenario, requirement, restore_times(requirement, results), results.size());
    }
    if (measure == "rpo") return judge_rpo(scenario, requirement, results);
    return {};
}

}  // namespace

Verdict judge(const Requirement& requirement, const engine::Interval& interval) {
    const double worst = requirement.at_most ? interval.high : -interval.low;
    const double best = requirement.at_most ? interval.low : -interval.high;
    const double limit = requirement.at_most ? requirement.limit : -requirement.limit;
    if (worst <= limit) return Verdict::met;
    if (best > limit) return Verdict::violated;
    return Verdict::undecided;
}

RequirementResult judge(const Scenario& scenario, const Requirement& requirement, Results replications) {
    const Judged judged = judge_measure(scenario, requirement, replications);
    const Estimate& at = judged.deciding;
    RequirementResult result{.name = requirement.name,
                             .text = scenarios::requirement_text(requirement),
                             .verdict = judged.verdict,
                             .estimate = at.interval.estimate,
                             .low = at.interval.low,
                             .high = at.interval.high,
                             .limit = requirement.limit,
                             .unit = scenarios::is_duration(requirement.measure) ? "s" : "",
                             .worst_at = at.place == exposure_place ? "" : at.place,
                             .why = {},
                             .observations = at.observations,
                             .replications_needed = {}};
    if (judged.verdict == Verdict::undecided) result.replications_needed = at.replications;
    result.why = reason(scenario, requirement, result, at, replications);
    return result;
}

std::vector<RequirementResult> judge_all(const Scenario& scenario, Results replications) {
    std::vector<RequirementResult> results;
    for (const Requirement& requirement : scenario.requirements) {
        results.push_back(judge(scenario, requirement, replications));
    }
    return results;
}

std::optional<double> quantile_of(const std::string& statistic, double otherwise) {
    if (statistic.empty()) return otherwise;
    if (statistic.front() != 'p' || statistic.size() < 2) return std::nullopt;
    double percent = 0.0;
    std::size_t read = 0;
    try {
        percent = std::stod(statistic.substr(1), &read);
    } catch (const std::exception&) {
        return std::nullopt;
    }
    if (read + 1 != statistic.size() || !(percent > 0.0 && percent < 100.0)) return std::nullopt;
    return percent / 100.0;
}

std::vector<std::string> faults_without_effect(Results replications) {
    struct Counted {
        std::string target;
        int idle = 0;
    };
    std::map<std::string, Counted> by_name;
    for (const scenarios::ReplicationResult& replication : replications) {
        for (const scenarios::FaultResult& fault : replication.faults) {
            Counted& counted = by_name[fault.name];
            counted.target = fault.target;
            if (fault.hit.empty() && fault.operations_cut == 0) ++counted.idle;
        }
    }
    std::vector<std::string> messages;
    for (const auto& [name, counted] : by_name) {
        if (counted.idle == 0) continue;
        messages.push_back(fmt::format("{} ({}) hit nothing in {} of {} replications", name, counted.target,
                                       counted.idle, replications.size()));
    }
    return messages;
}

}  // namespace faultline::planning
