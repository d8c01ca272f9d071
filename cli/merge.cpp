// faultline merge: the shards of a run to its verdicts.
#include "planning/merge.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/input.hpp"
#include "cli/result_place.hpp"
#include "cli/run_report.hpp"
#include "cli/version.hpp"
#include "planning/requirement.hpp"
#include "scenarios/dead_replications.hpp"
#include "scenarios/read_scenario.hpp"
#include "scenarios/result_file.hpp"

namespace faultline::cli {
namespace {

struct MergeOptions {
    std::vector<std::string> shards;
    std::string result_path, format = "table";
};

int tell_unmerged(const scenarios::Problems& problems, int code) {
    for (const scenarios::Problem& problem : problems.sorted()) {
        fmt::print(stderr, "{}\n", problem.file.empty() ? problem.message : scenarios::to_text(problem));
    }
    return tell_error(code, "nothing was merged");
}

std::optional<scenarios::RunResult> read_and_merge(const MergeOptions& options, scenarios::Problems& problems) {
    std::vector<planning::ShardFile> shards;
    for (const std::string& path : options.shards) {
        if (auto result = scenarios::read_result(path, problems)) shards.push_back({path, std::move(*result)});
    }
    if (!problems.empty()) return std::nullopt;
    return planning::merge_shards(std::move(shards), problems);
}

// Of the scenario that the result carries along: its question, and its name.
reports::Context context_of(const MergeOptions& options, const scenarios::RunResult& result) {
    scenarios::Problems problems;
    const auto scenario = scenarios::read_scenario(result.scenario_source, "scenario", "", problems);
    reports::Context context = scenario ? reports::context_of(*scenario, result.variant) : reports::Context{};
    context.seed = result.seed;
    context.replications = static_cast<int>(result.replications.size() + scenarios::dead_replications(result));
    context.tool_version = version();
    context.machine = machine_text(result);
    context.repeat_command = "faultline merge";
    for (const std::string& path : options.shards) context.repeat_command += " " + shell_word(path);
    return context;
}

int merge(const MergeOptions& options) {
    scenarios::Problems problems;
    const auto result = read_and_merge(options, problems);
    if (!result) return tell_unmerged(problems, exit_bad_input);
    const std::string suffix = result->variant.empty() ? "" : " - " + result->variant;
    ResultPlace place{options.result_path.empty() ? default_result_path(result->scenario_name, suffix)
                                                  : std::filesystem::path{options.result_path}};
    const auto unwritable = [&](const std::string& why) {
        return tell_error(exit_error, fmt::format("the result could not be written to {}: {}", place.text(), why));
    };
    if (const std::string wrong = place.prepare(); !wrong.empty()) return unwritable(wrong);
    if (const auto problem = scenarios::write_result(*result, place.text())) {
        return unwritable(scenarios::to_text(*problem));
    }
    place.keep();
    reports::Context context = context_of(options, *result);
    context.result_path = place.text();
    print_report(options.format, context, *result);
    int code = exit_code_of(*result);
    for (const std::string& fault : planning::faults_without_effect(result->replications)) {
        fmt::print(stderr, "faultline: {}: the scenario does not ask what it means to ask\n", fault);
        if (code != exit_error) code = exit_bad_input;
    }
    return code;
}

}  // namespace

void add_merge(CLI::App& application, int& exit_code) {
    auto options = std::make_shared<MergeOptions>();
    CLI::App* const command = application.add_subcommand("merge", "Make the shards of a run one result, and judge it");
    command->add_option("shards", options->shards, "The result files of all shards")->required();
    command->add_option("--result", options->result_path, "The result file (default: results/<scenario name>.json)");
    command->add_option("--format", options->format, "What to print: table, json or junit (default: table)")
        ->check(CLI::IsMember({"table", "json", "junit"}));
    command->callback([options, &exit_code] { exit_code = merge(*options); });
}

}  // namespace faultline::cli
