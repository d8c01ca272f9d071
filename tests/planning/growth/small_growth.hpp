// A small scenario that grows, for tests: one station; what grows is told as JSON.
#pragma once

#include <optional>
#include <string>

#include "planning/sweep/points.hpp"

namespace faultline::tests {

// Requirement "fast" on the p95 or mean of "lookup".
struct SmallGrowth {
    std::string growth;  // the section
    std::string name = "saturates", rate = "50/s", measure = "latency p95", limit = "24.75ms", demand = R"("1ms")";
    int servers = 1;
};
std::string small_growth_text(const SmallGrowth& small);
// None: it is no valid scenario, and problems say why.
std::optional<planning::SweepBase> small_growth(const SmallGrowth& small, scenarios::Problems& problems);

}  // namespace faultline::tests
