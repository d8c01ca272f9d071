// A first-in first-out queue in one array that grows by doubling and is never given back: no allocation in steady
// state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/check.hpp"

namespace faultline::engine {

template <class Item>
class Ring {
public:
    bool empty() const { return head_ == tail_; }
    std::size_t size() const { return static_cast<std::size_t>(tail_ - head_); }

    // Returns the item's ticket: find() gives its place for as long as it is queued.
    std::uint64_t push(const Item& item) {
        if (size() == items_.size()) grow();
        items_[tail_ & mask()] = item;
        return tail_++;
    }
    Item pop() {
        SIM_CHECK(!empty());
        return items_[head_++ & mask()];
    }
    Item& front() { return items_[head_ & mask()]; }
    const Item& front() const { return items_[head_ & mask()]; }
    Item* find(std::uint64_t ticket) { return ticket >= head_ && ticket < tail_ ? &items_[ticket & mask()] : nullptr; }
    std::uint64_t first_ticket() const { return head_; }
    std::uint64_t next_ticket() const { return tail_; }
    void clear() { head_ = tail_; }

private:
    std::uint64_t mask() const { return items_.size() - 1; }
    void grow() {
        std::vector<Item> larger(items_.empty() ? 16 : 2 * items_.size());
        for (std::uint64_t i = head_; i != tail_; ++i) larger[i & (larger.size() - 1)] = items_[i & mask()];
        items_.swap(larger);
    }
    std::vector<Item> items_;  // a power of two
    std::uint64_t head_ = 0;
    std::uint64_t tail_ = 0;
};

}  // namespace faultline::engine
