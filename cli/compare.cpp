// faultline compare: several systems side by side, or one and an earlier result.
#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <memory>
#include <optional>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/input.hpp"
#include "cli/progress_display.hpp"
#include "cli/result_place.hpp"
#include "cli/version.hpp"
#include "planning/baseline.hpp"
#include "planning/comparison.hpp"
#include "reports/comparison_json.hpp"
#include "reports/comparison_junit.hpp"
#include "reports/comparison_text.hpp"
#include "scenarios/result_file.hpp"

namespace faultline::cli {
namespace {

struct CompareOptions {
    std::vector<std::string> files, variants, without;
    std::string baseline_path, result_path, format = "table", progress = "auto";
    std::optional<std::uint64_t> seed;
    std::optional<int> replications;
    bool joint = false, all_measures = false;
    int jobs = 0;
    planning::Ranks* ranks = nullptr;
};

// Common random numbers: all have the first one's seed, and as many replications.
void make_alike(const CompareOptions& options, planning::Candidates& candidates) {
    const scenarios::Run first = candidates.systems.front().scenario.run;
    for (planning::Candidate& candidate : candidates.systems) {
        candidate.scenario.run.seed = options.seed.value_or(first.seed);
        candidate.scenario.run.replications = options.replications.value_or(first.replications);
    }
}

std::string repeat_of(const planning::Candidate& candidate) {
    if (!candidate.without.empty()) {
        return fmt::format("faultline compare {} --without {} --seed {}", shell_word(candidate.file),
                           shell_word(candidate.without), candidate.scenario.run.seed);
    }
    std::string command = "faultline run " + shell_word(candidate.file);
    if (!candidate.variant.empty()) command += " --variant " + shell_word(candidate.variant);
    return command + fmt::format(" --seed {}", candidate.scenario.run.seed);
}

// With a baseline: the variant that it was a run of, and nothing else.
void keep_only(const std::string& variant, planning::Candidates& candidates, scenarios::Problems& problems) {
    const std::string file = candidates.systems.front().file;
    std::erase_if(candidates.systems, [&](const planning::Candidate& one) { return one.variant != variant; });
    std::erase_if(candidates.left_out, [&](const scenarios::LeftOut& one) { return one.name != variant; });
    if (!candidates.systems.empty()) return;
    if (candidates.left_out.empty()) {
        problems.add(file, "/variants", fmt::format("the baseline is of variant \"{}\", which is not there", variant));
    }
    for (const scenarios::LeftOut& one : candidates.left_out) {
        for (const std::string& text : one.problems) problems.add(file, "/variants", text);
    }
}

struct Input {
    planning::Candidates candidates;
    std::optional<planning::Baseline> baseline;
};
Input read_input(const CompareOptions& options, scenarios::Problems& problems) {
    Input input;
    if (!options.baseline_path.empty()) input.baseline = planning::read_baseline(options.baseline_path, problems);
    std::vector<std::string> variants = options.variants;
    if (input.baseline && variants.empty() && !input.baseline->variant.empty()) variants = {input.baseline->variant};
    input.candidates = options.without.empty()
                           ? planning::read_candidates(options.files, variants, problems)
                           : planning::read_without_faults(options.files.front(), options.without, problems);
    if (!problems.empty()) return input;
    if (input.baseline) keep_only(variants.empty() ? "" : variants.front(), input.candidates, problems);
    if (problems.empty()) make_alike(options, input.candidates);
    return input;
}

void print_report(const CompareOptions& options, const scenarios::Comparison& comparison) {
    if (options.format == "json") {
        std::cout << reports::comparison_json(comparison);
    } else if (options.format == "junit") {
        std::cout << reports::comparison_junit(comparison);
    } else {
        reports::print_comparison(std::cout, reports::style_of(STDOUT_FILENO), comparison);
    }
    std::cout.flush();
}

int exit_code_of(const scenarios::Comparison& comparison) {
    for (const scenarios::ComparedSystem& system : comparison.systems) {
        if (!system.failed.empty()) return exit_error;
    }
    if (!comparison.left_out.empty()) return exit_bad_input;
    return comparison.with_baseline && planning::has_regression(comparison) ? exit_violated : exit_met;
}

int finish(const CompareOptions& options, const scenarios::Comparison& comparison, ResultPlace& place) {
    int code = exit_code_of(comparison);
    print_report(options, comparison);
    if (!std::cout.good()) code = tell_error(exit_error, "standard output cannot be written");
    for (const scenarios::LeftOut& one : comparison.left_out) {
        fmt::print(stderr, "faultline: {} was left out\n", one.name);
    }
    if (options.result_path.empty()) return code;
    if (const auto problem = scenarios::write_file(reports::comparison_json(comparison), place.text())) {
        return tell_error(exit_error, "the result is not saved: " + scenarios::to_text(*problem));
    }
    place.keep();
    if (options.format == "table") fmt::print("\nResult: {}\n", place.text());
    return code;
}

scenarios::Comparison compared(const CompareOptions& options, const Input& input,
                               std::vector<planning::Measured> systems,
                               const std::vector<planning::Measure>& measures) {
    const scenarios::Scenario& first = input.candidates.systems.front().scenario;
    if (input.baseline) {
        systems.insert(systems.begin(), planning::measured_then(*input.baseline, options.baseline_path, measures));
        systems.back().system.name = "now";
    }
    scenarios::Comparison comparison = planning::compare(systems, measures,
                                                         {.confidence = first.run.confidence,
                                                          .joint = options.joint || first.run.joint,
                                                          .with_baseline = input.baseline.has_value()});
    comparison.tool_version = version();
    comparison.scenario_name = first.name;
    comparison.question = first.description;
    comparison.left_out = input.candidates.left_out;
    if (input.baseline) {
        const std::vector<std::string> notes = planning::notes_on(*input.baseline, comparison);
        comparison.notes.insert(comparison.notes.begin(), notes.begin(), notes.end());
    }
    return comparison;
}

std::string wrong_options(const CompareOptions& options) {
    if (options.files.size() > 1 && !options.variants.empty()) return "--variant goes with one scenario file";
    const bool others = options.files.size() > 1 || !options.variants.empty() || !options.baseline_path.empty();
    if (!options.without.empty() && others) {
        return "--without goes with one scenario file, without --variant and --baseline";
    }
    if (options.baseline_path.empty()) return {};
    if (options.files.size() > 1) return "--baseline goes with one scenario file";
    return options.variants.size() > 1 ? "--baseline goes with one --variant" : "";
}

int compare(const CompareOptions& options) {
    if (const std::string wrong = wrong_options(options); !wrong.empty()) return tell_error(exit_bad_input, wrong);
    scenarios::Problems problems;
    const Input input = read_input(options, problems);
    if (!problems.empty()) return tell_problems(problems);
    planning::SignalWatch signals;  // from here on Ctrl-C leaves nothing half done
    ResultPlace place{options.result_path};
    const std::string wrong_place = options.result_path.empty() ? "" : place.prepare();
    if (!wrong_place.empty()) {
        return tell_error(exit_error, fmt::format("the result could not be written to {}: {}; nothing was run",
                                                  place.text(), wrong_place));
    }
    std::vector<const scenarios::Scenario*> models;
    for (const planning::Candidate& candidate : input.candidates.systems) models.push_back(&candidate.scenario);
    const std::vector<planning::Measure> measures =
        planning::with_targets(planning::measures_of(models, options.all_measures), models);
    ProgressDisplay display{options.progress == "none" ? ProgressForm::none : ProgressForm::automatic};
    const planning::ComparisonPlan plan{
        .jobs = options.jobs,
        .ranks = options.ranks,
        .tool_version = version(),
        .repeat_command = repeat_of,
        .on_progress = [&display](const planning::Progress& progress) { display.show(progress); }};
    planning::ComparisonRuns runs = planning::run_candidates(input.candidates.systems, measures, plan, signals);
    display.clear();
    if (runs.interrupted) return tell_error(exit_interrupted, "stopped; nothing was written");
    return finish(options, compared(options, input, std::move(runs.systems), measures), place);
}

}  // namespace

void add_compare(CLI::App& application, int& exit_code, planning::Ranks* ranks) {
    auto options = std::make_shared<CompareOptions>();
    options->ranks = ranks;
    CLI::App* const command = application.add_subcommand(
        "compare", "Run all variants of a scenario, or several scenarios, on the same random numbers; who is better");
    command->add_option("scenarios", options->files, "The scenario, a JSON file; or several, whose bases are compared")
        ->required();
    command->add_option("--variant", options->variants, "Compare the base with this variant only; may be repeated")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command
        ->add_option("--without", options->without,
                     "Compare the base with itself without this fault: what the fault costs; may be repeated")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command->add_option("--baseline", options->baseline_path,
                        "Compare with this earlier result of `faultline run` instead");
    command->add_option("--seed", options->seed, "Seed of all random numbers (default: the first scenario's)")
        ->check(not_a_seed);
    command->add_option("--replications", options->replications, "Independent runs of each (default: the first's)")
        ->check(CLI::Range(1, 100'000));
    command->add_flag("--joint", options->joint, "The confidence holds for all differences together, not for each");
    command->add_flag("--all-measures", options->all_measures,
                      "Besides the requirements: mean latency and availability of every class");
    command->add_option("--jobs", options->jobs, "Worker processes at once (default: one a core)")
        ->check(CLI::Range(1, 1024));
    command->add_option("--result", options->result_path, "Write the comparison as JSON into this file");
    command->add_option("--format", options->format, "What to print: table, json or junit (default: table)")
        ->check(CLI::IsMember({"table", "json", "junit"}));
    command->add_option("--progress", options->progress, "auto: on a terminal; none")
        ->check(CLI::IsMember({"auto", "none"}));
    command->footer(
        "Exit status: 0 compared; 1 significantly worse than the baseline; 2 bad input, or a variant was left out;\n"
        "4 a dead worker or an unwritable result; 130 Ctrl-C.");
    command->callback([options, &exit_code] { exit_code = compare(*options); });
}

}  // namespace faultline::cli
