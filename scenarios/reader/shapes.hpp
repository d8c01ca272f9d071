// The shapes of a scenario file: every object that it may hold, with every key, its type, meaning, default and the
// source of that default. One table for all who need it: the reader (object_reader.hpp) knows no other key, the JSON
// Schema is written from it (schema.hpp), and `faultline kinds` prints it. So they cannot drift apart.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::scenarios {

// Types of values, as `type` of a key names them:
//   duration, bytes, rate, bandwidth   strings with a unit (units.hpp)
//   integer, number            within least..most
//   text, flag                 any string; true or false
//   one-of:a|b|c               one of these strings
//   random                     a duration or an object of the shape "random-duration"
//   object:shape               an object; map:shape and list:shape hold such objects; names and texts lists of strings
//   driver, curve, week, limit, share, replications, warm-up, clock, variants, counts, quantiles, route: see schema.cpp
struct Key {
    std::string_view name;
    std::string_view type;
    std::string_view about;
    std::string_view default_value = {};  // JSON text; empty: required, or absent means what `about` says
    std::string_view source = {};         // of the default
    bool required = false;
    double least = 0.0;
    double most = 1e9;
};

struct Shape {
    std::string_view name;
    std::string_view about;
    std::span<const Key> keys;
    const Key* find(std::string_view key) const;
    std::vector<std::string_view> key_names() const;
};

// All of them, the whole file ("scenario") first.
std::span<const Shape> shapes();
// Requires that there is one (std::logic_error).
const Shape& shape_named(std::string_view name);

// Sources that keys and presets share.
inline constexpr std::string_view aws_wrapper_monitoring =
    "AWS Advanced JDBC Wrapper documentation, Host monitoring: 30 s, 5 s, 3";
inline constexpr std::string_view aws_wrapper_failover =
    "AWS Advanced JDBC Wrapper documentation, Failover v2: 30 s, 100 ms after a failover; 300 s at most";

// A default that depends on another key of the same object: the driver's preset, or the class's kind.
struct PresetValue {
    std::string_view shape;
    std::string_view preset;
    std::string_view key;
    std::string_view value;  // JSON text
    std::string_view source;
};
std::span<const PresetValue> preset_values();

// What is planned and this version has not: refused by name, never ignored. `value` empty: a key of the shape; else
// a value of that key.
struct LaterFeature {
    std::string_view shape;
    std::string_view key;
    std::string_view value;
};
std::span<const LaterFeature> later_features();

// The values of a one-of type.
std::vector<std::string_view> choices(const Key& key);

}  // namespace faultline::scenarios
