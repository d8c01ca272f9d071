#include "reports/unfinished.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace faultline::reports {

namespace {

constexpr std::size_t paths_shown = 5;

std::string of_stall(const scenarios::ReplicationResult& replication) {
    const scenarios::Stall& stall = replication.stall;
    const std::size_t shown = std::min(stall.waiting.size(), paths_shown);
    std::string paths = fmt::format(
        "{}", fmt::join(stall.waiting.begin(), stall.waiting.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
    if (stall.waiting.size() > shown) paths += fmt::format(" and {} more", stall.waiting.size() - shown);
    return fmt::format(
        "From {:.0f} s of {:.0f} s on nothing was left to happen in replication {}, and these still waited: {}.",
        static_cast<double>(stall.at_ns) * 1e-9, static_cast<double>(replication.end_ns) * 1e-9,
        replication.replication, paths);
}

}  // namespace

std::vector<std::string> unfinished_lines(const scenarios::RunResult& result) {
    std::vector<std::string> lines;
    std::uint64_t waits = 0;
    for (const scenarios::ReplicationResult& replication : result.replications)
        waits += replication.waits_without_timer;
    if (waits > 0) {
        lines.push_back(fmt::format(
            "{} at the end of the run for a peer that is silent, with no timer of {} own: for ever.",
            waits == 1 ? "1 call waited" : fmt::format("{} calls waited", waits), waits == 1 ? "its" : "their"));
    }
    const auto stalled = std::find_if(result.replications.begin(), result.replications.end(),
                                      [](const auto& replication) { return replication.stall.at_ns != 0; });
    if (stalled != result.replications.end()) lines.push_back(of_stall(*stalled));
    return lines;
}

}  // namespace faultline::reports
