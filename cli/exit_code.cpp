#include "cli/exit_code.hpp"

#include <algorithm>

namespace faultline::cli {

ExitCode exit_code_of(const scenarios::RunResult& result) {
    const auto any = [&](scenarios::Verdict verdict) {
        return std::any_of(result.requirements.begin(), result.requirements.end(),
                           [&](const auto& one) { return one.verdict == verdict; });
    };
    if (!result.failed.empty()) return exit_error;
    if (any(scenarios::Verdict::violated)) return exit_violated;
    return any(scenarios::Verdict::undecided) ? exit_undecided : exit_met;
}

}  // namespace faultline::cli
