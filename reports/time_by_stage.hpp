// Where the time of a class of queries goes, over all replications.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

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

// Of all classes that were answered, those whose answers take longest on average first.
std::vector<TimeByStage> times_by_stage(const scenarios::RunResult& result);

// "update, 105 ms on average: network 88 %, cpu 7 %; of its slowest 1 %: lock wait 60 %, network 31 %": the stages that
// make up most of it, the longest first.
std::string in_a_line(const TimeByStage& time);

}  // namespace faultline::reports
