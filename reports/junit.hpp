// JUnit XML, for build servers: one testsuite a run, one testcase a requirement.
//
//   met        a testcase without more
//   violated   <failure>: the build breaks
//   undecided  <skipped>, with how many more replications would settle it: neither proof nor disproof
//   a dead worker is a testcase of its own, "replication 3", with <error>
#pragma once

#include <ostream>

#include "reports/report.hpp"

namespace faultline::reports {

class JunitReport : public Report {
public:
    explicit JunitReport(std::ostream& out) : out_{out} {}
    void context(const Context& context) override;
    void results(const scenarios::RunResult& result) override;
    void close() override;

private:
    std::ostream& out_;
    Context context_;
};

}  // namespace faultline::reports
