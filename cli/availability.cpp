// faultline availability: years of failures of a scenario's topology, without its queries.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/input.hpp"
#include "cli/progress_display.hpp"
#include "cli/result_place.hpp"
#include "cli/version.hpp"
#include "planning/availability/availability.hpp"
#include "planning/availability/model_of.hpp"
#include "planning/replications.hpp"
#include "planning/signal_watch.hpp"
#include "reports/availability.hpp"
#include "scenarios/result_file.hpp"
#include "scenarios/units.hpp"

namespace faultline::cli {
namespace {

struct AvailabilityOptions {
    std::string scenario_path, variant, result_path, rto_path, precision;
    std::string format = "table", progress = "auto";
    std::uint64_t years = 20'000;
    bool years_given = false;
    std::optional<std::uint64_t> seed;
    int jobs = 0;
};

constexpr std::uint64_t years_with_precision = 1'000'000;
constexpr std::uint64_t events_by_default = 100'000'000;  // some ten seconds of processor time

// " 41 %   8200 of 20000 years", ten times a second at most.
class YearsShown {
public:
    YearsShown(std::uint64_t years, ProgressForm form) : years_{years}, display_{form} {}

    void show(std::uint64_t done) {
        const auto now = std::chrono::steady_clock::now();
        if (now - told_ < std::chrono::milliseconds{100}) return;
        told_ = now;
        const std::uint64_t percent = 100 * done / std::max<std::uint64_t>(1, years_);
        display_.show_line(fmt::format("{:3} %   {} of {} years", std::min<std::uint64_t>(100, percent), done, years_));
    }
    void clear() { display_.clear(); }

private:
    std::uint64_t years_;
    ProgressDisplay display_;
    std::chrono::steady_clock::time_point told_{};
};

std::string repeat_command(const AvailabilityOptions& options, const scenarios::AvailabilityResult& result) {
    std::string command = "faultline availability " + shell_word(options.scenario_path);
    if (!options.variant.empty()) command += " --variant " + shell_word(options.variant);
    if (!options.rto_path.empty()) command += " --rto-from " + shell_word(options.rto_path);
    return command + fmt::format(" --seed {} --years {}", result.seed, result.years);
}

// None: what is wrong was told.
std::optional<planning::MeasuredRecoveries> read_measured(const AvailabilityOptions& options,
                                                          const scenarios::Scenario& scenario) {
    if (options.rto_path.empty()) return planning::MeasuredRecoveries{};
    scenarios::Problems problems;
    const auto result = scenarios::read_result(options.rto_path, problems);
    for (const scenarios::Problem& problem : problems.sorted()) {
        fmt::print(stderr, "{}\n", scenarios::to_text(problem));
    }
    if (!result || !problems.empty()) return std::nullopt;
    planning::MeasuredRecoveries measured = planning::measured_in(*result, scenario);
    if (measured.kinds.empty() && !measured.untold.empty()) {
        tell_error(
            exit_bad_input,
            fmt::format("{}: its incidents tell nothing of \"{}\", so that nobody knows whether they stopped it; "
                        "run {} with a fault",
                        options.rto_path, fmt::join(measured.untold, "\", \""), options.scenario_path));
        return std::nullopt;
    }
    if (measured.kinds.empty()) {
        tell_error(exit_bad_input,
                   fmt::format("{}: it holds no incident of a single fault that was recovered; run \"{}\" with "
                               "a fault first",
                               options.rto_path, result->scenario_name));
        return std::nullopt;
    }
    return measured;
}

int exit_code_of_years(const scenarios::AvailabilityResult& result) {
    const auto any = [&](scenarios::Verdict verdict) {
        return std::any_of(result.requirements.begin(), result.requirements.end(),
                           [&](const auto& one) { return one.verdict == verdict; });
    };
    if (any(scenarios::Verdict::violated)) return exit_violated;
    return any(scenarios::Verdict::undecided) ? exit_undecided : exit_met;
}

int finish(const AvailabilityOptions& options, const planning::AvailabilityOutcome& outcome, ResultPlace& place) {
    const scenarios::AvailabilityResult& result = outcome.result;
    int code = exit_code_of_years(result);
    std::string footer;
    if (!options.result_path.empty()) {
        if (const auto problem = scenarios::write_file(scenarios::availability_text(result), place.text())) {
            code = tell_error(exit_error, "the result is not saved: " + scenarios::to_text(*problem));
        } else {
            place.keep();
            footer += "Result: " + place.text() + "\n";
        }
    }
    if (options.format == "json") {
        std::cout << scenarios::availability_text(result);
    } else {
        if (outcome.out_of_events) {
            footer += fmt::format(
                "{} years had {} M events, and no more were simulated; --years "
                "goes on.\n",
                result.years, result.events / 1'000'000);
        }
        footer += fmt::format("Repeat: {}\n", repeat_command(options, result));
        footer += fmt::format("{:.0f} years a second of CPU time.\n",
                              static_cast<double>(result.years) / std::max(1e-6, outcome.cpu_s));
        reports::print_availability(std::cout, result, reports::style_of(STDOUT_FILENO), footer);
    }
    return std::cout.good() ? code : tell_error(exit_error, "standard output cannot be written");
}

int availability(const AvailabilityOptions& options) {
    scenarios::Problems problems;
    auto scenario = read_or_tell(options.scenario_path, options.variant, problems);
    if (!scenario) return exit_bad_input;
    const std::vector<std::string> too_large = planning::too_large_for_years(*scenario);
    for (const std::string& one : too_large) {
        tell_error(exit_bad_input, fmt::format("{}: too large for years of failures: {}", options.scenario_path, one));
    }
    if (!too_large.empty()) return exit_bad_input;
    if (planning::outage_model_of(*scenario).processes.empty()) {
        return tell_error(exit_bad_input, fmt::format("{}: nothing in it breaks: years of failures know databases, "
                                                      "services, warehouses, caches, zones and regions",
                                                      options.scenario_path));
    }
    if (options.seed) scenario->run.seed = *options.seed;
    auto measured = read_measured(options, *scenario);
    if (!measured) return exit_bad_input;
    ResultPlace place{options.result_path};
    const std::string wrong = options.result_path.empty() ? "" : place.prepare();
    if (!wrong.empty()) {
        return tell_error(exit_error, fmt::format("the result could not be written to {}: {}; nothing was simulated",
                                                  place.text(), wrong));
    }
    planning::SignalWatch signals;
    planning::YearsPlan plan;
    plan.years = options.years;
    if (!options.precision.empty()) {
        plan.precision = scenarios::parse_share(options.precision).value;
        if (!options.years_given) plan.years = years_with_precision;
    }
    plan.seed = {scenario->run.seed};
    plan.confidence = scenario->run.confidence;
    plan.jobs = options.jobs > 0 ? options.jobs : planning::available_cores();
    if (!options.years_given && options.precision.empty()) plan.events_most = events_by_default;
    YearsShown shown{plan.years, options.progress == "none" ? ProgressForm::none : ProgressForm::automatic};
    plan.interrupted = [&signals] { return signals.interrupted(); };
    plan.progress = [&shown](std::uint64_t years) { shown.show(years); };
    planning::AvailabilityOutcome outcome = planning::run_availability(*scenario, std::move(*measured), plan);
    shown.clear();
    if (outcome.interrupted) return tell_error(exit_interrupted, "stopped; nothing was written");
    outcome.result.variant = options.variant;
    outcome.result.tool_version = version();
    return finish(options, outcome, place);
}

std::string not_a_precision(const std::string& text) {
    const auto parsed = scenarios::parse_share(text);
    if (!parsed.value) return parsed.error;
    return *parsed.value > 0.0 && *parsed.value < 1.0 ? "" : "expected more than 0% and less than 100%";
}

}  // namespace

void add_availability(CLI::App& application, int& exit_code) {
    auto options = std::make_shared<AvailabilityOptions>();
    CLI::App* const command =
        application.add_subcommand("availability", "Years of failures: how many minutes a year are away, and why");
    command->add_option("scenario", options->scenario_path, "The scenario, a JSON file")->required();
    command->add_option("--variant", options->variant, "Of this variant of it");
    CLI::Option* const years =
        command
            ->add_option("--years", options->years,
                         "Simulated years, rounded up to 50 (default: 20000, fewer if they have 100 M events)")
            ->check(CLI::Range(std::uint64_t{100}, std::uint64_t{100'000'000}));
    command
        ->add_option("--precision", options->precision,
                     "Go on until the interval of each class's mean is within this share of it, \"5%\"")
        ->check(not_a_precision);
    command->add_option("--seed", options->seed, "Seed of all random numbers (default: the scenario's)")
        ->check(not_a_seed);
    command->add_option("--rto-from", options->rto_path,
                        "A result of `faultline run`: its incidents say how long users are without an answer");
    command->add_option("--jobs", options->jobs, "Threads at once (default: one a core); the result is the same")
        ->check(CLI::Range(1, 1024));
    command->add_option("--format", options->format, "What to print: table or json (default: table)")
        ->check(CLI::IsMember({"table", "json"}));
    command->add_option("--result", options->result_path, "Write the result there, as JSON");
    command->add_option("--progress", options->progress, "auto: on a terminal; none")
        ->check(CLI::IsMember({"auto", "none"}));
    command->footer(
        "Requirements of the measure availability-per-year are judged.\n"
        "Exit status: 0 all met; 1 some violated; 3 some undecided; 2 bad input; 4 an unwritable result; 130 Ctrl-C.");
    command->callback([options, years, &exit_code] {
        options->years_given = years->count() > 0;
        exit_code = availability(*options);
    });
}

}  // namespace faultline::cli
