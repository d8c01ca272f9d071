#include "scenarios/money.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

#include "scenarios/nearest_name.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::scenarios {
namespace {

struct Period {
    std::string_view name;
    double hours;
};
constexpr std::array periods{Period{"/min", 1.0 / 60.0}, Period{"/h", 1.0}, Period{"/d", 24.0}, Period{"/month", 730.0},
                             Period{"/y", 8760.0}};

}  // namespace

Parsed<double> parse_money(std::string_view text) {
    const std::string expected =
        fmt::format("expected money such as \"$4200/month\" or \"$50k/month\" (/min, /h, /d, /month, /y), found {}",
                    in_quotes(text));
    if (!text.starts_with('$')) return {std::nullopt, expected};
    const std::string_view rest = text.substr(1);
    const std::size_t length = std::min(rest.find_first_not_of("0123456789."), rest.size());
    double dollars = 0.0;
    const auto [end, status] = std::from_chars(rest.data(), rest.data() + length, dollars, std::chars_format::fixed);
    if (length == 0 || status != std::errc{} || end != rest.data() + length) return {std::nullopt, expected};
    std::string_view unit = rest.substr(length);
    for (const auto& [prefix, factor] : {std::pair{'k', 1e3}, std::pair{'M', 1e6}}) {
        if (!unit.starts_with(prefix)) continue;
        dollars *= factor;
        unit.remove_prefix(1);
        break;
    }
    for (const Period& period : periods) {
        if (unit == period.name) return {dollars / period.hours, {}};
    }
    return {std::nullopt, expected};
}

std::string money_text(double dollars) {
    if (std::isnan(dollars)) return "unknown";
    if (std::isinf(dollars)) return dollars > 0.0 ? "unbounded" : "-unbounded";
    if (std::abs(dollars) < 100.0) {
        const std::string text = fmt::format("{:.2f}", std::abs(dollars));
        return (dollars < 0.0 ? "-$" : "$") + (text.ends_with(".00") ? text.substr(0, text.size() - 3) : text);
    }
    std::string digits = fmt::format("{:.0f}", std::abs(dollars));
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
    return (dollars < 0.0 ? "-$" : "$") + digits;
}

std::string amount_text(double value, std::string_view unit) {
    return unit == "$/month" ? money_text(value) : quantity_text(value, unit);
}

}  // namespace faultline::scenarios
