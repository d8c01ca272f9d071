// What became of the bulk transfers that fall due at fixed times, over all replications.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/result.hpp"

namespace faultline::reports {

struct TransferSummary {
    std::string name;
    std::uint64_t due = 0, completed = 0, failed = 0, overlapped = 0;
    std::uint64_t moving_at_end = 0;  // replications that ended during one
    // Of the completed; 0 without one. The p95 is the least that 95 % did not exceed.
    double median_s = 0.0, p95_s = 0.0, longest_s = 0.0;
};

std::vector<TransferSummary> transfer_summaries(const scenarios::RunResult& result);

}  // namespace faultline::reports
