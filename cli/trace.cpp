// faultline trace: which classes and keys of recorded requests a cache would take off the database.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/exit_code.hpp"
#include "planning/trace_ranking.hpp"
#include "reports/text_layout.hpp"
#include "scenarios/quantity_text.hpp"
#include "scenarios/trace_file.hpp"
#include "scenarios/units.hpp"

namespace faultline::cli {
namespace {

struct RankingOptions {
    std::string path, ttl;
    std::size_t keys = 10'000, top = 10;
    std::vector<std::string> writes;
};

int refuse(const std::string& what) {
    fmt::print(stderr, "{}\n", what);
    return exit_bad_input;
}

// What is wrong with the trace; none: all of it was added.
std::optional<std::string> read(const RankingOptions& options, planning::TraceRanking& ranking) {
    scenarios::TraceFile trace(options.path, options.path);
    while (trace.next()) {
        if (!ranking.add({trace.time_s(), trace.query_class(), trace.key()})) {
            trace.fail(fmt::format("more than {} classes; is this the right column?", ranking.classes_most));
            break;
        }
    }
    return trace.error();
}

// A name of a foreign file in a column: without what a terminal takes as commands, and cut where it is too long.
std::string cell(std::string_view name, std::size_t width) {
    std::string text{name};
    std::replace_if(
        text.begin(), text.end(), [](char letter) { return std::iscntrl(static_cast<unsigned char>(letter)) != 0; },
        '?');
    if (reports::characters(text) < width) return reports::left(text, width);
    const std::string_view dots = "...";
    const std::size_t kept = width - 1 - dots.size();
    std::size_t end = 0;
    for (std::size_t seen = 0; end < text.size(); ++end) {
        const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U;  // a character of UTF-8
        if (begins && seen++ == kept) break;
    }
    text.resize(end);
    text += dots;
    return reports::left(text, width);
}

std::string share_of(std::uint64_t part, std::uint64_t whole) {
    return scenarios::share_text(static_cast<double>(part) / static_cast<double>(whole));
}

// Lines of at most 80 characters.
void print(const RankingOptions& options, const planning::TraceRanking& ranking) {
    const std::uint64_t all = ranking.requests();
    fmt::print("{}: {} over {}\n", options.path, reports::counted(all, "request"),
               scenarios::quantity_text(ranking.span_s(), "s"));
    fmt::print("\nClasses, by what a cache would save{}\n",
               options.ttl.empty() ? "" : fmt::format(" with a time to live of {}", options.ttl));
    fmt::print("   {:<24}{:>12}{:>8}{:>18}{:>14}\n", "class", "requests", "of all", "saved of it", "saved of all");
    for (const planning::RankedClass& one : ranking.classes()) {
        std::string saved = share_of(one.saved_least, one.requests);
        if (one.saved_most > one.saved_least) saved += " to " + share_of(one.saved_most, one.requests);
        if (one.writes) saved = "writes";
        fmt::print("   {}{:>12}{:>8}{:>18}{:>14}\n", cell(one.name, 24), one.requests, share_of(one.requests, all),
                   saved, share_of(one.saved_least, all));
    }
    fmt::print("\nKeys, by the same; of each class the {} most frequent are followed\n", options.keys);
    fmt::print("   {:<18}{:<20}{:>12}{:>12}{:>14}\n", "class", "key", "requests", "too many", "saved of all");
    for (const planning::RankedKey& one : ranking.keys(options.top)) {
        fmt::print("   {}{}{:>12}{:>12}{:>14}\n", cell(one.query_class, 18), cell(one.key, 20), one.requests,
                   one.too_high_by == 0 ? "-" : fmt::format("<= {}", one.too_high_by), share_of(one.saved, all));
    }
}

int trace(const RankingOptions& options) {
    planning::TraceOptions how{.keys = options.keys, .ttl = {}, .writes = options.writes};
    if (!options.ttl.empty()) {
        const scenarios::Parsed<engine::Duration> ttl = scenarios::parse_duration(options.ttl);
        if (!ttl.value) return refuse("--ttl: " + ttl.error);
        how.ttl = ttl.value;
    }
    planning::TraceRanking ranking(how);
    const std::optional<std::string> wrong = read(options, ranking);
    if (wrong) return refuse(*wrong);
    if (ranking.requests() == 0) return refuse(options.path + ": there is no request in it");
    const std::vector<std::string> missing = ranking.writers_without_requests();
    if (!missing.empty()) return refuse(fmt::format("--writes: {} has no class \"{}\"", options.path, missing.front()));
    print(options, ranking);
    return exit_met;
}

}  // namespace

void add_trace(CLI::App& application, int& exit_code) {
    auto options = std::make_shared<RankingOptions>();
    CLI::App* const command =
        application.add_subcommand("trace", "Say which classes and keys of recorded requests a cache would save");
    command
        ->add_option("trace", options->path,
                     "CSV with the columns time (seconds, ascending), class and key; /dev/stdin, too")
        ->required();
    command->add_option("--ttl", options->ttl, "Time to live of an entry, \"10min\"; left out: for ever");
    command
        ->add_option("--writes", options->writes,
                     "Classes that write: none is saved, and each deletes its key of all others; \"a,b\"")
        ->delimiter(',');
    command->add_option("--keys", options->keys, "Most frequent keys followed in each class")
        ->check(CLI::Range(1, 10'000'000));
    command->add_option("--top", options->top, "Keys shown")->check(CLI::Range(0, 100'000));
    command->footer("Exit status: 0; 2 the trace cannot be read.");
    command->callback([options, &exit_code] { exit_code = trace(*options); });
}

}  // namespace faultline::cli
