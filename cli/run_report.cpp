#include "cli/run_report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "planning/replications.hpp"
#include "reports/json.hpp"
#include "reports/junit.hpp"
#include "reports/text.hpp"

namespace faultline::cli {

void print_report(const std::string& format, const reports::Context& context, const scenarios::RunResult& result) {
    std::unique_ptr<reports::Report> report;
    if (format == "json") {
        report = std::make_unique<reports::JsonReport>(std::cout);
    } else if (format == "junit") {
        report = std::make_unique<reports::JunitReport>(std::cout);
    } else {
        report = std::make_unique<reports::TextReport>(std::cout, reports::style_of(STDOUT_FILENO));
    }
    report->context(context);
    report->results(result);
    report->close();
}

std::string machine_text(const scenarios::RunResult& result) {
    return fmt::format("{} cores, numeric fingerprint {:016x}", planning::available_cores(),
                       result.numeric_fingerprint);
}

}  // namespace faultline::cli
