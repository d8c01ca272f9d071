#include "models/cache/expiry.hpp"

#include <algorithm>

#include "engine/check.hpp"

namespace faultline::models {

ExpiryCycle::ExpiryCycle(const ExpiryOptions& options) : options_(options) {
    SIM_CHECK(options.period > engine::Duration::zero() && options.keys_per_round >= 1 &&
              options.keys_per_cycle_max >= 1);
    SIM_CHECK(options.stale_percent_accepted >= 0 && options.stale_percent_accepted <= 100);
}

ExpiryCycle::Round ExpiryCycle::run_round(KeyTable& table, std::uint64_t now_ms) {
    constexpr auto members = Members::WithExpiry;
    const int wanted =
        static_cast<int>(std::min(table.size(members), static_cast<std::size_t>(options_.keys_per_round)));
    // The number of buckets may change with a deletion; one round goes by what it was.
    const std::uint64_t mask = (std::uint64_t{1} << table.bucket_bits(members)) - 1;
    const int shift = 64 - table.bucket_bits(members);
    Round round;
    for (int buckets = 0; round.sampled < wanted && buckets < wanted * 20; ++buckets, ++cursor_) {
        const std::uint64_t bucket = cursor_ & mask;
        CacheEntry* entry = table.at_or_after(bucket << shift);
        while ((entry = table.next_resident(entry)) != nullptr && entry->hash >> shift == bucket) {
            if (!entry->has_expiry()) {
                ++entry;
                continue;
            }
            ++round.sampled;
            if (entry->expired_at(now_ms)) {
                ++round.expired;
                table.erase(entry);  // the next one moves here
            } else {
                ++entry;
            }
        }
    }
    return round;
}

std::uint64_t ExpiryCycle::run(KeyTable& table, std::uint64_t now_ms) {
    std::uint64_t expired = 0;
    int sampled = 0;
    Round round;
    do {
        if (table.size(Members::WithExpiry) == 0) break;
        round = run_round(table, now_ms);
        expired += static_cast<std::uint64_t>(round.expired);
        sampled += round.sampled;
    } while (sampled < options_.keys_per_cycle_max &&
             (round.sampled == 0 || round.expired * 100 / round.sampled > options_.stale_percent_accepted));
    return expired;
}

}  // namespace faultline::models
