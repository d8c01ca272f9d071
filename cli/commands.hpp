// The commands, one file each. Each adds its options to the application, and what it does when it is asked for: that
// sets the exit code.
#pragma once

#include <CLI/CLI.hpp>

namespace faultline::cli {

void add_run(CLI::App& application, int& exit_code);
void add_check(CLI::App& application, int& exit_code);
void add_kinds(CLI::App& application, int& exit_code);
void add_worker(CLI::App& application, int& exit_code);  // hidden: for `run` itself

}  // namespace faultline::cli
