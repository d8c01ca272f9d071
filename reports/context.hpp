// What repeats a run, and where it was made: what every report says beside its results.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "scenarios/scenario.hpp"

namespace faultline::reports {

struct Context {
    std::string tool_version;
    std::string scenario_name;
    std::string question;  // the scenario's description
    std::string variant;   // empty: the base
    std::string scenario_hash;
    std::uint64_t seed = 0;
    int replications = 0;  // asked for
    double confidence = 0.95;
    std::size_t of_years = 0;    // requirements that no run judges, but `faultline availability`
    std::string machine;         // "4 cores, numeric fingerprint 9f86d081884c7d65"
    std::string result_path;     // where the result file lies; empty: nowhere
    std::string repeat_command;  // "faultline run orders.json --seed 7"
    double wall_s = 0.0;         // how long it took; the only figure that differs between equal runs
};

// What the scenario itself can say; the rest is up to whoever ran it.
Context context_of(const scenarios::Scenario& scenario, const std::string& variant);

// FNV-1a with 64 bits, in hexadecimal digits: two results of one hash are of one scenario.
std::string scenario_hash(const std::string& source);

}  // namespace faultline::reports
