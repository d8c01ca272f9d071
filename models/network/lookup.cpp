#include "models/network/lookup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace faultline::models {
namespace {

char lower(char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

// Optimal string alignment distance over bytes, case ignored.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last, last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]) ? 1 : 0);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            const bool swapped =
                i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        before_last = last;
        std::swap(last, row);
    }
    return last[b.size()];
}

}  // namespace

std::string UnknownName::message() const {
    std::string text = fmt::format("no {} is named \"{}\"", kind, name);
    for (std::size_t i = 0; i < nearest.size(); ++i) {
        const char* const joint = i == 0 ? "; did you mean " : i + 1 == nearest.size() ? " or " : ", ";
        text += fmt::format("{}\"{}\"", joint, nearest[i]);
    }
    return nearest.empty() ? text : text + "?";
}

UnknownName unknown_name(std::string_view kind, std::string_view name, const std::vector<std::string>& known) {
    std::vector<std::pair<std::size_t, std::string_view>> candidates;
    for (const std::string& candidate : known) {
        const std::size_t edits = edit_distance(name, candidate);
        // A name of which more than half must change is not a slip of the finger, and would only mislead.
        if (2 * edits <= std::max(name.size(), candidate.size())) candidates.emplace_back(edits, candidate);
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    UnknownName unknown{std::string{kind}, std::string{name}, {}};
    for (std::size_t i = 0; i < std::min<std::size_t>(3, candidates.size()); ++i) {
        unknown.nearest.emplace_back(candidates[i].second);
    }
    return unknown;
}

}  // namespace faultline::models
