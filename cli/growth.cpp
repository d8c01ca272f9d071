// faultline growth: the month in which each requirement breaks, and the multiple of today's load that still holds.
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
#include "planning/growth/growth.hpp"
#include "reports/growth_data.hpp"
#include "reports/growth_text.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/result_file.hpp"
#include "scenarios/units.hpp"
#include "scenarios/yearly.hpp"

namespace faultline::cli {
namespace {

using scenarios::GrowthLine;
using scenarios::GrowthResult;

struct GrowthOptions {
    std::string scenario_path, variant, requirement, within = "5%", database_path, csv_path;
    std::string format = "table", progress = "auto";
    std::optional<std::uint64_t> seed;
    std::uint32_t replications_max = 40;
    double load_max = 8.0;
    bool estimates_only = false;
    int jobs = 0;
    planning::Ranks* ranks = nullptr;
};

void check_growth(const GrowthOptions& options, const planning::SweepBase& base, scenarios::Problems& problems) {
    const scenarios::Scenario& scenario = base.scenario;
    if (!scenario.growth) {
        problems.add(options.scenario_path, "/growth",
                     "it does not say how anything grows: \"growth\": { \"months\": 36, \"load\": { \"monthly\": "
                     "\"4%\" } }, and \"data\" and \"offices\" likewise");
    }
    std::vector<std::string_view> known;
    for (const scenarios::Requirement& one : scenario.requirements) {
        if (!scenarios::is_of_years(one.measure)) known.push_back(one.name);
    }
    if (known.empty()) {
        problems.add(options.scenario_path, "/requirements",
                     scenario.requirements.empty()
                         ? "there are none that could break"
                         : "all are of years of failures, and answered by `faultline availability`");
    }
    const bool named = std::find(known.begin(), known.end(), options.requirement) != known.end();
    if (!options.requirement.empty() && !named) {
        problems.add("--requirement", "", scenarios::unknown_name("requirement", options.requirement, known));
    }
}

planning::GrowthPlan growth_plan(const GrowthOptions& options) {
    planning::GrowthPlan plan{
        .most = options.replications_max, .load_most = options.load_max, .requirement = options.requirement};
    plan.within = scenarios::parse_share(options.within).value.value_or(plan.within);
    return plan;
}

int exit_code_of_growth(const GrowthResult& result) {
    if (!result.failed.empty()) return exit_error;
    if (!result.simulated) return exit_met;
    const int last = static_cast<int>(result.months.size()) - 1;
    const auto breaks = [](const GrowthLine& one) { return one.months.breaks.has_value(); };
    const auto holds = [&](const GrowthLine& one) { return one.months.holds == last; };
    if (result.no_model_month || std::any_of(result.lines.begin(), result.lines.end(), breaks)) return exit_violated;
    return std::all_of(result.lines.begin(), result.lines.end(), holds) ? exit_met : exit_undecided;
}

int finish_growth(const GrowthOptions& options, const GrowthResult& result) {
    const auto print = [&](std::ostream& out) {
        if (options.format == "json") {
            out << reports::growth_json(result);
        } else {
            reports::print_growth(out, reports::style_of(STDOUT_FILENO), result);
        }
    };
    return print_and_save(exit_code_of_growth(result), print, options.csv_path, "the CSV",
                          [&] { return reports::growth_csv(result); });
}

int simulate_growth(const GrowthOptions& options, const planning::SweepBase& base, GrowthResult& result,
                    planning::SignalWatch& signals) {
    scenarios::Problems problems;
    const auto store = planning::SweepStore::open(options.database_path, version(), problems);
    if (!store) return tell_problems(problems);
    ProgressDisplay display{options.progress == "none" ? ProgressForm::none : ProgressForm::automatic};
    const planning::SweepPlan plan = sweep_plan("growth", options.scenario_path, options.jobs, options.ranks, display);
    planning::Sweep sweep{*store, plan, signals};
    const bool whole = planning::confirm_growth(base, growth_plan(options), sweep, result);
    display.clear();
    if (!whole) return tell_stopped(options.database_path);
    result.found = sweep.found();
    result.run = sweep.newly_run();
    return finish_growth(options, result);
}

GrowthResult empty_result(const GrowthOptions& options, const scenarios::Scenario& scenario) {
    GrowthResult result;
    result.tool_version = version();
    result.scenario_name = scenario.name;
    result.variant = options.variant;
    result.question = scenario.description;
    result.database_path = options.estimates_only ? "" : options.database_path;
    result.seed = scenario.run.seed;
    result.confidence = scenario.run.confidence;
    result.joint = scenario.run.joint;
    result.simulated = !options.estimates_only;
    result.most = options.replications_max;
    return result;
}

int growth(GrowthOptions options) {
    scenarios::Problems problems;
    const planning::SweepBase base = read_sweep_base(options.scenario_path, options.variant, options.seed, problems);
    if (problems.empty()) check_growth(options, base, problems);
    if (!problems.empty()) return tell_problems(problems);
    planning::SignalWatch signals;  // from here on Ctrl-C leaves nothing half done
    options.database_path = database_path_of(options.database_path, base.scenario, "growth");
    GrowthResult result = empty_result(options, base.scenario);
    if (!planning::estimate_growth(base, growth_plan(options), result)) {
        for (const std::string& one : result.no_model_problems) problems.add(options.scenario_path, "/growth", one);
        return tell_problems(problems);
    }
    if (const auto refused = refuse_unwritable({result.database_path, options.csv_path})) return *refused;
    if (options.estimates_only) return finish_growth(options, result);
    return with_database([&] { return simulate_growth(options, base, result, signals); });
}

std::string not_a_step(const std::string& text) {
    const auto parsed = scenarios::parse_share(text);
    if (parsed.value && *parsed.value < 0.005) return "expected 0.5% or more";
    return parsed.error;
}

}  // namespace

void add_growth(CLI::App& application, int& exit_code, planning::Ranks* ranks) {
    auto options = std::make_shared<GrowthOptions>();
    options->ranks = ranks;
    CLI::App* const command = application.add_subcommand(
        "growth", "The month in which each requirement breaks, and the multiple of today's load that still holds");
    command->add_option("scenario", options->scenario_path, "The scenario, a JSON file with \"growth\"")->required();
    command->add_option("--variant", options->variant, "Of this variant");
    command->add_option("--requirement", options->requirement, "This one alone (default: all that a run judges)");
    command->add_flag("--estimates-only", options->estimates_only,
                      "What the quick models say, without simulating: nothing is decided");
    command
        ->add_option("--replications-max", options->replications_max,
                     "Of each month or multiple, at most, until it is decided (default: 40)")
        ->check(CLI::Range(2, 100'000));
    command
        ->add_option("--load-max", options->load_max, "The largest multiple of today's load that is tried (default: 8)")
        ->check(CLI::Range(1.1, 1000.0));
    command->add_option("--within", options->within, "How far apart two multiples are (default: 5%)")
        ->check(not_a_step);
    command->add_option("--seed", options->seed, "Seed of all random numbers (default: the scenario's)")
        ->check(not_a_seed);
    command->add_option("--jobs", options->jobs, "Worker processes at once (default: one a core)")
        ->check(CLI::Range(1, 1024));
    command->add_option(
        "--database", options->database_path,
        "The SQLite file of all results, continued if it is there (default: results/<name> - growth.db)");
    command->add_option("--csv", options->csv_path, "Write a row for each requirement and simulated month there");
    command->add_option("--format", options->format, "What to print: table or json (default: table)")
        ->check(CLI::IsMember({"table", "json"}));
    command->add_option("--progress", options->progress, "auto: on a terminal; none")
        ->check(CLI::IsMember({"auto", "none"}));
    command->footer(
        "Exit status: 0 all hold through the horizon; 1 some break within it; 3 some are undecided, none breaks; 2 "
        "bad\n"
        "input; 4 a dead worker or an unwritable file; 130 Ctrl-C. What was stopped or killed goes on where it was.");
    command->callback([options, &exit_code] { exit_code = growth(*options); });
}

}  // namespace faultline::cli
