#include "reports/text_layout.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace faultline::reports {
namespace {

std::string_view variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
}

bool utf8_locale() {
    for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const std::string_view value = variable(name);
        if (!value.empty()) return value.find("UTF-8") != value.npos || value.find("utf8") != value.npos;
    }
    return false;
}

}  // namespace

std::size_t characters(std::string_view text) {
    const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins));
}

std::string left(std::string_view text, std::size_t width) {
    const std::size_t length = characters(text);
    return std::string{text} + std::string(width > length ? width - length : 0, ' ');
}

std::string right(std::string_view text, std::size_t width) {
    const std::size_t length = characters(text);
    return std::string(width > length ? width - length : 0, ' ') + std::string{text};
}

std::string name_cell(std::string_view name, std::size_t width, std::size_t indent) {
    if (characters(name) <= width) return left(name, width);
    return std::string{name} + '\n' + std::string(indent + width, ' ');
}

std::string wrapped(std::string_view text, std::string_view first, std::size_t width) {
    const std::string indent(characters(first), ' ');
    std::string lines;
    std::string line{first};
    bool empty = true;
    const auto end_line = [&] {
        lines += line + "\n";
        line = indent;
        empty = true;
    };
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
        const std::string_view word = text.substr(0, end);
        if (!word.empty()) {
            if (!empty && characters(line) + 1 + characters(word) > width) end_line();
            if (!empty) line += ' ';
            line += word;
            empty = false;
        }
        if (end < text.size() && text[end] == '\n') end_line();
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (!empty || lines.empty()) end_line();
    return lines;
}

std::string counted(std::size_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

TextStyle style_of(int file) {
    TextStyle style;
    if (::isatty(file) == 0) return style;
    style.colour = variable("NO_COLOR").empty() && variable("TERM") != "dumb";
    style.unicode = utf8_locale();
    return style;
}

}  // namespace faultline::reports
