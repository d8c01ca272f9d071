// The key space of one Redis-style cache node: which keys are resident, in which version, until when.
//
// It takes no simulated time and knows no network, shard or replica: the node above it serves the commands and says
// what they cost. Values are not kept, only their sizes and versions: with the version the caller tells a fresh hit
// from a stale one.
//
// Memory of the simulator: 29 bytes a resident key if keys_expected holds, else 29 to 36 (key_table.hpp). No
// allocation per operation once the table has its size.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/time.hpp"
#include "models/cache/change_log.hpp"
#include "models/cache/eviction.hpp"
#include "models/cache/expiry.hpp"
#include "models/cache/key_table.hpp"
#include "models/cache/random_bits.hpp"

namespace faultline::models {

struct StoreOptions {
    engine::Bytes maxmemory{};  // 0: no limit. What ElastiCache reserves is taken off by the caller
    EvictionOptions eviction{};
    ExpiryOptions expiry{};
    std::int64_t key_bytes = 16;  // length of every key, >= 1
    // Charged beside key and value; without it, what Redis 7.0 takes (memory.hpp). >= 1. A charge is rounded up to a
    // multiple of 4 bytes.
    std::optional<engine::Bytes> overhead_per_key{};
    // Keys that will be resident at once, for example maxmemory / charge_of(a mean value): see Memory above.
    std::size_t keys_expected = 0;
    std::uint64_t hash_seed = 0;
};

enum class LookupOutcome {
    Hit,
    Miss,
    Expired,  // was resident, has expired, is now deleted: a miss for the client
};
struct Found {
    LookupOutcome outcome = LookupOutcome::Miss;
    std::uint32_t version = 0;     // of a hit
    std::uint64_t expires_ms = 0;  // of a hit
};

struct CacheItem {
    std::uint64_t key = 0;
    engine::Bytes value{};                  // 0 to 512 MiB (proto-max-bulk-len)
    std::uint32_t version = 0;              // commit version of the value
    std::optional<engine::Duration> ttl{};  // > 0; rounded up to whole ms. Beyond 34 years: none
};

struct SetResult {
    bool stored = false;  // false: refused for lack of memory (the OOM error), nothing changed
    std::uint64_t evicted = 0;
};

struct StoreCounters {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;   // expired ones included
    std::uint64_t expired = 0;  // deleted because expired, on access or by the cycle
    std::uint64_t evicted = 0;
    std::uint64_t refused = 0;  // SETs
};

class Store {
public:
    Store(const StoreOptions& options, RandomBits random);

    // `now` never goes back from command to command.
    Found get(std::uint64_t key, engine::Instant now);

    // Redis evicts before a command, as long as it stands above maxmemory. Here a SET that went above it evicts at
    // once, which is the same for the command that follows; the value just stored may be the one to go. Refused if the
    // memory stands above maxmemory already and nothing may be evicted.
    SetResult set(const CacheItem& item, engine::Instant now);

    // A key that was set and accessed before: `ttl` is what is left of it. Requires that it is not there. false: there
    // is no room, nothing changed.
    bool put_back(const CacheItem& item, engine::Duration idle, double accesses_per_s, engine::Instant now);

    bool erase(std::uint64_t key);  // true if it was resident, expired or not
    void clear();                   // FLUSHALL, or a restart without a snapshot; counters stay

    // What a key was is written down before it is changed, from now on; null: no more. Left out is what only expires.
    void record_changes(ChangeLog* changes) { changes_ = changes; }
    ChangeLog* recorded_changes() const { return changes_; }
    // The key is again what it was: of the changes recorded, the newest first.
    void undo(const CacheEntry& before);
    // Time is counted from here on: `passed` is taken off all that an entry remembers, and what has expired by then is
    // gone. Counters begin anew.
    void begin_anew(engine::Duration passed);
    // What another store had, key for key: one entry, written down as a command's; all of them.
    void assign(const CacheEntry& entry);
    void assign_all(const Store& other);
    // What a key is, by its hash; not resident: there is none.
    CacheEntry entry_of(std::uint64_t hash);

    // Active expiry; the owner calls it each options.expiry.period. Returns how many keys it deleted.
    std::uint64_t expire_cycle(engine::Instant now);

    // Fetches the key's slot into the processor's cache: worth it some 100 ns ahead of get or set.
    void prefetch(std::uint64_t key) const { table_.prefetch(table_.hash_of(key)); }
    void prefetch_bucket(std::uint64_t hash) const { table_.prefetch_bucket(hash); }  // for assign

    // What a value of this size would be charged.
    engine::Bytes charge_of(engine::Bytes value, bool expires) const;

    const StoreCounters& counters() const { return counters_; }
    std::size_t resident_keys() const { return table_.size(); }  // expired but not yet deleted ones included
    // From the next command on. 0: no limit.
    engine::Bytes maxmemory() const { return options_.maxmemory; }
    void set_maxmemory(engine::Bytes most) { options_.maxmemory = most; }
    engine::Bytes used_memory() const { return {table_.charged_bytes()}; }
    std::size_t simulator_memory_bytes() const { return table_.memory_bytes(); }
    std::size_t rounding_bytes() const { return table_.rounding_bytes(); }

private:
    bool over_limit() const { return options_.maxmemory.count > 0 && used_memory() > options_.maxmemory; }
    bool evict_one(std::uint64_t now_ms);
    CacheEntry* choose_victim(std::uint64_t now_ms);
    std::uint64_t evict_until_it_fits(std::uint64_t now_ms);

    StoreOptions options_;
    Members evictable_;
    AccessClock clock_;
    KeyTable table_;
    EvictionPool pool_;
    ExpiryCycle expiry_;
    RandomBits random_;
    StoreCounters counters_;
    ChangeLog* changes_ = nullptr;
};

}  // namespace faultline::models
