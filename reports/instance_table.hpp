// What the instances of the databases were busy with, over all replications: processors, buffer pool, connections,
// rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/result.hpp"

namespace faultline::reports {

struct InstanceRow {
    std::string name;
    double utilisation = 0.0;               // of its processors, mean of the replications that had it
    std::optional<double> hit_ratio;        // of its buffer pool; none: nothing was read through it
    std::uint64_t connections_peak = 0;     // at worst
    std::uint64_t connections_max = 0;      // 0: not known
    std::uint64_t connections_refused = 0;  // in all replications
    double row_waits = 0.0;                 // statements of a replication that waited for a row, on average
    std::uint64_t row_timeouts = 0;         // that gave up, in all replications
    double acu_mean = 0.0;                  // of a serverless instance

    // What somebody who looks for a bottleneck would stop at.
    bool busy() const { return utilisation >= 0.8; }
    bool cold() const { return hit_ratio && *hit_ratio < 0.9; }
    bool crowded() const;
};

struct InstanceTable {
    std::vector<InstanceRow> rows;      // in the order of the result; where there are too many: the busiest first
    std::size_t left_out = 0;           // other instances, none of which refused anybody
    double left_out_utilisation = 0.0;  // of the busiest of them
};

// At most `rows_max` of them, and all that refused connections.
InstanceTable instance_table(const scenarios::RunResult& result, std::size_t rows_max);

}  // namespace faultline::reports
