// faultline check: what is wrong with a scenario, and with each of its variants, without running it.
#include <fmt/format.h>

#include <memory>
#include <vector>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/input.hpp"
#include "planning/lint.hpp"
#include "scenarios/read_scenario.hpp"

namespace faultline::cli {
namespace {

// Returns how many of its findings are errors.
int lint_and_tell(const std::string& path, const std::string& variant) {
    scenarios::Problems problems;
    const auto scenario = read_or_tell(path, variant, problems);
    if (!scenario) return 1;
    int errors = 0;
    for (const planning::LintFinding& finding : planning::lint(*scenario)) {
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
    std::vector<std::string> variants = scenarios::variant_names(*scenario);
    variants.insert(variants.begin(), "");
    int errors = 0;
    for (const std::string& variant : variants) errors += lint_and_tell(path, variant);
    fmt::print("{}: {} with {} can be run{}\n", path, scenario->name,
               variants.size() == 1 ? "no variants" : fmt::format("{} variants", variants.size() - 1),
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
