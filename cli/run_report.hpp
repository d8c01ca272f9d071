// What `run` and `merge` print of a result.
#pragma once

#include <string>

#include "reports/context.hpp"
#include "scenarios/result.hpp"

namespace faultline::cli {

// `format`: table, json or junit. To standard output.
void print_report(const std::string& format, const reports::Context& context, const scenarios::RunResult& result);

// "4 cores, numeric fingerprint 9f86d081884c7d65"
std::string machine_text(const scenarios::RunResult& result);

}  // namespace faultline::cli
