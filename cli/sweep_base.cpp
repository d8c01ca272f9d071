#include "cli/sweep_base.hpp"

#include <fmt/format.h>

#include <iostream>

#include "cli/exit_code.hpp"
#include "cli/input.hpp"
#include "cli/result_place.hpp"
#include "planning/candidates.hpp"

namespace faultline::cli {

planning::SweepBase read_sweep_base(const std::string& path, const std::string& variant,
                                    const std::optional<std::uint64_t>& seed, scenarios::Problems& problems) {
    planning::SweepBase base;
    const std::vector<std::string> variants = variant.empty() ? std::vector<std::string>{} : std::vector{variant};
    planning::Candidates candidates = planning::read_candidates({path}, variants, problems);
    for (const scenarios::LeftOut& one : candidates.left_out) {
        if (one.name != variant) continue;
        for (const std::string& text : one.problems) problems.add(path, "", text);
    }
    for (planning::Candidate& candidate : candidates.systems) {
        if (candidate.variant == variant) base.scenario = std::move(candidate.scenario);
    }
    if (!problems.empty()) return base;
    if (seed) base.scenario.run.seed = *seed;
    base.file = path;
    base.folder = base.scenario.folder;
    base.model = scenarios::parse_document(base.scenario.source, path, problems).value_or(nullptr);
    if (base.model.is_object()) base.model.erase("variants");
    return base;
}

std::string database_path_of(const std::string& given, const scenarios::Scenario& scenario,
                             const std::string& command) {
    if (!given.empty()) return given;
    return std::filesystem::path{default_result_path(scenario.name, " - " + command)}.replace_extension("db");
}

std::optional<int> refuse_unwritable(const std::vector<std::string>& paths) {
    for (const std::string& path : paths) {
        if (path.empty()) continue;
        ResultPlace place{path};
        if (const std::string wrong = place.prepare(); !wrong.empty()) {
            return tell_error(exit_error, fmt::format("{} cannot be written: {}; nothing was run", path, wrong));
        }
        place.keep();
    }
    return std::nullopt;
}

planning::SweepPlan sweep_plan(const std::string& command, const std::string& scenario_path, int jobs,
                               planning::Ranks* ranks, ProgressDisplay& display) {
    return {.jobs = jobs,
            .ranks = ranks,
            .repeat_command = "faultline " + command + " " + shell_word(scenario_path),
            .on_progress = [&display](const planning::Progress& progress) { display.show(progress); }};
}

int tell_stopped(const std::string& database_path) {
    return tell_error(exit_interrupted, fmt::format("stopped; what had ended is in {}, and the same command goes on "
                                                    "from there",
                                                    database_path));
}

int print_and_save(int code, const std::function<void(std::ostream&)>& print, const std::string& path,
                   const std::string& what, const std::function<std::string()>& text) {
    print(std::cout);
    std::cout.flush();
    if (!std::cout.good()) code = tell_error(exit_error, "standard output cannot be written");
    if (path.empty()) return code;
    if (const auto problem = scenarios::write_file(text(), path)) {
        return tell_error(exit_error, what + " is not saved: " + scenarios::to_text(*problem));
    }
    return code;
}

int with_database(const std::function<int()>& work) {
    try {
        return work();
    } catch (const planning::SqliteError& error) {
        if (error.damaged()) {
            return tell_error(exit_bad_input,
                              fmt::format("{}: it is damaged, and nothing in it was changed; give another --database, "
                                          "or save what is left of it with the .recover of sqlite3",
                                          error.what()));
        }
        return tell_error(exit_error, fmt::format("{}; what had been stored before is kept, and the same command goes "
                                                  "on from there",
                                                  error.what()));
    }
}

}  // namespace faultline::cli
