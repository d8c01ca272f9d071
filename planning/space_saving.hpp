// The most frequent of many keys in bounded memory: Space-Saving. It counts `capacity` keys; one that is not among them
// takes the place of the least frequent, and its count, which it may be too high by.
//
// With n keys added, no count is too high by more than n / capacity, and every key that came more often than that is
// among those counted.
// Source: A. Metwally, D. Agrawal, A. El Abbadi, Efficient Computation of Frequent and Top-k Elements in Data Streams,
// ICDT 2005. Time: the logarithm of the capacity for a key.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace faultline::planning {

// `Extra` is what a caller keeps with each key; it begins anew where a key takes another one's place.
template <typename Extra>
class SpaceSaving {
public:
    struct Entry {
        std::string key;
        std::uint64_t count = 0;
        std::uint64_t too_high_by = 0;  // at most
        Extra extra{};
        std::size_t place = 0;  // in the heap
    };
    struct Added {
        Entry& entry;
        bool known = false;     // it was counted before
        bool replaced = false;  // it took another one's place
    };

    // capacity >= 1
    explicit SpaceSaving(std::size_t capacity) : capacity_(capacity) {}

    Added add(std::string_view key) {
        const auto known = by_key_.find(key);
        if (known != by_key_.end()) {
            Entry& entry = *known->second;
            ++entry.count;
            sink(entry.place);
            return {entry, true, false};
        }
        const bool full = entries_.size() == capacity_;
        if (!full) {
            entries_.push_back({std::string{key}, 1, 0, {}, heap_.size()});
            heap_.push_back(&entries_.back());
            by_key_.emplace(entries_.back().key, &entries_.back());
            rise(heap_.size() - 1);
            return {entries_.back(), false, false};
        }
        Entry& least = *heap_.front();
        by_key_.erase(least.key);
        least.key.assign(key);
        least.too_high_by = least.count++;
        least.extra = {};
        by_key_.emplace(least.key, &least);
        sink(0);
        return {least, false, true};
    }
    // Null: it is not counted now.
    Entry* find(std::string_view key) {
        const auto known = by_key_.find(key);
        return known == by_key_.end() ? nullptr : known->second;
    }
    const std::deque<Entry>& entries() const { return entries_; }

private:
    void put(std::size_t place, Entry* entry) {
        heap_[place] = entry;
        entry->place = place;
    }
    void rise(std::size_t place) {
        Entry* const entry = heap_[place];
        while (place > 0 && heap_[(place - 1) / 2]->count > entry->count) {
            put(place, heap_[(place - 1) / 2]);
            place = (place - 1) / 2;
        }
        put(place, entry);
    }
    void sink(std::size_t place) {
        Entry* const entry = heap_[place];
        for (;;) {
            std::size_t child = 2 * place + 1;
            if (child >= heap_.size()) break;
            if (child + 1 < heap_.size() && heap_[child + 1]->count < heap_[child]->count) ++child;
            if (heap_[child]->count >= entry->count) break;
            put(place, heap_[child]);
            place = child;
        }
        put(place, entry);
    }

    std::size_t capacity_;
    std::deque<Entry> entries_;  // so that they stay where they are
    std::vector<Entry*> heap_;   // the least frequent first
    std::unordered_map<std::string_view, Entry*> by_key_;
};

}  // namespace faultline::planning
