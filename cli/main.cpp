// faultline: the command line. It parses, calls and prints; what is computed is computed in planning/.
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "cli/input.hpp"
#include "cli/version.hpp"
#include "planning/ranks.hpp"
#include "scenarios/nearest_name.hpp"

namespace {

constexpr const char* about =
    "Will this multi-region database topology meet its requirements? Faultline simulates it, breaks it, and gives a\n"
    "verdict with an interval for each requirement.";

constexpr const char* footer = R"(
Examples:
  faultline run scenarios/xyz-corporation.json          the verdict table
  faultline run S.json --variant "no replica" --seed 7  another topology, other random numbers
  faultline run S.json --format junit > verdicts.xml    for a build server
  faultline availability S.json                         years of failures: minutes a year, and why
  faultline compare S.json                              all variants side by side, who is better at what
  faultline compare S.json --baseline R.json            1 if it is significantly worse than that result
  faultline sweep S.json --vary /json/pointer=1,2,4     at many points; --saturate: up to which load it holds
  faultline growth S.json                               the month in which each requirement breaks
  faultline plan S.json                                 the cheapest topology that meets every requirement
  faultline check S.json                                what is wrong with a scenario, without running it
  faultline run S.json --shard 2/8                      an eighth of the replications, for a job array
  faultline merge part-*.json                           all eighths to one result, as if one machine had run them
  faultline trace requests.csv --ttl 10min              which classes and keys a cache would save
  faultline kinds                                       everything a scenario may name, with defaults and sources

Exit status:
  0    all requirements are met            3    some are undecided, none is violated
  1    some requirement is violated        4    an internal error, a dead worker, an unwritable result
  2    bad input: scenario or options      130  stopped by Ctrl-C)";

bool is_command(const CLI::App& application, std::string_view name) {
    return !application.get_subcommands([&](const CLI::App* one) { return one->get_name() == name; }).empty();
}

// The parser would only say that some command is required. "worker" is for the program itself and is not offered.
int tell_unknown_command(const CLI::App& application, std::string_view name) {
    std::vector<std::string> names;
    const auto offered = [](const CLI::App* one) { return !one->get_group().empty(); };
    for (const CLI::App* command : application.get_subcommands(offered)) names.push_back(command->get_name());
    return faultline::cli::tell_error(
        faultline::cli::exit_bad_input,
        faultline::scenarios::unknown_name("command", name, {names.begin(), names.end()}));
}

int run(int argc, char** argv) {
    const std::unique_ptr<faultline::planning::Ranks> ranks = faultline::planning::Ranks::join(argc, argv);
    if (ranks != nullptr && !ranks->leads()) {
        ranks->serve();
        return faultline::cli::exit_met;
    }
    CLI::App application{about, "faultline"};
    application.set_version_flag("--version", faultline::cli::version_text());
    application.footer(footer);
    application.require_subcommand(1);
    int exit_code = faultline::cli::exit_error;
    faultline::cli::add_run(application, exit_code, ranks.get());
    faultline::cli::add_merge(application, exit_code);
    faultline::cli::add_availability(application, exit_code);
    faultline::cli::add_compare(application, exit_code, ranks.get());
    faultline::cli::add_sweep(application, exit_code, ranks.get());
    faultline::cli::add_growth(application, exit_code, ranks.get());
    faultline::cli::add_plan(application, exit_code, ranks.get());
    faultline::cli::add_check(application, exit_code);
    faultline::cli::add_trace(application, exit_code);
    faultline::cli::add_kinds(application, exit_code);
    faultline::cli::add_worker(application, exit_code);
    if (argc < 2) {
        std::fputs(application.help().c_str(), stderr);
        return faultline::cli::exit_bad_input;
    }
    if (const std::string_view first = argv[1]; !first.empty() && first[0] != '-' && !is_command(application, first)) {
        return tell_unknown_command(application, first);
    }
    try {
        application.parse(argc, argv);
    } catch (const CLI::Success& done) {  // --help, --version
        application.exit(done);
        exit_code = faultline::cli::exit_met;
    } catch (const CLI::ParseError& error) {
        application.exit(error);
        return faultline::cli::exit_bad_input;
    }
    if (std::fflush(stdout) != 0) {
        std::fputs("faultline: standard output cannot be written\n", stderr);
        return faultline::cli::exit_error;
    }
    return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGXFSZ, SIG_IGN);  // a file at its limit is one that cannot be written, as on a full disk
    try {
        return run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "faultline: internal error: %s\n", error.what());
        return faultline::cli::exit_error;
    }
}
