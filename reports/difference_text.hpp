// Differences between systems in words and figures, for every form of a comparison.
#pragma once

#include <string>

#include "scenarios/comparison.hpp"

namespace faultline::reports {

// "better", "WORSE", "no winner", "equal", "unknown"; empty for the first system.
const char* standing_word(scenarios::Standing standing);

// "-9.04 ms", "+0.3 pp", "+$120"; `like`: a share has as many decimals as this one has for three figures.
std::string signed_text(double value, const std::string& unit, double like);

// "[-9.61, -8.47] ms", or "unknown".
std::string difference_interval_text(const scenarios::ComparedValue& value, const std::string& unit);

}  // namespace faultline::reports
