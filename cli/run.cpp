// faultline run: a scenario to its verdicts.
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/input.hpp"
#include "cli/progress_display.hpp"
#include "cli/result_place.hpp"
#include "cli/version.hpp"
#include "planning/requirement.hpp"
#include "planning/run_scenario.hpp"
#include "reports/event_lines.hpp"
#include "reports/json.hpp"
#include "reports/junit.hpp"
#include "reports/text.hpp"
#include "scenarios/defaults.hpp"
#include "scenarios/result_file.hpp"

namespace faultline::cli {
namespace {

struct Options {
    std::string scenario_path, variant, result_path;
    std::string format = "table", progress = "auto";
    bool format_given = false, explain = false;
    std::optional<std::uint64_t> seed;
    std::optional<std::uint32_t> replications, only_replication;
    int jobs = 0;

    bool for_programs() const { return progress == "json"; }
};

std::string repeat_command(const Options& options, const scenarios::Scenario& scenario) {
    std::string command = "faultline run " + shell_word(options.scenario_path);
    if (!options.variant.empty()) command += " --variant " + shell_word(options.variant);
    command += fmt::format(" --seed {}", scenario.run.seed);
    return command;
}

planning::RunPlan plan_of(const Options& options, const scenarios::Scenario& scenario, ProgressDisplay& display) {
    planning::RunPlan plan;
    plan.replications.first = options.only_replication.value_or(1);
    plan.replications.count = options.only_replication ? 1 : static_cast<std::uint32_t>(scenario.run.replications);
    plan.replications.jobs = options.jobs;
    plan.replications.repeat_command = repeat_command(options, scenario);
    plan.replications.on_progress = [&display](const planning::Progress& progress) { display.show(progress); };
    plan.variant = options.variant;
    plan.tool_version = version();
    return plan;
}

reports::Context context_of(const Options& options, const scenarios::Scenario& scenario,
                            const scenarios::RunResult& result) {
    reports::Context context = reports::context_of(scenario, options.variant);
    context.tool_version = version();
    context.machine =
        fmt::format("{} cores, numeric fingerprint {:016x}", planning::available_cores(), result.numeric_fingerprint);
    context.repeat_command = repeat_command(options, scenario);
    if (options.only_replication) {
        context.repeat_command += fmt::format(" --only-replication {}", *options.only_replication);
    } else if (options.replications) {
        context.repeat_command += fmt::format(" --replications {}", *options.replications);
    }
    return context;
}

void print_report(const Options& options, const reports::Context& context, const scenarios::RunResult& result) {
    std::unique_ptr<reports::Report> report;
    if (options.format == "json") {
        report = std::make_unique<reports::JsonReport>(std::cout);
    } else if (options.format == "junit") {
        report = std::make_unique<reports::JunitReport>(std::cout);
    } else {
        report = std::make_unique<reports::TextReport>(std::cout, reports::style_of(STDOUT_FILENO));
    }
    report->context(context);
    report->results(result);
    report->close();
}

// One replication alone does not take the place of the whole result.
std::filesystem::path result_path(const Options& options, const std::string& scenario_name) {
    if (!options.result_path.empty()) return options.result_path;
    std::string suffix = options.variant.empty() ? "" : " - " + options.variant;
    if (options.only_replication) suffix += fmt::format(" - replication {}", *options.only_replication);
    return default_result_path(scenario_name, suffix);
}

int tell_error(const Options& options, int code, const std::string& text) {
    fmt::print(stderr, "faultline: {}\n", text);
    if (options.for_programs()) std::fputs(reports::error_line(code, text, "").c_str(), stdout);
    return code;
}

// Writes the file, prints the report, and says how it went.
int finish(const Options& options, const scenarios::Scenario& scenario, const scenarios::RunResult& result,
           ResultPlace& place) {
    int code = exit_code_of(result);
    reports::Context context = context_of(options, scenario, result);
    if (const auto problem = scenarios::write_result(result, place.text())) {
        code = tell_error(options, exit_error, "the result is not saved: " + scenarios::to_text(*problem));
    } else {
        place.keep();
        context.result_path = place.text();
        if (options.for_programs()) std::fputs(reports::result_line(place.text()).c_str(), stdout);
    }
    if (!options.for_programs() || options.format_given) print_report(options, context, result);
    if (!std::cout.good()) code = tell_error(options, exit_error, "standard output cannot be written");
    for (const std::string& fault : planning::faults_without_effect(result.replications)) {
        const std::string text = fault + ": the scenario does not ask what it means to ask";
        tell_error(options, exit_bad_input, text);
        if (code != exit_error) code = exit_bad_input;
    }
    return code;
}

std::optional<scenarios::Scenario> read_input(const Options& options) {
    scenarios::Problems problems;
    auto scenario = read_or_tell(options.scenario_path, options.variant, problems);
    if (!scenario) {
        if (!options.for_programs()) return std::nullopt;
        for (const scenarios::Problem& problem : problems.sorted()) {
            std::fputs(reports::error_line(exit_bad_input, problem.message, problem.pointer).c_str(), stdout);
        }
        return std::nullopt;
    }
    if (options.seed) scenario->run.seed = *options.seed;
    if (options.replications) scenario->run.replications = static_cast<int>(*options.replications);
    return scenario;
}

int run(const Options& options) {
    const auto scenario = read_input(options);
    if (!scenario) return exit_bad_input;
    if (options.explain) {
        std::fputs(scenarios::defaults_text().c_str(), stdout);
        return exit_met;
    }
    planning::SignalWatch signals;  // from here on Ctrl-C leaves nothing half done
    ResultPlace place{result_path(options, scenario->name)};
    if (const std::string wrong = place.prepare(); !wrong.empty()) {
        return tell_error(
            options, exit_error,
            fmt::format("the result could not be written to {}: {}; nothing was run", place.text(), wrong));
    }

    ProgressDisplay display{options.for_programs()       ? ProgressForm::json
                            : options.progress == "none" ? ProgressForm::none
                                                         : ProgressForm::automatic};
    const planning::RunPlan plan = plan_of(options, *scenario, display);
    if (options.for_programs()) {
        std::fputs(reports::hello_line(version(), scenario->name, plan.replications.count).c_str(), stdout);
    }
    const planning::RunOutcome outcome = planning::run_scenario(*scenario, plan, signals);
    display.clear();
    if (outcome.interrupted) return tell_error(options, exit_interrupted, "stopped; nothing was written");
    return finish(options, *scenario, outcome.result, place);
}

}  // namespace

void add_run(CLI::App& application, int& exit_code) {
    auto options = std::make_shared<Options>();
    CLI::App* const command = application.add_subcommand("run", "Run a scenario and judge its requirements");
    command->add_option("scenario", options->scenario_path, "The scenario, a JSON file")->required();
    command->add_option("--variant", options->variant, "Run this variant of it");
    command->add_option("--seed", options->seed, "Seed of all random numbers (default: the scenario's)");
    command->add_option("--replications", options->replications, "Independent runs (default: the scenario's)")
        ->check(CLI::Range(1, 100'000));
    command->add_option("--only-replication", options->only_replication, "Run only this one, to repeat a dead worker")
        ->check(CLI::Range(1, 1'000'000))
        ->excludes("--replications");
    command->add_option("--jobs", options->jobs, "Worker processes at once (default: one a core)")
        ->check(CLI::Range(1, 1024));
    command->add_option("--result", options->result_path, "The result file (default: results/<scenario name>.json)");
    CLI::Option* const format =
        command->add_option("--format", options->format, "What to print: table, json or junit (default: table)")
            ->check(CLI::IsMember({"table", "json", "junit"}));
    command
        ->add_option("--progress", options->progress,
                     "auto: on a terminal; json: for programs, without a table unless --format is given; none")
        ->check(CLI::IsMember({"auto", "json", "none"}));
    command->add_flag("--explain", options->explain, "Print every default with its source, and do not run");
    command->callback([options, format, &exit_code] {
        options->format_given = format->count() > 0;
        exit_code = run(*options);
    });
}

}  // namespace faultline::cli
