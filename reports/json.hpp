// The result itself, as its file holds it: for programs.
#pragma once

#include <ostream>

#include "reports/report.hpp"

namespace faultline::reports {

class JsonReport : public Report {
public:
    explicit JsonReport(std::ostream& out) : out_{out} {}
    void context(const Context&) override {}  // the result has it
    void results(const scenarios::RunResult& result) override;
    void close() override { out_.flush(); }

private:
    std::ostream& out_;
};

}  // namespace faultline::reports
