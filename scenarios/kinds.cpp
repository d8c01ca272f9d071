#include "scenarios/kinds.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/check_ids.hpp"
#include "scenarios/reader/shapes.hpp"

namespace faultline::scenarios {

namespace {

std::string key_line(const Key& key) {
    std::string type{key.type};
    if (type.starts_with("one-of:")) type = type.substr(7);
    std::string line = fmt::format("  {:<18} {}: {}", key.name, type, key.about);
    if (key.required) line += "; required";
    if (!key.default_value.empty() && key.default_value != "{}") line += fmt::format("; default {}", key.default_value);
    if (key.source.size() > 1) line += fmt::format(" ({})", key.source);
    return line + "\n";
}

// Two shapes may have a preset of one name: a library's retries and its breaker.
bool is_of_another(const PresetValue& value, const Kind& kind) {
    return value.shape != kind.shape && std::any_of(kinds.begin(), kinds.end(), [&](const Kind& other) {
               return other.shape == value.shape && other.preset == value.preset;
           });
}

std::string preset_lines(const Kind& kind) {
    std::string text;
    for (const PresetValue& value : preset_values()) {
        const bool by_method = value.preset.starts_with(std::string{kind.preset} + " ");
        if (kind.preset.empty() || (value.preset != kind.preset && !by_method) || is_of_another(value, kind)) continue;
        std::string part = value.shape == kind.shape ? "" : std::string{value.shape} + "/";
        if (by_method) part += std::string{value.preset.substr(kind.preset.size() + 1)} + ": ";
        text += fmt::format("      {}{} = {} ({})\n", part, value.key, value.value, value.source);
    }
    return text;
}

}  // namespace

std::vector<std::string_view> check_id_names() {
    std::vector<std::string_view> names;
    for (const CheckId& check : check_ids) names.push_back(check.id);
    return names;
}

std::string kinds_text() {
    std::string text;
    std::string_view group;
    for (const Kind& kind : kinds) {
        if (kind.group != group) text += fmt::format("{}{}\n", text.empty() ? "" : "\n", kind.group);
        group = kind.group;
        text += fmt::format("  {:<18} {}\n", kind.name, kind.about) + preset_lines(kind);
    }
    text += "\nchecks\n";
    for (const CheckId& check : check_ids) text += fmt::format("  {:<30} {}\n", check.id, check.about);
    text += "\nparameters\n";
    for (const Shape& shape : shapes()) {
        text += fmt::format("\n{}: {}\n", shape.name, shape.about);
        for (const Key& key : shape.keys) text += key_line(key);
    }
    return text;
}

}  // namespace faultline::scenarios
