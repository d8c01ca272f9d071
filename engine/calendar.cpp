#include "engine/calendar.hpp"

#include <algorithm>
#include <utility>

namespace faultline::engine {

namespace {
constexpr std::size_t heap_first = 1024;  // entries: what a crowded bucket needs now and then

// Soon its event is fired: the node's line and the next, for as a rule it stands in a frame that nobody has touched for
// tens of milliseconds, which is a thousand events.
inline void prefetch_frame_of(const CalendarNode& node) {
    constexpr std::size_t line = 64;
    __builtin_prefetch(&node);
    __builtin_prefetch(reinterpret_cast<const std::byte*>(&node) + line);
}
}  // namespace

Calendar::Calendar() : heap_(heap_first, past_the_end) {
    heads_.fill(no_slot);
    near_[0] = past_the_end;
    slots_.push_back(Slot{past_the_end, nullptr, no_slot, no_slot});  // of the sentinels
}

void Calendar::cancel(CalendarNode& node) {
    const std::uint32_t number = node.place_;
    SIM_CHECK(number < slots_.size() && slots_[number].node == &node);
    const Slot slot = slots_[number];
    release_slot(number);
    if (slot.next == in_near) return cancel_near(slot.entry);
    if (slot.next != in_heap) return unlink(slot);
    // The last entry takes the place; it may belong above it or below.
    const std::size_t hole = slot.back;
    const Entry moved = heap_[end_ - 1];
    if (hole > root && hole != end_ - 1 && moved.before(heap_[hole / 4 + 2]) != 0) {
        heap_[--end_] = past_the_end;
        sift_up(hole, moved);
    } else {
        fill_hole(hole);
    }
}

// A new entry has the largest sequence number: its time alone says where it belongs.
void Calendar::insert_near(Entry entry) {
    const bool crowded = near_size_ >= shifted_max && near_[near_size_ - shifted_max + 1].time <= entry.time;
    if (crowded || near_size_ == near_max) [[unlikely]]
        return push(entry);
    std::size_t hole = ++near_size_;
    for (; near_[hole - 1].time <= entry.time; --hole) near_[hole] = near_[hole - 1];
    near_[hole] = entry;
    slots_[entry.slot()].next = in_near;
}

// A calendar of few events is an array: with nothing in the wheels up to `bucket`, that bucket counts as opened.
void Calendar::insert_beyond(Entry entry, std::int64_t bucket) {
    move_to(bucket);
    insert_near(entry);
}

Calendar::Due Calendar::pop_heap_due(Instant limit) {
    const Entry entry = heap_[root];
    if (entry.time > limit.time_since_epoch().count() || empty()) return {};
    fill_hole(root);
    look_ahead(entry.time);
    return {&release_slot(entry.slot()), Instant{Duration{entry.time}}};
}

void Calendar::cancel_near(const Entry& entry) {
    const auto later = [](const Entry& a, const Entry& b) { return b.before(a) != 0; };
    const auto end = near_.begin() + static_cast<std::ptrdiff_t>(near_size_) + 1;
    const auto hole = std::lower_bound(near_.begin(), end, entry, later);
    std::copy(hole + 1, end, hole);
    --near_size_;
}

std::uint32_t Calendar::take_bucket(std::uint32_t bucket) {
    if (bucket < fine_buckets) {
        fine_.clear(bucket);
    } else {
        coarse_.clear(bucket - fine_buckets);
    }
    return std::exchange(heads_[bucket], no_slot);
}

void Calendar::unlink(const Slot& slot) {
    if (slot.next != no_slot) slots_[slot.next].back = slot.back;
    if ((slot.back & first_of_bucket) == 0) {
        slots_[slot.back].next = slot.next;
        return;
    }
    const std::uint32_t bucket = slot.back & ~first_of_bucket;
    if (slot.next == no_slot) {
        take_bucket(bucket);
    } else {
        heads_[bucket] = slot.next;
    }
}

// Makes the next bucket's events near, unless the heap's first precedes that bucket.
void Calendar::open_next() {
    const std::int64_t heap_time = heap_[root].time;
    if (fine_.empty()) {
        if (coarse_.empty()) return;
        const std::int64_t span = span_of(current_);
        const std::uint32_t from = coarse_index(span + 2) - static_cast<std::uint32_t>(fine_buckets);
        const std::int64_t next = span + 2 + coarse_.distance(from);
        if ((next << (span_width + fine_width)) > heap_time) return;
        move_to((next << span_width) - 1);
    }
    do {
        const std::uint32_t from = fine_index(current_ + 1);
        const std::int64_t bucket = current_ + 1 + fine_.distance(from);
        if ((bucket << fine_width) > heap_time) return;
        open(bucket);
    } while (size_ < near_few && !fine_.empty());
}

void Calendar::open(std::int64_t bucket) {
    std::uint32_t slot = take_bucket(fine_index(bucket));
    move_to(bucket);
    do {
        Slot& opened = slots_[slot];
        prefetch_frame_of(*opened.node);
        slot = std::exchange(opened.next, in_near);
        insert_opened(opened.entry);
    } while (slot != no_slot && near_size_ < opened_max);
    if (slot != no_slot) [[unlikely]]
        push_all(slot);
}

inline void Calendar::insert_opened(const Entry& entry) {
    std::size_t hole = ++near_size_;
    for (; near_[hole - 1].before(entry) != 0; --hole) near_[hole] = near_[hole - 1];
    near_[hole] = entry;
}

// A bucket with too many events, from `slot` on, and those of it that are near already.
void Calendar::push_all(std::uint32_t slot) {
    for (; near_size_ > 0; --near_size_) push(near_[near_size_]);
    while (slot != no_slot) {
        const Slot crowded = slots_[slot];
        push(crowded.entry);
        slot = crowded.next;
    }
}

// Requires: nothing in the wheels is before `bucket`, but for what is in it.
void Calendar::move_to(std::int64_t bucket) {
    const std::int64_t before = span_of(current_);
    current_ = bucket;
    if (span_of(bucket) == before || coarse_.empty()) return;
    for (std::int64_t span = before + 2; span <= span_of(bucket) + 1; ++span) spread(span);
}

// A coarse bucket over the fine ones.
void Calendar::spread(std::int64_t span) {
    std::uint32_t slot = take_bucket(coarse_index(span));
    while (slot != no_slot) {
        const std::uint32_t next = slots_[slot].next;
        link(slot, fine_index(slots_[slot].entry.time >> fine_width));
        slot = next;
    }
}

void Calendar::sift_up(std::size_t hole, Entry entry) {
    while (hole > root) {
        const std::size_t parent = hole / 4 + 2;
        if (entry.before(heap_[parent]) == 0) break;
        place(hole, heap_[parent]);
        hole = parent;
    }
    place(hole, entry);
}

// Moves the hole to a leaf, then `entry` up from there: an entry nearly always belongs low, so this saves one
// comparison a level.
void Calendar::sift_down(std::size_t hole, Entry entry) {
    const Entry* const heap = heap_.data();
    const std::size_t end = end_;
    for (;;) {
        const std::size_t child = 4 * hole - 8;
        if (child >= end) break;
        const std::size_t a = child + heap[child + 1].before(heap[child]);
        const std::size_t b = child + 2 + heap[child + 3].before(heap[child + 2]);
        const std::size_t least = heap[b].before(heap[a]) != 0 ? b : a;
        place(hole, heap[least]);
        hole = least;
    }
    sift_up(hole, entry);
}

void Calendar::push(Entry entry) {
    if (end_ + 4 >= heap_.size()) heap_.resize(2 * heap_.size(), past_the_end);
    slots_[entry.slot()].next = in_heap;
    sift_up(end_++, entry);
}

void Calendar::schedule_in_new_slot(CalendarNode& node, Instant at, std::uint64_t sequence) {
    const auto slot = static_cast<std::uint32_t>(slots_.size());
    SIM_CHECK(slot < (1u << slot_bits));
    slots_.push_back(Slot{past_the_end, nullptr, no_slot, no_slot});
    free_slot_ = slot;
    schedule(node, at, sequence);
}

std::size_t Calendar::memory_bytes() const {
    return sizeof(*this) + bytes_taken(heap_) + bytes_taken(slots_);
}

}  // namespace faultline::engine
