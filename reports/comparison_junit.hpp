// A comparison as JUnit XML, for build servers: a testsuite for each system that was run now, a testcase for each
// measure. What makes `faultline compare` exit with 1 is a <failure>: a measure that is significantly worse than the
// baseline's. Without a baseline nothing has become worse, and none fails; <system-out> has the figures.
// A dead worker and a variant that is no valid model are an <error> each.
#pragma once

#include <string>

#include "scenarios/comparison.hpp"

namespace faultline::reports {

std::string comparison_junit(const scenarios::Comparison& comparison);

}  // namespace faultline::reports
