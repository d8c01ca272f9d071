// A result as JSON text, member by member: of a topology of thousands of offices the values would take many times the
// memory of the text, and most of the time.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "scenarios/result/archive.hpp"

namespace faultline::scenarios {

namespace {

class TextArchive {
public:
    static constexpr bool writes = true;
    TextArchive(std::string& into, std::size_t depth) : into_(into), depth_(depth) {}

    template <typename T>
    void operator()(const char* name, const T& value) {
        begin_item();
        into_.append(1, '"').append(name).append("\": ");
        write(value);
    }

private:
    void begin_item() { into_.append(std::exchange(any_, true) ? ",\n" : "\n").append(depth_, ' '); }
    // What follows an object or a list that this archive wrote.
    void end(char bracket) {
        if (any_) into_.append(1, '\n').append(depth_ - 1, ' ');
        into_ += bracket;
    }

    // As it is where nothing in it needs an escape or could be no UTF-8.
    void write(const std::string& value) {
        const bool plain = std::all_of(value.begin(), value.end(),
                                       [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; });
        if (plain) {
            into_.append(1, '"').append(value).append(1, '"');
        } else {
            into_ += ResultJson(value).dump(-1, ' ', false, ResultJson::error_handler_t::replace);
        }
    }
    void write(bool value) { into_ += value ? "true" : "false"; }
    template <std::integral T>
    void write(T value) {
        write_number(value);
    }
    void write(double value) {
        if (!std::isfinite(value)) {
            into_ += std::isnan(value) ? "\"nan\"" : value > 0.0 ? "\"inf\"" : "\"-inf\"";
            return;
        }
        const std::size_t begin = into_.size();
        write_number(value);
        // Or it would be read as a whole number, of which there is no -0.
        if (into_.find_first_of(".e", begin) == std::string::npos) into_ += ".0";
    }
    template <typename T>
    void write_number(T value) {
        std::array<char, 32> digits;
        into_.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
    }
    void write(Verdict value) { into_.append(1, '"').append(name_of(value)).append(1, '"'); }
    template <typename T>
    void write(const std::optional<T>& value) {
        if (value) {
            write(*value);
        } else {
            into_ += "null";
        }
    }
    template <Sample T>
    void write(const std::vector<T>& values) {
        into_ += '"';
        append_base64(into_, {reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(T)});
        into_ += '"';
    }
    template <typename T>
    void write(const std::vector<T>& values) {
        write_list(values);
    }
    template <typename T, std::size_t n>
    void write(const std::array<T, n>& values) {
        write_list(values);
    }
    template <typename Values>
    void write_list(const Values& values) {
        into_ += '[';
        TextArchive items(into_, depth_ + 1);
        for (const auto& value : values) {
            items.begin_item();
            items.write(value);
        }
        items.end(']');
    }
    template <typename T>
    requires std::is_class_v<T>
    void write(const T& value) {
        into_ += '{';
        TextArchive members(into_, depth_ + 1);
        fields(members, value);
        members.end('}');
    }

    std::string& into_;
    std::size_t depth_;
    bool any_ = false;
};

}  // namespace

std::string result_text(const RunResult& result) {
    std::string text = "{";
    TextArchive archive(text, 1);
    archive("format", std::string{result_format});
    fields(archive, result);
    return text + "\n}\n";
}

}  // namespace faultline::scenarios
