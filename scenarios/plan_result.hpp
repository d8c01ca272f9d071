// What a search for the cheapest topology has found, as a report shows it. Plain structs; planning/plan fills them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/cost_result.hpp"
#include "scenarios/result.hpp"

namespace faultline::scenarios {

inline constexpr int plan_schema_version = 1;

// What became of a topology. In this order a table of them is read.
enum class Fate : std::uint8_t {
    winner,         // met in the search, and again on seeds that it never used
    met,            // every requirement is met, and another one is better
    not_confirmed,  // met in the search, and not on other seeds
    undecided,      // after as many replications as there may be
    violated,       // by simulation
    weaker,         // than one that violates a requirement, in what is ordered
    screened,       // by a bound, without simulation
    worse,          // than the best one: its cost alone, or significantly by paired differences
    no_model,       // the combination is no valid scenario
    failed,         // a worker died
    open            // the search ended before
};
inline constexpr const char* fate_names[] = {"winner",   "met",   "not confirmed",  "undecided", "violated", "weaker",
                                             "screened", "worse", "no valid model", "failed",    "open"};

struct PlannedTopology {
    std::vector<std::string> options;  // by choice
    Fate fate = Fate::open;
    std::string requirement{};  // that it violates, or that is undecided
    std::string why{};          // one sentence
    std::vector<std::string> problems{};
    double cost_floor = 0.0;  // dollars a month, of what is priced without a run
    int unknown_prices = 0;
    std::vector<UnpricedPart> unpriced{};
    std::optional<double> cost{};       // the same with what its replications used
    std::optional<double> objective{};  // if it is not the cost
    std::uint32_t replications = 0;     // of the search
    std::vector<RequirementResult> requirements{};
};

// The winner or a neighbour on other seeds.
struct Confirmation {
    std::size_t topology = 0;
    std::uint32_t replications = 0;
    std::vector<RequirementResult> requirements{};
    std::optional<double> cost{};
};

// A topology that no other beats in all axes at once; by estimates.
struct FrontPoint {
    std::size_t topology = 0;
    std::vector<double> values;  // by axis
    bool meets_all = false;      // every requirement was met
};
struct FrontAxis {
    std::string name, unit;
    bool less_is_better = true;
};

// Of all that are alike and stand in one place, the fullest. Shares of the capacity.
struct HeadRoom {
    std::string words, kind;
    double mean = 0.0;          // in steady state, over the replications
    double worst_minute = 0.0;  // of any replication, incidents included
};

struct PlanResult {
    int schema_version = plan_schema_version;
    std::string tool_version, scenario_name, question, database_path;
    std::string objective{}, objective_unit{};  // "cost" in "$/month", or a requirement
    std::uint64_t seed = 0, confirmation_seed = 0;
    double confidence = 0.95;
    std::uint32_t replications_max = 0;
    std::vector<std::string> choices{};
    std::uint64_t combinations = 0;             // without the constraints
    std::vector<PlannedTopology> topologies{};  // by what they cost at least
    std::optional<std::size_t> winner{};
    // May be cheaper than a winner that costs more than is known of it: of this one that is no part.
    std::optional<std::size_t> maybe_cheaper{};
    std::vector<Confirmation> confirmations{};
    std::vector<FrontAxis> axes{};
    std::vector<FrontPoint> front{};  // by cost
    std::vector<HeadRoom> head_room{};
    std::uint64_t found = 0, run = 0;  // replications that were there already, and that were run now
    std::vector<std::string> notes{};
};

}  // namespace faultline::scenarios
