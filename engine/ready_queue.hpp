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
        while (head_ != tail_ && at(head_) == nullptr) ++head_;
        return head_ == tail_;
    }
    void push(CalendarNode& node) {
        SIM_CHECK(!node.pending());
        if (tail_ - head_ == ring_.size()) [[unlikely]]
            return push_growing(node);
        node.place_ = CalendarNode::in_ready_queue | (tail_ & place_mask);
        at(tail_++) = &node;
    }
    // Requires: empty() was just false.
    CalendarNode& pop() {
        CalendarNode& node = *at(head_++);
        node.place_ = CalendarNode::idle;
        return node;
    }
    static bool holds(const CalendarNode& node) {
        return node.pending() && (node.place_ & CalendarNode::in_ready_queue) != 0;
    }
    void cancel(CalendarNode& node) {
        // The ring is far smaller than 2^30, so the low bits name the entry.
        const std::uint32_t offset = (node.place_ - head_) & place_mask;
        CalendarNode*& entry = at(head_ + offset);
        SIM_CHECK(entry == &node);
        entry = nullptr;
        node.place_ = CalendarNode::idle;
    }

private:
    static constexpr std::uint32_t place_mask = 0x3fff'ffff;

    CalendarNode*& at(std::uint32_t i) { return ring_[i & (ring_.size() - 1)]; }
    [[gnu::noinline]] void push_growing(CalendarNode& node) {
        grow();
        push(node);
    }
    void grow() {
        std::vector<CalendarNode*> larger(2 * ring_.size());
        SIM_CHECK(larger.size() < place_mask);
        for (std::uint32_t i = head_; i != tail_; ++i) larger[i & (larger.size() - 1)] = at(i);
        ring_.swap(larger);
    }

    std::vector<CalendarNode*> ring_;  // a power of two; null: cancelled
    std::uint32_t head_ = 0;           // both count for ever and wrap together
    std::uint32_t tail_ = 0;
};

}  // namespace faultline::engine
