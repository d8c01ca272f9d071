// The calendar: pending events in the order of (time, sequence number). Each event is an intrusive node that its waiter
// owns; cancelling removes it at once, so that nothing in the calendar outlives its waiter, and four timeouts a query
// cost four removals instead of four dead entries. Two wheels of buckets, fine and coarse, a short sorted array of what
// is next, and an indexed 4-ary heap for what does not suit them; why: docs/decisions/0002-calendar.md.
//
// Costs: schedule, cancel and pop O(1) where buckets hold a few events, O(log n) at worst. Memory: 32 bytes a pending
// event, besides its node, and 16 more in the heap.
// Limits: 2^24 pending events, 2^40 events a run; beyond them SIM_CHECK.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/bit_ring.hpp"
#include "engine/check.hpp"
#include "engine/large_pages.hpp"
#include "engine/time.hpp"

namespace faultline::engine {

class Simulation;

// What kind of event a node is: part of the fingerprint and of a trace, hence stable. Models number theirs from 100.
enum class EventKind : std::uint16_t {
    none = 0,
    started = 1,
    resumed = 2,
    delayed = 3,
    timer = 4,
    served = 5,
    answered = 6,
    reset = 7,
    first_of_models = 100
};

// One pending event at most. Never copied or moved: the calendar knows its address.
class CalendarNode {
public:
    using Fire = void (*)(CalendarNode&, Simulation&);

    explicit CalendarNode(Fire action, EventKind kind = EventKind::none, std::uint32_t component = 0)
        : fire_(action), component_(component), kind_(kind) {}
    CalendarNode(const CalendarNode&) = delete;
    CalendarNode& operator=(const CalendarNode&) = delete;

    bool pending() const { return place_ != idle; }
    EventKind kind() const { return kind_; }
    std::uint32_t component() const { return component_; }
    void label(EventKind kind) { kind_ = kind; }
    void label(EventKind kind, std::uint32_t component) {
        kind_ = kind;
        component_ = component;
    }
    void fire(Simulation& simulation) { fire_(*this, simulation); }

private:
    friend class Calendar;
    friend class ReadyQueue;
    static constexpr std::uint32_t idle = 0xffff'ffff;
    static constexpr std::uint32_t in_ready_queue = 0x8000'0000;  // else the slot in the calendar

    Fire fire_;
    std::uint32_t place_ = idle;
    std::uint32_t component_;
    EventKind kind_;
};

class Calendar {
public:
    Calendar();

    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }

    // end_of_time when empty.
    Instant next_time() { return Instant{Duration{first().time}}; }

    // Requires: node not pending, at >= start_of_time, sequence larger than any before it.
    void schedule(CalendarNode& node, Instant at, std::uint64_t sequence) {
        SIM_CHECK(!node.pending());
        SIM_CHECK(sequence < (std::uint64_t{1} << (64 - slot_bits)));
        if (free_slot_ == no_slot) [[unlikely]]
            return schedule_in_new_slot(node, at, sequence);
        const std::uint32_t slot = free_slot_;
        free_slot_ = slots_[slot].next;
        const Entry entry{at.time_since_epoch().count(), (sequence << slot_bits) | slot};
        node.place_ = slot;
        slots_[slot].node = &node;
        slots_[slot].entry = entry;
        ++size_;
        const std::int64_t bucket = entry.time >> fine_width;
        const std::int64_t spans_ahead = span_of(bucket) - span_of(current_);
        if (bucket <= current_) return insert_near(entry);
        if (spans_ahead < 2) {
            if (near_size_ < near_few && fine_.empty()) return insert_beyond(entry, bucket);
            return link(slot, fine_index(bucket));
        }
        if (spans_ahead < static_cast<std::int64_t>(coarse_buckets)) return link(slot, coarse_index(span_of(bucket)));
        push(entry);
    }

    // Requires: the node is pending in this calendar.
    void cancel(CalendarNode& node);

    // Removes the earliest event, if it is due by `limit`; its node is no longer pending. null: there is none, and
    // nothing changed.
    struct Due {
        CalendarNode* node;
        Instant at;
    };
    Due pop_due(Instant limit) {
        if (near_size_ == 0) [[unlikely]]
            open_next();
        const Entry near = near_[near_size_];
        if (near.before(heap_[root]) == 0) [[unlikely]]
            return pop_heap_due(limit);
        if (near.time > limit.time_since_epoch().count()) [[unlikely]]
            return {};
        --near_size_;
        __builtin_prefetch(slots_[near_[near_size_].slot()].node);
        return {&release_slot(near.slot()), Instant{Duration{near.time}}};
    }

    // The same without a limit. Requires: not empty.
    CalendarNode& pop() { return *pop_due(end_of_time).node; }

    // Bytes held, nodes not counted.
    std::size_t memory_bytes() const;

private:
    static constexpr int slot_bits = 24;
    __extension__ using Key = unsigned __int128;

    struct Entry {
        std::int64_t time;    // nanoseconds, >= 0
        std::uint64_t order;  // sequence number, then slot
        std::uint32_t slot() const { return static_cast<std::uint32_t>(order & ((1u << slot_bits) - 1)); }
        Key key() const { return (static_cast<Key>(static_cast<std::uint64_t>(time)) << 64) | order; }
        // As a number to add: the choice among four children must not be a branch, which nobody could predict.
        std::size_t before(const Entry& other) const { return key() < other.key() ? 1U : 0U; }
    };
    // Pads the heap's last group of four children, and ends the near events. Its slot is the first, which always is.
    static constexpr Entry past_the_end{INT64_MAX, ~std::uint64_t{0} << slot_bits};

    // Slots: what is known of each pending event, by the number that its node holds.

    static constexpr std::uint32_t no_slot = 0xffff'ffff;
    static constexpr std::uint32_t in_near = 0xffff'fffe;
    static constexpr std::uint32_t in_heap = 0xffff'fffd;
    static constexpr std::uint32_t first_of_bucket = 0x8000'0000;

    struct Slot {
        Entry entry;
        CalendarNode* node;
        std::uint32_t next;  // in its bucket, or in_near or in_heap; of a free slot: the next free one
        std::uint32_t back;  // the one before it, or first_of_bucket | bucket; in the heap: its place
    };

    CalendarNode& release_slot(std::uint32_t number) {
        Slot& slot = slots_[number];
        slot.next = free_slot_;
        free_slot_ = number;
        --size_;
        slot.node->place_ = CalendarNode::idle;
        return *slot.node;
    }
    void schedule_in_new_slot(CalendarNode& node, Instant at, std::uint64_t sequence);

    // The wheels. Time is cut into fine buckets of 131 us, and into spans of 1,024 of them (134 ms), the coarse
    // buckets. What falls due in the current span or the next has a fine bucket, what does within 68 s a coarse one,
    // which is spread over the fine ones a span before its time. Within a bucket events are in no order until it is
    // opened.

    static constexpr int fine_width = 17;  // bits of a nanosecond
    static constexpr int span_width = 10;  // bits of a fine bucket's number
    static constexpr std::size_t fine_buckets = std::size_t{2} << span_width;
    static constexpr std::size_t coarse_buckets = 512;

    static std::int64_t span_of(std::int64_t bucket) { return bucket >> span_width; }
    static std::uint32_t fine_index(std::int64_t bucket) {
        return static_cast<std::uint32_t>(bucket) & (fine_buckets - 1);
    }
    static std::uint32_t coarse_index(std::int64_t span) {
        return static_cast<std::uint32_t>(fine_buckets + (static_cast<std::uint32_t>(span) & (coarse_buckets - 1)));
    }
    void link(std::uint32_t slot, std::uint32_t bucket) {
        Slot& linked = slots_[slot];
        const std::uint32_t head = heads_[bucket];
        linked.next = head;
        linked.back = first_of_bucket | bucket;
        heads_[bucket] = slot;
        if (head != no_slot) {
            slots_[head].back = slot;
        } else if (bucket < fine_buckets) {
            fine_.set(bucket);
        } else {
            coarse_.set(bucket - fine_buckets);
        }
    }
    std::uint32_t take_bucket(std::uint32_t bucket);  // its first slot; it is empty then
    void unlink(const Slot& slot);
    void open_next();
    void open(std::int64_t bucket);
    void insert_opened(const Entry& entry);
    void push_all(std::uint32_t slot);
    void move_to(std::int64_t bucket);
    void spread(std::int64_t span);
    // The heap was first: nothing of the wheels is before `time`. The end of time stays beyond the wheels, or an event
    // there would not be before the sentinel of the near ones.
    void look_ahead(std::int64_t time) {
        const std::int64_t bucket = (time >> fine_width) - 1;
        if (bucket > current_ && time != past_the_end.time) move_to(bucket);
    }

    // The near events: those of the buckets opened so far, latest first, after a sentinel.

    static constexpr std::size_t near_max = 256;
    static constexpr std::size_t opened_max = 64;   // a bucket with more goes to the heap: cancelling moves the others
    static constexpr std::size_t shifted_max = 32;  // the same for an event that many others precede
    static constexpr std::size_t near_few = 24;     // so few are all near, without the wheels

    Due pop_heap_due(Instant limit);
    const Entry& first() {
        if (near_size_ == 0) [[unlikely]]
            open_next();
        const Entry& near = near_[near_size_];
        return near.before(heap_[root]) != 0 ? near : heap_[root];
    }
    // Out of line, and called last: what schedule() does as a rule then needs no register saved.
    [[gnu::noinline]] void insert_near(Entry entry);
    void insert_beyond(Entry entry, std::int64_t bucket);
    void cancel_near(const Entry& entry);

    // The heap.

    static constexpr std::size_t root = 3;  // the four children of i are 4i - 8 .. 4i - 5: one cache line

    // Moves the last entry to `hole`.
    void fill_hole(std::size_t hole) {
        const Entry moved = heap_[--end_];
        heap_[end_] = past_the_end;
        if (hole != end_) sift_down(hole, moved);
    }
    void place(std::size_t at, Entry entry) {
        heap_[at] = entry;
        slots_[entry.slot()].back = static_cast<std::uint32_t>(at);
    }
    void sift_up(std::size_t hole, Entry entry);
    void sift_down(std::size_t hole, Entry entry);
    void push(Entry entry);

    std::int64_t current_ = -1;  // the fine bucket opened last: what belongs there or before is near, or in the heap
    std::size_t size_ = 0;
    std::size_t near_size_ = 0;
    std::uint32_t free_slot_ = no_slot;  // last in, first out: a slot just used is in the cache
    LargePageVector<Slot> slots_;
    LargePageVector<Entry> heap_;  // from root to end_; then padding, for one group of four at least
    std::size_t end_ = root;
    BitRing<fine_buckets> fine_;  // of the buckets that hold anything
    BitRing<coarse_buckets> coarse_;
    std::array<std::uint32_t, fine_buckets + coarse_buckets> heads_;
    std::array<Entry, 1 + near_max> near_;
};

}  // namespace faultline::engine
