// The way back from an incident, stage by stage: what a recovery waited for, and for how long.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/result.hpp"

namespace faultline::reports {

struct Waterfall {
    // Stages in the order in which they came, and their mean over the incidents, in seconds; an incident without one
    // has 0.
    std::vector<std::pair<std::string, double>> stages;
    std::size_t incidents = 0;  // that had any
};

// Of the incidents of all replications that these faults caused ("zone lost + gray", incident_summary.hpp).
Waterfall waterfall_of(const std::string& cause, const std::vector<scenarios::ReplicationResult>& replications);

// A line a stage: its name, its length, and a bar that begins where the one before ended. At most `width` characters.
std::vector<std::string> waterfall_lines(const Waterfall& waterfall, std::size_t width, bool unicode);

}  // namespace faultline::reports
