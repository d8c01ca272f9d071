#include "reports/colour.hpp"

#include <fmt/format.h>

namespace faultline::reports {

std::string coloured(const TextStyle& style, Colour colour, std::string_view text) {
    if (!style.colour) return std::string{text};
    const char* const code = colour == Colour::green    ? "32"
                             : colour == Colour::red    ? "1;31"
                             : colour == Colour::yellow ? "33"
                             : colour == Colour::bold   ? "1"
                                                        : "2";
    const bool ends_line = text.ends_with('\n');
    if (ends_line) text.remove_suffix(1);
    return fmt::format("\033[{}m{}\033[0m{}", code, text, ends_line ? "\n" : "");
}

Colour colour_of(scenarios::Verdict verdict) {
    if (verdict == scenarios::Verdict::met) return Colour::green;
    return verdict == scenarios::Verdict::violated ? Colour::red : Colour::yellow;
}

std::string verdict_sign(const TextStyle& style, scenarios::Verdict verdict) {
    const bool met = verdict == scenarios::Verdict::met;
    const bool violated = verdict == scenarios::Verdict::violated;
    const char* sign = met ? "+" : violated ? "x" : "?";
    if (style.unicode) sign = met ? "\u2713" : violated ? "\u2717" : "?";
    return coloured(style, colour_of(verdict), sign);
}

}  // namespace faultline::reports
