// A comparison for people, in 80 columns: for each measure one row a system, with its difference to the first one.
#pragma once

#include <ostream>

#include "reports/text_layout.hpp"
#include "scenarios/comparison.hpp"

namespace faultline::reports {

void print_comparison(std::ostream& out, const TextStyle& style, const scenarios::Comparison& comparison);

}  // namespace faultline::reports
