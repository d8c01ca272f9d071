// What a sweep found, point by point, as a report shows it. Plain structs; planning/sweep fills them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/result.hpp"

namespace faultline::scenarios {

inline constexpr int sweep_schema_version = 1;

// One figure of each replication.
struct SweptMeasure {
    std::string name, text, unit;  // as of a ComparedMeasure
    std::vector<double> values{};  // by replication; NaN: no observation
};

struct SweptPoint {
    // Pointer and JSON text; "lost" and the domains that were lost.
    std::vector<std::pair<std::string, std::string>> settings{};
    std::vector<std::uint32_t> replications{};  // their numbers
    std::vector<std::uint64_t> fingerprints{};  // of each
    std::vector<RequirementResult> requirements{};
    std::vector<SweptMeasure> measures{};
    std::vector<FailedReplication> failed{};
    std::vector<std::string> problems{};  // it is no valid model, and was not run
    std::vector<std::string> notes{};     // of what was lost and hit nothing
};

// The highest value at which all requirements, or the one named, are still met. What is undecided stays so.
struct Saturation {
    std::string pointer, low, high;                               // JSON texts
    std::vector<std::pair<std::string, std::string>> settings{};  // of the other dimensions
    std::string requirement{};                                    // empty: all of them
    std::optional<std::string> holds{};                           // met here, and at nothing higher that was tried
    std::optional<std::string> fails{};                           // violated here, and at nothing lower that was tried
    struct Probe {
        std::string value;
        Verdict verdict = Verdict::undecided;
        std::uint32_t replications = 0;
        std::string decided_by{};  // of what is violated or undecided: a requirement
    };
    std::vector<Probe> probes{};  // by value
    std::vector<std::string> problems{};
};

struct SweepResult {
    int schema_version = sweep_schema_version;
    std::string tool_version, scenario_name, question, database_path;
    std::uint64_t seed = 0;
    std::uint32_t replications = 0;  // of each point
    double confidence = 0.95;
    std::uint64_t found = 0, run = 0;  // replications that were there already, and that were run now
    std::int64_t foreign = 0;          // in the file, of another version or machine
    std::vector<SweptPoint> points{};
    std::vector<Saturation> saturations{};
};

}  // namespace faultline::scenarios
