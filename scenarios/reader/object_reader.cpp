#include "scenarios/reader/object_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "scenarios/nearest_name.hpp"

namespace faultline::scenarios {

void Report::add(const Pointer& at, std::string_view message) const {
    if (variant.empty()) {
        problems->add(file, at.text(), message);
    } else {
        problems->add(file, at.text(), fmt::format("in variant {}: {}", in_quotes(variant), message));
    }
}

bool is_name(std::string_view text) {
    constexpr std::size_t length_max = 64;
    if (text.empty() || text.size() > length_max || text.front() == ' ' || text.back() == ' ') return false;
    return std::none_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '/' || c == ':';
    });
}

std::string later_value(const Shape& shape, std::string_view key, std::string_view value,
                        const std::vector<std::string_view>& known) {
    for (const LaterFeature& later : later_features()) {
        if (later.shape != shape.name || later.key != key || later.value != value || value.empty()) continue;
        std::string names;
        for (const std::string_view name : known) names += (names.empty() ? "" : ", ") + std::string{name};
        return fmt::format("{} {} is not in this version{}{}", key, in_quotes(value),
                           names.empty() ? "" : "; it has: ", names);
    }
    return {};
}

ObjectReader::ObjectReader(const Child& object, std::string_view shape, const Report& report)
    : object_(object), shape_(shape_named(shape)), report_(report) {
    if (object.value != nullptr && object.value->is_object()) return;
    broken_ = true;
    if (object.value != nullptr) {
        report_.add(object.at, fmt::format("expected an object ({}), found {}", shape_.about, shown(*object.value)));
    }
}

bool ObjectReader::has(std::string_view key) const {
    return !broken_ && object_.value->contains(key);
}

const Json* ObjectReader::given(std::string_view key) const {
    return has(key) ? &object_.value->at(std::string{key}) : nullptr;
}

ObjectReader::Found ObjectReader::find(std::string_view name) {
    const Key* const key = shape_.find(name);
    if (key == nullptr) throw std::logic_error(fmt::format("shape {} has no key {}", shape_.name, name));
    asked_.push_back(key->name);
    Found found{nullptr, key, at(name)};
    if (!broken_) {
        const auto member = object_.value->find(name);
        if (member != object_.value->end()) {
            found.value = &*member;
            return found;
        }
    }
    found.value = default_of(*key);
    if (found.value == nullptr && key->required && !broken_) {
        report_.add(object_.at, fmt::format("{} is missing: {}", in_quotes(name), key->about));
    }
    return found;
}

const Json* ObjectReader::default_of(const Key& key) {
    std::string_view text = key.default_value;
    for (const PresetValue& value : preset_values()) {
        if (value.shape == shape_.name && value.preset == preset_ && value.key == key.name) text = value.value;
    }
    if (text.empty()) return nullptr;
    defaults_.push_back(Json::parse(text));
    return &defaults_.back();
}

void ObjectReader::wrong(const Found& found, std::string_view expected) const {
    report_.add(found.at, fmt::format("expected {}, found {}", expected, shown(*found.value)));
}

template <typename T, typename Parse>
std::optional<T> ObjectReader::parse_text(std::string_view key, Parse parse, std::string_view example) {
    const Found found = find(key);
    if (found.value == nullptr) return std::nullopt;
    if (found.value->is_number()) {
        report_.add(found.at, parse(found.value->dump()).error);
        return std::nullopt;
    }
    if (!found.value->is_string()) {
        wrong(found, example);
        return std::nullopt;
    }
    const Parsed<T> parsed = parse(found.value->get_ref<const std::string&>());
    if (!parsed.value) report_.add(found.at, parsed.error);
    return parsed.value;
}

std::optional<Duration> ObjectReader::maybe_duration(std::string_view key) {
    return parse_text<Duration>(key, parse_duration, "a duration such as \"10ms\" (ns, us, ms, s, min, h, d)");
}

Duration ObjectReader::positive_duration(std::string_view key) {
    const std::optional<Duration> value = maybe_duration(key);
    if (value && *value == Duration{}) problem(key, "expected a duration above 0");
    return value.value_or(Duration{});
}

std::optional<Bytes> ObjectReader::maybe_bytes(std::string_view key) {
    return parse_text<Bytes>(key, parse_bytes, "a size such as \"10MiB\" (B, KB, MB, GB, TB, KiB, MiB, GiB, TiB)");
}

std::optional<engine::BitsPerSecond> ObjectReader::maybe_bandwidth(std::string_view key) {
    return parse_text<engine::BitsPerSecond>(key, parse_bandwidth,
                                             "a bandwidth such as \"10Mbps\" (bps, Kbps, Mbps, Gbps, Tbps)");
}

double ObjectReader::rate(std::string_view key) {
    return parse_text<double>(key, parse_rate, "a rate such as \"10/s\" (/s, /min, /h)").value_or(0.0);
}

double ObjectReader::share(std::string_view key, double least, double most) {
    const Found found = find(key);
    if (found.value == nullptr) return 0.0;
    if (found.value->is_number()) {
        const double value = found.value->get<double>();
        if (value >= least && value <= most) return value;
        wrong(found, fmt::format("a share from {} to {}", least, most));
        return least;
    }
    if (!found.value->is_string()) {
        wrong(found, "a share such as \"99.99%\"");
        return 0.0;
    }
    const Parsed<double> parsed = parse_share(found.value->get_ref<const std::string&>());
    if (!parsed.value) {
        report_.add(found.at, parsed.error);
    } else if (!(*parsed.value >= least && *parsed.value <= most)) {
        wrong(found, fmt::format("{:.6g}% to {:.6g}%", 100.0 * least, 100.0 * most));
    }
    return parsed.value.value_or(least);
}

double ObjectReader::number(std::string_view key) {
    const Found found = find(key);
    if (found.value == nullptr) return found.key->least;
    const double value = found.value->is_number() ? found.value->get<double>() : -1.0;
    if (!found.value->is_number() || !(value >= found.key->least && value <= found.key->most)) {
        wrong(found, fmt::format("a number from {} to {}", found.key->least, found.key->most));
        return found.key->least;
    }
    return value;
}

std::optional<std::uint64_t> ObjectReader::maybe_whole(std::string_view key) {
    const Found found = find(key);
    if (found.value == nullptr) return std::nullopt;
    // 2^64 - 1 is no double: whatever is_number_unsigned() accepts is below it.
    const bool all = found.key->most >= 18446744073709551615.0;
    const auto least = static_cast<std::uint64_t>(found.key->least);
    const auto most = all ? UINT64_MAX : static_cast<std::uint64_t>(found.key->most);
    if (found.value->is_number_unsigned()) {
        const auto value = found.value->get<std::uint64_t>();
        if (value >= least && value <= most) return value;
    }
    wrong(found, fmt::format("a whole number from {} to {}", least, most));
    return least;
}

std::optional<int> ObjectReader::maybe_integer(std::string_view key) {
    const std::optional<std::uint64_t> value = maybe_whole(key);
    if (!value) return std::nullopt;
    return static_cast<int>(*value);  // the shapes give no int a range beyond 1e9
}

int ObjectReader::integer(std::string_view key) {
    return maybe_integer(key).value_or(static_cast<int>(shape_.find(key)->least));
}

bool ObjectReader::flag(std::string_view key) {
    const Found found = find(key);
    if (found.value == nullptr) return false;
    if (found.value->is_boolean()) return found.value->get<bool>();
    wrong(found, "true or false");
    return false;
}

std::optional<std::string> ObjectReader::maybe_text(std::string_view key) {
    const Found found = find(key);
    if (found.value == nullptr) return std::nullopt;
    if (found.value->is_string()) return found.value->get<std::string>();
    wrong(found, "a string");
    return std::nullopt;
}

std::optional<std::string> ObjectReader::maybe_one_of(std::string_view key) {
    const std::optional<std::string> value = maybe_text(key);
    if (!value) return std::nullopt;
    const std::vector<std::string_view> known = choices(*shape_.find(key));
    if (std::find(known.begin(), known.end(), *value) != known.end()) return value;
    const std::string later = later_value(shape_, key, *value, known);
    problem(key, later.empty() ? fmt::format("{} {} is not known{}", key, in_quotes(*value), suggestion(*value, known))
                               : later);
    return std::nullopt;
}

std::string ObjectReader::one_of(std::string_view key) {
    return maybe_one_of(key).value_or(std::string{choices(*shape_.find(key)).front()});
}

std::vector<std::string> ObjectReader::names(std::string_view key) {
    std::vector<std::string> result;
    for (const Child& child : list(key)) {
        const bool text = child.value->is_string();
        if (!text || !is_name(child.value->get_ref<const std::string&>())) {
            report_.add(child.at, fmt::format("expected a name (1 to 64 bytes without \"/\" and \":\"), found {}",
                                              shown(*child.value)));
        } else if (std::find(result.begin(), result.end(), child.value->get_ref<const std::string&>()) !=
                   result.end()) {
            report_.add(child.at, fmt::format("{} stands in this list twice", shown(*child.value)));
        } else {
            result.push_back(child.value->get<std::string>());
        }
    }
    return result;
}

std::vector<std::string> ObjectReader::texts(std::string_view key) {
    std::vector<std::string> result;
    for (const Child& child : list(key)) {
        if (!child.value->is_string()) {
            report_.add(child.at, fmt::format("expected a string, found {}", shown(*child.value)));
        } else if (std::find(result.begin(), result.end(), child.value->get_ref<const std::string&>()) !=
                   result.end()) {
            report_.add(child.at, fmt::format("{} stands in this list twice", shown(*child.value)));
        } else {
            result.push_back(child.value->get<std::string>());
        }
    }
    return result;
}

RandomDuration ObjectReader::random(std::string_view key) {
    const Found found = find(key);
    if (found.value == nullptr) return {};
    return read_random_duration({{}, found.value, found.at}, report_);
}

std::optional<Child> ObjectReader::child(std::string_view key) {
    const Found found = find(key);
    // A required part that is missing was reported; its own required keys are not missed as well.
    if (found.value == nullptr) return std::nullopt;
    return Child{std::string{key}, found.value, found.at};
}

bool ObjectReader::too_long(const Found& found) const {
    if (found.value->size() <= entries_max) return false;
    report_.add(found.at, fmt::format("{} entries; at most {} are read", found.value->size(), entries_max));
    return true;
}

std::vector<Child> ObjectReader::map(std::string_view key) {
    const Found found = find(key);
    std::vector<Child> children;
    if (found.value == nullptr) return children;
    if (!found.value->is_object()) {
        wrong(found, fmt::format("an object of names ({})", found.key->about));
        return children;
    }
    if (too_long(found)) return children;
    for (const auto& [name, value] : found.value->items()) {
        children.push_back({name, &value, found.at / name});
        if (!is_name(name)) {
            report_.add(
                children.back().at,
                "expected a name: 1 to 64 bytes without \"/\", \":\" and control characters, no blank at its ends");
        }
    }
    return children;
}

std::vector<Child> ObjectReader::list(std::string_view key) {
    const Found found = find(key);
    std::vector<Child> children;
    if (found.value == nullptr) return children;
    if (!found.value->is_array()) {
        wrong(found, fmt::format("a list ({})", found.key->about));
        return children;
    }
    if (too_long(found)) return children;
    std::size_t index = 0;
    for (const Json& value : *found.value) children.push_back({{}, &value, found.at / index++});
    return children;
}

void ObjectReader::finish() {
    for (const Key& key : shape_.keys) {
        if (std::find(asked_.begin(), asked_.end(), key.name) == asked_.end()) {
            throw std::logic_error(fmt::format("key {} of shape {} was not read", key.name, shape_.name));
        }
    }
    if (broken_) return;
    for (const auto& [name, value] : object_.value->items()) {
        if (shape_.find(name) != nullptr) continue;
        if (report_.full()) {
            report_.add(object_.at / name, "unknown key");
            continue;
        }
        const auto is_later = [&](const LaterFeature& later) {
            return later.shape == shape_.name && later.key == name && later.value.empty();
        };
        const auto& later = later_features();
        if (std::any_of(later.begin(), later.end(), is_later)) {
            report_.add(object_.at / name, fmt::format("{} is not in this version", in_quotes(name)));
        } else {
            report_.add(object_.at / name,
                        fmt::format("unknown key {}{}", in_quotes(name), suggestion(name, shape_.key_names())));
        }
    }
}

}  // namespace faultline::scenarios
