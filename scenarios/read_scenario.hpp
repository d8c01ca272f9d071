// JSON to a Scenario. A file is right as a whole or nothing is run: the base and every variant are read and checked,
// and all problems are reported at once, each with the file, the JSON pointer, what was found and what is accepted. A
// pointer into a variant is one into the base with the variant's patch applied; its message names the variant.
//
// A trace that the workload replays is read to its end, too, where the scenario comes from a file: of a text nobody
// knows the folder.
//
// Left out: comments, other encodings than UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/problem.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::scenarios {

// Reads `text`, at most 16 MB and 64 levels deep. `variant` empty: the base. `file_name` stands in the problems.
// None when there is any problem, in the base, in any variant, or no variant of that name.
std::optional<Scenario> read_scenario(std::string_view text, std::string_view file_name, std::string_view variant,
                                      Problems& problems);

// The same for a file. A directory, a missing or unreadable file is a problem.
std::optional<Scenario> read_scenario_file(const std::string& path, std::string_view variant, Problems& problems);

// What the two steps of that are: the bytes of a file, and a text that stands for a file whose relative paths start
// from `folder`. For who puts a text together from a file's own.
std::optional<std::string> read_scenario_text(const std::string& path, Problems& problems);
std::optional<Scenario> read_scenario_in(const std::string& folder, std::string_view text, std::string_view file_name,
                                         std::string_view variant, Problems& problems);

// The names of the variants, in the order of the file.
std::vector<std::string> variant_names(const Scenario& scenario);

// "latency p99 of update at worst office <= 250ms", "rto p95 of update after zone lost at worst office <= 1min".
std::string requirement_text(const Requirement& requirement);

}  // namespace faultline::scenarios
