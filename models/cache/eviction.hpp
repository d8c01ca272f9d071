// Which key a full node gives up: the policies of Redis 7.0, its 24-bit access field, and its pool of candidates.
//
// Source: redis/redis 7.0, src/evict.c (evictionPoolPopulate, performEvictions, LFULogIncr, LFUDecrAndReturn,
// estimateObjectIdleTime). The store (store.hpp) samples and deletes; here it is decided which of two keys goes first.
//
// Left out: the time limit of maxmemory-eviction-tenacity (eviction always goes on until the memory fits), and lazy
// freeing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/time.hpp"
#include "models/cache/key_table.hpp"
#include "models/cache/random_bits.hpp"

namespace faultline::models {

enum class EvictionPolicy {
    NoEviction,
    AllkeysLru,
    AllkeysLfu,
    AllkeysRandom,
    VolatileLru,
    VolatileLfu,
    VolatileRandom,
    VolatileTtl,
};

// As in redis.conf: "allkeys-lru" and so on.
std::string_view name_of(EvictionPolicy policy);
std::optional<EvictionPolicy> eviction_policy_named(std::string_view name);

constexpr bool is_lru(EvictionPolicy p) {
    return p == EvictionPolicy::AllkeysLru || p == EvictionPolicy::VolatileLru;
}
constexpr bool is_lfu(EvictionPolicy p) {
    return p == EvictionPolicy::AllkeysLfu || p == EvictionPolicy::VolatileLfu;
}
constexpr bool is_random(EvictionPolicy p) {
    return p == EvictionPolicy::AllkeysRandom || p == EvictionPolicy::VolatileRandom;
}
// Whom it may evict: every key, or only those that expire.
constexpr Members members_of(EvictionPolicy p) {
    const bool all =
        p == EvictionPolicy::AllkeysLru || p == EvictionPolicy::AllkeysLfu || p == EvictionPolicy::AllkeysRandom;
    return all ? Members::All : Members::WithExpiry;
}

struct EvictionOptions {
    EvictionPolicy policy = EvictionPolicy::NoEviction;               // redis.conf default; ElastiCache: volatile-lru
    int samples = 5;                                                  // maxmemory-samples, 1 to 64
    engine::Duration lru_clock_resolution = std::chrono::seconds{1};  // (LRU_CLOCK_RESOLUTION); >= 1 ms
    int lfu_log_factor = 10;                                          // lfu-log-factor, >= 0
    int lfu_decay_minutes = 1;                                        // lfu-decay-time, 0: never
};

// What the 24 bits of an entry mean, and what an access does to them.
//
//   LRU and others   time of the last access in ticks of lru_clock_resolution; wraps after 194 days (1 s ticks)
//   LFU              16 bits: minute of the last access; 8 bits: counter, about logarithmic in the number of accesses
class AccessClock {
public:
    static constexpr std::uint32_t lfu_initial_counter = 5;  // LFU_INIT_VAL: a new key is not the first to go

    explicit AccessClock(const EvictionOptions& options);

    std::uint32_t created(std::uint64_t now_ms) const;
    std::uint32_t accessed(std::uint32_t clock, std::uint64_t now_ms, RandomBits random) const;
    // Of a key that has long been accessed so often, the last time `idle_ms` ago. An LFU counter stands where accesses
    // raise it as often as minutes lower it: c accesses above the initial one with a probability 1 / (c factor + 1).
    std::uint32_t long_accessed(std::uint64_t now_ms, std::uint64_t idle_ms, double accesses_per_s) const;

    // The same access, where time is counted from `passed_ms` on.
    std::uint32_t counted_from(std::uint64_t passed_ms, std::uint32_t clock) const;

    // The greater, the sooner it goes: idle ticks, 255 - counter after its decay, or nearness of the expiry.
    std::uint64_t eviction_score(const CacheEntry& entry, std::uint64_t now_ms) const;

private:
    std::uint32_t ticks(std::uint64_t now_ms) const;
    std::uint32_t decayed_counter(std::uint32_t clock, std::uint64_t now_ms) const;

    EvictionPolicy policy_;
    std::uint64_t resolution_ms_;
    double lfu_log_factor_;
    std::uint32_t lfu_decay_minutes_;
};

// The best candidates of this and of earlier samples, in ascending order of score. A candidate keeps the score that it
// had when it was sampled, even if it is read afterwards, may stand here twice, and may be gone from the store when its
// turn comes (a ghost): all as in Redis.
class EvictionPool {
public:
    static constexpr std::size_t size_max = 16;  // EVPOOL_SIZE

    void offer(std::uint64_t hash, std::uint64_t score);
    std::optional<std::uint64_t> take_best();
    void clear() { size_ = 0; }
    std::size_t size() const { return size_; }

private:
    struct Candidate {
        std::uint64_t score = 0;
        std::uint64_t hash = 0;
    };
    std::array<Candidate, size_max> candidates_{};
    std::size_t size_ = 0;
};

}  // namespace faultline::models
