// What an exit status says; --help lists them.
#pragma once

#include "scenarios/result.hpp"

namespace faultline::cli {

enum ExitCode {
    exit_met = 0,
    exit_violated = 1,
    exit_bad_input = 2,  // a bad command line too
    exit_undecided = 3,
    exit_error = 4,  // an internal error, a dead worker, a result that cannot be written
    exit_interrupted = 130,
};

// 4 before all others, violated before undecided.
ExitCode exit_code_of(const scenarios::RunResult& result);

}  // namespace faultline::cli
