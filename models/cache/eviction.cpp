#include "models/cache/eviction.hpp"

#include <algorithm>
#include <limits>

#include "engine/check.hpp"

namespace faultline::models {
namespace {

struct PolicyName {
    EvictionPolicy policy;
    std::string_view name;
};
constexpr std::array policy_names{
    PolicyName{EvictionPolicy::NoEviction, "noeviction"},
    PolicyName{EvictionPolicy::AllkeysLru, "allkeys-lru"},
    PolicyName{EvictionPolicy::AllkeysLfu, "allkeys-lfu"},
    PolicyName{EvictionPolicy::AllkeysRandom, "allkeys-random"},
    PolicyName{EvictionPolicy::VolatileLru, "volatile-lru"},
    PolicyName{EvictionPolicy::VolatileLfu, "volatile-lfu"},
    PolicyName{EvictionPolicy::VolatileRandom, "volatile-random"},
    PolicyName{EvictionPolicy::VolatileTtl, "volatile-ttl"},
};

constexpr std::uint32_t lfu_counter_max = 255;
constexpr std::uint32_t minutes_mask = 65'535;

std::uint32_t minutes_of(std::uint64_t now_ms) {
    return static_cast<std::uint32_t>(now_ms / 60'000) & minutes_mask;
}

}  // namespace

std::string_view name_of(EvictionPolicy policy) {
    for (const PolicyName& entry : policy_names) {
        if (entry.policy == policy) return entry.name;
    }
    engine::check_failed(__FILE__, __LINE__, "every policy has a name");
}

std::optional<EvictionPolicy> eviction_policy_named(std::string_view name) {
    for (const PolicyName& entry : policy_names) {
        if (entry.name == name) return entry.policy;
    }
    return std::nullopt;
}

AccessClock::AccessClock(const EvictionOptions& options)
    : policy_(options.policy),
      resolution_ms_(
          static_cast<std::uint64_t>(options.lru_clock_resolution / engine::Duration{std::chrono::milliseconds{1}})),
      lfu_log_factor_(options.lfu_log_factor),
      lfu_decay_minutes_(static_cast<std::uint32_t>(options.lfu_decay_minutes)) {
    SIM_CHECK(options.lru_clock_resolution >= engine::Duration{std::chrono::milliseconds{1}});
    SIM_CHECK(options.samples >= 1 && options.samples <= 64);
    SIM_CHECK(options.lfu_log_factor >= 0 && options.lfu_decay_minutes >= 0);
}

std::uint32_t AccessClock::ticks(std::uint64_t now_ms) const {
    return static_cast<std::uint32_t>(now_ms / resolution_ms_) & CacheEntry::clock_mask;
}

std::uint32_t AccessClock::created(std::uint64_t now_ms) const {
    return is_lfu(policy_) ? minutes_of(now_ms) << 8 | lfu_initial_counter : ticks(now_ms);
}

// LFUDecrAndReturn, with its arithmetic: the minutes wrap at 65'535, not at 65'536.
std::uint32_t AccessClock::decayed_counter(std::uint32_t clock, std::uint64_t now_ms) const {
    const std::uint32_t counter = clock & lfu_counter_max;
    if (lfu_decay_minutes_ == 0) return counter;
    const std::uint32_t then = clock >> 8;
    const std::uint32_t now = minutes_of(now_ms);
    const std::uint32_t elapsed = now >= then ? now - then : minutes_mask - then + now;
    return counter - std::min(counter, elapsed / lfu_decay_minutes_);
}

std::uint32_t AccessClock::accessed(std::uint32_t clock, std::uint64_t now_ms, RandomBits random) const {
    if (!is_lfu(policy_)) return ticks(now_ms);
    std::uint32_t counter = decayed_counter(clock, now_ms);
    const std::uint32_t above_initial = counter - std::min(counter, lfu_initial_counter);
    if (counter < lfu_counter_max &&
        (above_initial == 0 || random.uniform() < 1.0 / (above_initial * lfu_log_factor_ + 1.0))) {
        ++counter;
    }
    return minutes_of(now_ms) << 8 | counter;
}

std::uint32_t AccessClock::long_accessed(std::uint64_t now_ms, std::uint64_t idle_ms, double accesses_per_s) const {
    if (!is_lfu(policy_))
        return (ticks(now_ms) - static_cast<std::uint32_t>(idle_ms / resolution_ms_)) & CacheEntry::clock_mask;
    constexpr double seconds_a_minute = 60.0;
    const double accesses_a_step = accesses_per_s * seconds_a_minute * lfu_decay_minutes_;
    double counter = 0.0;
    const bool every_access_counts = lfu_log_factor_ == 0.0;
    if (accesses_a_step >= 1.0) {
        counter =
            every_access_counts ? lfu_counter_max : lfu_initial_counter + (accesses_a_step - 1.0) / lfu_log_factor_;
    }
    if (lfu_decay_minutes_ == 0) counter = lfu_counter_max;
    return minutes_of(now_ms) << 8 | static_cast<std::uint32_t>(std::min<double>(counter, lfu_counter_max));
}

// Before 0 as the wrapped clocks are read: eviction_score and decayed_counter.
std::uint32_t AccessClock::counted_from(std::uint64_t passed_ms, std::uint32_t clock) const {
    const bool lfu = is_lfu(policy_);
    const std::uint32_t wrap = lfu ? minutes_mask : CacheEntry::clock_mask;
    const std::uint32_t passed = lfu ? minutes_of(passed_ms) : ticks(passed_ms);
    const std::uint32_t then = lfu ? clock >> 8 : clock;
    const std::uint32_t counted = then >= passed ? then - passed : wrap - (passed - then);
    return lfu ? counted << 8 | (clock & lfu_counter_max) : counted;
}

std::uint64_t AccessClock::eviction_score(const CacheEntry& entry, std::uint64_t now_ms) const {
    if (is_lfu(policy_)) return lfu_counter_max - decayed_counter(entry.clock(), now_ms);
    if (policy_ == EvictionPolicy::VolatileTtl) return std::numeric_limits<std::uint64_t>::max() - entry.expires_ms();
    // estimateObjectIdleTime; the clock wraps once unseen.
    const std::uint32_t now = ticks(now_ms);
    const std::uint32_t then = entry.clock();
    return now >= then ? now - then : now + (CacheEntry::clock_mask - then);
}

void EvictionPool::offer(std::uint64_t hash, std::uint64_t score) {
    // Before its equals: among keys of one score, the one that came to the pool first is evicted first.
    std::size_t at = 0;
    while (at < size_ && candidates_[at].score < score) ++at;
    const auto slot = candidates_.begin() + static_cast<std::ptrdiff_t>(at);
    if (size_ < size_max) {
        std::move_backward(slot, candidates_.begin() + static_cast<std::ptrdiff_t>(size_),
                           candidates_.begin() + static_cast<std::ptrdiff_t>(size_ + 1));
        candidates_[at] = {score, hash};
        ++size_;
    } else if (at > 0) {  // the least of the pool makes room
        std::move(candidates_.begin() + 1, slot, candidates_.begin());
        candidates_[at - 1] = {score, hash};
    }
}

std::optional<std::uint64_t> EvictionPool::take_best() {
    if (size_ == 0) return std::nullopt;
    return candidates_[--size_].hash;
}

}  // namespace faultline::models
