// "Did you mean": the known name that takes the fewest edits, for messages about a name that does not exist.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace faultline::scenarios {

// Edits from a to b, ASCII case ignored: insert, delete, replace, or swap two neighbours (optimal string alignment, the
// restricted Damerau-Levenshtein distance). Source: F. Damerau, CACM 7(3), 1964; V. Levenshtein, 1966. In bytes. Time
// and memory grow with the product of the lengths; beyond 200 bytes the answer is only an upper bound (the longer
// length).
std::size_t edit_distance(std::string_view a, std::string_view b);

// The nearest of the known names, or an empty view when none is near: a third of the longer length, at least 1 edit.
// Of equally near names the first. The view points into `known`.
std::string_view nearest_name(std::string_view name, const std::vector<std::string_view>& known);

// "no region is named \"us-est-1\"; did you mean \"us-east-1\"?", or, when none is near, "...; there are: a, b, c" (at
// most eight, then "and 12 more"), or "...; there are none".
std::string unknown_name(std::string_view what, std::string_view name, const std::vector<std::string_view>& known);

// The tail of such a message by itself: "; did you mean ...?".
std::string suggestion(std::string_view name, const std::vector<std::string_view>& known);

// A user's text for a message: in double quotes, JSON escapes, at most 60 bytes and then "...".
std::string in_quotes(std::string_view text);

}  // namespace faultline::scenarios
