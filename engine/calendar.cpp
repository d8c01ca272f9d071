#include "engine/calendar.hpp"

namespace faultline::engine {

Calendar::Calendar() {
    grow();
    add_slots();
}

void Calendar::cancel(CalendarNode& node) {
    const std::uint32_t slot = node.place_;
    SIM_CHECK(slot < nodes_.size() && nodes_[slot] == &node);
    const std::size_t hole = places_[slot];
    release_slot(node, slot);
    --size_;
    const std::size_t last = root + size_;
    const Entry moved = entries_[last];
    entries_[last] = past_the_end;
    if (hole == last) return;
    // The hole takes the last entry, which may belong above or below it.
    if (hole > root && moved.key() < entries_[hole / 4 + 2].key()) {
        sift_up(hole, moved);
        return;
    }
    sift_up(hole_to_leaf(hole), moved);
}

std::size_t Calendar::memory_bytes() const {
    return entries_.lines_.capacity() * sizeof(CacheLine) + places_.capacity() * sizeof(std::uint32_t) +
           nodes_.capacity() * sizeof(CalendarNode*) + free_slots_.capacity() * sizeof(std::uint32_t);
}

void Calendar::grow() {
    const CacheLine empty{{past_the_end, past_the_end, past_the_end, past_the_end}};
    entries_.lines_.resize(entries_.lines_.empty() ? 64 : 2 * entries_.lines_.size(), empty);
}

void Calendar::add_slots() {
    const std::size_t before = nodes_.size();
    const std::size_t after = before == 0 ? 256 : 2 * before;
    SIM_CHECK(after <= (std::size_t{1} << slot_bits));
    nodes_.resize(after, nullptr);
    places_.resize(after, 0);
    free_slots_.reserve(after);
    for (std::size_t slot = after; slot > before; --slot) free_slots_.push_back(static_cast<std::uint32_t>(slot - 1));
}

}  // namespace faultline::engine
