#include "scenarios/kinds.hpp"

#include <fmt/format.h>

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

std::string preset_lines(const Kind& kind) {
    std::string text;
    for (const PresetValue& value : preset_values()) {
        if (kind.preset.empty() || value.preset != kind.preset) continue;
        const std::string part = value.shape == kind.shape ? "" : std::string{value.shape} + "/";
        text += fmt::format("      {}{} = {} ({})\n", part, value.key, value.value, value.source);
    }
    return text;
}

}  // namespace

std::string kinds_text() {
    std::string text;
    std::string_view group;
    for (const Kind& kind : kinds) {
        if (kind.group != group) text += fmt::format("{}{}\n", text.empty() ? "" : "\n", kind.group);
        group = kind.group;
        text += fmt::format("  {:<18} {}\n", kind.name, kind.about) + preset_lines(kind);
    }
    text += "\nparameters\n";
    for (const Shape& shape : shapes()) {
        text += fmt::format("\n{}: {}\n", shape.name, shape.about);
        for (const Key& key : shape.keys) text += key_line(key);
    }
    return text;
}

}  // namespace faultline::scenarios
