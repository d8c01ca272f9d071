// What `faultline growth` found, as reports show it. Plain structs; planning/growth fills them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/growth.hpp"
#include "scenarios/result.hpp"

namespace faultline::scenarios {

inline constexpr int growth_schema_version = 1;

// A month that was simulated, or a multiple of today's load.
struct GrowthProbe {
    int step = 0;  // the month; of load alone: the number of the multiple
    double load = 1.0, data = 1.0;
    int offices = 0;
    std::uint32_t replications = 0;
    struct Judged {
        std::string requirement;
        Verdict verdict = Verdict::undecided;
        double estimate = 0.0, low = 0.0, high = 0.0;
        std::string unit;
        std::uint64_t observations = 0;
        bool wanted = true;  // false: where it holds and breaks was known on other steps, and it was not waited for
    };
    std::vector<Judged> judged;
};

// What simulations say of one requirement along the steps. Between `holds` and `breaks` it is undecided.
struct GrowthAnswer {
    std::optional<int> holds;   // met at this step, and at no later one below `breaks` that was simulated
    std::optional<int> breaks;  // violated at this step, and at no earlier one that was simulated
    bool contradicted = false;  // met at a later step than `breaks`: it does not get worse along the steps
    // Of the resource with the least room there, as simulated; empty: none was in use for half of the time.
    std::string fullest;
    double fullest_share = 0.0;
};

struct GrowthLine {
    std::string requirement, text;
    std::optional<int> proposed_month;  // by the quick models; none: not within the horizon
    std::string proposed_by;            // the resource with the least room then, or at the horizon
    std::optional<double> proposed_load;
    GrowthAnswer months;  // steps are months
    GrowthAnswer load;    // steps are multiples of today's load: `load_at`
};

struct GrowthMonth {
    int month = 0;
    double load = 1.0, data = 1.0;
    int offices = 0;
};

// By the quick models.
struct GrowthResource {
    std::string words, unit;
    double wanted_today = 0.0, there = 0.0, share_today = 0.0, share_at_end = 0.0;
    std::optional<int> full_month;  // the first in which more is wanted than there is; none: not within the horizon
    bool saturates = true;          // else it need not be full: pools, memory
};

struct GrowthResult {
    int schema_version = growth_schema_version;
    std::string tool_version, scenario_name, variant, question, database_path;
    std::uint64_t seed = 0;
    double confidence = 0.95;
    bool joint = false;
    bool simulated = true;   // false: the quick models alone
    std::uint32_t most = 0;  // replications of a month
    std::uint64_t found = 0, run = 0;
    Growth growth;
    std::size_t offices_today = 0;
    std::vector<GrowthMonth> months;  // today first
    std::vector<GrowthLine> lines;    // by requirement
    std::vector<GrowthResource> resources;
    std::vector<GrowthProbe> month_probes, load_probes;  // by step
    std::vector<double> load_at;                         // by number of the multiple
    std::optional<int> no_model_month;                   // from here on it is no valid model
    std::vector<std::string> no_model_problems;          // and why
    std::vector<std::string> not_judged;                 // requirements that another command judges
    std::vector<FailedReplication> failed;
};

}  // namespace faultline::scenarios
