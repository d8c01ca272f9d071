#include "scenarios/units.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <span>

#include "scenarios/nearest_name.hpp"

namespace faultline::scenarios {

namespace {

__extension__ using Wide = __int128;  // a product of two 63-bit numbers

struct Unit {
    std::string_view name;
    std::int64_t factor;  // in the smallest unit
};

constexpr std::array duration_units{
    Unit{"ns", 1},
    Unit{"us", 1'000},
    Unit{"ms", 1'000'000},
    Unit{"s", 1'000'000'000},
    Unit{"min", 60'000'000'000},
    Unit{"h", 3'600'000'000'000},
    Unit{"d", 86'400'000'000'000},
};
constexpr std::array bytes_units{
    Unit{"B", 1},
    Unit{"KB", 1'000},
    Unit{"MB", 1'000'000},
    Unit{"GB", 1'000'000'000},
    Unit{"TB", 1'000'000'000'000},
    Unit{"KiB", std::int64_t{1} << 10},
    Unit{"MiB", std::int64_t{1} << 20},
    Unit{"GiB", std::int64_t{1} << 30},
    Unit{"TiB", std::int64_t{1} << 40},
};
constexpr std::array bandwidth_units{
    Unit{"bps", 1},
    Unit{"Kbps", 1'000},
    Unit{"Mbps", 1'000'000},
    Unit{"Gbps", 1'000'000'000},
    Unit{"Tbps", 1'000'000'000'000},
};
// Per how many seconds.
constexpr std::array rate_units{Unit{"/s", 1}, Unit{"/min", 60}, Unit{"/h", 3600}};

struct Family {
    std::string_view what;     // "duration"
    std::string_view example;  // the unit that a bare number is shown with
    std::span<const Unit> units;
    std::string_view smallest;  // for "finer than"
};
constexpr Family duration_family{"duration", "ms", duration_units, "1ns"};
constexpr Family bytes_family{"size", "MiB", bytes_units, "1B"};
constexpr Family bandwidth_family{"bandwidth", "Mbps", bandwidth_units, "1bps"};
constexpr Family rate_family{"rate", "/s", rate_units, ""};

std::string unit_names(const Family& family) {
    std::string names;
    for (const Unit& unit : family.units) names += (names.empty() ? "" : ", ") + std::string{unit.name};
    return names;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// How many characters at the start are a plain decimal: "12", "0.5". 0: none.
std::size_t decimal_length(std::string_view text) {
    std::size_t i = 0;
    while (i < text.size() && is_digit(text[i])) ++i;
    if (i == 0) return 0;
    if (i + 1 < text.size() && text[i] == '.' && is_digit(text[i + 1])) {
        ++i;
        while (i < text.size() && is_digit(text[i])) ++i;
    }
    return i;
}

// Splits "35ms" into "35" and its unit; on failure fills the error.
const Unit* split(std::string_view text, const Family& family, std::string_view& decimal, std::string& error) {
    const auto expected = [&] {
        return fmt::format("expected a {} such as \"10{}\" ({})", family.what, family.example, unit_names(family));
    };
    if (text.starts_with('-')) {
        error = fmt::format("{}, found {}: it cannot be negative", expected(), in_quotes(text));
        return nullptr;
    }
    const std::size_t length = decimal_length(text);
    decimal = text.substr(0, length);
    const std::string_view name = text.substr(length);
    if (length == 0) {
        error = fmt::format("{}, found {}", expected(), in_quotes(text));
        return nullptr;
    }
    if (name.empty()) {
        error = fmt::format("{} has no unit; write \"{}{}\" ({})", in_quotes(text), decimal.substr(0, 40),
                            family.example, unit_names(family));
        return nullptr;
    }
    for (const Unit& unit : family.units) {
        if (unit.name == name) return &unit;
    }
    error = fmt::format("{}, found {}: {} is no unit", expected(), in_quotes(text), in_quotes(name));
    return nullptr;
}

// decimal * unit, exactly; none when it is not whole or does not fit.
std::optional<std::int64_t> exact_product(std::string_view decimal, std::int64_t factor, bool& too_fine) {
    constexpr Wide limit = std::numeric_limits<std::int64_t>::max();
    too_fine = false;
    Wide value = 0;
    const std::size_t dot = decimal.find('.');
    for (const char c : decimal.substr(0, dot)) {
        value = value * 10 + (c - '0');
        if (value > limit) return std::nullopt;
    }
    value *= factor;
    if (value > limit) return std::nullopt;
    if (dot == std::string_view::npos) return static_cast<std::int64_t>(value);
    std::string_view fraction = decimal.substr(dot + 1);
    while (fraction.ends_with('0')) fraction.remove_suffix(1);
    // More digits count as too fine: numerator times factor must stay within 128 bits.
    constexpr std::size_t digits_max = 15;
    Wide numerator = 0, denominator = 1;
    for (const char digit : fraction.substr(0, digits_max)) {
        numerator = numerator * 10 + (digit - '0');
        denominator *= 10;
    }
    too_fine = fraction.size() > digits_max || numerator * factor % denominator != 0;
    if (too_fine) return std::nullopt;
    value += numerator * factor / denominator;
    return value > limit ? std::nullopt : std::optional{static_cast<std::int64_t>(value)};
}

Parsed<std::int64_t> parse_whole(std::string_view text, const Family& family) {
    Parsed<std::int64_t> result;
    std::string_view decimal;
    const Unit* const unit = split(text, family, decimal, result.error);
    if (unit == nullptr) return result;
    bool too_fine = false;
    result.value = exact_product(decimal, unit->factor, too_fine);
    if (result.value) return result;
    result.error = too_fine ? fmt::format("{} is finer than {}", in_quotes(text), family.smallest)
                            : fmt::format("{} is too large for a {}", in_quotes(text), family.what);
    return result;
}

std::optional<double> to_double(std::string_view decimal) {
    double value = 0.0;
    const auto [end, status] =
        std::from_chars(decimal.data(), decimal.data() + decimal.size(), value, std::chars_format::fixed);
    if (status != std::errc{} || end != decimal.data() + decimal.size()) return std::nullopt;
    return value;
}

}  // namespace

Parsed<engine::Duration> parse_duration(std::string_view text) {
    Parsed<std::int64_t> ns = parse_whole(text, duration_family);
    if (!ns.value) return {std::nullopt, std::move(ns.error)};
    return {engine::Duration{*ns.value}, {}};
}

Parsed<engine::Bytes> parse_bytes(std::string_view text) {
    Parsed<std::int64_t> count = parse_whole(text, bytes_family);
    if (!count.value) return {std::nullopt, std::move(count.error)};
    return {engine::Bytes{*count.value}, {}};
}

Parsed<engine::BitsPerSecond> parse_bandwidth(std::string_view text) {
    Parsed<std::int64_t> bps = parse_whole(text, bandwidth_family);
    if (!bps.value) return {std::nullopt, std::move(bps.error)};
    return {engine::BitsPerSecond{static_cast<double>(*bps.value)}, {}};
}

Parsed<double> parse_rate(std::string_view text) {
    Parsed<double> result;
    std::string_view decimal;
    const Unit* const unit = split(text, rate_family, decimal, result.error);
    if (unit == nullptr) return result;
    const std::optional<double> count = to_double(decimal);
    if (!count || *count > 1e15) {
        result.error = fmt::format("{} is too large for a rate", in_quotes(text));
    } else {
        result.value = *count / static_cast<double>(unit->factor);
    }
    return result;
}

Parsed<double> parse_share(std::string_view text) {
    const std::size_t length = decimal_length(text);
    const std::string_view unit = text.substr(length);
    const std::optional<double> number = length > 0 ? to_double(text.substr(0, length)) : std::nullopt;
    const double value = number.value_or(0.0) / (unit == "%" ? 100.0 : 1.0);
    if (!number || (unit != "%" && !unit.empty()) || value > 1.0) {
        return {std::nullopt,
                fmt::format("expected a share such as \"99.99%\" or \"0.9999\", 0 to 1, found {}", in_quotes(text))};
    }
    return {value, {}};
}

std::string to_text(engine::Duration duration) {
    const std::int64_t ns = duration.count();
    if (ns == 0) return "0s";
    for (std::size_t i = duration_units.size(); i-- > 0;) {
        const Unit& unit = duration_units[i];
        if (ns % unit.factor == 0) return fmt::format("{}{}", ns / unit.factor, unit.name);
    }
    return fmt::format("{}ns", ns);
}

std::string to_text(engine::Bytes size) {
    const Unit* best = bytes_units.data();
    for (const Unit& unit : bytes_units) {
        if (size.count != 0 && size.count % unit.factor == 0 && unit.factor > best->factor) best = &unit;
    }
    return fmt::format("{}{}", size.count / best->factor, best->name);
}

}  // namespace faultline::scenarios
