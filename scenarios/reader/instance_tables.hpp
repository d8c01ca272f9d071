// Tables of shapes.cpp: what an instance of a database has, and how many there are.
#pragma once

#include <array>

#include "scenarios/reader/shapes.hpp"

namespace faultline::scenarios {

inline constexpr std::array buffer_pool_keys{
    Key{"memory", "bytes", "of one instance; left out: a share of what its class has"},
    Key{"share", "share", "of the memory of the class; depends on the engine"},
    Key{"kept_on_promotion", "flag", "a replica that becomes the writer keeps its pages; depends on the engine"},
    Key{"cache_management", "flag",
        "a replica of tier 0 and of the writer's class is given the writer's pages; aurora-postgresql, not in a global "
        "database",
        "false", "Aurora User Guide, Cluster cache management: apg_ccm_enabled is off"},
    Key{"working_set", "bytes",
        "of the data, that classes without keys touch, all of it alike; left out: they find all in memory, the best "
        "case, for the size of the data does not tell how much of them is in use"},
};

inline constexpr std::array serverless_keys{
    Key{"min", "number", "ACU, in steps of 0.5", "0.5", "Aurora User Guide, Aurora Serverless v2", false, 0.5, 256},
    Key{.name = "max",
        .type = "number",
        .about = "ACU, in steps of 0.5; an ACU is 2 GiB and 0.25 vCPU",
        .required = true,
        .least = 0.5,
        .most = 256},
    Key{"target", "share", "busy share of the CPUs that the capacity is fitted to", R"("70%")",
        "assumption: the load is not published at which it grows"},
    Key{"scale_up", "share", "at most so much more a second, and never less than 0.5 ACU", R"("10%")",
        "assumption: the larger it is, the faster it grows (Aurora User Guide, Aurora Serverless v2)"},
    Key{"scale_down", "share", "at most so much less a second", R"("1%")",
        "assumption: slower than it grows, by its current capacity (Aurora User Guide, Aurora Serverless v2)"},
};

inline constexpr std::array replica_scaling_keys{
    Key{"min", "integer", "replicas", "1", "Aurora User Guide, Aurora Auto Scaling: at least one", false, 1, 15},
    Key{.name = "max",
        .type = "integer",
        .about = "replicas, those named included",
        .required = true,
        .least = 1,
        .most = 15},
    Key{.name = "target", .type = "share", .about = "mean busy share of the readers' CPUs", .required = true},
    Key{"cooldown_out", "duration", "after replicas were added", R"("300s")",
        "Aurora User Guide, Aurora Auto Scaling: 300 s"},
    Key{"cooldown_in", "duration", "after replicas were added or taken away", R"("300s")",
        "Aurora User Guide, Aurora Auto Scaling: 300 s"},
    Key{"start_up", "random", "decided, until a new replica serves", R"({"uniform": {"low": "5min", "high": "10min"}})",
        "assumption, 3 to 15 min: no data are copied; how long a peak lasts before help comes depends on it"},
};

inline constexpr std::array endpoint_keys{
    Key{"type", "one-of:reader|any", "reader: without the instance that is the writer", R"("any")",
        "Aurora User Guide, Considerations for custom endpoints: what the console makes"},
    Key{"members", "names", "\"instance-2\" and so on; left out: all, those that are added too", "[]", "-"},
    Key{"excluded", "names", "all but these; in place of \"members\"", "[]", "-"},
};

}  // namespace faultline::scenarios
