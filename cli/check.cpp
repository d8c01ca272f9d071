// faultline check: what is wrong with a scenario, and with each of its variants, without running it.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/input.hpp"
#include "planning/checks/checks.hpp"
#include "planning/lint.hpp"
#include "reports/check_json.hpp"
#include "reports/check_lines.hpp"
#include "reports/text_layout.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::cli {
namespace {

using Findings = std::vector<scenarios::CheckFinding>;

struct CheckOptions {
    std::string path, format = "table";
};

// What the plan of a run shows has no id of its own.
constexpr const char* of_plan = "plan";

Findings all_of(const scenarios::Scenario& scenario) {
    Findings findings;
    for (const planning::LintFinding& one : planning::lint(scenario)) {
        const bool error = one.severity == planning::Severity::error;
        findings.push_back({of_plan, {}, error ? "error" : "warning", one.about, one.message, ""});
    }
    for (scenarios::CheckFinding& one : planning::check_topology(scenario)) findings.push_back(std::move(one));
    return findings;
}

void tell(const reports::CheckedVariant& checked, const std::string& path) {
    const std::string of = checked.variant.empty() ? "" : fmt::format(" (variant \"{}\")", checked.variant);
    Findings of_topology;
    for (const scenarios::CheckFinding& one : checked.findings) {
        if (one.id != of_plan) {
            of_topology.push_back(one);
            continue;
        }
        const std::string place = one.where.empty() ? "" : one.where + ": ";
        fmt::print("{}: {}{}: {}{}\n", path, place, one.severity, one.why, of);
    }
    if (of_topology.empty()) return;
    fmt::print("\n{}{}\n{}", path, of, reports::check_table(of_topology, reports::style_of(STDOUT_FILENO).width));
}

// Of the file as it is, then of each variant what is not known from there. None: it cannot be read.
std::optional<std::vector<reports::CheckedVariant>> check_all(const std::string& path, std::string& name) {
    scenarios::Problems problems;
    const auto scenario = read_or_tell(path, "", problems);
    if (!scenario) return std::nullopt;
    name = scenario->name;
    std::vector<reports::CheckedVariant> all{{"", all_of(*scenario)}};
    for (const std::string& variant : scenarios::variant_names(*scenario)) {
        const auto changed = read_or_tell(path, variant, problems);
        if (!changed) return std::nullopt;  // the file changed in between
        Findings findings = all_of(*changed);
        const Findings& known = all.front().findings;
        std::erase_if(findings,
                      [&](const auto& one) { return std::find(known.begin(), known.end(), one) != known.end(); });
        all.push_back({variant, std::move(findings)});
    }
    return all;
}

int check(const CheckOptions& options) {
    std::string name;
    const auto all = check_all(options.path, name);
    if (!all) return exit_bad_input;
    std::size_t errors = 0;
    for (const reports::CheckedVariant& one : *all) errors += planning::count_of(one.findings, "error");
    if (options.format == "json") {
        fmt::print("{}", reports::check_json(options.path, name, *all));
    } else {
        for (const reports::CheckedVariant& one : *all) tell(one, options.path);
        const std::size_t variants = all->size() - 1;
        fmt::print("{}: {} with {} can be run{}\n", options.path, name,
                   variants == 0 ? "no variants" : fmt::format("{} variant{}", variants, variants == 1 ? "" : "s"),
                   errors == 0 ? "" : ", but see the errors above");
    }
    return errors == 0 ? exit_met : exit_violated;
}

}  // namespace

void add_check(CLI::App& application, int& exit_code) {
    auto options = std::make_shared<CheckOptions>();
    CLI::App* const command =
        application.add_subcommand("check", "Say what is wrong with a scenario, without running it");
    command->add_option("scenario", options->path, "The scenario, a JSON file")->required();
    command->add_option("--format", options->format, "What to print: table or json (default: table)")
        ->check(CLI::IsMember({"table", "json"}));
    command->footer(
        "Exit status: 0 nothing, or warnings and notes only; 1 an error that is not accepted with a reason;\n"
        "2 it cannot be read. docs/checks.md lists all checks.");
    command->callback([options, &exit_code] { exit_code = check(*options); });
}

}  // namespace faultline::cli
