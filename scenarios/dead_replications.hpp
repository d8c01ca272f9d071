// How many replications of a run died as a whole; a future of one that died is told among the failed, too.
#pragma once

#include <algorithm>
#include <cstddef>

#include "scenarios/result.hpp"

namespace faultline::scenarios {

inline std::size_t dead_replications(const RunResult& result) {
    return static_cast<std::size_t>(std::count_if(result.failed.begin(), result.failed.end(),
                                                  [](const FailedReplication& one) { return one.future == 0; }));
}

}  // namespace faultline::scenarios
