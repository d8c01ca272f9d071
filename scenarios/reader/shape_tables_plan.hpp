// Tables of shapes.cpp: the search space of `faultline plan`.
#pragma once

#include <array>

#include "scenarios/reader/shapes.hpp"

namespace faultline::scenarios {

inline constexpr std::array plan_keys{
    Key{.name = "choices", .type = "map:plan-choice", .about = "what may be chosen, each by itself", .required = true},
    Key{"constraints", "list:plan-constraint", "which choices go together; left out: all do"},
    Key{"objective", "text",
        "what is to be least: \"cost\", or a requirement, whose measure is to be as good as can be", R"("cost")", "-"},
    Key{"replications_max", "integer", "of one topology, until it stays undecided", "64",
        "the smallest power of two with the 59 incidents that show a p95 at 95 %", false, 2, 100'000},
    Key{"neighbours", "integer", "of the winner, run again on other seeds together with it", "4",
        "assumption: one step each way in two choices", false, 0, 100},
};

inline constexpr std::array plan_choice_keys{
    Key{"at", "text", "JSON pointer of the value that is chosen; left out: options are merge patches (RFC 7396)",
        R"("")", "-"},
    Key{"values", "value-list", "these, at the pointer"},
    Key{"options", "value-map", "values, or patches, by name"},
    Key{"range", "text", "values at the pointer, \"1..8 step 1\" or \"10ms..50ms/5\""},
    Key{"ordered", "flag",
        "from the weakest to the strongest: what fails with one fails with those before it, all else equal", "false",
        "-"},
};

inline constexpr std::array plan_constraint_keys{
    Key{"when", "selection", "choices and the names of their options; left out: always"},
    Key{.name = "then", .type = "selection", .about = "only these of other choices go with it", .required = true},
};

}  // namespace faultline::scenarios
