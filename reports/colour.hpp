// Colours of a terminal, with one meaning each: green is well, red is not, yellow is open.
#pragma once

#include <string>
#include <string_view>

#include "reports/text_layout.hpp"
#include "scenarios/result.hpp"

namespace faultline::reports {

enum class Colour { green, red, yellow, bold, dim };

// The text as it is where the style is without colour. A line end stays outside: some terminals colour the rest of the
// line.
std::string coloured(const TextStyle& style, Colour colour, std::string_view text);

// "+" met, "x" violated, "?" undecided; a tick and a cross where the style has signs beyond ASCII.
std::string verdict_sign(const TextStyle& style, scenarios::Verdict verdict);
Colour colour_of(scenarios::Verdict verdict);

}  // namespace faultline::reports
