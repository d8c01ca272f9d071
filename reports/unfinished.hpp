// What a run left undone that somebody waits for: sentences, none if all is well. Who waits for a silent peer without a
// timer waits for ever; and a run may come to an instant after which nothing is left to happen.
#pragma once

#include <string>
#include <vector>

#include "scenarios/result.hpp"

namespace faultline::reports {

// Of all replications together; a stall is told of the first replication that had one, with the paths that waited.
std::vector<std::string> unfinished_lines(const scenarios::RunResult& result);

}  // namespace faultline::reports
