// faultline sweep: a scenario at many points; where it saturates; the loss of every domain.
#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <memory>
#include <optional>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/input.hpp"
#include "cli/progress_display.hpp"
#include "cli/sweep_base.hpp"
#include "cli/version.hpp"
#include "planning/sweep/saturation.hpp"
#include "reports/sweep_csv.hpp"
#include "reports/sweep_text.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/result_file.hpp"
#include "scenarios/units.hpp"

namespace faultline::cli {
namespace {

constexpr std::uint64_t points_max = 10'000;

struct SweepOptions {
    std::string scenario_path, variant, database_path, csv_path, format = "table", progress = "auto";
    std::vector<std::string> vary;
    std::string saturate, requirement, within = "2%";
    std::optional<std::uint32_t> hypercube_points;
    std::optional<std::uint64_t> seed;
    std::optional<std::uint32_t> replications, replications_max;
    bool one_at_a_time = false, faults = false;
    int jobs = 0;
    planning::Ranks* ranks = nullptr;
};

// What is to be run, read from the command line and the scenario.
struct Input {
    planning::SweepBase base;
    std::vector<planning::Dimension> dimensions;
    std::vector<planning::Combination> combinations;
    std::vector<planning::LossSet> losses;
    std::optional<planning::Dimension> saturated;
    std::uint32_t replications = 1;
};

void read_base(const SweepOptions& options, Input& input, scenarios::Problems& problems) {
    input.base = read_sweep_base(options.scenario_path, options.variant, options.seed, problems);
    const scenarios::Run& run = input.base.scenario.run;
    input.replications = options.replications.value_or(static_cast<std::uint32_t>(run.replications));
}

void check_ranges(const SweepOptions& options, const Input& input, scenarios::Problems& problems) {
    for (const planning::Dimension& one : input.dimensions) {
        if (!one.range || options.hypercube_points) continue;
        problems.add("--vary", one.pointer,
                     "a range without a number of values goes with --latin-hypercube; write low..high/5");
    }
    if (input.saturated && !input.saturated->range) {
        problems.add("--saturate", input.saturated->pointer, "expected a range, low..high, without a number of values");
    }
    if (options.requirement.empty()) return;
    std::vector<std::string_view> known;
    for (const scenarios::Requirement& one : input.base.scenario.requirements) known.push_back(one.name);
    if (std::find(known.begin(), known.end(), options.requirement) == known.end()) {
        problems.add("--requirement", "", scenarios::unknown_name("requirement", options.requirement, known));
    }
}

void choose_points(const SweepOptions& options, Input& input, scenarios::Problems& problems) {
    if (options.faults) input.losses = planning::single_and_double_losses(input.base.scenario);
    if (options.faults && input.losses.empty())
        problems.add("--faults", "", "the topology has nothing that can be lost");
    const std::uint64_t combinations = options.hypercube_points
                                           ? *options.hypercube_points
                                           : (options.one_at_a_time ? 1 : planning::grid_size(input.dimensions));
    const std::uint64_t losses = std::max<std::uint64_t>(1, input.losses.size());
    if (combinations > points_max / losses) {
        problems.add("--vary", "",
                     fmt::format("more than {} points; --latin-hypercube takes a sample of them", points_max));
        return;
    }
    input.combinations =
        options.hypercube_points
            ? planning::latin_hypercube(input.dimensions, *options.hypercube_points, input.base.scenario.run.seed)
        : options.one_at_a_time ? planning::one_at_a_time(input.dimensions)
                                : planning::grid(input.dimensions);
}

Input read_input(const SweepOptions& options, scenarios::Problems& problems) {
    Input input;
    read_base(options, input, problems);
    if (!problems.empty()) return input;
    for (const std::string& argument : options.vary) {
        auto dimension = planning::parse_dimension(argument, input.base.model, "--vary", problems);
        if (dimension) input.dimensions.push_back(std::move(*dimension));
    }
    if (!options.saturate.empty()) {
        input.saturated = planning::parse_dimension(options.saturate, input.base.model, "--saturate", problems);
        if (input.base.scenario.requirements.empty()) {
            problems.add("--saturate", "", "the scenario has no requirements that could be met");
        }
    }
    if (!problems.empty()) return input;
    check_ranges(options, input, problems);
    if (problems.empty()) choose_points(options, input, problems);
    return input;
}

std::string wrong_options(const SweepOptions& options) {
    if (options.vary.empty() && options.saturate.empty() && !options.faults) {
        return "nothing is varied: give --vary, --saturate or --faults";
    }
    if (options.one_at_a_time && options.hypercube_points) {
        return "--one-at-a-time and --latin-hypercube exclude each other";
    }
    if (options.vary.empty() && (options.one_at_a_time || options.hypercube_points)) return "there is no --vary";
    if (options.faults && !options.saturate.empty()) return "--faults and --saturate exclude each other";
    if (!options.csv_path.empty() && !options.saturate.empty()) {
        return "--csv is of points; a saturation search has none (its replications are in the database)";
    }
    return {};
}

planning::SaturationPlan saturation_plan(const SweepOptions& options, const Input& input,
                                         const planning::Combination& others) {
    planning::SaturationPlan plan{.dimension = *input.saturated, .others = others, .requirement = options.requirement};
    if (options.replications_max) plan.most = *options.replications_max;
    plan.within = scenarios::parse_share(options.within).value.value_or(plan.within);
    return plan;
}

// False: a signal came.
bool search(const SweepOptions& options, const Input& input, planning::Sweep& sweep, scenarios::SweepResult& result) {
    for (const planning::Combination& others : input.combinations) {
        scenarios::Saturation& one = result.saturations.emplace_back();
        const planning::SaturationPlan plan = saturation_plan(options, input, others);
        if (!planning::find_saturation(input.base, input.dimensions, plan, sweep, one)) return false;
    }
    return true;
}

bool run_points(const Input& input, planning::Sweep& sweep, scenarios::SweepResult& result) {
    const std::vector<planning::SweepPoint> points =
        planning::points_of(input.base, input.dimensions, input.combinations, input.losses);
    if (!sweep.run(points, input.replications)) return false;
    for (const planning::SweepPoint& point : points) result.points.push_back(sweep.swept(point, input.replications));
    return true;
}

int exit_code_of(const scenarios::SweepResult& result) {
    int code = exit_met;
    for (const scenarios::SweptPoint& point : result.points) {
        if (!point.failed.empty()) return exit_error;
        if (!point.problems.empty()) code = exit_bad_input;
    }
    for (const scenarios::Saturation& one : result.saturations) {
        if (!one.problems.empty()) code = exit_bad_input;
    }
    return code;
}

int finish(const SweepOptions& options, const scenarios::SweepResult& result) {
    const auto print = [&](std::ostream& out) {
        if (options.format == "json") {
            out << reports::sweep_json(result);
        } else {
            reports::print_sweep(out, reports::style_of(STDOUT_FILENO), result);
        }
    };
    return print_and_save(exit_code_of(result), print, options.csv_path, "the CSV",
                          [&] { return reports::sweep_csv(result); });
}

int run(const SweepOptions& options, const Input& input, planning::SweepStore& store, planning::SignalWatch& signals) {
    ProgressDisplay display{options.progress == "none" ? ProgressForm::none : ProgressForm::automatic};
    const planning::SweepPlan plan = sweep_plan("sweep", options.scenario_path, options.jobs, options.ranks, display);
    planning::Sweep sweep{store, plan, signals};
    scenarios::SweepResult result{.tool_version = version(),
                                  .scenario_name = input.base.scenario.name,
                                  .question = input.base.scenario.description,
                                  .database_path = options.database_path,
                                  .seed = input.base.scenario.run.seed,
                                  .replications = input.replications,
                                  .confidence = input.base.scenario.run.confidence};
    const bool whole = input.saturated ? search(options, input, sweep, result) : run_points(input, sweep, result);
    display.clear();
    if (!whole) return tell_stopped(options.database_path);
    result.found = sweep.found();
    result.run = sweep.newly_run();
    result.foreign = store.foreign_replications();
    return finish(options, result);
}

int sweep(SweepOptions options) {
    if (const std::string wrong = wrong_options(options); !wrong.empty()) return tell_error(exit_bad_input, wrong);
    scenarios::Problems problems;
    const Input input = read_input(options, problems);
    if (!problems.empty()) return tell_problems(problems);
    planning::SignalWatch signals;  // from here on Ctrl-C leaves nothing half done
    options.database_path = database_path_of(options.database_path, input.base.scenario, "sweep");
    if (const auto refused = refuse_unwritable({options.database_path, options.csv_path})) return *refused;
    return with_database([&] {
        const auto store = planning::SweepStore::open(options.database_path, version(), problems);
        if (!store) return tell_problems(problems);
        return run(options, input, *store, signals);
    });
}

std::string not_a_share(const std::string& text) {
    const auto parsed = scenarios::parse_share(text);
    if (parsed.value && *parsed.value <= 0.0) return "expected more than nothing";
    return parsed.error;
}

void add_what_varies(CLI::App& command, SweepOptions& options) {
    command
        .add_option("--vary", options.vary,
                    "/json/pointer=1,2,4 or =10ms..50ms/5 or \"=1..9 step 2\"; may be repeated: every value with every "
                    "other")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    command.add_flag("--one-at-a-time", options.one_at_a_time, "Vary one, the others as the scenario has them");
    command
        .add_option("--latin-hypercube", options.hypercube_points,
                    "So many points, spread evenly in every dimension; ranges may be low..high")
        ->check(CLI::Range(1, 10'000));
    command.add_option("--saturate", options.saturate,
                       "/json/pointer=low..high: the highest value at which the requirements are met");
    command.add_option("--requirement", options.requirement, "With --saturate: this one alone")->needs("--saturate");
    command.add_option("--within", options.within, "With --saturate: how close (default: 2%)")
        ->check(not_a_share)
        ->needs("--saturate");
    command
        .add_option("--replications-max", options.replications_max,
                    "With --saturate: of each value, at most, until it is decided (default: 40)")
        ->check(CLI::Range(2, 100'000))
        ->needs("--saturate");
    command.add_flag("--faults", options.faults,
                     "The loss of every domain, and of every two at once, in place of faults");
}

}  // namespace

void add_sweep(CLI::App& application, int& exit_code, planning::Ranks* ranks) {
    auto options = std::make_shared<SweepOptions>();
    options->ranks = ranks;
    CLI::App* const command = application.add_subcommand(
        "sweep", "Run a scenario at many points, find where it saturates, or lose every domain of it");
    command->add_option("scenario", options->scenario_path, "The scenario, a JSON file")->required();
    add_what_varies(*command, *options);
    command->add_option("--variant", options->variant, "Of this variant");
    command->add_option("--seed", options->seed, "Seed of all random numbers (default: the scenario's)")
        ->check(not_a_seed);
    command->add_option("--replications", options->replications, "Of each point (default: the scenario's)")
        ->check(CLI::Range(1, 100'000));
    command->add_option("--jobs", options->jobs, "Worker processes at once (default: one a core)")
        ->check(CLI::Range(1, 1024));
    command->add_option(
        "--database", options->database_path,
        "The SQLite file of all results, continued if it is there (default: results/<name> - sweep.db)");
    command->add_option("--csv", options->csv_path, "Write the points and their figures into this file");
    command->add_option("--format", options->format, "What to print: table or json (default: table)")
        ->check(CLI::IsMember({"table", "json"}));
    command->add_option("--progress", options->progress, "auto: on a terminal; none")
        ->check(CLI::IsMember({"auto", "none"}));
    command->footer(
        "Exit status: 0 swept, whatever the verdicts; 2 bad input, or a point is no valid model; 4 a dead worker or\n"
        "an unwritable file; 130 Ctrl-C. A sweep that was stopped or killed goes on where it was.");
    command->callback([options, &exit_code] { exit_code = sweep(*options); });
}

}  // namespace faultline::cli
