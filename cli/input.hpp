// Reading what the user named, and telling what is wrong with it.
#pragma once

#include <optional>
#include <string>

#include "scenarios/problem.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::cli {

// None: all problems are on standard error, with their count.
std::optional<scenarios::Scenario> read_or_tell(const std::string& path, const std::string& variant,
                                                scenarios::Problems& problems);

// Puts them on standard error, with their count; returns exit_bad_input.
int tell_problems(const scenarios::Problems& problems);

// Why this is no seed, a whole number of 64 bits; empty: it is one. A check of an option: without it the parser of the
// command line makes the largest number of one that is too large, and a large one of -1.
std::string not_a_seed(const std::string& text);

// Puts "faultline: text" on standard error and returns the code.
int tell_error(int code, const std::string& text);

// A word as a shell takes it: in quotes where it needs them.
std::string shell_word(const std::string& text);

}  // namespace faultline::cli
