// A format that results are shown in. Called in this order: context once, results once for each run, close once. A
// report computes nothing but sums and shares of what a result holds.
#pragma once

#include "reports/context.hpp"
#include "scenarios/result.hpp"

namespace faultline::reports {

class Report {
public:
    virtual ~Report() = default;
    virtual void context(const Context& context) = 0;
    virtual void results(const scenarios::RunResult& result) = 0;
    virtual void close() = 0;
};

}  // namespace faultline::reports
