// faultline check: what is wrong with a scenario, and with each of its variants, without running it.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/input.hpp"
#include "planning/lint.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::cli {
namespace {

using Findings = std::vector<planning::LintFinding>;

// Those that are not known from the base already. Returns how many of them are errors.
int tell(const Findings& findings, const Findings& known, const std::string& path, const std::string& variant) {
    int errors = 0;
    for (const planning::LintFinding& finding : findings) {
        if (std::find(known.begin(), known.end(), finding) != known.end()) continue;
        const bool error = finding.severity == planning::Severity::error;
        errors += error ? 1 : 0;
        const std::string place = finding.about.empty() ? "" : finding.about + ": ";
        const std::string of = variant.empty() ? "" : fmt::format(" (variant \"{}\")", variant);
        fmt::print("{}: {}{}: {}{}\n", path, place, error ? "error" : "warning", finding.message, of);
    }
    return errors;
}

int check(const std::string& path) {
    scenarios::Problems problems;
    const auto scenario = read_or_tell(path, "", problems);
    if (!scenario) return exit_bad_input;
    const Findings of_base = planning::lint(*scenario);
    int errors = tell(of_base, {}, path, "");
    const std::vector<std::string> variants = scenarios::variant_names(*scenario);
    for (const std::string& variant : variants) {
        const auto changed = read_or_tell(path, variant, problems);
        if (!changed) return exit_bad_input;  // the file changed in between
        errors += tell(planning::lint(*changed), of_base, path, variant);
    }
    fmt::print("{}: {} with {} can be run{}\n", path, scenario->name,
               variants.empty() ? "no variants"
                                : fmt::format("{} variant{}", variants.size(), variants.size() == 1 ? "" : "s"),
               errors == 0 ? "" : ", but not answer all that it asks");
    return errors == 0 ? exit_met : exit_violated;
}

}  // namespace

void add_check(CLI::App& application, int& exit_code) {
    auto path = std::make_shared<std::string>();
    CLI::App* const command =
        application.add_subcommand("check", "Say what is wrong with a scenario, without running it");
    command->add_option("scenario", *path, "The scenario, a JSON file")->required();
    command->footer("Exit status: 0 nothing, or warnings only; 1 an error of the lint; 2 it cannot be read.");
    command->callback([path, &exit_code] { exit_code = check(*path); });
}

}  // namespace faultline::cli
