// Tables of shapes.cpp: money.
#pragma once

#include <array>

#include "scenarios/reader/shapes.hpp"

namespace faultline::scenarios {

inline constexpr std::array cost_keys{
    Key{"downtime", "money", "while offices are not served, of all together, \"$20k/h\"; left out: not counted"},
    Key{"loss", "money", "of acknowledged commits that are lost, by their time, \"$500/min\"; left out: not counted"},
    Key{"drills", "object:drills", "recoveries that are practised; left out: none"},
};

inline constexpr std::array drills_keys{
    Key{.name = "per_year", .type = "number", .about = "so often", .required = true, .least = 0, .most = 1000},
    Key{"lasts", "duration", "a restored copy of each database with backups runs so long", R"("4h")",
        "assumption: half a working day"},
};

}  // namespace faultline::scenarios
