// Source: RFC 4648, section 4.
#include <algorithm>
#include <array>

#include "scenarios/result_file.hpp"

namespace faultline::scenarios {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint32_t no_digit = 64;

constexpr std::array<std::uint8_t, 256> digits = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(no_digit);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return table;
}();

}  // namespace

void append_base64(std::string& text, std::span<const std::uint8_t> bytes) {
    std::size_t at = text.size();
    text.resize(at + (bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < count ? bytes[i + k] : 0U);
        for (std::size_t k = 0; k < 4; ++k) text[at++] = k <= count ? alphabet[group >> (18 - 6 * k) & 63U] : '=';
    }
}

std::string to_base64(std::span<const std::uint8_t> bytes) {
    std::string text;
    append_base64(text, bytes);
    return text;
}

std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::vector<std::uint8_t> bytes;
    bytes.reserve(text.size() / 4 * 3);
    for (std::size_t i = 0; i < text.size(); i += 4) {
        const bool last = i + 4 == text.size();
        const std::size_t padding = !last ? 0U : text.ends_with("==") ? 2U : text.ends_with('=') ? 1U : 0U;
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 4; ++k) {
            const std::uint32_t digit = k >= 4 - padding ? 0U : digits[static_cast<unsigned char>(text[i + k])];
            if (digit == no_digit) return std::nullopt;
            group = group << 6 | digit;
        }
        for (std::size_t k = 0; k < 3 - padding; ++k) bytes.push_back(static_cast<std::uint8_t>(group >> (16 - 8 * k)));
    }
    return bytes;
}

}  // namespace faultline::scenarios
