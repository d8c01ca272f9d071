// What `sweep`, `growth` and `plan` share: the scenario that is varied, read from a file, and the database that their
// replications go into.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "cli/progress_display.hpp"
#include "planning/sweep/points.hpp"
#include "planning/sweep/sweep.hpp"

namespace faultline::cli {

// `variant` empty: the file as it is. `seed`: in place of the scenario's. Problems: it could not be read, and then it
// is empty.
planning::SweepBase read_sweep_base(const std::string& path, const std::string& variant,
                                    const std::optional<std::uint64_t>& seed, scenarios::Problems& problems);

// As given; else "results/<scenario> - <command>.db".
std::string database_path_of(const std::string& given, const scenarios::Scenario& scenario, const std::string& command);

// Makes sure that files can be written at these places; empty ones are none. Else tells why and returns the exit code.
std::optional<int> refuse_unwritable(const std::vector<std::string>& paths);

// How `faultline <command> <scenario>` runs its replications. `display` outlives what is made by it.
planning::SweepPlan sweep_plan(const std::string& command, const std::string& scenario_path, int jobs,
                               planning::Ranks* ranks, ProgressDisplay& display);

// It was stopped: what had ended is in the database. Returns the exit code.
int tell_stopped(const std::string& database_path);

// Prints to standard output, and then saves `text`, called `what`, unless the path is empty. Returns `code` or, after
// telling what went wrong, exit_error.
int print_and_save(int code, const std::function<void(std::ostream&)>& print, const std::string& path,
                   const std::string& what, const std::function<std::string()>& text);

// Does the work, and tells what goes wrong with the database meanwhile. Returns the exit code.
int with_database(const std::function<int()>& work);

}  // namespace faultline::cli
