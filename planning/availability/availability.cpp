#include "planning/availability/availability.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>

#include "planning/availability/cluster_chain.hpp"
#include "planning/availability/model_of.hpp"
#include "planning/availability/rare_losses.hpp"
#include "scenarios/yearly.hpp"

namespace faultline::planning {
namespace {

using engine::Interval;
using scenarios::AvailabilityResult;
using scenarios::MeanInterval;
using scenarios::OutageCause;
using scenarios::Scenario;
using scenarios::YearsOf;

MeanInterval mean_interval(const Interval& one) {
    return {one.estimate, std::max(0.0, one.low), one.high};
}

MeanInterval as_availability(const MeanInterval& minutes) {
    return {1.0 - minutes.mean / minutes_of_year, 1.0 - minutes.high / minutes_of_year,
            1.0 - minutes.low / minutes_of_year};
}

// Over the cells, by kinds and whether it took several.
std::vector<OutageCause> causes_of(const Years& years, const std::vector<WeightedCell>& cells) {
    std::vector<OutageCause> causes;
    const auto count = static_cast<double>(years.years);
    double unplanned = 0.0, planned = 0.0;
    for (const WeightedCell& one : cells) {
        for (const CauseLoss& loss : years.causes[one.cell]) {
            const std::string kinds = causes_text(loss.cause);
            auto found = std::find_if(causes.begin(), causes.end(), [&](const OutageCause& cause) {
                return cause.kinds == kinds && cause.overlapping == loss.overlap && cause.planned == loss.planned;
            });
            if (found == causes.end()) {
                found = causes.insert(found, OutageCause{kinds, loss.overlap, loss.planned, 0.0, 0.0, 0.0});
            }
            const double minutes = one.weight * loss.seconds / 60.0 / count;
            found->minutes += minutes;
            found->times_per_year += one.weight * static_cast<double>(loss.times) / count;
            (loss.planned ? planned : unplanned) += minutes;
        }
    }
    for (OutageCause& cause : causes) {
        const double all = cause.planned ? planned : unplanned;
        cause.share = all > 0.0 ? cause.minutes / all : 0.0;
    }
    std::stable_sort(causes.begin(), causes.end(), [](const auto& a, const auto& b) { return a.minutes > b.minutes; });
    return causes;
}

double quantile_of_sorted(const std::vector<double>& sorted, double p) {
    const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(sorted.size())));
    return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

YearsOf years_of(const Years& years, const std::vector<WeightedCell>& cells, double confidence) {
    YearsOf one;
    std::vector<double> minutes = minutes_of_years(years, cells, false);
    one.minutes = mean_interval(mean_of_years(minutes, confidence));
    one.availability = as_availability(one.minutes);
    one.minutes_with_planned = mean_interval(mean_of_years(minutes_of_years(years, cells, true), confidence));
    one.availability_with_planned = as_availability(one.minutes_with_planned);
    one.planned_minutes = one.minutes_with_planned.mean - one.minutes.mean;
    std::sort(minutes.begin(), minutes.end());
    one.p50 = quantile_of_sorted(minutes, 0.50);
    one.p95 = quantile_of_sorted(minutes, 0.95);
    one.p99 = quantile_of_sorted(minutes, 0.99);
    const auto none_away = std::upper_bound(minutes.begin(), minutes.end(), 0.0) - minutes.begin();
    one.years_without = static_cast<double>(none_away) / static_cast<double>(minutes.size());
    one.causes = causes_of(years, cells);
    return one;
}

void add_classes(AvailabilityResult& result, const Scenario& scenario, const OutageModel& model, const Years& years,
                 double confidence) {
    std::vector<WeightedCell> all;
    double shares = 0.0;
    for (std::size_t c = 0; c < scenario.workload.classes.size(); ++c) {
        std::vector<WeightedCell> of_class;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < model.cells.size(); ++i) {
            const CellModel& cell = model.cells[i];
            if (cell.query_class.empty() || cell.class_index != c) continue;
            of_class.push_back({i, cell.weight});
            all.push_back({i, cell.weight * cell.class_share});
            shares += cell.weight * cell.class_share;
            places.push_back(i);
        }
        YearsOf& one = result.classes.emplace_back(years_of(years, of_class, confidence));
        one.of = scenario.workload.classes[c].name;
        if (places.size() < 2) continue;
        for (const std::size_t i : places) {
            YearsOf& place = result.places.emplace_back(years_of(years, {{i, 1.0}}, confidence));
            place.of = one.of;
            place.offices = model.cells[i].offices;
        }
    }
    if (shares <= 0.0) return;
    for (WeightedCell& one : all) one.weight /= shares;
    YearsOf together = years_of(years, all, confidence);
    together.of = "all operations";
    result.classes.insert(result.classes.begin(), std::move(together));
}

// What one failure brings on, or people move, is no part of a chain whose failures are independent.
std::string left_out_of_chain(const OutageModel& model) {
    std::string text;
    for (const FailureProcess& process : model.processes) {
        for (const FailureProcess::Consequence& next : process.consequences) {
            text += fmt::format("; nothing of \"{}\", which follows \"{}\"", model.processes[next.process].name,
                                process.name);
        }
        const bool away = process.switches_over() || process.kind == scenarios::FaultKind::evacuation;
        if (away) text += fmt::format("; at home all the time, whatever \"{}\" moves", process.name);
    }
    return text;
}

void add_closed_forms(AvailabilityResult& result, const OutageModel& model, const Years& years, double confidence) {
    const std::vector<AnalyticBounds> bounds = analytic_bounds(model);
    for (std::size_t i = 0; i < model.cells.size(); ++i) {
        const CellModel& cell = model.cells[i];
        if (!cell.query_class.empty() || cell.of_offices) continue;
        const AnalyticBounds& bound = bounds[cell.target];
        result.closed_forms.push_back(
            {.database = bound.of,
             .simulated = mean_interval(mean_of_years(minutes_of_years(years, {{i, 1.0}}, false), confidence)),
             .low = bound.low * minutes_of_year,
             .high = bound.high * minutes_of_year,
             .states = bound.states,
             .differs = "stages as exponential with their means; no storage quorums" + left_out_of_chain(model)});
    }
}

void add_downtime_cost(AvailabilityResult& result, const OutageModel& model, const Years& years, double confidence) {
    if (!model.downtime_per_h || model.cells.empty() || !model.cells.back().of_offices) return;
    const double per_minute = *model.downtime_per_h / 60.0;
    const std::vector<WeightedCell> offices{{model.cells.size() - 1, 1.0}};
    const MeanInterval away = mean_interval(mean_of_years(minutes_of_years(years, offices, false), confidence));
    const double all = mean_of_years(minutes_of_years(years, offices, true), confidence).estimate;
    result.downtime_cost = {.per_h = *model.downtime_per_h,
                            .minutes = away,
                            .planned_minutes = all - away.mean,
                            .a_year = {per_minute * away.mean, per_minute * away.low, per_minute * away.high},
                            .planned_a_year = per_minute * (all - away.mean)};
}

void add_rare(AvailabilityResult& result, const OutageModel& model, const Years& years, const YearsPlan& plan) {
    const std::string forbids = forbids_rare(model);
    if (!forbids.empty()) {
        result.rare_left_out = fmt::format("\"{}\" is not exponential, so that a whole topology remembers", forbids);
        return;
    }
    const RareRates rates = rare_rates(model, {.cycles = 20'000, .seed = plan.seed, .confidence = plan.confidence});
    const bool volumes = std::any_of(model.databases.begin(), model.databases.end(),
                                     [](const auto& one) { return one.volume.copies_per_zone > 0; });
    const auto add = [&](std::string_view what, const Interval& per_year, std::uint64_t counted) {
        scenarios::RareLoss& one = result.rare.emplace_back();
        one.what = what;
        one.per_year = mean_interval(per_year);
        one.counted_per_year = static_cast<double>(counted) / static_cast<double>(years.years);
    };
    if (volumes) {
        add("a storage group below its write quorum", rates.write_quorum, years.write_quorum_losses);
        add("a group below its read quorum: data at risk", rates.read_quorum, years.read_quorum_losses);
    }
    add("a region lost", rates.regions, years.regions_lost);
}

void add_rates(AvailabilityResult& result, const OutageModel& model) {
    for (const FailureProcess& process : model.processes) {
        const double between = process.rate_each > 0.0 ? 1.0 / process.rate_each / year_s : 0.0;
        result.rates.push_back({.what = process.name,
                                .targets = process.targets.size(),
                                .years_between = between,
                                .lasts_s = process.lasts.mean(),
                                .source = process.source,
                                .confidence = process.confidence,
                                .planned = process.planned});
        if (model.knows_effect(process) || model.measured.has(process.kind)) continue;
        const double a_year = process.rate_each * static_cast<double>(process.targets.size()) * year_s;
        const std::string often = a_year > 0.0 ? fmt::format(", {:.3g} times a year", a_year) : "";
        result.not_counted.push_back(
            fmt::format("\"{}\" ({}{})", process.name, scenarios::fault_kind_name(process.kind), often));
    }
    for (const MeasuredKind& kind : model.measured.kinds) {
        const bool comes = std::any_of(model.processes.begin(), model.processes.end(), [&](const FailureProcess& one) {
            return one.kind == kind.kind && !one.of_service_instances;
        });
        result.measured.push_back(fmt::format(
            "{}{}: {} incident{}{}", scenarios::fault_kind_name(kind.kind), kind.took_writer ? " of the writer" : "",
            kind.incidents.size(), kind.incidents.size() == 1 ? "" : "s",
            comes ? "" : ", which do not count: nothing says how often it comes (\"at_random\")"));
    }
    if (model.measured.left_out > 0) {
        result.measured.push_back(
            fmt::format("{} left out: of several faults, not recovered when the run ended, or "
                        "without a word of a class that ends at a database",
                        model.measured.left_out));
    }
}

double cpu_now_s() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

}  // namespace

AvailabilityResult summarised(const Scenario& scenario, const OutageModel& model, const Years& years,
                              const YearsPlan& plan) {
    AvailabilityResult result;
    result.scenario_name = scenario.name;
    result.question = scenario.description;
    result.seed = plan.seed.value;
    result.years = years.years;
    result.events = years.events;
    result.confidence = plan.confidence;
    result.not_modelled = model.not_modelled;
    add_classes(result, scenario, model, years, plan.confidence);
    add_closed_forms(result, model, years, plan.confidence);
    add_downtime_cost(result, model, years, plan.confidence);
    add_rates(result, model);
    for (const scenarios::Requirement& requirement : scenario.requirements) {
        if (!scenarios::is_of_years(requirement.measure)) continue;
        result.requirements.push_back(judge_years(scenario, requirement, model, years));
    }
    return result;
}

AvailabilityOutcome run_availability(const Scenario& scenario, MeasuredRecoveries measured, const YearsPlan& plan) {
    const OutageModel model = outage_model_of(scenario, std::move(measured));
    AvailabilityOutcome outcome;
    const auto wall = std::chrono::steady_clock::now();
    const double cpu = cpu_now_s();
    const Years years = simulate_years(model, plan);
    outcome.cpu_s = cpu_now_s() - cpu;
    outcome.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - wall).count();
    outcome.interrupted = years.interrupted;
    outcome.out_of_events = years.out_of_events;
    if (outcome.interrupted) return outcome;
    outcome.result = summarised(scenario, model, years, plan);
    add_rare(outcome.result, model, years, plan);
    return outcome;
}

}  // namespace faultline::planning
