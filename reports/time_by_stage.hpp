// Where the time of a class of queries goes, over all replications.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "scenarios/result.hpp"

namespace faultline::reports {

struct StageShare {
    double mean_s = 0.0;      // of an answered query
    double share = 0.0;       // of all the time of all queries
    double share_slow = 0.0;  // of the time of the slowest
};

struct TimeByStage {
    std::string class_name;
    double mean_s = 0.0;
    bool slow_known = false;
    std::array<StageShare, scenarios::stage_count> stages;
};

// Of the class whose answers take longest on average; none when nothing was answered.
std::optional<TimeByStage> slowest_class(const scenarios::RunResult& result);

}  // namespace faultline::reports
