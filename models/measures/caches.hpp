// Reads of cacheable classes, by what the cache had for them: totals by phase, and the fresh hit rate second by second.
// Left out: what a cache holds and evicts, which it knows itself.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/measures/phase_track.hpp"
#include "models/measures/shape.hpp"

namespace faultline::models {

class CacheReads {
public:
    explicit CacheReads(const MeasuresShape& shape);

    // Requires: now is in the measured part, and in this phase.
    void record(std::size_t cache, CacheRead kind, LivePhase phase, Instant now) {
        ++totals_[cache][static_cast<std::size_t>(phase)][static_cast<std::size_t>(kind)];
        const auto second = static_cast<std::size_t>(now.time_since_epoch() / std::chrono::seconds{1} - first_second_);
        Second& in = seconds_[second * caches() + cache];
        ++in.reads;
        in.fresh_hits += kind == CacheRead::fresh_hit ? 1U : 0U;
    }
    // What is settling was `phase` all the time.
    void resolve_settling(LivePhase phase);
    // Fills what CacheResult says of reads.
    void finish(std::vector<scenarios::CacheResult>& results) const;
    std::size_t memory_bytes() const;

private:
    static constexpr std::size_t kinds = 5;
    struct Second {
        std::uint32_t reads = 0, fresh_hits = 0;
    };

    using Counts = std::array<std::uint64_t, kinds>;
    std::size_t caches() const { return totals_.size(); }
    static scenarios::CacheShare share_of(const Counts& counts);

    std::int64_t first_second_;
    std::vector<std::array<Counts, live_phase_count>> totals_;
    std::vector<Second> seconds_;
};

}  // namespace faultline::models
