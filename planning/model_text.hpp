// A scenario's text as a model: which of two are the same, and what differs. Variants are other models and no part of
// it; nor are the description, the order of keys and blanks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/comparison.hpp"

namespace faultline::planning {

// SHA-256 of its compact text with keys in order, in hexadecimal. `besides` are top-level JSON pointers that do not
// count ("/run/seed"). Of a text that is no JSON: of the text.
std::string model_hash(const std::string& source, const std::vector<std::string>& besides = {});

// What the second has another value for, or the first, or only one of them: the smallest JSON patch's places (RFC
// 6902).
std::vector<scenarios::ModelDifference> model_differences(const std::string& first, const std::string& second);

}  // namespace faultline::planning
