// faultline plan: the cheapest topology of a search space that meets every requirement.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/input.hpp"
#include "cli/progress_display.hpp"
#include "cli/sweep_base.hpp"
#include "cli/version.hpp"
#include "planning/plan/search.hpp"
#include "reports/plan_json.hpp"
#include "reports/plan_text.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/result_file.hpp"

namespace faultline::cli {
namespace {

struct PlanOptions {
    std::string scenario_path, variant, database_path, output_path, format = "table", progress = "auto";
    std::optional<std::uint64_t> seed;
    std::optional<std::uint32_t> replications_max;
    bool all = false;
    int jobs = 0;
    planning::Ranks* ranks = nullptr;
};

struct PlanInput {
    planning::SweepBase base;
    scenarios::PlanSpace asked;
    planning::Space space;
};

void check_objective(const PlanInput& input, scenarios::Problems& problems) {
    const std::vector<scenarios::Requirement>& requirements = input.base.scenario.requirements;
    if (requirements.empty()) {
        problems.add(input.base.file, "/requirements", "there is none that a topology could meet");
    }
    if (input.asked.objective == "cost") return;
    std::vector<std::string_view> known{"cost"};
    for (const scenarios::Requirement& one : requirements) known.push_back(one.name);
    if (std::find(known.begin(), known.end(), input.asked.objective) == known.end()) {
        problems.add(input.base.file, "/plan/objective",
                     scenarios::unknown_name("requirement", input.asked.objective, known));
    }
}

PlanInput read_plan_input(const PlanOptions& options, scenarios::Problems& problems) {
    PlanInput input;
    input.base = read_sweep_base(options.scenario_path, options.variant, options.seed, problems);
    if (input.base.model.is_object()) input.base.model.erase("plan");
    if (!problems.empty()) return input;
    auto asked = scenarios::read_plan_space(input.base.scenario.source, options.scenario_path, problems);
    if (!problems.empty()) return input;
    if (!asked) {
        problems.add(options.scenario_path, "/plan", "it has no search space; docs/plan.md says how to write one");
        return input;
    }
    input.asked = std::move(*asked);
    if (options.replications_max) input.asked.replications_max = *options.replications_max;
    check_objective(input, problems);
    if (problems.empty()) input.space = planning::space_of(input.asked, input.base, problems);
    return input;
}

int exit_code_of_plan(const scenarios::PlanResult& result) {
    const auto any = [&](scenarios::Fate fate) {
        return std::any_of(result.topologies.begin(), result.topologies.end(),
                           [&](const auto& one) { return one.fate == fate; });
    };
    if (any(scenarios::Fate::failed)) return exit_error;
    if (any(scenarios::Fate::no_model)) return exit_bad_input;
    if (result.winner) return result.maybe_cheaper ? exit_undecided : exit_met;
    return any(scenarios::Fate::undecided) || any(scenarios::Fate::not_confirmed) ? exit_undecided : exit_violated;
}

int finish_plan(const PlanOptions& options, const scenarios::PlanResult& result) {
    const auto print = [&](std::ostream& out) {
        if (options.format == "json") {
            out << reports::plan_json(result);
        } else {
            reports::print_plan(out, reports::style_of(STDOUT_FILENO), result, options.all);
        }
    };
    return print_and_save(exit_code_of_plan(result), print, options.output_path, "the result",
                          [&] { return reports::plan_json(result); });
}

int search_plan(const PlanOptions& options, const PlanInput& input, planning::SweepStore& store,
                planning::SignalWatch& signals) {
    ProgressDisplay display{options.progress == "none" ? ProgressForm::none : ProgressForm::automatic};
    const planning::SweepPlan plan = sweep_plan("plan", options.scenario_path, options.jobs, options.ranks, display);
    planning::PlanSearch search{input.base, input.space, input.asked, store, plan, signals};
    scenarios::PlanResult result{.tool_version = version(),
                                 .scenario_name = input.base.scenario.name,
                                 .question = input.base.scenario.description,
                                 .database_path = options.database_path};
    const bool whole = search.run(result);
    display.clear();
    if (!whole) return tell_stopped(options.database_path);
    return finish_plan(options, result);
}

int plan(PlanOptions options) {
    scenarios::Problems problems;
    const PlanInput input = read_plan_input(options, problems);
    if (!problems.empty()) return tell_problems(problems);
    planning::SignalWatch signals;  // from here on Ctrl-C leaves nothing half done
    options.database_path = database_path_of(options.database_path, input.base.scenario, "plan");
    if (const auto refused = refuse_unwritable({options.database_path, options.output_path})) return *refused;
    return with_database([&] {
        const auto store = planning::SweepStore::open(options.database_path, version(), problems);
        if (!store) return tell_problems(problems);
        return search_plan(options, input, *store, signals);
    });
}

}  // namespace

void add_plan(CLI::App& application, int& exit_code, planning::Ranks* ranks) {
    auto options = std::make_shared<PlanOptions>();
    options->ranks = ranks;
    CLI::App* const command = application.add_subcommand(
        "plan", "The cheapest topology of a scenario's search space that meets every requirement");
    command->add_option("scenario", options->scenario_path, "The scenario, a JSON file with a section \"plan\"")
        ->required();
    command->add_option("--variant", options->variant, "Of this variant");
    command->add_option("--seed", options->seed, "Seed of the search (default: the scenario's)")->check(not_a_seed);
    command
        ->add_option("--replications-max", options->replications_max,
                     "Of one topology, at most, until it is decided (default: the scenario's)")
        ->check(CLI::Range(2, 100'000));
    command->add_option("--jobs", options->jobs, "Worker processes at once (default: one a core)")
        ->check(CLI::Range(1, 1024));
    command->add_option("--database", options->database_path,
                        "The SQLite file of all results, continued if it is there (default: results/<name> - plan.db)");
    command->add_flag("--all", options->all, "Tell of every topology, not only of the cheapest ones that fail");
    command->add_option("--output", options->output_path, "Write the result as JSON into this file");
    command->add_option("--format", options->format, "What to print: table or json (default: table)")
        ->check(CLI::IsMember({"table", "json"}));
    command->add_option("--progress", options->progress, "auto: on a terminal; none")
        ->check(CLI::IsMember({"auto", "none"}));
    command->footer(
        "Exit status: 0 found and confirmed; 1 every topology violates a requirement; 3 none is shown to meet all of\n"
        "them, or to be the cheapest, for lack of prices; 2 bad input, or a topology is no valid model; 4 a dead "
        "worker or an unwritable file; 130 Ctrl-C.\n"
        "A search that was stopped or killed goes on where it was.");
    command->callback([options, &exit_code] { exit_code = plan(*options); });
}

}  // namespace faultline::cli
