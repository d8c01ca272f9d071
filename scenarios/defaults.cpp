#include "scenarios/defaults.hpp"

#include <fmt/format.h>

#include "scenarios/reader/shapes.hpp"

namespace faultline::scenarios {

std::vector<Default> defaults() {
    std::vector<Default> all;
    for (const Shape& shape : shapes()) {
        for (const Key& key : shape.keys) {
            if (key.default_value.empty()) continue;
            all.push_back({std::string{shape.name}, std::string{key.name}, std::string{key.default_value},
                           std::string{key.source}});
        }
        for (const PresetValue& value : preset_values()) {
            if (value.shape != shape.name) continue;
            all.push_back({fmt::format("{} {}", shape.name, value.preset), std::string{value.key},
                           std::string{value.value}, std::string{value.source}});
        }
    }
    return all;
}

std::string defaults_text() {
    std::string text;
    for (const Default& entry : defaults()) {
        if (entry.value == "{}") continue;  // a part whose own keys follow
        text += fmt::format("{}.{} = {}", entry.of, entry.key, entry.value);
        text += entry.source == "-" ? "\n" : fmt::format("   ({})\n", entry.source);
    }
    return text;
}

}  // namespace faultline::scenarios
