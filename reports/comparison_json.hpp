// A comparison as JSON, for programs; docs/compare.md describes it. Numbers that JSON cannot hold are the strings
// "inf",
// "-inf" and "nan".
#pragma once

#include <string>

#include "scenarios/comparison.hpp"

namespace faultline::reports {

std::string comparison_json(const scenarios::Comparison& comparison);

}  // namespace faultline::reports
