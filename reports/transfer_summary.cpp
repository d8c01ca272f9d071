#include "reports/transfer_summary.hpp"

#include <algorithm>
#include <cmath>

namespace faultline::reports {

namespace {

double at_rank(const std::vector<std::int64_t>& sorted, double share) {
    if (sorted.empty()) return 0.0;
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return static_cast<double>(sorted[std::max<std::size_t>(rank, 1) - 1]) / 1e9;
}

}  // namespace

std::vector<TransferSummary> transfer_summaries(const scenarios::RunResult& result) {
    std::vector<TransferSummary> summaries;
    if (result.replications.empty()) return summaries;
    for (std::size_t i = 0; i < result.replications.front().transfers.size(); ++i) {
        TransferSummary& summary = summaries.emplace_back();
        summary.name = result.replications.front().transfers[i].name;
        std::vector<std::int64_t> durations;
        for (const auto& replication : result.replications) {
            if (i >= replication.transfers.size()) continue;
            const scenarios::TransferResult& one = replication.transfers[i];
            summary.due += one.due;
            summary.completed += one.completed;
            summary.failed += one.failed;
            summary.overlapped += one.overlapped;
            summary.moving_at_end += one.moving_at_end ? 1 : 0;
            durations.insert(durations.end(), one.durations_ns.begin(), one.durations_ns.end());
        }
        std::sort(durations.begin(), durations.end());
        summary.median_s = at_rank(durations, 0.5);
        summary.p95_s = at_rank(durations, 0.95);
        summary.longest_s = at_rank(durations, 1.0);
    }
    return summaries;
}

}  // namespace faultline::reports
