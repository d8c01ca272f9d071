#include "models/cache/store.hpp"

#include <algorithm>
#include <array>

#include "engine/check.hpp"
#include "models/cache/memory.hpp"

namespace faultline::models {
namespace {

constexpr std::int64_t value_bytes_max = std::int64_t{512} << 20;

std::uint64_t milliseconds_of(engine::Instant now) {
    SIM_CHECK(now >= engine::start_of_time);
    return static_cast<std::uint64_t>(now.time_since_epoch() / std::chrono::milliseconds{1});
}

std::uint64_t expiry_ms(std::uint64_t now_ms, const std::optional<engine::Duration>& ttl) {
    if (!ttl) return CacheEntry::never_expires_ms;
    SIM_CHECK(*ttl > engine::Duration::zero());
    const auto ttl_ms = static_cast<std::uint64_t>((*ttl - engine::Duration{1}) / std::chrono::milliseconds{1}) + 1;
    return std::min(now_ms + ttl_ms, CacheEntry::never_expires_ms);
}

}  // namespace

Store::Store(const StoreOptions& options, RandomBits random)
    : options_(options),
      evictable_(members_of(options.eviction.policy)),
      clock_(options.eviction),
      table_(options.keys_expected, options.hash_seed),
      expiry_(options.expiry),
      random_(random) {
    SIM_CHECK(options.maxmemory.count >= 0 && options.key_bytes >= 1);
    SIM_CHECK(!options.overhead_per_key || options.overhead_per_key->count >= 1);
}

engine::Bytes Store::charge_of(engine::Bytes value, bool expires) const {
    SIM_CHECK(value.count >= 0 && value.count <= value_bytes_max);
    const std::int64_t bytes =
        options_.overhead_per_key
            ? options_.key_bytes + value.count + options_.overhead_per_key->count
            : redis_memory_bytes({.key_bytes = options_.key_bytes, .value_bytes = value.count, .expires = expires});
    constexpr std::int64_t unit = CacheEntry::charge_unit_bytes;
    return {(bytes + unit - 1) / unit * unit};
}

Found Store::get(std::uint64_t key, engine::Instant now) {
    const std::uint64_t now_ms = milliseconds_of(now);
    CacheEntry* const entry = table_.find(table_.hash_of(key));
    if (entry == nullptr) {
        ++counters_.misses;
        return {LookupOutcome::Miss};
    }
    if (entry->expired_at(now_ms)) {
        table_.erase(entry);
        ++counters_.misses;
        ++counters_.expired;
        return {LookupOutcome::Expired};
    }
    entry->set_clock(clock_.accessed(entry->clock(), now_ms, random_));
    ++counters_.hits;
    return {LookupOutcome::Hit, entry->version, entry->expires_ms()};
}

SetResult Store::set(const CacheItem& item, engine::Instant now) {
    const std::uint64_t now_ms = milliseconds_of(now);
    SetResult result;
    result.evicted = evict_until_it_fits(now_ms);
    if (over_limit()) {
        ++counters_.refused;
        return result;
    }
    result.stored = true;
    CacheEntry entry;
    entry.hash = table_.hash_of(item.key);
    entry.version = item.version;
    entry.set_expiry_ms(expiry_ms(now_ms, item.ttl));
    entry.set_charge(charge_of(item.value, entry.has_expiry()).count);

    CacheEntry* const old = table_.find(entry.hash);
    if (changes_ != nullptr) changes_->note(old, entry.hash, ChangedBy::command);
    if (old != nullptr && !old->expired_at(now_ms)) {
        // A SET is an access too: the LFU counter goes on from where it was, the LRU clock is set.
        entry.set_clock(clock_.accessed(old->clock(), now_ms, random_));
        table_.replace(old, entry);
    } else {
        if (old != nullptr) {
            table_.erase(old);
            ++counters_.expired;
        }
        entry.set_clock(clock_.created(now_ms));
        table_.insert(entry);
    }
    result.evicted += evict_until_it_fits(now_ms);
    return result;
}

bool Store::put_back(const CacheItem& item, engine::Duration idle, double accesses_per_s, engine::Instant now) {
    const std::uint64_t now_ms = milliseconds_of(now);
    CacheEntry entry;
    entry.hash = table_.hash_of(item.key);
    entry.version = item.version;
    entry.set_expiry_ms(expiry_ms(now_ms, item.ttl));
    const engine::Bytes charge = charge_of(item.value, entry.has_expiry());
    if (options_.maxmemory.count > 0 && used_memory().count + charge.count > options_.maxmemory.count) return false;
    entry.set_charge(charge.count);
    const auto idle_ms =
        static_cast<std::uint64_t>(std::max(idle, engine::Duration::zero()) / std::chrono::milliseconds{1});
    entry.set_clock(clock_.long_accessed(now_ms, idle_ms, accesses_per_s));
    table_.insert(entry);
    return true;
}

std::uint64_t Store::evict_until_it_fits(std::uint64_t now_ms) {
    std::uint64_t evicted = 0;
    while (over_limit() && evict_one(now_ms)) ++evicted;
    counters_.evicted += evicted;
    return evicted;
}

bool Store::evict_one(std::uint64_t now_ms) {
    if (options_.eviction.policy == EvictionPolicy::NoEviction || table_.size(evictable_) == 0) return false;
    CacheEntry* const victim =
        is_random(options_.eviction.policy) ? table_.sample_one(evictable_, random_) : choose_victim(now_ms);
    if (changes_ != nullptr) changes_->note(victim, victim->hash, ChangedBy::eviction);
    table_.erase(victim);
    return true;
}

// performEvictions: each eviction samples anew, then takes the best of the pool that is still resident.
CacheEntry* Store::choose_victim(std::uint64_t now_ms) {
    std::array<const CacheEntry*, 64> samples{};
    const std::span<const CacheEntry*> wanted(samples.data(), static_cast<std::size_t>(options_.eviction.samples));
    while (true) {
        const std::size_t found = table_.sample_run(evictable_, random_, wanted);
        for (const CacheEntry* sample : wanted.first(found)) {
            pool_.offer(sample->hash, clock_.eviction_score(*sample, now_ms));
        }
        while (const std::optional<std::uint64_t> hash = pool_.take_best()) {
            CacheEntry* const entry = table_.find(*hash);
            if (entry != nullptr && (evictable_ == Members::All || entry->has_expiry())) return entry;
        }
    }
}

bool Store::erase(std::uint64_t key) {
    CacheEntry* const entry = table_.find(table_.hash_of(key));
    if (entry == nullptr) return false;
    if (changes_ != nullptr) changes_->note(entry, entry->hash, ChangedBy::command);
    table_.erase(entry);
    return true;
}

void Store::undo(const CacheEntry& before) {
    CacheEntry* const now = table_.find(before.hash);
    if (now == nullptr) {
        if (before.resident()) table_.insert(before);
    } else if (before.resident()) {
        table_.replace(now, before);
    } else {
        table_.erase(now);
    }
}

void Store::begin_anew(engine::Duration passed) {
    const std::uint64_t passed_ms = milliseconds_of(engine::start_of_time + passed);
    CacheEntry* entry = table_.at_or_after(0);
    while ((entry = table_.next_resident(entry)) != nullptr) {
        if (entry->has_expiry() && entry->expires_ms() <= passed_ms) {
            table_.erase(entry);  // the next one moves here
            continue;
        }
        if (entry->has_expiry()) entry->set_expiry_ms(entry->expires_ms() - passed_ms);
        entry->set_clock(clock_.counted_from(passed_ms, entry->clock()));
        ++entry;
    }
    pool_.clear();
    counters_ = {};
}

void Store::assign(const CacheEntry& entry) {
    if (changes_ != nullptr) changes_->note(table_.find(entry.hash), entry.hash, ChangedBy::command);
    undo(entry);
}

void Store::assign_all(const Store& other) {
    table_ = other.table_;
    pool_.clear();
}

CacheEntry Store::entry_of(std::uint64_t hash) {
    const CacheEntry* const found = table_.find(hash);
    CacheEntry entry = found != nullptr ? *found : CacheEntry{};
    entry.hash = hash;
    return entry;
}

void Store::clear() {
    table_.clear();
    pool_.clear();
}

std::uint64_t Store::expire_cycle(engine::Instant now) {
    const std::uint64_t expired = expiry_.run(table_, milliseconds_of(now));
    counters_.expired += expired;
    return expired;
}

}  // namespace faultline::models
