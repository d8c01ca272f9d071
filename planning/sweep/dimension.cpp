#include "planning/sweep/dimension.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "scenarios/nearest_name.hpp"

namespace faultline::planning {
namespace {

using scenarios::Json;

constexpr int decimals_more = 6;
constexpr std::size_t digits_max = 12;  // of a number: products with counts stay within 64 bits
constexpr std::int64_t values_max = 10'000;

struct Number {
    std::int64_t value = 0;  // * 10^-decimals
    int decimals = 0;
    std::string unit;
};

std::int64_t power_of_ten(int exponent) {
    std::int64_t power = 1;
    for (int i = 0; i < exponent; ++i) power *= 10;
    return power;
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
}

// "-12.50ms": its digits, how many of them are decimals, and what follows.
std::optional<Number> parse_number(std::string_view text) {
    text = trimmed(text);
    Number number;
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    std::string digits;
    bool point = false;
    std::size_t at = 0;
    for (; at < text.size() && ((text[at] >= '0' && text[at] <= '9') || (text[at] == '.' && !point)); ++at) {
        // "1..4": the second point is none of this number's, and the range was cut before.
        if (text[at] == '.') {
            point = true;
        } else {
            digits += text[at];
            number.decimals += point ? 1 : 0;
        }
    }
    if (digits.empty() || digits.size() > digits_max) return std::nullopt;
    std::from_chars(digits.data(), digits.data() + digits.size(), number.value);
    if (negative) number.value = -number.value;
    number.unit = trimmed(text.substr(at));
    return number;
}

bool is_of_bytes(const std::string& unit) {
    constexpr std::array units{"B", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"};
    return std::find(units.begin(), units.end(), unit) != units.end();
}

// To so many decimals.
std::int64_t scaled(const Number& number, int decimals) {
    return number.value * power_of_ten(decimals - number.decimals);
}

class ValuesReader {
public:
    ValuesReader(Dimension& into, const Json& base, std::string option, scenarios::Problems& problems)
        : into_{into}, base_{base}, option_{std::move(option)}, problems_{problems} {}

    void read(std::string_view text) {
        const std::vector<std::string> items = items_of(text);
        for (const std::string& item : items) {
            if (trimmed(item).empty()) return wrong("expected values after \"=\": 1,2,4 or 10ms..50ms/5");
            if (item.find("..") == std::string::npos) {
                if (const auto value = json_value(std::string{trimmed(item)})) into_.values.push_back(*value);
            } else {
                read_range(item, items.size() == 1);
            }
        }
        if (into_.range || !problems_.empty()) return;
        std::vector<std::string> once;
        for (const std::string& value : into_.values) {
            if (std::find(once.begin(), once.end(), value) == once.end()) once.push_back(value);
        }
        into_.values = std::move(once);
    }

private:
    void wrong(const std::string& message) { problems_.add(option_, into_.pointer, message); }

    // At commas outside quotes and brackets.
    static std::vector<std::string> items_of(std::string_view text) {
        std::vector<std::string> items(1);
        int depth = 0;
        bool quoted = false;
        for (const char letter : text) {
            if (letter == '"') quoted = !quoted;
            if (!quoted && (letter == '[' || letter == '{')) ++depth;
            if (!quoted && (letter == ']' || letter == '}')) --depth;
            if (letter == ',' && depth == 0 && !quoted) {
                items.emplace_back();
            } else {
                items.back() += letter;
            }
        }
        return items;
    }

    std::optional<std::string> json_value(const std::string& item) {
        const bool quoted = item.starts_with('"');
        if (base_.is_string() && !quoted) return Json(item).dump();
        const Json value = Json::parse(item, nullptr, false);
        if (!value.is_discarded()) return value.dump();
        if (quoted || item.starts_with('[') || item.starts_with('{')) {
            wrong(fmt::format("{} is no JSON", scenarios::in_quotes(item)));
            return std::nullopt;
        }
        return Json(item).dump();
    }

    // "low..high", "low..high step s", "low..high/n".
    void read_range(const std::string& item, bool alone) {
        const std::size_t dots = item.find("..");
        std::string high_text = item.substr(dots + 2);
        std::string step_text;
        std::int64_t count = 0;
        if (const std::size_t step = high_text.find(" step "); step != std::string::npos) {
            step_text = high_text.substr(step + 6);
            high_text.resize(step);
        } else if (const std::size_t slash = high_text.rfind('/'); slash != std::string::npos) {
            // Of "100/s..400/s/4" the last part is a number; of "100/s..400/s" it is a unit.
            const char* const end = high_text.data() + high_text.size();
            const auto read = std::from_chars(high_text.data() + slash + 1, end, count);
            if (read.ec == std::errc{} && read.ptr == end) {
                if (count < 2 || count > values_max) return wrong("expected 2 to 10,000 values after \"/\"");
                high_text.resize(slash);
            } else {
                count = 0;
            }
        }
        const auto low = parse_number(item.substr(0, dots));
        const auto high = parse_number(high_text);
        if (!low || !high) return wrong(fmt::format("{} is no range of numbers", scenarios::in_quotes(item)));
        if (!low->unit.empty() && !high->unit.empty() && low->unit != high->unit) {
            return wrong(fmt::format("{} and {} are different units; write both ends in one",
                                     scenarios::in_quotes(low->unit), scenarios::in_quotes(high->unit)));
        }
        const ValueRange range = range_of(*low, *high);
        if (range.low >= range.high) return wrong("expected a low end below the high one");
        if (!step_text.empty()) return add_steps(range, step_text);
        if (count > 0) return add_count(range, count);
        if (!alone) return wrong(fmt::format("{} needs a number of values: {}/5", scenarios::in_quotes(item), item));
        into_.range = range;
    }

    ValueRange range_of(const Number& low, const Number& high) const {
        const int decimals = std::max(low.decimals, high.decimals);
        ValueRange range{.low = scaled(low, decimals),
                         .high = scaled(high, decimals),
                         .decimals = decimals,
                         .unit = low.unit.empty() ? high.unit : low.unit,
                         .text = base_.is_string()};
        range.whole = decimals == 0 && (range.unit.empty() || is_of_bytes(range.unit));
        return range;
    }

    void add_steps(const ValueRange& range, const std::string& text) {
        const auto step = parse_number(text);
        if (!step || step->value <= 0 || (!step->unit.empty() && step->unit != range.unit)) {
            return wrong(fmt::format("{} is no step above zero in the unit of the range", scenarios::in_quotes(text)));
        }
        const int decimals = std::max(step->decimals, range.decimals);
        const std::int64_t by = scaled(*step, decimals);
        const std::int64_t more = power_of_ten(decimals - range.decimals);
        if ((range.high - range.low) * more / by >= values_max) return wrong("expected at most 10,000 values");
        for (std::int64_t value = range.low * more; value <= range.high * more; value += by) {
            into_.values.push_back(range.json_text(value, decimals));
        }
    }

    void add_count(const ValueRange& range, std::int64_t count) {
        for (std::int64_t i = 0; i < count; ++i) into_.values.push_back(range.json_of(i, count - 1));
    }

    Dimension& into_;
    const Json& base_;
    std::string option_;
    scenarios::Problems& problems_;
};

std::string unescaped(std::string token) {
    for (const auto& [from, to] : {std::pair{"~1", "/"}, std::pair{"~0", "~"}}) {
        for (std::size_t at = token.find(from); at != std::string::npos; at = token.find(from, at + 1)) {
            token.replace(at, 2, to);
        }
    }
    return token;
}

}  // namespace

double ValueRange::number_at(double share) const {
    const auto unit_of_value = static_cast<double>(power_of_ten(decimals));
    return (static_cast<double>(low) + share * static_cast<double>(high - low)) / unit_of_value;
}

std::string ValueRange::json_at(double share) const {
    const double number = number_at(share);
    const double thousandth = (number_at(1.0) - number_at(0.0)) / 1000.0;
    const int finer = whole ? 0 : std::clamp(static_cast<int>(std::ceil(-std::log10(thousandth))), 0, decimals_more);
    return json_text(std::llround(number * static_cast<double>(power_of_ten(finer))), finer);
}

std::string ValueRange::json_of(std::int64_t part, std::int64_t of) const {
    // In 128 bits: 12 digits, 6 more and a count of 5.
    __extension__ using Wide = __int128;
    const int more = whole ? 0 : decimals_more;
    const Wide sum = (Wide{low} * (of - part) + Wide{high} * part) * power_of_ten(more);
    const Wide half = sum < 0 ? -Wide{of} / 2 : Wide{of} / 2;
    return json_text(static_cast<std::int64_t>((sum + half) / of), decimals + more);
}

std::string ValueRange::json_text(std::int64_t value, int decimals_of_value) const {
    const std::int64_t power = power_of_ten(decimals_of_value);
    const std::int64_t size = value < 0 ? -value : value;
    std::string number = fmt::format("{}{}", value < 0 ? "-" : "", size / power);
    if (decimals_of_value > 0) {
        number += fmt::format(".{:0{}d}", size % power, decimals_of_value);
        number.erase(number.find_last_not_of('0') + 1);
        if (number.ends_with('.')) number.pop_back();
    }
    return text || !unit.empty() ? Json(number + unit).dump() : number;
}

const Json* find_in_model(const Json& model, const std::string& pointer, const std::string& option,
                          scenarios::Problems& problems) {
    const Json* at = &model;
    std::size_t begin = 1;
    while (begin <= pointer.size()) {
        const std::size_t end = std::min(pointer.find('/', begin), pointer.size());
        const std::string token = unescaped(pointer.substr(begin, end - begin));
        const std::string place = pointer.substr(0, begin - 1);
        if (at->is_object()) {
            const auto member = at->find(token);
            if (member == at->end()) {
                std::vector<std::string_view> known;
                for (const auto& entry : at->items()) known.push_back(entry.key());
                problems.add(option, pointer,
                             fmt::format("it hits nothing: in {}, {}", place.empty() ? "the scenario" : place,
                                         scenarios::unknown_name("key", token, known)));
                return nullptr;
            }
            at = &*member;
        } else {
            std::size_t index = 0;
            const auto read = std::from_chars(token.data(), token.data() + token.size(), index);
            const bool number = read.ec == std::errc{} && read.ptr == token.data() + token.size();
            if (!at->is_array() || !number || index >= at->size()) {
                problems.add(option, pointer,
                             at->is_array()
                                 ? fmt::format("it hits nothing: {} has {} elements, from 0 on", place, at->size())
                                 : fmt::format("it hits nothing: {} is {}", place, scenarios::shown(*at)));
                return nullptr;
            }
            at = &(*at)[index];
        }
        begin = end + 1;
    }
    return at;
}

std::optional<Dimension> parse_dimension(const std::string& argument, const Json& model, const std::string& option,
                                         scenarios::Problems& problems) {
    const std::size_t equals = argument.find('=');
    if (!argument.starts_with('/') || equals == std::string::npos) {
        problems.add(option, "",
                     fmt::format("expected a JSON pointer and values, \"/stations/counter/servers=1,2,4\", found {}",
                                 scenarios::in_quotes(argument)));
        return std::nullopt;
    }
    Dimension dimension{.pointer = argument.substr(0, equals), .values = {}};
    const Json* const base = find_in_model(model, dimension.pointer, option, problems);
    if (base == nullptr) return std::nullopt;
    scenarios::Problems of_values;
    ValuesReader{dimension, *base, option, of_values}.read(std::string_view{argument}.substr(equals + 1));
    for (const scenarios::Problem& problem : of_values.sorted()) {
        problems.add(problem.file, problem.pointer, problem.message);
    }
    return of_values.empty() ? std::optional{dimension} : std::nullopt;
}

}  // namespace faultline::planning
