// An interval for one requirement at one place, and how many more replications would settle it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "planning/observations.hpp"

namespace faultline::planning {

struct Estimate {
    std::string place{};
    engine::Interval interval{};
    std::uint64_t observations = 0;     // operations, or incidents
    std::uint64_t within = 0;           // incidents within the limit
    std::optional<int> replications{};  // more, that would settle it if they go on like these; none: cannot be said
};

// What the limit is compared with, and how surely.
struct Question {
    double p = 0.0;  // of the quantile; unused for a mean or a share
    bool mean = false;
    double limit = 0.0;
    double confidence = 0.95;  // of a whole interval with two ends
};

Estimate estimate_latency(const LatencySeries& series, const Question& question);
// Weighted by time or by queries: one figure for each replication.
Estimate estimate_freshness(const LatencySeries& series, const Question& question);
Estimate estimate_share(const ShareSeries& series, const Question& question);
// `confidence` of each end.
Estimate estimate_incidents(const IncidentSeries& series, const Question& question, std::size_t replications);
Estimate estimate_values(const std::vector<double>& values, const Question& question);

}  // namespace faultline::planning
