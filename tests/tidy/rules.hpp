// What the project asks of its own text, and a compiler does not check. Each rule returns what breaks it.
#pragma once

#include <span>

#include "tests/tidy/source_tree.hpp"

namespace faultline::tidy {

using Files = std::span<const SourceFile>;

// includes.cpp
Findings wrong_includes(Files files);      // a folder sees only what stands to its left
Findings misplaced_packages(Files files);  // Qt, JSON, Boost.Graph, SimGrid, CLI11: each where it belongs
Findings unlisted_sources(Files files);    // a .cpp that no CMakeLists.txt names
Findings unincluded_headers(Files files);  // a header that nobody includes

// text.cpp
Findings banned_calls(Files files);      // wall clocks, foreign randomness, hashed containers: engine/, models/
Findings long_files(Files files);        // over 400 lines
Findings long_lines(Files files);        // over 120 characters
Findings unfinished_notes(Files files);  // reminders to do it later
Findings machine_paths(Files files);     // paths of one machine

// grammar.cpp
Findings long_functions(Files files);  // over 60 lines
Findings wrong_awaits(Files files);    // what g++ 12.2 miscompiles

}  // namespace faultline::tidy
