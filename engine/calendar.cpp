#include "engine/calendar.hpp"

#include <algorithm>

namespace faultline::engine {

void Calendar::cancel(CalendarNode& node) {
    const std::uint32_t slot = node.place_;
    if (slot == CalendarNode::near) {
        cancel_near(node);
        node.place_ = CalendarNode::idle;
        return;
    }
    SIM_CHECK(slot < nodes_.size() && nodes_[slot] == &node);
    const std::size_t hole = places_[slot];
    release_slot(node, slot);
    // The last entry takes the place; it may belong above it or below.
    const Entry moved = heap_[end_ - 1];
    if (hole > root && hole != end_ - 1 && moved.before(heap_[hole / 4 + 2]) != 0) {
        heap_[--end_] = past_the_end;
        sift_up(hole, moved);
    } else {
        fill_hole(hole);
    }
}

void Calendar::cancel_near(const CalendarNode& node) {
    std::size_t hole = near_size_;
    while (near_[hole].node != &node) {
        SIM_CHECK(hole > 0);
        --hole;
    }
    for (; hole < near_size_; ++hole) near_[hole] = near_[hole + 1];
    --near_size_;
}

// Where the near events are full, or the new one is not before those of the heap.
void Calendar::schedule_crowded(CalendarNode& node, std::int64_t time, std::uint64_t sequence) {
    if (near_size_ == near_max && time < near_[1].time) spill_near();
    if (near_size_ < near_max && time < heap_[root].time) {
        insert_near(node, time, sequence);
    } else {
        push(entry_of(node, time, sequence));
    }
}

// The later half of the near events goes to the heap.
void Calendar::spill_near() {
    constexpr std::size_t half = near_max / 2;
    for (std::size_t i = 1; i <= half; ++i) {
        CalendarNode& node = *near_[i].node;
        push(entry_of(node, near_[i].time, node.sequence()));
    }
    near_size_ -= half;
    std::copy_n(near_.begin() + 1 + half, near_size_, near_.begin() + 1);
}

void Calendar::push(Entry entry) {
    if (end_ + 4 >= heap_.size()) heap_.resize(2 * heap_.size(), past_the_end);
    sift_up(end_++, entry);
}

std::uint32_t Calendar::new_slot(CalendarNode& node) {
    const auto slot = static_cast<std::uint32_t>(nodes_.size());
    SIM_CHECK(slot < (1u << slot_bits));
    nodes_.push_back(&node);
    places_.push_back(no_slot);
    return slot;
}

std::size_t Calendar::memory_bytes() const {
    return sizeof(near_) + heap_.capacity() * sizeof(Entry) + places_.capacity() * sizeof(std::uint32_t) +
           nodes_.capacity() * sizeof(CalendarNode*);
}

}  // namespace faultline::engine
