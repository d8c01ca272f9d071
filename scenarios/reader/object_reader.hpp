// Reads one object of a scenario file against its shape: types, ranges, defaults, unknown keys. A mistake becomes a
// problem and the reading goes on with a value within its range, so that all mistakes of a file are reported at once.
//
// Use: one call for each key of the shape, then finish(). A key that is not in the shape, or that finish() finds not
// asked for, is a programming error (std::logic_error): the tables of shapes.hpp are the whole truth about the format.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/problem.hpp"
#include "scenarios/reader/json_document.hpp"
#include "scenarios/reader/shapes.hpp"
#include "scenarios/scenario.hpp"
#include "scenarios/units.hpp"

namespace faultline::scenarios {

// Where problems go: one file, or one variant of it.
struct Report {
    std::string_view file;
    std::string_view variant;  // empty: the file itself
    Problems* problems = nullptr;
    void add(const Pointer& at, std::string_view message) const;
    // Further problems are only counted: no need to look for the nearest of many names.
    bool full() const { return problems->count() >= Problems::kept_max; }
};

// No map or list of a scenario is longer.
inline constexpr std::size_t entries_max = 10'000;

// A value and its place. `value` points into the document, or is nullptr for an element that has no value.
struct Child {
    std::string name;  // in a map
    const Json* value = nullptr;
    Pointer at;
};

class ObjectReader {
public:
    // What is no object is a problem; then every key is absent, and no further problem follows from it.
    ObjectReader(const Child& object, std::string_view shape, const Report& report);

    // From here on, keys that are absent have the defaults of this preset where it has one.
    void use_preset(std::string_view preset) { preset_ = preset; }

    bool has(std::string_view key) const;  // in the file, not as a default
    // As it stands in the file; null: it does not. Asks for nothing.
    const Json* given(std::string_view key) const;
    const Pointer& place() const { return object_.at; }
    bool is_object() const { return !broken_; }
    Pointer at(std::string_view key) const { return object_.at / key; }
    void problem(std::string_view key, std::string_view message) const { report_.add(at(key), message); }
    const Report& report() const { return report_; }

    // Absent, and without a default: the first value of the type, and a problem if the key is required.
    Duration duration(std::string_view key) { return maybe_duration(key).value_or(Duration{}); }
    Duration positive_duration(std::string_view key);  // 0 is a problem; after any problem, 0
    std::optional<Duration> maybe_duration(std::string_view key);
    Bytes bytes(std::string_view key) { return maybe_bytes(key).value_or(Bytes{}); }
    std::optional<Bytes> maybe_bytes(std::string_view key);
    std::optional<engine::BitsPerSecond> maybe_bandwidth(std::string_view key);
    double rate(std::string_view key);
    double number(std::string_view key);
    double share(std::string_view key, double least = 0.0, double most = 1.0);
    std::uint64_t whole(std::string_view key) { return maybe_whole(key).value_or(0); }
    std::optional<std::uint64_t> maybe_whole(std::string_view key);
    int integer(std::string_view key);
    std::optional<int> maybe_integer(std::string_view key);
    bool flag(std::string_view key);
    std::string text(std::string_view key) { return maybe_text(key).value_or(""); }
    std::optional<std::string> maybe_text(std::string_view key);
    std::optional<std::string> maybe_one_of(std::string_view key);
    std::string one_of(std::string_view key);
    std::vector<std::string> names(std::string_view key);
    std::vector<std::string> texts(std::string_view key);  // without doubles
    RandomDuration random(std::string_view key);

    // Parts; absent ones have no value, unless the shape gives a default.
    std::optional<Child> child(std::string_view key);
    std::vector<Child> map(std::string_view key);   // members with a name that is allowed, and those with another
    std::vector<Child> list(std::string_view key);  // elements
    const Json* raw(std::string_view key) { return find(key).value; }

    // Unknown keys are problems, with the nearest key of the shape.
    void finish();

private:
    struct Found {
        const Json* value = nullptr;
        const Key* key = nullptr;
        Pointer at;
    };
    Found find(std::string_view key);
    bool too_long(const Found& found) const;
    const Json* default_of(const Key& key);
    void wrong(const Found& found, std::string_view expected) const;
    template <typename T, typename Parse>
    std::optional<T> parse_text(std::string_view key, Parse parse, std::string_view example);

    Child object_;
    const Shape& shape_;
    Report report_;
    std::string preset_;
    std::vector<std::string_view> asked_;
    std::deque<Json> defaults_;  // parsed; a deque, so that pointers stay
    bool broken_ = false;        // it is no object: said once
};

// What to say of a value that is planned and that this version has not; empty for any other.
std::string later_value(const Shape& shape, std::string_view key, std::string_view value,
                        const std::vector<std::string_view>& known);

// Names of things: 1 to 64 bytes, no control character, no "/" or ":", no blank at either end.
bool is_name(std::string_view text);

// A duration, or an object of the shape "random-duration".
RandomDuration read_random_duration(const Child& child, const Report& report);

}  // namespace faultline::scenarios
