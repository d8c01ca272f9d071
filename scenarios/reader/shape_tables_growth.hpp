// Tables of shapes.cpp: how data, load and offices grow.
#pragma once

#include <array>

#include "scenarios/reader/shapes.hpp"

namespace faultline::scenarios {

inline constexpr std::array growth_keys{
    Key{.name = "months", .type = "integer", .about = "the horizon", .required = true, .least = 1, .most = 120},
    Key{"load", "object:load-growth", "of the arrivals; left out: as today"},
    Key{"data", "object:data-growth", "of databases, warehouses, keys and transfers; left out: as today"},
    Key{"offices", "object:office-growth", "new ones, each with the load of the one that it is like; left out: none"},
};

inline constexpr std::array load_growth_keys{
    Key{"monthly", "share", "a month, of classes and offices without a rate of their own", R"("0%")", "-"},
    Key{"form", "one-of:compound|linear", "a share of the month before, or of today", R"("compound")",
        "assumption: what a percentage a month usually means"},
    Key{"classes", "map:growth-rate", "of these classes, in place of \"monthly\"", "{}", "-"},
    Key{"offices", "map:growth-rate", "at these offices, on top of what their classes grow by", "{}", "-"},
};

inline constexpr std::array data_growth_keys{
    Key{"monthly", "share", "a month, of databases without a rate of their own, and of transfers", R"("0%")", "-"},
    Key{"form", "one-of:compound|linear", "a share of the month before, or of today", R"("compound")",
        "assumption: what a percentage a month usually means"},
    Key{"databases", "map:growth-rate", "of these databases, in place of \"monthly\"", "{}", "-"},
};

inline constexpr std::array growth_rate_keys{
    Key{.name = "monthly", .type = "share", .about = "a month", .required = true},
};

inline constexpr std::array office_growth_keys{
    Key{"monthly", "share", "a month, of the offices there are; only whole ones open", R"("0%")", "-"},
    Key{"opened",
        "number",
        "a month, in place of \"monthly\"; 0.5: one every second month",
        {},
        {},
        false,
        0.001,
        1000},
    Key{"form", "one-of:compound|linear", "of \"monthly\": a share of the month before, or of today", R"("compound")",
        "assumption: what a percentage a month usually means"},
    Key{"like", "names", "new offices are copies of these in turn; left out: of all", "[]", "-"},
};

}  // namespace faultline::scenarios
