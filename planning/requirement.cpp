#include "planning/requirement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "planning/checks/security_view.hpp"
#include "planning/estimate.hpp"
#include "planning/money.hpp"
#include "planning/observations.hpp"
#include "planning/reason.hpp"
#include "planning/target_groups.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::planning {
namespace {

using scenarios::Requirement;
using scenarios::RequirementResult;
using scenarios::Scenario;
using scenarios::Verdict;

constexpr double default_incident_quantile = 0.95;
constexpr double least_error = 1e-9;  // the interval of a look that may say nothing

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

Question question_of(const Requirement& requirement, double error_of_all, std::size_t places) {
    const double error = error_of_all / static_cast<double>(std::max<std::size_t>(1, places));
    return {.p = quantile_of(requirement.statistic, default_incident_quantile).value_or(default_incident_quantile),
            .mean = requirement.statistic == "mean",
            .limit = requirement.limit,
            .confidence = 1.0 - error};
}

template <typename Series, typename EstimateOne>
Judged judge_places(const Requirement& requirement, double error, const std::vector<Series>& series,
                    EstimateOne estimate) {
    const Question question = question_of(requirement, error, series.size());
    std::vector<Estimate> places;
    for (const Series& one : series) places.push_back(estimate(one, question));
    return worst_of(requirement, places);
}

// Met by the worst office of every incident, which holds for all offices at once; violated by any single office.
Judged judge_incidents(const Requirement& requirement, double error, const std::vector<IncidentSeries>& series,
                       std::size_t replications) {
    const Estimate together = estimate_incidents(series.front(), question_of(requirement, error, 1), replications);
    if (together.observations == 0) return {Verdict::undecided, together};
    Judged judged{judge(requirement, together.interval), together};
    const Question jointly = question_of(requirement, error, series.size() - 1);
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

std::vector<IncidentSeries> incidents_of(const Requirement& requirement, Results results) {
    if (requirement.measure == "rto") return recovery_times(requirement, results);
    if (requirement.measure == "full-recovery") return full_recoveries(requirement, results);
    return requirement.measure == "rpo" ? data_losses(requirement, results) : restore_times(requirement, results);
}

bool is_of_exposure_alone(const Scenario& scenario, const Requirement& requirement) {
    return requirement.measure == "rpo" && scenario.faults.empty();
}

// Both must hold: what incidents lost, and what such a loss at any instant would have lost. Without a fault there are
// no incidents.
Judged judge_rpo(const Scenario& scenario, const Requirement& requirement, double error, Results results) {
    Judged lost = judge_incidents(requirement, error, incidents_of(requirement, results), results.size());
    const std::vector<double> exposures = exposures_s(scenario, requirement, results);
    if (exposures.empty()) return lost;
    Estimate exposure = estimate_values(exposures, question_of(requirement, error, 1));
    exposure.place = exposure_place;
    const Judged exposed{judge(requirement, exposure.interval), exposure};
    if (is_of_exposure_alone(scenario, requirement)) return exposed;
    if (lost.verdict == Verdict::violated || exposed.verdict == Verdict::met) return lost;
    return exposed.verdict == Verdict::violated || lost.verdict == Verdict::met ? exposed : lost;
}

// What is not known can only add to it: then nothing shows that it is met.
Judged judge_cost(const Scenario& scenario, const Requirement& requirement, double error, Results results) {
    const MonthlyCosts costs = monthly_costs(scenario, results);
    Judged judged;
    judged.deciding = estimate_values(costs.dollars, question_of(requirement, error, 1));
    judged.verdict = judge(requirement, judged.deciding.interval);
    if (costs.unknown == 0 || judged.verdict != Verdict::met) return judged;
    judged.verdict = Verdict::undecided;
    judged.deciding.replications.reset();
    judged.deciding.place = fmt::format("{} of its prices unknown", costs.unknown);
    return judged;
}

// The share of the parts asked of, the first one that is not named: the same in every run, so there is nothing to
// estimate.
Judged judge_security(const Scenario& scenario, const Requirement& requirement) {
    Estimate at;
    for (const SecuredPart& part : secured_parts(scenario)) {
        if (!requirement.of.empty() && part.name != requirement.of) continue;
        ++at.observations;
        const bool holds = requirement.measure == "encrypted" ? part.encrypted() : part.closed();
        if (holds) ++at.within;
        if (!holds && at.place.empty()) at.place = part.name;
    }
    const double share =
        at.observations == 0 ? 0.0 : static_cast<double>(at.within) / static_cast<double>(at.observations);
    at.interval = {.low = share, .estimate = share, .high = share};
    return {judge(requirement, at.interval), at};
}

Judged judge_measure(const Scenario& scenario, const Requirement& requirement, double error, Results results) {
    const std::string& measure = requirement.measure;
    if (scenarios::is_money(measure)) return judge_cost(scenario, requirement, error, results);
    if (scenarios::is_of_security(measure)) return judge_security(scenario, requirement);
    if (measure == "latency") {
        return judge_places(requirement, error, latencies(scenario, requirement, results), estimate_latency);
    }
    if (scenarios::is_freshness(measure)) {
        return judge_places(requirement, error, freshness(requirement, results), estimate_freshness);
    }
    if (scenarios::is_replica_lag(measure)) {
        return judge_places(requirement, error, replica_lags(requirement, results), estimate_freshness);
    }
    if (measure == "availability") {
        return judge_places(requirement, error, good_operations(scenario, requirement, results), estimate_share);
    }
    if (measure == "good-minutes") {
        return judge_places(requirement, error, good_minutes(scenario, requirement, results), estimate_share);
    }
    if (measure == "hit-rate" || measure == "offload") {
        return judge_places(requirement, error, cache_reads(requirement, results), estimate_share);
    }
    if (scenarios::is_of_sessions(measure)) {
        return judge_places(requirement, error, session_reads(scenario, requirement, results), estimate_share);
    }
    if (measure == "rpo") return judge_rpo(scenario, requirement, error, results);
    if (scenarios::is_of_incidents(measure)) {
        return judge_incidents(requirement, error, incidents_of(requirement, results), results.size());
    }
    return {};
}

// "Violated" by its own error, "met" by its own.
Judged judge_measure(const Scenario& scenario, const Requirement& requirement, const Errors& errors, Results results) {
    const double most = std::max(errors.met, errors.violated);
    if (most <= 0.0) return {Verdict::undecided, judge_measure(scenario, requirement, least_error, results).deciding};
    if (errors.violated > 0.0) {
        const Judged against = judge_measure(scenario, requirement, errors.violated, results);
        if (against.verdict == Verdict::violated || errors.violated == errors.met) return against;
    }
    Judged judged = judge_measure(scenario, requirement, errors.met > 0.0 ? errors.met : errors.violated, results);
    if (judged.verdict == Verdict::violated || errors.met <= 0.0) judged.verdict = Verdict::undecided;
    return judged;
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

double confidence_of_each(const Scenario& scenario) {
    if (!scenario.run.joint || scenario.requirements.empty()) return scenario.run.confidence;
    return 1.0 - (1.0 - scenario.run.confidence) / static_cast<double>(scenario.requirements.size());
}

namespace {

bool could_be_met_by(const Requirement& requirement, Results replications, double error) {
    const double p = quantile_of(requirement.statistic, default_incident_quantile).value_or(default_incident_quantile);
    if (error <= 0.0) return false;
    const IncidentSeries incidents = incidents_of(requirement, replications).front();
    const std::uint64_t seen = effective_incidents(incidents, requirement.limit, 1.0 - error);
    if (seen == 0) return false;
    return engine::proportion_lower_bound({.successes = seen, .trials = seen}, 1.0 - error) >= p;
}

RequirementResult judge_among(const Scenario& scenario, const Requirement& requirement, Results replications,
                              const Errors& errors) {
    const Judged judged = judge_measure(scenario, requirement, errors, replications);
    const Estimate& at = judged.deciding;
    RequirementResult result{.name = requirement.name,
                             .text = scenarios::requirement_text(requirement),
                             .verdict = judged.verdict,
                             .estimate = at.interval.estimate,
                             .low = at.interval.low,
                             .high = at.interval.high,
                             .limit = requirement.limit,
                             .unit = scenarios::is_duration(requirement.measure) ? "s"
                                     : scenarios::is_money(requirement.measure)  ? "$/month"
                                                                                 : "",
                             .worst_at = at.place == exposure_place ? "" : at.place,
                             .why = {},
                             .observations = at.observations,
                             .replications_needed = {}};
    if (judged.verdict == Verdict::undecided) result.replications_needed = at.replications;
    result.why = reason(scenario, requirement, result, at, replications);
    return result;
}

}  // namespace

bool could_be_met(const Scenario& scenario, const Requirement& requirement, Results::All replications, double error) {
    if (!scenarios::is_of_incidents(requirement.measure) || is_of_exposure_alone(scenario, requirement)) return true;
    const std::vector<HitTarget> targets = targets_judged(scenario, requirement);
    if (targets.empty()) return could_be_met_by(requirement, replications, error);
    return std::all_of(targets.begin(), targets.end(), [&](const HitTarget& target) {
        return could_be_met_by(requirement, {replications, target}, error);
    });
}

RequirementResult judge(const Scenario& scenario, const Requirement& requirement, Results::All replications) {
    const double error = 1.0 - confidence_of_each(scenario);
    return judge(scenario, requirement, replications, {error, error});
}

// Met is wrong only if it is so at one of the targets at least, whose own error that is. Violated may be wrong at any
// of them, so they share that error (Bonferroni).
RequirementResult judge(const Scenario& scenario, const Requirement& requirement, Results::All replications,
                        const Errors& errors) {
    const std::vector<HitTarget> targets = targets_judged(scenario, requirement);
    if (targets.empty()) return judge_among(scenario, requirement, replications, errors);
    const Errors shared{errors.met, errors.violated / static_cast<double>(targets.size())};
    std::vector<JudgedTarget> all;
    for (const HitTarget& target : targets) {
        const Results hit{replications, target};
        all.push_back({target, judge_among(scenario, requirement, hit, shared), hit.size()});
    }
    return worst_target_of(requirement, all, replications.size());
}

double estimate_of(const Scenario& scenario, const Requirement& requirement, Results::All replications) {
    return judge_measure(scenario, requirement, least_error, replications).deciding.interval.estimate;
}

std::vector<RequirementResult> judge_all(const Scenario& scenario, Results::All replications) {
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

std::vector<std::string> faults_without_effect(Results::All replications) {
    struct Counted {
        std::string target;
        int idle = 0;
        bool by_chance = false;
        bool any_started = false;
        bool any_hit = false;
    };
    std::map<std::string, Counted> by_name;
    const auto see = [&](const std::vector<scenarios::FaultResult>& faults, bool whole) {
        for (const scenarios::FaultResult& fault : faults) {
            if (!whole && !fault.started) continue;  // it comes after the window
            Counted& counted = by_name[fault.name];
            const bool idle = fault.hit.empty() && fault.operations_cut == 0;
            if (idle || counted.idle == 0) counted.target = fault.target;
            counted.by_chance = fault.by_chance;
            counted.any_started = counted.any_started || fault.started;
            counted.any_hit = counted.any_hit || !idle;
            if (idle) ++counted.idle;
        }
    };
    for (const scenarios::ReplicationResult& replication : replications) {
        see(replication.faults, true);
        for (const scenarios::FutureResult& future : replication.futures) see(future.faults, false);
    }
    std::vector<std::string> messages;
    for (const auto& [name, counted] : by_name) {
        // What comes by chance may find its target down, or not come at all.
        if (counted.by_chance && counted.any_started && !counted.any_hit) {
            messages.push_back(fmt::format("{}, which comes by chance, never hit anything in {} replications", name,
                                           replications.size()));
        }
        if (counted.idle == 0 || counted.by_chance) continue;
        messages.push_back(fmt::format("{} ({}) hit nothing in {} of {} replications", name, counted.target,
                                       counted.idle, replications.size()));
    }
    return messages;
}

}  // namespace faultline::planning
