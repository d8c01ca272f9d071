// A measured quantity as people read it: three figures and a fitting unit, "38.2 ms", "1.5 h", "99.992 %". For reading
// only; to_text() of units.hpp is exact.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <string_view>

namespace faultline::scenarios {

// At most `decimals` of them, and no zeros at the end.
inline std::string trimmed(double value, int decimals) {
    std::string text = fmt::format("{:.{}f}", value, std::clamp(decimals, 0, 9));
    if (text.find('.') == std::string::npos) return text;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text;
}

inline int decimals_for_three_figures(double value) {
    return value == 0.0 ? 0 : 2 - static_cast<int>(std::floor(std::log10(std::abs(value))));
}

inline std::string seconds_text(double seconds) {
    struct Unit {
        double from, seconds;
        const char* name;
    };
    constexpr std::array units{
        Unit{172'800.0, 86'400.0, "d"}, Unit{7200.0, 3600.0, "h"}, Unit{120.0, 60.0, "min"}, Unit{1.0, 1.0, "s"},
        Unit{1e-3, 1e-3, "ms"},         Unit{1e-6, 1e-6, "us"},    Unit{0.0, 1e-9, "ns"}};
    if (std::isnan(seconds)) return "unknown";
    if (std::isinf(seconds)) return seconds > 0.0 ? "never" : "any";
    if (seconds == 0.0) return "0 s";
    // 0.9996 ms is 1 ms in three figures: the unit is chosen after rounding.
    const double rounded = std::abs(seconds) * (1.0 + 5e-4);
    const auto unit = std::find_if(units.begin(), units.end(), [&](const Unit& u) { return rounded >= u.from; });
    const double value = seconds / unit->seconds;
    return fmt::format("{} {}", trimmed(value, decimals_for_three_figures(value)), unit->name);
}

// A share near 1 shows what is missing from it in three figures: 0.99992 is "99.992 %", not "100 %".
inline std::string share_text(double share) {
    if (std::isnan(share)) return "unknown";
    if (std::isinf(share)) return share > 0.0 ? "all" : "any";
    const double percent = 100.0 * share;
    const double missing = std::abs(100.0 - percent);
    const int decimals = std::max(decimals_for_three_figures(std::min(std::abs(percent), missing)), 0);
    return trimmed(percent, std::min(decimals, 6)) + " %";
}

// unit: "s", or empty for a share.
inline std::string quantity_text(double value, std::string_view unit) {
    return unit == "s" ? seconds_text(value) : share_text(value);
}

}  // namespace faultline::scenarios
