// Growth for people, in 80 columns: a requirement a line with the month in which it breaks, the months that were
// simulated, and the resources as the quick models see them.
#pragma once

#include <ostream>

#include "reports/text_layout.hpp"
#include "scenarios/growth_result.hpp"

namespace faultline::reports {

void print_growth(std::ostream& out, const TextStyle& style, const scenarios::GrowthResult& result);

}  // namespace faultline::reports
