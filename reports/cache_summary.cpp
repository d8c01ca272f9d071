#include "reports/cache_summary.hpp"

#include <fmt/format.h>

#include "scenarios/quantity_text.hpp"

namespace faultline::reports {

std::vector<std::string> cache_lines(const scenarios::RunResult& result) {
    std::vector<std::string> lines;
    if (result.replications.empty()) return lines;
    const auto runs = static_cast<std::uint64_t>(result.replications.size());
    for (std::size_t i = 0; i < result.replications.front().caches.size(); ++i) {
        std::uint64_t reads = 0, fresh = 0, keys = 0, bytes = 0, evicted = 0, refused = 0;
        for (const scenarios::ReplicationResult& replication : result.replications) {
            if (i >= replication.caches.size()) continue;
            const scenarios::CacheResult& cache = replication.caches[i];
            reads += cache.reads, fresh += cache.fresh_hits, keys += cache.resident_keys;
            bytes += cache.used_bytes, evicted += cache.evicted, refused += cache.refused;
        }
        const std::string& name = result.replications.front().caches[i].name;
        const double share = reads == 0 ? 0.0 : static_cast<double>(fresh) / static_cast<double>(reads);
        const double megabytes = static_cast<double>(bytes / runs) * 1e-6;
        const std::string not_taken =
            refused > 0 ? fmt::format(", {} not taken for lack of memory", refused / runs) : std::string{};
        lines.push_back(
            fmt::format("{}: {} of {} reads were fresh hits; {} keys in {:.1f} MB at the end, {} evicted{}{}.", name,
                        scenarios::share_text(share), reads, keys / runs, megabytes, evicted / runs, not_taken,
                        runs > 1 ? ", on average of the runs" : ""));
    }
    return lines;
}

}  // namespace faultline::reports
