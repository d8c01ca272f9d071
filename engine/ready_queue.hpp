// What runs at this very instant: a ring of nodes in the order in which they were scheduled. A cheaper calendar for the
// many events without a delay (a start, a finished child, a granted token), with the same true removal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/calendar.hpp"

namespace faultline::engine {

class ReadyQueue {
public:
    ReadyQueue() : ring_(256) {}

    // Cancelled entries at the head are skipped when they are met, within the same instant.
    bool empty() {
        while (head_ != tail_ && at(head_).node == nullptr) ++head_;
        return head_ == tail_;
    }
    // Requires: empty() was just false.
    std::uint64_t next_sequence() const { return at(head_).sequence; }

    void push(CalendarNode& node, std::uint64_t sequence) {
        SIM_CHECK(!node.pending());
        if (tail_ - head_ == ring_.size()) grow();
        node.place_ = CalendarNode::in_ready_queue | (tail_ & place_mask);
        at(tail_) = {sequence, &node};
        ++tail_;
    }
    CalendarNode& pop() {
        CalendarNode& node = *at(head_).node;
        node.place_ = CalendarNode::idle;
        ++head_;
        return node;
    }
    static bool holds(const CalendarNode& node) {
        return node.pending() && (node.place_ & CalendarNode::in_ready_queue) != 0;
    }
    void cancel(CalendarNode& node) {
        // The ring is far smaller than 2^30, so the low bits name the entry.
        const std::uint32_t offset = (node.place_ - head_) & place_mask;
        Entry& entry = at(head_ + offset);
        SIM_CHECK(entry.node == &node);
        entry.node = nullptr;
        node.place_ = CalendarNode::idle;
    }

private:
    static constexpr std::uint32_t place_mask = 0x3fff'ffff;
    struct Entry {
        std::uint64_t sequence = 0;
        CalendarNode* node = nullptr;
    };

    Entry& at(std::uint32_t i) { return ring_[i & (ring_.size() - 1)]; }
    const Entry& at(std::uint32_t i) const { return ring_[i & (ring_.size() - 1)]; }
    void grow() {
        std::vector<Entry> larger(2 * ring_.size());
        SIM_CHECK(larger.size() < place_mask);
        for (std::uint32_t i = head_; i != tail_; ++i) larger[i & (larger.size() - 1)] = at(i);
        ring_.swap(larger);
    }

    std::vector<Entry> ring_;  // a power of two
    std::uint32_t head_ = 0;   // both count for ever and wrap together
    std::uint32_t tail_ = 0;
};

}  // namespace faultline::engine
