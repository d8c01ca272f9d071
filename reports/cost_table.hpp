// The bill as lines of a table: one for each group, kind, part and region; then the total, and what incidents cost.
#pragma once

#include <string>
#include <vector>

#include "scenarios/cost_result.hpp"

namespace faultline::reports {

// The heading of the columns first. No line: there is nothing that costs.
std::vector<std::string> cost_lines(const scenarios::CostResult& cost, std::size_t width);

// "at least $12,345 a month (2 prices unknown)".
std::string cost_total(const scenarios::CostResult& cost);

}  // namespace faultline::reports
