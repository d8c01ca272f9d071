#include "scenarios/schema.hpp"

#include "scenarios/reader/json_document.hpp"
#include "scenarios/reader/shapes.hpp"

namespace faultline::scenarios {

namespace {

constexpr const char* name_pattern = "^[^/: ]([^/:]*[^/: ])?$";

Json reference(std::string_view shape) {
    return {{"$ref", "#/$defs/" + std::string{shape}}};
}

// A type that is the same wherever it stands has a definition of its own.
Json named_types() {
    Json types;
    const auto quantity = [](const char* about, const char* units) {
        const std::string pattern = std::string{"^[0-9]+(\\.[0-9]+)?("} + units + ")$";
        return Json{{"type", "string"}, {"description", about}, {"pattern", pattern}};
    };
    types["duration"] = quantity("a duration with its unit: ns, us, ms, s, min, h, d", "ns|us|ms|s|min|h|d");
    types["bytes"] = quantity("a size with its unit: B, KB, MB, GB, TB, KiB, MiB, GiB, TiB", "B|[KMGT]B|[KMGT]iB");
    types["bandwidth"] = quantity("a bandwidth with its unit: bps, Kbps, Mbps, Gbps, Tbps", "bps|Kbps|Mbps|Gbps|Tbps");
    types["rate"] = quantity("a rate with its unit: /s, /min, /h", "/s|/min|/h");
    types["money"] = {{"type", "string"},
                      {"description", "dollars, per minute, hour, day, month of 730 h or year: \"$50k/month\""},
                      {"pattern", "^\\$[0-9]+(\\.[0-9]+)?[kM]?/(min|h|d|month|y)$"}};
    types["share"] = {{"description", "a share, \"99.99%\" or 0.9999"},
                      {"oneOf",
                       {{{"type", "string"}, {"pattern", "^[0-9]+(\\.[0-9]+)?%?$"}},
                        {{"type", "number"}, {"minimum", 0}, {"maximum", 1}}}}};
    types["name"] = {{"type", "string"}, {"pattern", name_pattern}, {"maxLength", 64}};
    return types;
}

Json one_of(const Key& key) {
    Json values = Json::array();
    for (const std::string_view value : choices(key)) values.push_back(std::string{value});
    return {{"enum", values}};
}

Json map_of(const Json& value) {
    return {{"type", "object"}, {"propertyNames", reference("name")}, {"additionalProperties", value}};
}

Json number_type(const Key& key) {
    Json type = {{"type", key.type == "number" ? "number" : "integer"}};
    // Whole limits as whole numbers: 18446744073709551615 is no double.
    const auto put = [&](const char* limit, double value) {
        constexpr double all = 18446744073709551615.0;
        if (value >= all) {
            type[limit] = UINT64_MAX;
        } else if (value == static_cast<double>(static_cast<std::uint64_t>(value))) {
            type[limit] = static_cast<std::uint64_t>(value);
        } else {
            type[limit] = value;
        }
    };
    put("minimum", key.least);
    put("maximum", key.most);
    return type;
}

// A curve by its name, or so many factors.
Json named_or_factors(const Json& names, int count) {
    const Json factors = {{"type", "array"},
                          {"items", {{"type", "number"}, {"minimum", 0}, {"maximum", 1000}}},
                          {"minItems", count},
                          {"maxItems", count}};
    return {{"oneOf", {{{"enum", names}}, factors}}};
}

// The types that only one or two keys have.
Json special_type(const Key& key) {
    const std::string_view type = key.type;
    if (type == "warm-up") return {{"oneOf", {{{"const", "auto"}}, reference("duration")}}};
    if (type == "replications") return {{"oneOf", {{{"const", "auto"}}, number_type(key)}}};
    if (type == "clock") return {{"type", "string"}, {"pattern", "^([01][0-9]|2[0-3]):[0-5][0-9]$"}};
    if (type == "driver") {
        Key preset = *shape_named("driver").find("preset");
        return {{"oneOf", {one_of(preset), reference("driver")}}};
    }
    if (type == "curve") return named_or_factors({"flat", "office-day"}, 24);
    if (type == "week") return named_or_factors({"flat", "office-week"}, 7);
    if (type == "limit") return {{"oneOf", {reference("duration"), reference("share"), reference("money")}}};
    if (type == "variants") return map_of({{"type", "object"}});
    if (type == "value-list") return {{"type", "array"}, {"minItems", 1}};
    if (type == "value-map") return {{"type", "object"}, {"minProperties", 1}};
    if (type == "selection") {
        Json selection = map_of({{"type", "array"}, {"minItems", 1}});
        selection["minProperties"] = 1;
        return selection;
    }
    if (type == "counts") {
        Json counts = map_of({{"type", "integer"}, {"minimum", 1}, {"maximum", 10'000}});
        counts["minProperties"] = 1;
        return counts;
    }
    if (type == "quantiles") {
        return {{"type", "object"},
                {"propertyNames", {{"pattern", "^[0-9]+(\\.[0-9]+)?$"}}},
                {"additionalProperties", reference("duration")},
                {"minProperties", 2}};
    }
    if (type == "route") return {{"type", "array"}, {"items", {{"type", "string"}}}, {"minItems", 1}};
    return {{"type", "string"}};  // text
}

Json type_of(const Key& key) {
    const std::string_view type = key.type;
    const std::size_t colon = type.find(':');
    const std::string_view family = type.substr(0, colon);
    const std::string_view of = colon == std::string_view::npos ? "" : type.substr(colon + 1);
    if (family == "object") return reference(of);
    if (family == "map") return map_of(reference(of));
    if (family == "list") return {{"type", "array"}, {"items", reference(of)}};
    if (family == "one-of") return one_of(key);
    if (type == "names") return {{"type", "array"}, {"items", reference("name")}, {"uniqueItems", true}};
    if (type == "texts") return {{"type", "array"}, {"items", {{"type", "string"}}}, {"uniqueItems", true}};
    if (type == "random") return {{"oneOf", {reference("duration"), reference("random-duration")}}};
    if (type == "flag") return {{"type", "boolean"}};
    if (type == "integer" || type == "number") return number_type(key);
    if (type == "duration" || type == "bytes" || type == "rate" || type == "bandwidth" || type == "share" ||
        type == "money")
        return reference(type);
    return special_type(key);
}

Json object_of(const Shape& shape) {
    Json properties = Json::object(), required = Json::array();
    for (const Key& key : shape.keys) {
        Json property = type_of(key);
        property["description"] = std::string{key.about};
        if (!key.default_value.empty()) property["default"] = Json::parse(key.default_value);
        properties[std::string{key.name}] = std::move(property);
        if (key.required) required.push_back(std::string{key.name});
    }
    Json object = {{"description", std::string{shape.about}}, {"type", "object"}, {"properties", properties}};
    if (!required.empty()) object["required"] = required;
    if (shape.name == "random-duration") object["minProperties"] = object["maxProperties"] = 1;
    object["additionalProperties"] = false;
    return object;
}

}  // namespace

std::string schema_text() {
    Json definitions = named_types();
    for (const Shape& shape : shapes()) definitions[std::string{shape.name}] = object_of(shape);
    const Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                         {"title", "Faultline scenario"},
                         {"$ref", "#/$defs/scenario"},
                         {"$defs", definitions}};
    return schema.dump(2) + "\n";
}

}  // namespace faultline::scenarios
