// The commands, one file each. Each adds its options to the application, and what it does when it is asked for: that
// sets the exit code.
#pragma once

#include <CLI/CLI.hpp>

namespace faultline::planning {
class Ranks;
}

namespace faultline::cli {

// `ranks`: of the MPI job that this is rank 0 of; null: of none.
void add_run(CLI::App& application, int& exit_code, planning::Ranks* ranks);
void add_availability(CLI::App& application, int& exit_code);
void add_compare(CLI::App& application, int& exit_code, planning::Ranks* ranks);
void add_sweep(CLI::App& application, int& exit_code, planning::Ranks* ranks);
void add_growth(CLI::App& application, int& exit_code, planning::Ranks* ranks);
void add_plan(CLI::App& application, int& exit_code, planning::Ranks* ranks);
void add_merge(CLI::App& application, int& exit_code);
void add_check(CLI::App& application, int& exit_code);
void add_trace(CLI::App& application, int& exit_code);
void add_kinds(CLI::App& application, int& exit_code);
void add_worker(CLI::App& application, int& exit_code);  // hidden: for `run` itself

}  // namespace faultline::cli
