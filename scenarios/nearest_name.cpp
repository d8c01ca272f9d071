#include "scenarios/nearest_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace faultline::scenarios {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
    constexpr std::size_t length_max = 200;
    if (a.size() > length_max || b.size() > length_max) return std::max(a.size(), b.size());
    std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), current(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        current[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = lower(a[i - 1]) == lower(b[j - 1]);
            current[j] = std::min({last[j] + 1, current[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
            const bool swapped =
                i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
            if (swapped) current[j] = std::min(current[j], before_last[j - 2] + 1);
        }
        std::swap(before_last, last);
        std::swap(last, current);
    }
    return last[b.size()];
}

std::string_view nearest_name(std::string_view name, const std::vector<std::string_view>& known) {
    std::string_view nearest;
    std::size_t fewest = 0;
    for (const std::string_view candidate : known) {
        const std::size_t longer = std::max(name.size(), candidate.size());
        const std::size_t shorter = std::min(name.size(), candidate.size());
        const std::size_t edits_max = std::max<std::size_t>(1, longer / 3);
        if (longer - shorter > edits_max) continue;
        const std::size_t edits = edit_distance(name, candidate);
        // Every letter replaced is another word, not a slip.
        if (edits > edits_max || edits >= longer) continue;
        if (nearest.data() == nullptr || edits < fewest) {
            nearest = candidate;
            fewest = edits;
        }
    }
    return nearest;
}

std::string suggestion(std::string_view name, const std::vector<std::string_view>& known) {
    if (known.empty()) return "; there are none";
    const std::string_view nearest = nearest_name(name, known);
    if (nearest.data() != nullptr) return fmt::format("; did you mean {}?", in_quotes(nearest));
    constexpr std::size_t shown_max = 8;
    std::string text = "; there are: ";
    for (std::size_t i = 0; i < std::min(known.size(), shown_max); ++i) {
        if (i > 0) text += ", ";
        text += in_quotes(known[i]);
    }
    if (known.size() > shown_max) text += fmt::format(" and {} more", known.size() - shown_max);
    return text;
}

std::string unknown_name(std::string_view what, std::string_view name, const std::vector<std::string_view>& known) {
    return fmt::format("no {} is named {}{}", what, in_quotes(name), suggestion(name, known));
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t length_max = 60;
    std::string_view kept = text.substr(0, length_max);
    if (kept.size() < text.size()) {
        // Not in the middle of a character: its further bytes are 10xxxxxx.
        while (!kept.empty() && (static_cast<unsigned char>(text[kept.size()]) & 0xC0U) == 0x80U) kept.remove_suffix(1);
    }
    const nlohmann::json json = kept;
    std::string shown = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    if (kept.size() < text.size()) shown += "...";
    return shown;
}

}  // namespace faultline::scenarios
