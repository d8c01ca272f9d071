#include "planning/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/statistics/two_samples.hpp"
#include "models/cost/bill.hpp"
#include "planning/model_text.hpp"
#include "planning/money.hpp"
#include "planning/numeric_fingerprint.hpp"
#include "planning/run_scenario.hpp"

namespace faultline::planning {
namespace {

using engine::DifferenceInterval;
using scenarios::ComparedMeasure;
using scenarios::ComparedValue;
using scenarios::Comparison;
using scenarios::Standing;

// The observations of two systems that belong together, or all that each has.
struct Samples {
    std::vector<double> first, second;
    bool paired = true;
};

std::vector<double> observed(const std::vector<double>& values) {
    std::vector<double> kept;
    std::copy_if(values.begin(), values.end(), std::back_inserter(kept), [](double v) { return !std::isnan(v); });
    return kept;
}

Samples samples_of(const Measured& first, const Measured& second, std::size_t measure, bool paired) {
    if (!paired) return {observed(first.values[measure]), observed(second.values[measure]), false};
    Samples samples;
    const auto& numbers = second.system.replications;
    for (std::size_t i = 0; i < first.system.replications.size(); ++i) {
        const auto same = std::find(numbers.begin(), numbers.end(), first.system.replications[i]);
        if (same == numbers.end()) continue;
        const double a = first.values[measure][i];
        const double b = second.values[measure][static_cast<std::size_t>(same - numbers.begin())];
        if (std::isnan(a) || std::isnan(b)) continue;
        samples.first.push_back(a);
        samples.second.push_back(b);
    }
    return samples;
}

DifferenceInterval difference_of(const Samples& samples, double confidence) {
    return samples.paired ? engine::paired_difference(samples.first, samples.second, confidence)
                          : engine::independent_difference(samples.first, samples.second, confidence);
}

bool same_work(const Measured& first, const Measured& second) {
    const auto& numbers = second.system.replications;
    bool any = false;
    for (std::size_t i = 0; i < first.system.replications.size(); ++i) {
        const auto same = std::find(numbers.begin(), numbers.end(), first.system.replications[i]);
        if (same == numbers.end()) continue;
        any = true;
        if (first.work[i] != second.work[static_cast<std::size_t>(same - numbers.begin())]) return false;
    }
    return any;
}

double estimate_of_all(const std::vector<double>& values) {
    const std::vector<double> seen = observed(values);
    if (seen.empty()) return std::numeric_limits<double>::quiet_NaN();
    const double mean = engine::confidence_interval(seen, 0.95).estimate;
    return std::isfinite(mean) ? mean : engine::quantile_interval(seen, 0.5, 0.95).estimate;
}

Standing standing_of(const Samples& samples, const DifferenceInterval& difference, bool less_is_better) {
    if (samples.first.size() < 2 || samples.second.size() < 2) return Standing::unknown;
    if (samples.paired && samples.first == samples.second) return Standing::equal;
    if (!difference.significant()) return Standing::no_winner;
    return (difference.interval.high < 0.0) == less_is_better ? Standing::better : Standing::worse;
}

class Table {
public:
    Table(const std::vector<Measured>& systems, const std::vector<Measure>& measures, const ComparisonRules& rules)
        : systems_{systems}, measures_{measures}, rules_{rules} {
        const std::size_t differences = measures.size() * (systems.size() - 1);
        error_ =
            (1.0 - rules.confidence) / (rules.joint ? static_cast<double>(std::max<std::size_t>(1, differences)) : 1.0);
    }

    ComparedMeasure measure(std::size_t number) const {
        const Measure& asked = measures_[number];
        ComparedMeasure compared{.name = asked.name,
                                 .text = asked.text,
                                 .unit = asked.unit,
                                 .less_is_better = asked.less_is_better,
                                 .limit = asked.limit,
                                 .target = asked.target ? asked.target->target : "",
                                 .requirement = asked.requirement,
                                 .systems = {},
                                 .best = {}};
        for (std::size_t system = 0; system < systems_.size(); ++system) {
            compared.systems.push_back(value(number, system));
        }
        compared.best = best(number, compared);
        return compared;
    }

private:
    // Pairs are those of one seed; an earlier result's, only if it had the same to do.
    bool paired(std::size_t first, std::size_t second) const {
        if (!rules_.with_baseline) return true;
        return systems_[first].system.seed == systems_[second].system.seed &&
               same_work(systems_[first], systems_[second]);
    }

    // As it was judged, by its target where it is of one.
    static std::optional<scenarios::Verdict> verdict(const Measure& measure, const Measured& of) {
        const std::string& name = measure.target ? measure.requirement : measure.name;
        for (const scenarios::RequirementResult& judged : of.requirements) {
            if (!measure.limit || judged.name != name) continue;
            if (!measure.target) return judged.verdict;
            for (const scenarios::TargetVerdict& one : judged.targets) {
                if (one.fault == measure.target->fault && one.target == measure.target->target) return one.verdict;
            }
        }
        return std::nullopt;
    }

    ComparedValue value(std::size_t number, std::size_t system) const {
        const Measured& of = systems_[system];
        ComparedValue value{.values = of.values[number], .estimate = estimate_of_all(of.values[number]), .verdict = {}};
        value.verdict = verdict(measures_[number], of);
        if (system == 0) return value;
        const Samples samples = samples_of(systems_[0], of, number, paired(0, system));
        const DifferenceInterval difference = difference_of(samples, 1.0 - error_);
        value.standing = standing_of(samples, difference, measures_[number].less_is_better);
        value.difference = difference.interval.estimate;
        value.low = difference.interval.low;
        value.high = difference.interval.high;
        if (!price_allows(measures_[number], value.standing, systems_[0], of)) value.standing = Standing::unknown;
        value.paired = samples.paired;
        value.of_medians = difference.of_medians;
        value.pairs = static_cast<std::uint32_t>(std::min(samples.first.size(), samples.second.size()));
        return value;
    }

    // Each against the best estimate, all of them together at the confidence (Bonferroni).
    std::vector<std::uint32_t> best(std::size_t number, const ComparedMeasure& compared) const {
        const double sign = compared.less_is_better ? 1.0 : -1.0;
        std::optional<std::size_t> leader;
        const auto seen = std::count_if(compared.systems.begin(), compared.systems.end(),
                                        [](const ComparedValue& one) { return !std::isnan(one.estimate); });
        if (seen < 2 && systems_.size() > 1) return {};  // nobody to be better than
        for (std::size_t i = 0; i < systems_.size(); ++i) {
            if (std::isnan(compared.systems[i].estimate)) continue;
            if (!leader || sign * compared.systems[i].estimate < sign * compared.systems[*leader].estimate) leader = i;
        }
        std::vector<std::uint32_t> best;
        if (!leader) return best;
        const double error = error_ / static_cast<double>(std::max<std::size_t>(1, systems_.size() - 1));
        for (std::size_t i = 0; i < systems_.size(); ++i) {
            if (std::isnan(compared.systems[i].estimate)) continue;
            const Samples samples = samples_of(systems_[*leader], systems_[i], number, paired(*leader, i));
            const Standing standing =
                standing_of(samples, difference_of(samples, 1.0 - error), compared.less_is_better);
            const bool worse = standing == Standing::worse &&
                               price_allows(measures_[number], standing, systems_[*leader], systems_[i]);
            if (i == *leader || !worse) best.push_back(static_cast<std::uint32_t>(i));
        }
        return best;
    }

    // What has no price costs nothing in a bill. It can only add to the one that has more of it.
    static bool price_allows(const Measure& measure, Standing standing, const Measured& first, const Measured& other) {
        if (measure.unit != "$/month") return true;
        const bool first_adds = !has_all_of(other.unpriced, first.unpriced);
        const bool other_adds = !has_all_of(first.unpriced, other.unpriced);
        if (standing == Standing::better) return !other_adds;
        if (standing == Standing::worse) return !first_adds;
        return !first_adds && !other_adds;
    }

    const std::vector<Measured>& systems_;
    const std::vector<Measure>& measures_;
    const ComparisonRules& rules_;
    double error_ = 0.05;  // of each difference
};

Progress of_all(Progress progress, std::size_t done, std::size_t all) {
    progress.share = (static_cast<double>(done) + progress.share) / static_cast<double>(all);
    progress.finished += static_cast<std::uint32_t>(done) * progress.replications;
    progress.replications *= static_cast<std::uint32_t>(all);
    if (progress.seconds_left && done + 1 < all) progress.seconds_left.reset();
    return progress;
}

}  // namespace

Measured measured(const scenarios::Scenario& scenario, const scenarios::RunResult& result,
                  const std::vector<Measure>& measures) {
    Measured measured;
    measured.system.model_hash = model_hash(result.scenario_source);
    measured.system.tool_version = result.tool_version;
    measured.system.seed = result.seed;
    measured.system.failed = result.failed;
    measured.requirements = result.requirements;
    measured.model = result.scenario_source;
    measured.unpriced = unpriced_in(models::bill_of(scenario, result.replications));
    measured.values.resize(measures.size());
    for (const scenarios::ReplicationResult& replication : result.replications) {
        measured.system.replications.push_back(replication.replication);
        measured.work.push_back(work_of(replication));
        for (std::size_t i = 0; i < measures.size(); ++i) {
            measured.values[i].push_back(measures[i].of_replication(scenario, replication));
        }
    }
    return measured;
}

Comparison compare(const std::vector<Measured>& systems, const std::vector<Measure>& measures,
                   const ComparisonRules& rules) {
    Comparison comparison;
    comparison.confidence = rules.confidence;
    comparison.joint = rules.joint;
    comparison.with_baseline = rules.with_baseline;
    comparison.numeric_fingerprint = numeric_fingerprint();
    for (const Measured& one : systems) {
        comparison.systems.push_back(one.system);
        scenarios::ComparedSystem& system = comparison.systems.back();
        system.differences = model_differences(systems.front().model, one.model);
        system.same_work = &one == &systems.front() || same_work(systems.front(), one);
    }
    const Table table{systems, measures, rules};
    for (std::size_t i = 0; i < measures.size(); ++i) comparison.measures.push_back(table.measure(i));
    for (const Measured& one : systems) {
        if (has_all_of(systems.front().unpriced, one.unpriced) && has_all_of(one.unpriced, systems.front().unpriced)) {
            continue;
        }
        comparison.notes.push_back(
            fmt::format("{} and {} differ in parts that have no price: what the difference in cost is, is not known.",
                        systems.front().system.name, one.system.name));
    }
    return comparison;
}

bool has_regression(const Comparison& comparison) {
    return std::any_of(comparison.measures.begin(), comparison.measures.end(), [](const ComparedMeasure& measure) {
        return std::any_of(measure.systems.begin(), measure.systems.end(),
                           [](const ComparedValue& value) { return value.standing == Standing::worse; });
    });
}

ComparisonRuns run_candidates(const std::vector<Candidate>& candidates, const std::vector<Measure>& measures,
                              const ComparisonPlan& plan, SignalWatch& signals) {
    ComparisonRuns runs;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const Candidate& candidate = candidates[i];
        RunPlan run;
        run.replications.count = static_cast<std::uint32_t>(candidate.scenario.run.replications);
        run.replications.jobs = plan.jobs;
        run.replications.ranks = plan.ranks;
        run.replications.repeat_command = plan.repeat_command(candidate);
        run.replications.on_progress = [&](const Progress& progress) {
            if (plan.on_progress) plan.on_progress(of_all(progress, i, candidates.size()));
        };
        run.variant = candidate.variant;
        run.tool_version = plan.tool_version;
        const RunOutcome outcome = run_scenario(candidate.scenario, run, signals);
        runs.interrupted = outcome.interrupted;
        if (runs.interrupted) return runs;
        // Histograms and timelines of one system only are in memory at a time.
        runs.systems.push_back(measured(candidate.scenario, outcome.result, measures));
        scenarios::ComparedSystem& system = runs.systems.back().system;
        system.name = candidate.name;
        system.file = candidate.file;
        system.variant = candidate.variant;
    }
    return runs;
}

}  // namespace faultline::planning
