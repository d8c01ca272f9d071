// The resident keys of one cache node: a flat array, open addressing, ordered by hash.
//
// Ordered, because Redis samples by bucket: dictGetSomeKeys takes successive buckets of a chained table of 2^k, and
// dictGetRandomKey a random bucket and then one of its chain. With 2^k buckets chosen by the upper bits of the hash, a
// bucket is here a run of neighbours, so both can be followed, biases included, without a chain or a second array.
// Linear probing in arrival order could not: young keys stand at the end of clusters and are met less often.
//
// A chain of Redis has its newest key first, and where many keys score alike (LFU, or LRU at a clock too coarse) only
// the first of a sample enters the eviction pool. So four bits of an entry hold its place in its chain.
//
// Memory: 24 bytes an entry, at most 5 of 6 slots used, so 29 bytes a resident key at the maximum load, plus 64 slots
// (1.5 KB) a table. Growth is by a quarter: 29 to 36 bytes a key in a table that had to grow, and both arrays exist
// while it does. A table made for its keys (keys_expected) never grows.
//
// Not modelled: the moments at which Redis has two tables, while it rehashes a few buckets at a time; the order of the
// chains of the expires table where it has another number of buckets than the main one (it is then arbitrary).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/large_pages.hpp"
#include "models/cache/random_bits.hpp"

namespace faultline::models {

// One resident key. Packed: it is multiplied by millions.
struct CacheEntry {
    static constexpr std::uint64_t never_expires_ms = (std::uint64_t{1} << 40) - 1;  // 34.8 years
    static constexpr std::uint32_t clock_mask = (std::uint32_t{1} << 24) - 1;

    static constexpr std::uint32_t chain_rank_max = 15;
    static constexpr std::int64_t charge_unit_bytes = 4;
    static constexpr std::int64_t charge_max_bytes = ((std::int64_t{1} << 28) - 1) * charge_unit_bytes;

    std::uint64_t hash = 0;
    std::uint32_t version = 0;
    std::uint32_t charge_and_rank = 0;  // 28 bits, in units of 4 bytes, 0 for an empty slot; 4 bits
    std::uint64_t expiry_and_clock = never_expires_ms << 24;

    bool resident() const { return charge_and_rank != 0; }

    // Rounded up to a whole unit. Requires 0 < bytes <= charge_max_bytes.
    void set_charge(std::int64_t bytes) {
        const auto units = static_cast<std::uint32_t>((bytes + charge_unit_bytes - 1) / charge_unit_bytes);
        charge_and_rank = units << 4 | chain_rank();
    }
    std::int64_t charged_bytes() const { return std::int64_t{charge_and_rank >> 4} * charge_unit_bytes; }

    // The greater, the later it came to its bucket.
    std::uint32_t chain_rank() const { return charge_and_rank & chain_rank_max; }
    void set_chain_rank(std::uint32_t rank) { charge_and_rank = (charge_and_rank & ~chain_rank_max) | rank; }

    bool has_expiry() const { return expires_ms() != never_expires_ms; }
    std::uint64_t expires_ms() const { return expiry_and_clock >> 24; }
    // Strictly after, as keyIsExpired of Redis has it.
    bool expired_at(std::uint64_t now_ms) const { return now_ms > expires_ms() && has_expiry(); }

    // The 24 bits that Redis keeps in robj.lru: an access clock, or minutes and a counter (eviction.hpp).
    std::uint32_t clock() const { return static_cast<std::uint32_t>(expiry_and_clock) & clock_mask; }
    void set_clock(std::uint32_t clock) { expiry_and_clock = (expiry_and_clock & ~std::uint64_t{clock_mask}) | clock; }
    void set_expiry_ms(std::uint64_t at_ms) { expiry_and_clock = (at_ms << 24) | clock(); }
};
static_assert(sizeof(CacheEntry) == 24);

// Whose buckets are meant: those of Redis' main table, or of its second one, which holds only keys that expire.
enum class Members { All, WithExpiry };

class KeyTable {
public:
    // keys_expected   slots are made for so many at once; more than that makes the table grow   >= 0
    // hash_seed       another seed is another order of the keys, and another sequence of samples
    KeyTable(std::size_t keys_expected, std::uint64_t hash_seed);

    // A bijection, so that an entry need not hold the key beside its hash.
    std::uint64_t hash_of(std::uint64_t key) const;
    std::uint64_t key_of(std::uint64_t hash) const;

    // Pointers are valid until the next insert, erase or clear.
    CacheEntry* find(std::uint64_t hash);
    // Requires that no entry has this hash, and a charge. The entry becomes the newest of its bucket.
    CacheEntry* insert(const CacheEntry& entry);
    // Afterwards the pointer is that of the next entry, if there is one without a gap.
    void erase(CacheEntry* entry);
    // Other bytes, expiry, clock and version for the same key, in its old place.
    void replace(CacheEntry* entry, const CacheEntry& with);
    void clear();
    void prefetch(std::uint64_t hash) const { __builtin_prefetch(&slots_[home(hash)]); }
    // For an insert, which looks through the whole bucket.
    void prefetch_bucket(std::uint64_t hash) const {
        const int shift = 64 - bucket_bits(Members::All);
        __builtin_prefetch(&slots_[home(hash >> shift << shift)]);
        prefetch(hash);
    }

    std::size_t size() const { return size_; }
    std::size_t size(Members members) const { return members == Members::All ? size_ : with_expiry_; }
    std::int64_t charged_bytes() const { return charged_bytes_; }
    std::size_t memory_bytes() const { return slots_.capacity() * sizeof(CacheEntry); }
    // That large pages take beyond it: under 2 MB.
    std::size_t rounding_bytes() const { return engine::bytes_taken(slots_) - memory_bytes(); }

    // Redis' number of buckets, as a power of two.
    int bucket_bits(Members members) const { return bucket_bits_[static_cast<std::size_t>(members)]; }
    std::uint64_t bucket_of(Members members, const CacheEntry& entry) const {
        return entry.hash >> (64 - bucket_bits(members));
    }
    // The first member of this bucket or, when it has none, nullptr.
    CacheEntry* first_in_bucket(Members members, std::uint64_t bucket);

    // To walk in order of hash. at_or_after: the first slot that is empty, or holds this hash or a greater one; before
    // the end. next_resident: `from` or the first entry behind it, nullptr at the end.
    CacheEntry* at_or_after(std::uint64_t hash);
    CacheEntry* next_resident(CacheEntry* from);

    // As dictGetSomeKeys: from a random bucket on, whole buckets, the newest of each first, until `found` is full or
    // ten times as many buckets were seen; jumps elsewhere in a long gap. Returns how many it found, perhaps one twice.
    std::size_t sample_run(Members members, RandomBits random, std::span<const CacheEntry*> found);
    // As dictGetRandomKey: a random bucket that is not empty, then one of its members. Keys that share a bucket with
    // others are therefore drawn less often. Requires size(members) > 0.
    CacheEntry* sample_one(Members members, RandomBits random);

private:
    // The members of one bucket, newest first. Longer ones than this do not occur (1 in 10^14 at one key a bucket); if
    // one did, its end would not be seen.
    struct Chain {
        std::array<CacheEntry*, 16> entries{};
        std::size_t size = 0;
        CacheEntry* behind = nullptr;  // the next member of the table, or the end
    };

    std::size_t home(std::uint64_t hash) const;
    CacheEntry* next_member(Members members, CacheEntry* from);
    Chain chain_at(Members members, CacheEntry* first);
    std::uint32_t next_chain_rank(std::uint64_t hash);
    void resize_slots(std::size_t slots);
    void count_in(const CacheEntry& entry);
    void count_out(const CacheEntry& entry);
    CacheEntry* end() { return slots_.data() + slots_.size(); }

    engine::LargePageVector<CacheEntry> slots_;  // the last one stays empty, so that no probe runs off the end
    std::uint64_t homes_ = 0;                    // slots_ without the overflow behind the last home
    std::uint64_t hash_seed_;
    std::size_t size_ = 0;
    std::size_t size_max_ = 0;
    std::size_t with_expiry_ = 0;
    std::int64_t charged_bytes_ = 0;
    std::array<int, 2> bucket_bits_{};
};

}  // namespace faultline::models
