// From a number to the place where something about it stands, in an array of the owner's: open addressing with linear
// probing, 4 bytes a slot, at most half of them used. The number itself stays with the owner, who tells it by
// `number_of` (place -> number). Erasing moves those behind into the gap, so that nothing is left behind.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "engine/check.hpp"
#include "engine/large_pages.hpp"

namespace faultline::models {

class NumberIndex {
public:
    using Place = std::uint32_t;
    static constexpr Place none = ~Place{0};

    // `expected`: numbers; more than that make it grow.
    explicit NumberIndex(std::size_t expected = 0) { make_slots(std::max<std::size_t>(expected, 8) * 2); }

    template <class NumberOf>
    Place find(std::uint64_t number, const NumberOf& number_of) const {
        for (std::size_t slot = home(number);; slot = next(slot)) {
            const Place place = slots_[slot];
            if (place == none || number_of(place) == number) return place;
        }
    }
    // Worth it some 100 ns ahead of find.
    void prefetch(std::uint64_t number) const { __builtin_prefetch(&slots_[home(number)]); }
    // The place that is looked at first: as a rule the right one. none: the number is not there.
    Place first_guess(std::uint64_t number) const { return slots_[home(number)]; }
    // Requires: the number is not there yet, and number_of(place) is the number already.
    template <class NumberOf>
    void insert(std::uint64_t number, Place place, const NumberOf& number_of) {
        if (2 * (size_ + 1) > slots_.size()) grow(number_of);
        put(number, place);
        ++size_;
    }
    // Requires: the number is there, and number_of still tells it.
    template <class NumberOf>
    void erase(std::uint64_t number, const NumberOf& number_of) {
        std::size_t gap = home(number);
        while (number_of(slots_[gap]) != number) gap = next(gap);
        for (std::size_t slot = next(gap); slots_[slot] != none; slot = next(slot)) {
            const std::size_t wanted = home(number_of(slots_[slot]));
            // Those whose home lies behind the gap, going round, stay.
            if (((slot - wanted) & mask()) < ((slot - gap) & mask())) continue;
            slots_[gap] = slots_[slot];
            gap = slot;
        }
        slots_[gap] = none;
        --size_;
    }
    void clear() {
        std::fill(slots_.begin(), slots_.end(), none);
        size_ = 0;
    }
    std::size_t size() const { return size_; }
    std::size_t memory_bytes() const { return engine::bytes_taken(slots_); }

private:
    std::size_t mask() const { return slots_.size() - 1; }
    std::size_t next(std::size_t slot) const { return (slot + 1) & mask(); }
    // Fibonacci hashing: the upper bits of a product by 2^64 / golden ratio.
    std::size_t home(std::uint64_t number) const {
        return static_cast<std::size_t>((number * 0x9e3779b97f4a7c15U) >> shift_);
    }
    void make_slots(std::size_t at_least) {
        slots_.assign(std::bit_ceil(at_least), none);
        shift_ = 64 - std::countr_zero(slots_.size());
    }
    void put(std::uint64_t number, Place place) {
        std::size_t slot = home(number);
        while (slots_[slot] != none) slot = next(slot);
        slots_[slot] = place;
    }
    template <class NumberOf>
    void grow(const NumberOf& number_of) {
        const engine::LargePageVector<Place> old = std::move(slots_);
        make_slots(2 * old.size());
        for (const Place place : old) {
            if (place != none) put(number_of(place), place);
        }
    }

    engine::LargePageVector<Place> slots_;
    std::size_t size_ = 0;
    int shift_ = 0;
};

}  // namespace faultline::models
