// Storms that outlived their trigger, over all replications: one line for each class and trigger.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/result.hpp"

namespace faultline::reports {

struct StormSummary {
    std::string of, trigger;
    std::size_t seen = 0;                             // replications with at least one
    std::size_t last_seen = 0;                        // the number of the last of these, from 1
    std::size_t never_ended = 0;                      // of these, within the run
    double attempts_per_due = 0.0, good_share = 0.0;  // of the longest
    std::int64_t since_ns = 0, until_ns = 0;          // of the longest: the trigger's end, after the start of the run
    scenarios::StormResult longest{};
};

// Each in a sentence: whom, after what, how bad, what sustains it.
std::vector<std::string> storm_lines(const scenarios::RunResult& result);

std::vector<StormSummary> storm_summaries(const scenarios::RunResult& result);

}  // namespace faultline::reports
