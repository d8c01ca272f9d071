#include "models/cache/key_table.hpp"

#include <algorithm>

#include "engine/check.hpp"

namespace faultline::models {
namespace {

// Slots behind the last home, for the keys that are pushed beyond it. At 5/6 load their number exceeds n with a
// probability that falls as e^(-0.35 n) (the root of 5/6 (e^x - 1) = x, as for the queue of M/D/1); if it ever exceeds
// this, the table grows.
constexpr std::size_t overflow_slots = 64;
constexpr std::size_t slots_min = 16;

constexpr int bucket_bits_initial = 2;  // DICT_HT_INITIAL_EXP

// _dictExpandIfNeeded: doubled when a key is added to a table with as many keys as buckets. htNeedsResize: made to fit
// when less than a tenth full; Redis looks ten times a second, here it happens at once.
int bucket_bits_for(std::size_t keys, int bits) {
    const bool too_many = keys > std::size_t{1} << bits;
    const bool too_few = bits > bucket_bits_initial && keys * 10 < std::size_t{1} << bits;
    if (!too_many && !too_few) return bits;
    return std::max(bucket_bits_initial, keys < 2 ? 0 : static_cast<int>(std::bit_width(keys - 1)));
}

__extension__ using Wide = unsigned __int128;

// Modular inverse of an odd number, by Newton's iteration.
constexpr std::uint64_t inverse(std::uint64_t odd) {
    std::uint64_t x = odd;
    for (int i = 0; i < 6; ++i) x *= 2 - odd * x;
    return x;
}

// The finaliser of splitmix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014; constants of D. Stafford's Mix13).
constexpr std::uint64_t mix_1 = 0xbf58476d1ce4e5b9;
constexpr std::uint64_t mix_2 = 0x94d049bb133111eb;

}  // namespace

KeyTable::KeyTable(std::size_t keys_expected, std::uint64_t hash_seed) : hash_seed_(hash_seed) {
    // One more: a key is stored before another is evicted for it.
    resize_slots(std::max(slots_min, (keys_expected + 1) * 6 / 5 + 1));
    bucket_bits_.fill(bucket_bits_initial);
}

std::uint64_t KeyTable::hash_of(std::uint64_t key) const {
    std::uint64_t x = (key ^ hash_seed_) + 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * mix_1;
    x = (x ^ (x >> 27)) * mix_2;
    return x ^ (x >> 31);
}

std::uint64_t KeyTable::key_of(std::uint64_t hash) const {
    std::uint64_t x = (hash ^ (hash >> 31) ^ (hash >> 62)) * inverse(mix_2);
    x = (x ^ (x >> 27) ^ (x >> 54)) * inverse(mix_1);
    x = x ^ (x >> 30) ^ (x >> 60);
    return (x - 0x9e3779b97f4a7c15) ^ hash_seed_;
}

std::size_t KeyTable::home(std::uint64_t hash) const {
    return static_cast<std::size_t>((static_cast<Wide>(hash) * homes_) >> 64);
}

// What lies behind an empty slot has a later home, hence a greater hash.
CacheEntry* KeyTable::at_or_after(std::uint64_t hash) {
    CacheEntry* slot = &slots_[home(hash)];
    while (slot->resident() && slot->hash < hash) ++slot;
    return slot;
}

CacheEntry* KeyTable::find(std::uint64_t hash) {
    CacheEntry* const slot = at_or_after(hash);
    return slot->resident() && slot->hash == hash ? slot : nullptr;
}

CacheEntry* KeyTable::insert(const CacheEntry& entry) {
    SIM_CHECK(entry.resident());
    if (size_ >= size_max_) resize_slots(homes_ + homes_ / 4);
    CacheEntry* slot = at_or_after(entry.hash);
    CacheEntry* gap = slot;
    while (gap->resident()) ++gap;
    if (gap + 1 == end()) {  // the overflow is full
        resize_slots(homes_ + homes_ / 4);
        return insert(entry);
    }
    SIM_CHECK(gap == slot || slot->hash != entry.hash);
    const std::uint32_t rank = next_chain_rank(entry.hash);
    std::move_backward(slot, gap, gap + 1);
    *slot = entry;
    slot->set_chain_rank(rank);
    count_in(entry);
    return slot;
}

void KeyTable::erase(CacheEntry* entry) {
    count_out(*entry);
    CacheEntry* last = entry;
    while (last[1].resident() && home(last[1].hash) != static_cast<std::size_t>(last + 1 - slots_.data())) ++last;
    std::move(entry + 1, last + 1, entry);
    *last = CacheEntry{};
}

void KeyTable::replace(CacheEntry* entry, const CacheEntry& with) {
    SIM_CHECK(entry->hash == with.hash && with.resident());
    const std::uint32_t rank = entry->chain_rank();
    count_out(*entry);
    *entry = with;
    entry->set_chain_rank(rank);
    count_in(with);
}

void KeyTable::clear() {
    std::fill(slots_.begin(), slots_.end(), CacheEntry{});
    size_ = 0;
    with_expiry_ = 0;
    charged_bytes_ = 0;
    bucket_bits_.fill(bucket_bits_initial);
}

void KeyTable::count_in(const CacheEntry& entry) {
    ++size_;
    if (entry.has_expiry()) ++with_expiry_;
    charged_bytes_ += entry.charged_bytes();
    bucket_bits_[0] = bucket_bits_for(size_, bucket_bits_[0]);
    bucket_bits_[1] = bucket_bits_for(with_expiry_, bucket_bits_[1]);
}

void KeyTable::count_out(const CacheEntry& entry) {
    --size_;
    if (entry.has_expiry()) --with_expiry_;
    charged_bytes_ -= entry.charged_bytes();
    bucket_bits_[0] = bucket_bits_for(size_, bucket_bits_[0]);
    bucket_bits_[1] = bucket_bits_for(with_expiry_, bucket_bits_[1]);
}

// Entries are in order of their hash before and after, so one pass from left to right places all of them.
void KeyTable::resize_slots(std::size_t homes) {
    for (std::size_t overflow = overflow_slots;; overflow *= 2) {
        engine::LargePageVector<CacheEntry> larger(homes + overflow);
        homes_ = homes;
        std::size_t next_free = 0;
        for (const CacheEntry& entry : slots_) {
            if (!entry.resident()) continue;
            const std::size_t slot = std::max(home(entry.hash), next_free);
            next_free = slot + 1;
            if (next_free == larger.size()) break;  // no room before the empty last slot
            larger[slot] = entry;
        }
        if (next_free == larger.size()) continue;
        slots_ = std::move(larger);
        size_max_ = homes * 5 / 6;
        return;
    }
}

CacheEntry* KeyTable::next_member(Members members, CacheEntry* from) {
    while (from != end() && !(from->resident() && (members == Members::All || from->has_expiry()))) ++from;
    return from;
}

CacheEntry* KeyTable::next_resident(CacheEntry* from) {
    CacheEntry* const entry = next_member(Members::All, from);
    return entry == end() ? nullptr : entry;
}

CacheEntry* KeyTable::first_in_bucket(Members members, std::uint64_t bucket) {
    const int shift = 64 - bucket_bits(members);
    for (CacheEntry* entry = at_or_after(bucket << shift); entry != end(); ++entry) {
        if (!entry->resident()) continue;
        if (entry->hash >> shift != bucket) return nullptr;
        if (members == Members::All || entry->has_expiry()) return entry;
    }
    return nullptr;
}

KeyTable::Chain KeyTable::chain_at(Members members, CacheEntry* first) {
    const int shift = 64 - bucket_bits(members);
    const std::uint64_t bucket = first->hash >> shift;
    Chain chain;
    CacheEntry* entry = first;
    for (; entry != end() && entry->hash >> shift == bucket; entry = next_member(members, entry + 1)) {
        if (chain.size == chain.entries.size()) continue;
        std::size_t at = chain.size++;
        for (; at > 0 && chain.entries[at - 1]->chain_rank() < entry->chain_rank(); --at) {
            chain.entries[at] = chain.entries[at - 1];
        }
        chain.entries[at] = entry;
    }
    chain.behind = entry;
    return chain;
}

// One more than the greatest of its bucket; when they run out, the chain is numbered anew. An empty slot at or behind
// the last home of the bucket ends it, so that a table with little in it is not searched for its next key.
std::uint32_t KeyTable::next_chain_rank(std::uint64_t hash) {
    const int shift = 64 - bucket_bits(Members::All);
    const std::uint64_t bucket = hash >> shift;
    std::uint32_t next = 0;
    const CacheEntry* entry = at_or_after(bucket << shift);
    const CacheEntry* const last_home = &slots_[home(((bucket + 1) << shift) - 1)];
    for (; entry != end() && (entry->resident() ? entry->hash >> shift == bucket : entry < last_home); ++entry) {
        if (entry->resident()) next = std::max(next, entry->chain_rank() + 1);
    }
    if (next <= CacheEntry::chain_rank_max) return next;
    const Chain chain = chain_at(Members::All, first_in_bucket(Members::All, bucket));
    auto rank = static_cast<std::uint32_t>(chain.size);
    for (std::size_t i = 0; i < chain.size; ++i) chain.entries[i]->set_chain_rank(--rank);
    return std::min(static_cast<std::uint32_t>(chain.size), CacheEntry::chain_rank_max);
}

std::size_t KeyTable::sample_run(Members members, RandomBits random, std::span<const CacheEntry*> found) {
    const std::size_t wanted = std::min(found.size(), size(members));
    const int bits = bucket_bits(members);
    const std::uint64_t last_bucket = (std::uint64_t{1} << bits) - 1;
    std::uint64_t bucket = random.next() >> (64 - bits);
    CacheEntry* entry = next_member(members, at_or_after(bucket << (64 - bits)));
    std::size_t count = 0;
    std::size_t gap = 0;
    for (std::size_t steps = wanted * 10; steps > 0 && count < wanted; --steps) {
        if (entry == end() || bucket_of(members, *entry) != bucket) {
            ++gap;
        } else {
            const Chain chain = chain_at(members, entry);
            for (std::size_t i = 0; i < chain.size && count < wanted; ++i) found[count++] = chain.entries[i];
            entry = chain.behind;
            gap = 0;
        }
        if (gap >= 5 && gap > wanted) {
            bucket = random.next() >> (64 - bits);
            entry = next_member(members, at_or_after(bucket << (64 - bits)));
            gap = 0;
        } else if (bucket == last_bucket) {
            bucket = 0;
            entry = next_member(members, slots_.data());
        } else {
            ++bucket;
        }
    }
    return count;
}

CacheEntry* KeyTable::sample_one(Members members, RandomBits random) {
    SIM_CHECK(size(members) > 0);
    const int bits = bucket_bits(members);
    CacheEntry* first = nullptr;
    while (first == nullptr) first = first_in_bucket(members, random.next() >> (64 - bits));
    const Chain chain = chain_at(members, first);
    return chain.entries[static_cast<std::size_t>(random.below(chain.size))];
}

}  // namespace faultline::models
