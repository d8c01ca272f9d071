// Keys of a database whose newest writes are held by a cache, and not yet by the database
// (models/cache/write_behind.hpp): how many transactions each has still to come. What a reader of the database then
// finds is that much behind. 24 bytes a key, and 8 in the index.
#pragma once

#include <cstdint>
#include <vector>

#include "models/cluster/number_index.hpp"

namespace faultline::models {

class UnwrittenKeys {
public:
    // Transactions to come; 0 for most keys.
    std::uint32_t count(std::uint64_t key) const {
        const NumberIndex::Place place = index_.find(key, number_of());
        return place == NumberIndex::none ? 0 : keys_[place].transactions;
    }
    void add(std::uint64_t key) {
        const NumberIndex::Place known = index_.find(key, number_of());
        if (known != NumberIndex::none) {
            ++keys_[known].transactions;
            return;
        }
        const NumberIndex::Place place = a_place();
        keys_[place] = {key, 1};
        index_.insert(key, place, number_of());
    }
    // One of them is written, or lost. Requires: count(key) > 0.
    void remove(std::uint64_t key) {
        const NumberIndex::Place place = index_.find(key, number_of());
        SIM_CHECK(place != NumberIndex::none);
        if (--keys_[place].transactions > 0) return;
        index_.erase(key, number_of());
        free_.push_back(place);
    }

private:
    struct Key {
        std::uint64_t number = 0;
        std::uint32_t transactions = 0;
    };
    struct NumberOf {
        const std::vector<Key>& keys;
        std::uint64_t operator()(NumberIndex::Place place) const { return keys[place].number; }
    };
    NumberOf number_of() const { return {keys_}; }
    NumberIndex::Place a_place() {
        if (free_.empty()) {
            keys_.emplace_back();
            return static_cast<NumberIndex::Place>(keys_.size() - 1);
        }
        const NumberIndex::Place place = free_.back();
        free_.pop_back();
        return place;
    }

    NumberIndex index_;
    std::vector<Key> keys_;
    std::vector<NumberIndex::Place> free_;
};

}  // namespace faultline::models
