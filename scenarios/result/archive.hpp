// The two archives that fields.hpp is walked with: structs to JSON values, and back. (text.cpp and packed.cpp have
// more.)
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "scenarios/problem.hpp"
#include "scenarios/result/fields.hpp"
#include "scenarios/result_file.hpp"

namespace faultline::scenarios {

using ResultJson = nlohmann::ordered_json;

inline constexpr const char* result_format = "faultline-result";

inline const char* name_of(Verdict value) {
    constexpr std::array names{"met", "violated", "undecided"};
    return names[static_cast<std::size_t>(value)];
}

// Series are written as their bytes.
static_assert(std::endian::native == std::endian::little, "result files are little-endian");

template <typename T>
concept Sample = std::same_as<T, float> || std::same_as<T, std::uint32_t> || std::same_as<T, std::uint64_t>;

class WritingArchive {
public:
    static constexpr bool writes = true;
    explicit WritingArchive(ResultJson& into) : into_(into) { into_ = ResultJson::object(); }

    template <typename T>
    void operator()(const char* name, const T& value) {
        // The names of one struct differ, so none is looked for.
        auto& members = *into_.get_ptr<ResultJson::object_t*>();
        static_cast<ResultJson::object_t::Container&>(members).emplace_back(name, to_json(value));
    }

private:
    static ResultJson to_json(const std::string& value) { return value; }
    static ResultJson to_json(bool value) { return value; }
    template <std::integral T>
    static ResultJson to_json(T value) {
        return value;
    }
    static ResultJson to_json(double value) {
        if (std::isfinite(value)) return value;
        return std::isnan(value) ? "nan" : value > 0.0 ? "inf" : "-inf";
    }
    static ResultJson to_json(Verdict value) { return name_of(value); }
    template <typename T>
    static ResultJson to_json(const std::optional<T>& value) {
        return value ? to_json(*value) : ResultJson(nullptr);
    }
    template <Sample T>
    static ResultJson to_json(const std::vector<T>& values) {
        std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
        if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
        return to_base64(bytes);
    }
    template <typename T>
    static ResultJson to_json(const std::vector<T>& values) {
        return list(values);
    }
    template <typename T, std::size_t n>
    static ResultJson to_json(const std::array<T, n>& values) {
        return list(values);
    }
    template <typename Values>
    static ResultJson list(const Values& values) {
        ResultJson json = ResultJson::array();
        for (const auto& value : values) json.push_back(to_json(value));
        return json;
    }
    template <typename T>
    requires std::is_class_v<T>
    static ResultJson to_json(const T& value) {
        ResultJson json;
        WritingArchive part(json);
        fields(part, value);
        return json;
    }

    ResultJson& into_;
};

// What is wrong with a file, thrown inside of reading and turned into a Problem at its edge.
struct Unreadable {
    std::string pointer;
    std::string message;
};

class ReadingArchive {
public:
    static constexpr bool writes = false;
    ReadingArchive(const ResultJson& from, Pointer at) : from_(from), at_(std::move(at)) {
        if (!from_.is_object()) throw Unreadable{at_.text(), "expected an object"};
    }

    template <typename T>
    void operator()(const char* name, T& value) {
        const auto member = from_.find(name);
        if (member == from_.end()) throw Unreadable{at_.text(), std::string{"\""} + name + "\" is missing"};
        read(*member, at_ / name, value);
    }

private:
    static void expect(bool right, const Pointer& at, const char* what) {
        if (!right) throw Unreadable{at.text(), std::string{"expected "} + what};
    }
    static void read(const ResultJson& json, const Pointer& at, std::string& value) {
        expect(json.is_string(), at, "a string");
        value = json.get<std::string>();
    }
    static void read(const ResultJson& json, const Pointer& at, bool& value) {
        expect(json.is_boolean(), at, "true or false");
        value = json.get<bool>();
    }
    template <std::integral T>
    static void read(const ResultJson& json, const Pointer& at, T& value) {
        expect(json.is_number_integer(), at, "a whole number");
        const bool fits = json.is_number_unsigned() ? std::in_range<T>(json.get<std::uint64_t>())
                                                    : std::in_range<T>(json.get<std::int64_t>());
        expect(fits, at, "a number that fits");
        value = json.is_number_unsigned() ? static_cast<T>(json.get<std::uint64_t>())
                                          : static_cast<T>(json.get<std::int64_t>());
    }
    static void read(const ResultJson& json, const Pointer& at, double& value) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        if (json == "inf") {
            value = infinity;
        } else if (json == "-inf") {
            value = -infinity;
        } else if (json == "nan") {
            value = std::numeric_limits<double>::quiet_NaN();
        } else {
            expect(json.is_number(), at, "a number");
            value = json.get<double>();
        }
    }
    static void read(const ResultJson& json, const Pointer& at, Verdict& value) {
        const bool known = json == "met" || json == "violated" || json == "undecided";
        expect(known, at, "\"met\", \"violated\" or \"undecided\"");
        value = json == "met" ? Verdict::met : json == "violated" ? Verdict::violated : Verdict::undecided;
    }
    template <typename T>
    static void read(const ResultJson& json, const Pointer& at, std::optional<T>& value) {
        value.reset();
        if (!json.is_null()) read(json, at, value.emplace());
    }
    template <Sample T>
    static void read(const ResultJson& json, const Pointer& at, std::vector<T>& values) {
        expect(json.is_string(), at, "a series in base64");
        const auto bytes = from_base64(json.get_ref<const std::string&>());
        expect(bytes && bytes->size() % sizeof(T) == 0, at, "a series in base64");
        values.resize(bytes->size() / sizeof(T));
        if (!values.empty()) std::memcpy(values.data(), bytes->data(), bytes->size());
    }
    template <typename T>
    static void read(const ResultJson& json, const Pointer& at, std::vector<T>& values) {
        expect(json.is_array(), at, "a list");
        values.clear();
        for (const ResultJson& element : json) {
            const Pointer place = at / values.size();
            read(element, place, values.emplace_back());
        }
    }
    template <typename T, std::size_t n>
    static void read(const ResultJson& json, const Pointer& at, std::array<T, n>& values) {
        expect(json.is_array() && json.size() == n, at, "a list of as many entries as there are stages");
        for (std::size_t i = 0; i < n; ++i) read(json[i], at / i, values[i]);
    }
    template <typename T>
    requires std::is_class_v<T>
    static void read(const ResultJson& json, const Pointer& at, T& value) {
        ReadingArchive part(json, at);
        fields(part, value);
    }

    const ResultJson& from_;
    Pointer at_;
};

}  // namespace faultline::scenarios
