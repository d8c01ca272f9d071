// The text of a file to a JSON value, with what a plain parser lets through made into problems: duplicate keys, nesting
// beyond 64, files beyond 16 MB. The order of the file is kept.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/problem.hpp"

namespace faultline::scenarios {

using Json = nlohmann::ordered_json;

inline constexpr std::size_t document_bytes_max = 16'000'000;
inline constexpr std::size_t document_depth_max = 64;

// None after a mistake that leaves no value: not JSON, invalid UTF-8, too large, too deep. Of duplicate keys the first
// is kept and the others are problems.
std::optional<Json> parse_document(std::string_view text, std::string_view file, Problems& problems);

// A short text of a value for messages: at most 60 bytes, all printable.
std::string shown(const Json& value);

}  // namespace faultline::scenarios
