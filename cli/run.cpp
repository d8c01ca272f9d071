// faultline run: a scenario to its verdicts.
#include <fmt/format.h>

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
#include "cli/run_report.hpp"
#include "cli/version.hpp"
#include "planning/futures.hpp"
#include "planning/requirement.hpp"
#include "planning/run_scenario.hpp"
#include "reports/event_lines.hpp"
#include "reports/trace_events.hpp"
#include "scenarios/dead_replications.hpp"
#include "scenarios/defaults.hpp"
#include "scenarios/result_file.hpp"
#include "scenarios/trace_requests.hpp"
#include "scenarios/units.hpp"

namespace faultline::cli {
namespace {

struct RunOptions {
    std::string scenario_path, variant, result_path, trace_path;
    std::uint32_t traced = 1000;
    std::string format = "table", progress = "auto";
    bool format_given = false, explain = false;
    std::optional<std::uint64_t> seed;
    std::string replications, time_limit;  // replications: a number, or "auto"
    std::optional<std::uint32_t> replications_max, only_replication, futures;
    std::string shard;  // "2/8"
    bool joint = false;
    int jobs = 0;
    planning::Ranks* ranks = nullptr;

    // Said on the command line, else by the scenario.
    bool until_decided(const scenarios::Scenario& scenario) const {
        if (only_replication) return false;
        return replications.empty() ? scenario.run.until_decided : replications == "auto";
    }

    bool for_programs() const { return progress == "json"; }
};

// Of "2/8", which the command line has checked; the whole of nothing.
scenarios::Shard shard_of(const RunOptions& options, const scenarios::Scenario& scenario) {
    if (options.shard.empty()) return {};
    const std::size_t slash = options.shard.find('/');
    return {.index = static_cast<std::uint32_t>(std::stoul(options.shard)),
            .of = static_cast<std::uint32_t>(std::stoul(options.shard.substr(slash + 1))),
            .replications = static_cast<std::uint32_t>(scenario.run.replications)};
}

std::string repeat_command(const RunOptions& options, const scenarios::Scenario& scenario) {
    std::string command = "faultline run " + shell_word(options.scenario_path);
    if (!options.variant.empty()) command += " --variant " + shell_word(options.variant);
    command += fmt::format(" --seed {}", scenario.run.seed);
    if (options.joint) command += " --joint";
    if (options.futures) command += fmt::format(" --futures {}", *options.futures);
    return command;
}

planning::RunPlan plan_of(const RunOptions& options, const scenarios::Scenario& scenario, ProgressDisplay& display) {
    planning::RunPlan plan;
    plan.replications.first = options.only_replication.value_or(1);
    plan.replications.count = options.only_replication ? 1 : static_cast<std::uint32_t>(scenario.run.replications);
    plan.shard = shard_of(options, scenario);
    if (plan.shard.of > 1) {
        plan.replications.first = plan.shard.index;
        plan.replications.step = plan.shard.of;
        const std::uint32_t beyond = plan.shard.replications + plan.shard.of;
        plan.replications.count = (beyond - plan.shard.index) / plan.shard.of;
    }
    plan.replications.jobs = options.jobs;
    plan.replications.ranks = options.ranks;
    plan.replications.repeat_command = repeat_command(options, scenario);
    plan.replications.on_progress = [&display](const planning::Progress& progress) { display.show(progress); };
    plan.replications.traced = options.trace_path.empty() ? 0 : options.traced;
    if (options.until_decided(scenario)) {
        plan.until_decided.emplace();
        if (options.replications_max) plan.until_decided->most = *options.replications_max;
        if (!options.time_limit.empty()) {
            const auto limit = scenarios::parse_duration(options.time_limit).value.value_or(engine::Duration{});
            plan.until_decided->time_limit = std::chrono::duration_cast<std::chrono::milliseconds>(limit);
        }
    }
    plan.variant = options.variant;
    plan.tool_version = version();
    return plan;
}

std::size_t result_count(const scenarios::RunResult& result) {
    return result.replications.size() + scenarios::dead_replications(result);
}

reports::Context context_of(const RunOptions& options, const scenarios::Scenario& scenario,
                            const scenarios::RunResult& result) {
    reports::Context context = reports::context_of(scenario, options.variant);
    context.tool_version = version();
    context.machine = machine_text(result);
    context.repeat_command = repeat_command(options, scenario);
    if (options.only_replication) {
        context.repeat_command += fmt::format(" --only-replication {}", *options.only_replication);
    } else if (!options.replications.empty() || options.until_decided(scenario)) {
        // Where time ended it, the number that it came to: the same replications, judged as if it had been given.
        const bool same_again = options.until_decided(scenario) && options.time_limit.empty();
        context.repeat_command += " --replications " + (same_again ? "auto" : fmt::format("{}", result_count(result)));
        if (same_again && options.replications_max) {
            context.repeat_command += fmt::format(" --replications-max {}", *options.replications_max);
        }
    }
    if (!options.shard.empty()) context.repeat_command += " --shard " + options.shard;
    return context;
}

// One replication alone does not take the place of the whole result.
std::filesystem::path result_path(const RunOptions& options, const std::string& scenario_name) {
    if (!options.result_path.empty()) return options.result_path;
    std::string suffix = options.variant.empty() ? "" : " - " + options.variant;
    if (!options.shard.empty()) {
        const std::size_t slash = options.shard.find('/');
        suffix += fmt::format(" - shard {} of {}", options.shard.substr(0, slash), options.shard.substr(slash + 1));
    }
    if (options.only_replication) suffix += fmt::format(" - replication {}", *options.only_replication);
    return default_result_path(scenario_name, suffix);
}

int tell_error(const RunOptions& options, int code, const std::string& text) {
    cli::tell_error(code, text);
    if (options.for_programs()) std::fputs(reports::error_line(code, text, "").c_str(), stdout);
    return code;
}

// The queries that were traced go into a file of their own.
int write_trace(const RunOptions& options, scenarios::RunResult& result, ResultPlace& place, int code) {
    if (options.trace_path.empty()) return code;
    const std::string text = reports::trace_events(result);
    for (scenarios::ReplicationResult& replication : result.replications) replication.traced.clear();
    if (const auto problem = scenarios::write_file(text, place.text())) {
        return tell_error(options, exit_error, "the trace is not saved: " + scenarios::to_text(*problem));
    }
    place.keep();
    return code;
}

// Writes the files, prints the report, and says how it went.
int finish(const RunOptions& options, const scenarios::Scenario& scenario, scenarios::RunResult& result,
           ResultPlace& place, ResultPlace& trace_place) {
    int code = write_trace(options, result, trace_place, exit_code_of(result));
    reports::Context context = context_of(options, scenario, result);
    if (const auto problem = scenarios::write_result(result, place.text())) {
        code = tell_error(options, exit_error, "the result is not saved: " + scenarios::to_text(*problem));
    } else {
        place.keep();
        context.result_path = place.text();
        if (options.for_programs()) std::fputs(reports::result_line(place.text()).c_str(), stdout);
    }
    if (!options.for_programs() || options.format_given) print_report(options.format, context, result);
    if (!std::cout.good()) code = tell_error(options, exit_error, "standard output cannot be written");
    for (const std::string& fault : planning::faults_without_effect(result.replications)) {
        const std::string text = fault + ": the scenario does not ask what it means to ask";
        tell_error(options, exit_bad_input, text);
        if (code != exit_error) code = exit_bad_input;
    }
    return code;
}

std::optional<scenarios::Scenario> read_input(const RunOptions& options) {
    scenarios::Problems problems;
    auto scenario = read_or_tell(options.scenario_path, options.variant, problems);
    if (!scenario) {
        if (!options.for_programs()) return std::nullopt;
        for (const scenarios::Problem& problem : problems.sorted()) {
            std::fputs(reports::error_line(exit_bad_input, problem.message, problem.pointer).c_str(), stdout);
        }
        return std::nullopt;
    }
    if (options.futures) scenario = planning::with_futures(*scenario, *options.futures);
    if (options.seed) scenario->run.seed = *options.seed;
    if (!options.replications.empty() && options.replications != "auto") {
        scenario->run.replications = std::stoi(options.replications);
    }
    scenario->run.joint = scenario->run.joint || options.joint;
    return scenario;
}

// RunOptions that do not go together, in words; empty: they do.
std::string wrong_options(const RunOptions& options, const scenarios::Scenario& scenario) {
    const bool until_decided = options.until_decided(scenario);
    if (!options.shard.empty() && until_decided) {
        return "--shard needs to know how many replications there are: it does not go with replications \"auto\"";
    }
    if (!options.shard.empty() && !options.trace_path.empty()) return "--trace does not go with --shard";
    const bool budget = options.replications_max || !options.time_limit.empty();
    if (!budget || until_decided) return {};
    return fmt::format("{} goes with --replications auto",
                       options.replications_max ? "--replications-max" : "--time-limit");
}

// A result that names its files must have come from what they are.
bool trace_changed(const scenarios::Scenario& scenario) {
    const auto& trace = scenario.workload.arrivals.trace;
    return trace && scenarios::trace_changed_ns(scenario) != trace->facts.changed_ns;
}

int run(const RunOptions& options) {
    const auto scenario = read_input(options);
    if (!scenario) return exit_bad_input;
    if (const std::string wrong = wrong_options(options, *scenario); !wrong.empty()) {
        return tell_error(options, exit_bad_input, wrong);
    }
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
    ResultPlace trace_place{options.trace_path};
    const std::string wrong_trace = options.trace_path.empty() ? "" : trace_place.prepare();
    if (!wrong_trace.empty()) {
        return tell_error(
            options, exit_error,
            fmt::format("the trace could not be written to {}: {}; nothing was run", trace_place.text(), wrong_trace));
    }

    ProgressDisplay display{options.for_programs()       ? ProgressForm::json
                            : options.progress == "none" ? ProgressForm::none
                                                         : ProgressForm::automatic};
    const planning::RunPlan plan = plan_of(options, *scenario, display);
    if (options.for_programs()) {
        std::fputs(reports::hello_line(version(), scenario->name, plan.replications.count).c_str(), stdout);
    }
    planning::RunOutcome outcome = planning::run_scenario(*scenario, plan, signals);
    display.clear();
    if (outcome.interrupted) return tell_error(options, exit_interrupted, "stopped; nothing was written");
    if (trace_changed(*scenario)) {
        return tell_error(options, exit_error,
                          fmt::format("{} has changed while it was replayed; nothing was written",
                                      scenario->workload.arrivals.trace->file));
    }
    return finish(options, *scenario, outcome.result, place, trace_place);
}

// A function and no range alone: CLI11 describes what fails by the first of two validators only.
std::string not_a_number_or_auto(const std::string& text) {
    constexpr int most = 100'000;
    const bool digits = !text.empty() && text.size() <= 6 && text.find_first_not_of("0123456789") == std::string::npos;
    if (text == "auto" || (digits && std::stoi(text) >= 1 && std::stoi(text) <= most)) return {};
    return fmt::format("\"{}\": expected 1 to {}, or auto", text, most);
}

std::string not_a_shard(const std::string& text) {
    constexpr unsigned long most = 100'000;
    const std::size_t slash = text.find('/');
    const auto number = [](const std::string& digits) {
        const bool digits_only = digits.find_first_not_of("0123456789") == std::string::npos;
        return digits_only && !digits.empty() && digits.size() <= 6 ? std::stoul(digits) : 0;
    };
    const unsigned long index = number(text.substr(0, slash));
    const unsigned long of = slash == std::string::npos ? 0 : number(text.substr(slash + 1));
    if (index >= 1 && index <= of && of >= 2 && of <= most) return {};
    return fmt::format("\"{}\": expected a number and how many there are, 1/8 to 8/8", text);
}

std::string not_a_time(const std::string& text) {
    const auto parsed = scenarios::parse_duration(text);
    if (parsed.value && *parsed.value <= engine::Duration{}) return "expected more than no time";
    return parsed.error;
}

void add_replications(CLI::App& command, RunOptions& options) {
    command
        .add_option("--replications", options.replications,
                    "Independent runs (default: the scenario's); auto: until every requirement is met or violated")
        ->check(not_a_number_or_auto);
    command.add_option("--replications-max", options.replications_max, "With auto: at most so many (default: 1280)")
        ->check(CLI::Range(1, 100'000));
    command.add_option("--time-limit", options.time_limit, "With auto: stop after so long, \"3min\"")
        ->check(not_a_time);
    command
        .add_option("--futures", options.futures,
                    "Ways in which each replication goes on from its history up to the first fault (default: the "
                    "scenario's; 1: one)")
        ->check(CLI::Range(1, 1000));
    command.add_flag("--joint", options.joint, "The confidence holds for all requirements together, not for each");
}

}  // namespace

void add_run(CLI::App& application, int& exit_code, planning::Ranks* ranks) {
    auto options = std::make_shared<RunOptions>();
    options->ranks = ranks;
    CLI::App* const command = application.add_subcommand("run", "Run a scenario and judge its requirements");
    command->add_option("scenario", options->scenario_path, "The scenario, a JSON file")->required();
    command->add_option("--variant", options->variant, "Run this variant of it");
    command->add_option("--seed", options->seed, "Seed of all random numbers (default: the scenario's)")
        ->check(not_a_seed);
    add_replications(*command, *options);
    command->add_option("--only-replication", options->only_replication, "Run only this one, to repeat a dead worker")
        ->check(CLI::Range(1, 1'000'000))
        ->excludes("--replications");
    command
        ->add_option("--shard", options->shard,
                     "Run the replications of one shard of so many, \"2/8\"; faultline merge makes them the whole")
        ->check(not_a_shard)
        ->excludes("--only-replication");
    command->add_option("--jobs", options->jobs, "Worker processes at once (default: one a core; under mpirun: a rank)")
        ->check(CLI::Range(1, 1024));
    command->add_option("--result", options->result_path, "The result file (default: results/<scenario name>.json)");
    command->add_option("--trace", options->trace_path,
                        "Write the way of some queries of the first replication as trace events (opens in Perfetto)");
    command->add_option("--traced-queries", options->traced, "How many, about (default: 1000)")
        ->check(CLI::Range(1, 1'000'000))
        ->needs("--trace");
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
