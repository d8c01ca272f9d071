// The points of a sweep as CSV (RFC 4180): a row for each replication of each point, with its settings and figures.
// What was not observed is empty, what is infinite is "inf".
#pragma once

#include <string>

#include "scenarios/sweep_result.hpp"

namespace faultline::reports {

std::string sweep_csv(const scenarios::SweepResult& sweep);

// The whole as JSON; docs/sweep.md describes it.
std::string sweep_json(const scenarios::SweepResult& sweep);

}  // namespace faultline::reports
