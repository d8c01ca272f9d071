// Runs the ready scenarios, and reads the verdicts that are printed.
#pragma once

#include <string>

#include "tests/cli/program.hpp"

namespace faultline::tests {

// `file` of scenarios/; an empty variant is the file as it is. A failure of the test, if what is violated has no top
// contributor in its reason.
Ended run_variant(const Folder& folder, const std::string& file, const std::string& variant, int replications);

// "met", "VIOLATED" or "undecided": the last word of the line of a requirement.
std::string verdict_of(const std::string& out, const std::string& requirement);

}  // namespace faultline::tests
