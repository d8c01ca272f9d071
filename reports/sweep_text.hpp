// A sweep for people, in 80 columns: a row a point, a column a requirement, and where loads saturate.
#pragma once

#include <ostream>

#include "reports/text_layout.hpp"
#include "scenarios/sweep_result.hpp"

namespace faultline::reports {

void print_sweep(std::ostream& out, const TextStyle& style, const scenarios::SweepResult& sweep);

}  // namespace faultline::reports
