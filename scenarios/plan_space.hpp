// The section "plan" of a scenario: which topologies a search may choose from, and what it looks for. It is no part of
// the model, so it has a reader of its own: reading a scenario only finds its mistakes.
//
// Left to whoever knows the model: that pointers hit something, the values of ranges, that names of options in
// constraints exist (planning/plan/space.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/problem.hpp"

namespace faultline::scenarios {

struct PlanOption {
    std::string name;
    std::string json;  // the value at the choice's pointer, or a merge patch over the scenario
};

struct PlanChoice {
    std::string name;
    std::string at;                   // a JSON pointer; empty: options are merge patches (RFC 7396)
    std::vector<PlanOption> options;  // of values that have no name it is their text; empty: those of the range
    std::string range;                // "1..8 step 1", "10ms..50ms/5" (planning/sweep/dimension.hpp)
    bool ordered = false;             // from weak to strong: what a topology violates, a weaker one violates, too
};

// Names of options, by choice.
using PlanSelection = std::vector<std::pair<std::string, std::vector<std::string>>>;
struct PlanConstraint {
    PlanSelection when;  // all of these hold; empty: always
    PlanSelection then;  // then all of these must
};

struct PlanSpace {
    std::vector<PlanChoice> choices;
    std::vector<PlanConstraint> constraints;
    std::string objective = "cost";       // or a requirement, whose measure is made as good as can be
    std::uint32_t replications_max = 64;  // of one topology, until its verdicts stay undecided
    std::uint32_t neighbours = 4;         // of the winner, confirmed together with it
};

// Of the text of a scenario. None: it has no such section, or one with mistakes, which are told.
std::optional<PlanSpace> read_plan_space(std::string_view text, std::string_view file_name, Problems& problems);

}  // namespace faultline::scenarios
