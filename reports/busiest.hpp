// The queues and links that were busiest, each in the phase in which it was: in steady state, or during an incident.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenarios/result.hpp"

namespace faultline::reports {

// Of all that are alike and stand in one place: of the busiest of them.
struct BusyRow {
    std::string words;  // "shop, us-east-1b, to orders/reader: connections"
    std::size_t alike = 0;
    std::string phase;          // "steady", or an incident's faults
    double mean = 0.0;          // over the phase, on average over the replications; a share of the capacity
    double worst_second = 0.0;  // of any replication
    double steady_mean = 0.0;
    double waiting = 0.0;  // for it, on average
};

// By the mean, the busiest first; none that is in use for less than half a percent of the time.
std::vector<BusyRow> busiest(const scenarios::RunResult& result, std::size_t rows_max);

// As a table with its column names first, each line with its end, within so many columns; nothing for no rows.
std::vector<std::string> busiest_lines(const std::vector<BusyRow>& rows, std::size_t width);

}  // namespace faultline::reports
