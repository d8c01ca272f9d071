#include "models/measures/caches.hpp"

#include <limits>

namespace faultline::models {

using std::chrono::seconds;

CacheReads::CacheReads(const MeasuresShape& shape)
    : first_second_{shape.warm_up_end.time_since_epoch() / seconds{1}},
      totals_(shape.caches.size()),
      seconds_(static_cast<std::size_t>(shape.end.time_since_epoch() / seconds{1} - first_second_ + 1) *
               shape.caches.size()) {}

void CacheReads::resolve_settling(LivePhase phase) {
    for (auto& phases : totals_) {
        Counts& settling = phases[static_cast<std::size_t>(LivePhase::settling)];
        for (std::size_t kind = 0; kind < kinds; ++kind)
            phases[static_cast<std::size_t>(phase)][kind] += settling[kind];
        settling = {};
    }
}

scenarios::CacheShare CacheReads::share_of(const Counts& counts) {
    const auto of = [&](CacheRead kind) { return counts[static_cast<std::size_t>(kind)]; };
    const std::uint64_t offloaded = of(CacheRead::fresh_hit) + of(CacheRead::stale_hit) + of(CacheRead::coalesced);
    return {offloaded + of(CacheRead::miss) + of(CacheRead::bypassed), of(CacheRead::fresh_hit), offloaded};
}

void CacheReads::finish(std::vector<scenarios::CacheResult>& results) const {
    const auto before = static_cast<std::size_t>(first_second_);
    for (std::size_t i = 0; i < totals_.size(); ++i) {
        scenarios::CacheResult& result = results[i];
        const auto& phases = totals_[i];
        const auto total = [&](CacheRead kind) {
            std::uint64_t sum = 0;
            for (const Counts& counts : phases) sum += counts[static_cast<std::size_t>(kind)];
            return sum;
        };
        result.steady = share_of(phases[static_cast<std::size_t>(LivePhase::steady)]);
        result.degraded = share_of(phases[static_cast<std::size_t>(LivePhase::degraded)]);
        result.recovering = share_of(phases[static_cast<std::size_t>(LivePhase::recovering)]);
        result.fresh_hits = total(CacheRead::fresh_hit);
        result.stale_hits = total(CacheRead::stale_hit);
        result.misses = total(CacheRead::miss);
        result.bypassed = total(CacheRead::bypassed);
        result.coalesced = total(CacheRead::coalesced);
        result.offloaded = result.fresh_hits + result.stale_hits + result.coalesced;
        result.reads = result.offloaded + result.misses + result.bypassed;
        result.hit_rate_per_s.assign(before + seconds_.size() / totals_.size(),
                                     std::numeric_limits<float>::quiet_NaN());
        for (std::size_t second = 0; second * totals_.size() < seconds_.size(); ++second) {
            const Second& seen = seconds_[second * totals_.size() + i];
            if (seen.reads == 0) continue;
            result.hit_rate_per_s[before + second] =
                static_cast<float>(static_cast<double>(seen.fresh_hits) / seen.reads);
        }
    }
}

std::size_t CacheReads::memory_bytes() const {
    return totals_.capacity() * sizeof(totals_[0]) + seconds_.capacity() * sizeof(Second);
}

}  // namespace faultline::models
