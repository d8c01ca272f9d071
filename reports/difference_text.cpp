#include "reports/difference_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scenarios/money.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::reports {

using scenarios::ComparedValue;
using scenarios::Standing;

namespace {

const char* sign_of(double value) {
    return value > 0.0 ? "+" : value < 0.0 ? "-" : "";
}

// Of a share: percentage points, to as many decimals as `like` has for three figures.
std::string points_text(double value, double like) {
    const int decimals = std::max(scenarios::decimals_for_three_figures(100.0 * like), 0);
    return fmt::format("{}{} pp", sign_of(value), scenarios::trimmed(100.0 * std::abs(value), decimals));
}

}  // namespace

const char* standing_word(Standing standing) {
    switch (standing) {
        case Standing::better:
            return "better";
        case Standing::worse:
            return "WORSE";
        case Standing::no_winner:
            return "no winner";
        case Standing::equal:
            return "equal";
        case Standing::unknown:
            return "unknown";
        case Standing::first:
            break;
    }
    return "";
}

std::string signed_text(double value, const std::string& unit, double like) {
    if (std::isnan(value)) return "unknown";
    if (value == 0.0) return "0";
    if (std::isinf(value)) return sign_of(value) + std::string{"inf"};
    if (unit == "$/month") return sign_of(value) + scenarios::money_text(std::abs(value));
    return unit == "s" ? sign_of(value) + scenarios::seconds_text(std::abs(value)) : points_text(value, like);
}

std::string difference_interval_text(const ComparedValue& value, const std::string& unit) {
    if (std::isinf(value.low) && std::isinf(value.high) && value.low < value.high) return "unknown";
    const double larger = std::max(std::abs(value.low), std::abs(value.high));
    const double like = std::isinf(larger) ? std::min(std::abs(value.low), std::abs(value.high)) : larger;
    const std::string low = signed_text(value.low, unit, like);
    const std::string high = signed_text(value.high, unit, like);
    const std::size_t low_unit = low.rfind(' ');
    const std::size_t high_unit = high.rfind(' ');
    const bool same = low_unit != std::string::npos && high_unit != std::string::npos &&
                      low.substr(low_unit) == high.substr(high_unit);
    if (same)
        return fmt::format("[{}, {}]{}", low.substr(0, low_unit), high.substr(0, high_unit), low.substr(low_unit));
    return fmt::format("[{}, {}]", low, high);
}

}  // namespace faultline::reports
