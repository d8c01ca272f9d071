// The systems of a comparison, read from one file with its variants or from several files. Other than `faultline run`,
// which refuses a file with a mistake anywhere, a variant that is no valid model is left out and named: the others can
// still be compared.
#pragma once

#include <string>
#include <vector>

#include "scenarios/comparison.hpp"
#include "scenarios/problem.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

struct Candidate {
    std::string name;  // of the variant; "base"; of several files: of the file
    std::string file, variant;
    scenarios::Scenario scenario;  // its source is the model alone, without variants
    std::string without{};         // the fault of the base that it lacks; empty: none
};

struct Candidates {
    std::vector<Candidate> systems;  // the first is the base of the first file
    std::vector<scenarios::LeftOut> left_out;
};

// One file: its base and all variants, or those named. Several: the base of each. `problems` are those of a base, of a
// file, and of a variant that is named and does not exist: then nothing can be compared.
Candidates read_candidates(const std::vector<std::string>& files, const std::vector<std::string>& variants,
                           scenarios::Problems& problems);

// What faults cost: the base of one file, and for each of these names the base without that fault: what follows it and
// what is asked "after" it are gone, too. `problems` are those of the base, and of a name that it does not have.
Candidates read_without_faults(const std::string& file, const std::vector<std::string>& faults,
                               scenarios::Problems& problems);

}  // namespace faultline::planning
