// Money as people write and read it: "$4200/month", "$50k/month", "$12,345".
#pragma once

#include <string>
#include <string_view>

#include "scenarios/units.hpp"

namespace faultline::scenarios {

// "$0.17/h": a dollar sign, a plain decimal, k or M (thousands, millions) or neither, and per what: min, h, d, month
// (730 h) or y (8,760 h). In dollars an hour.
Parsed<double> parse_money(std::string_view text);

// For reading: "$12,345", "$0.17".
std::string money_text(double dollars);

// The same of a measured quantity with this unit: "s", "$/month", or empty for a share (quantity_text.hpp).
std::string amount_text(double value, std::string_view unit);

}  // namespace faultline::scenarios
