// The calendar: pending events in the order of (time, sequence number). Each event is an intrusive node that its waiter
// owns; cancelling removes it at once, so that nothing in the calendar outlives its waiter, and four timeouts a query
// cost four removals instead of four dead entries. A short sorted array of what is near, and an indexed 4-ary heap for
// the rest; why: docs/decisions/0002-indexed-heap.md.
//
// Costs: schedule, cancel and pop O(log n). Memory: 28 bytes an event pending in the heap, besides its node.
// Limits: 2^24 pending events, 2^40 events a run; beyond them SIM_CHECK.
#pragma once

#include <sys/mman.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include "engine/check.hpp"
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
    static constexpr std::uint32_t in_ready_queue = 0x8000'0000;
    static constexpr std::uint32_t near = 0x7fff'ffff;  // else the slot in the calendar's heap

    void remember(std::uint64_t sequence) {
        sequence_high_ = static_cast<std::uint16_t>(sequence >> 32U);
        sequence_low_ = static_cast<std::uint32_t>(sequence);
    }
    std::uint64_t sequence() const { return (std::uint64_t{sequence_high_} << 32U) | sequence_low_; }

    Fire fire_;
    std::uint32_t place_ = idle;
    std::uint32_t component_;
    EventKind kind_;
    std::uint16_t sequence_high_ = 0;  // of the calendar's near events; in what would be padding
    std::uint32_t sequence_low_ = 0;
};

class Calendar {
public:
    Calendar() : heap_(4 * root, past_the_end) { near_[0] = {past_the_end.time, nullptr}; }

    bool empty() const { return size() == 0; }
    std::size_t size() const { return near_size_ + (end_ - root) - (root_vacant_ ? 1 : 0); }

    // end_of_time when empty.
    Instant next_time() {
        if (near_size_ > 0) return Instant{Duration{near_[near_size_].time}};
        if (root_vacant_) fill_root();
        return Instant{Duration{heap_[root].time}};
    }

    // Requires: node not pending, at >= start_of_time, sequence larger than any before it.
    void schedule(CalendarNode& node, Instant at, std::uint64_t sequence) {
        SIM_CHECK(!node.pending());
        SIM_CHECK(sequence < (std::uint64_t{1} << (64 - slot_bits)));
        const std::int64_t time = at.time_since_epoch().count();
        if (root_vacant_) {
            root_vacant_ = false;
            sift_down(root, entry_of(node, time, sequence));
            foresee_nodes();
        } else if (near_size_ < near_max && time < heap_[root].time) {
            insert_near(node, time, sequence);
        } else {
            schedule_crowded(node, time, sequence);
        }
    }

    // Requires: the node is pending in this calendar.
    void cancel(CalendarNode& node);

    // Removes the earliest event and returns its node, which is no longer pending. Requires: not empty.
    CalendarNode& pop() {
        if (near_size_ > 0) {
            CalendarNode& node = *near_[near_size_--].node;
            node.place_ = CalendarNode::idle;
            return node;
        }
        if (root_vacant_) fill_root();
        root_vacant_ = true;
        const std::uint32_t slot = heap_[root].slot();
        CalendarNode& node = *nodes_[slot];
        release_slot(node, slot);
        return node;
    }

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
    static constexpr Entry past_the_end{INT64_MAX, UINT64_MAX};  // pads the last group of four children

    // Slots: a table of places by slot, so that moving an entry of the heap writes 4 bytes close to others instead of a
    // node.

    static constexpr std::uint32_t no_slot = 0xffff'ffff;

    Entry entry_of(CalendarNode& node, std::int64_t time, std::uint64_t sequence) {
        node.place_ = take_slot(node);
        return {time, (sequence << slot_bits) | node.place_};
    }
    std::uint32_t take_slot(CalendarNode& node) {
        if (free_slot_ == no_slot) return new_slot(node);
        const std::uint32_t slot = free_slot_;
        free_slot_ = places_[slot];
        nodes_[slot] = &node;
        return slot;
    }
    void release_slot(CalendarNode& node, std::uint32_t slot) {
        node.place_ = CalendarNode::idle;
        places_[slot] = free_slot_;
        free_slot_ = slot;
    }
    std::uint32_t new_slot(CalendarNode& node);

    // The heap. pop() leaves its root vacant: most events schedule another one, which then takes the root's place in
    // one walk instead of two. If none does, the last entry will.

    static constexpr std::size_t root = 3;        // the four children of i are 4i - 8 .. 4i - 5: one cache line
    static constexpr std::size_t large = 32'768;  // entries: half a megabyte, what a core has of its own cache

    void fill_root() {
        root_vacant_ = false;
        fill_hole(root);
    }
    // What is fetched early in a large heap, where nothing but its top is in a cache: the node that is first now, and
    // where those are that may be next.
    void foresee_nodes() const {
        if (end_ < large) return;
        __builtin_prefetch(nodes_[heap_[root].slot()]);
        for (std::size_t child = 4; child < 8; ++child) __builtin_prefetch(&nodes_[heap_[child].slot()]);
    }
    // Moves the last entry to `hole`.
    void fill_hole(std::size_t hole) {
        const Entry moved = heap_[--end_];
        heap_[end_] = past_the_end;
        if (hole != end_) sift_down(hole, moved);
    }
    void place(std::size_t at, Entry entry) {
        heap_[at] = entry;
        places_[entry.slot()] = static_cast<std::uint32_t>(at);
    }
    // A vacant root still holds the event that was popped, which is before any other: nothing moves above it.
    void sift_up(std::size_t hole, Entry entry) {
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
    void sift_down(std::size_t hole, Entry entry) {
        const Entry* const heap = heap_.data();
        const std::size_t end = end_;
        for (;;) {
            const std::size_t child = 4 * hole - 8;
            if (child >= end) break;
            const std::size_t below = 4 * child - 8;  // the four lines, one of which is the next level's
            if (end >= large && below + 16 <= end) {
                for (std::size_t line = below; line < below + 16; line += 4) __builtin_prefetch(&heap[line]);
            }
            const std::size_t a = child + heap[child + 1].before(heap[child]);
            const std::size_t b = child + 2 + heap[child + 3].before(heap[child + 2]);
            const std::size_t least = heap[b].before(heap[a]) != 0 ? b : a;
            place(hole, heap[least]);
            hole = least;
        }
        sift_up(hole, entry);
    }
    void push(Entry entry);

    // The near events: all of them before those of the heap, latest first, after a sentinel. A model with few pending
    // events has its whole calendar here, without slots.

    static constexpr std::size_t near_max = 32;

    struct NearEntry {
        std::int64_t time;
        CalendarNode* node;
    };

    // A new entry has the largest sequence number: its time alone says where it belongs.
    void insert_near(CalendarNode& node, std::int64_t time, std::uint64_t sequence) {
        NearEntry* hole = &near_[++near_size_];
        for (; (hole - 1)->time <= time; --hole) *hole = *(hole - 1);
        *hole = {time, &node};
        node.place_ = CalendarNode::near;
        node.remember(sequence);
    }
    void schedule_crowded(CalendarNode& node, std::int64_t time, std::uint64_t sequence);
    void cancel_near(const CalendarNode& node);
    void spill_near();

    // Each group of four siblings shares a cache line. Large arrays ask for large pages: a walk through the heap
    // touches a page a level.
    template <class Item>
    struct Pages {
        using value_type = Item;
        static constexpr std::size_t line = 64;
        static constexpr std::size_t page = std::size_t{1} << 21U;
        Pages() = default;
        template <class Other>
        explicit Pages(const Pages<Other>&) {}
        static std::align_val_t alignment(std::size_t count) {
            return std::align_val_t{count * sizeof(Item) < page ? line : page};
        }
        Item* allocate(std::size_t count) {
            void* const memory = ::operator new(count * sizeof(Item), alignment(count));
            if (count * sizeof(Item) >= page) madvise(memory, count * sizeof(Item), MADV_HUGEPAGE);  // or not: a hint
            return static_cast<Item*>(memory);
        }
        void deallocate(Item* items, std::size_t count) { ::operator delete(items, alignment(count)); }
        friend bool operator==(Pages, Pages) { return true; }
    };

    std::array<NearEntry, 1 + near_max> near_;
    std::size_t near_size_ = 0;
    std::vector<Entry, Pages<Entry>> heap_;  // from root to end_; then padding, for one group of four at least
    std::size_t end_ = root;
    bool root_vacant_ = false;
    std::vector<std::uint32_t, Pages<std::uint32_t>> places_;  // by slot: index in heap_, or the next free slot
    std::vector<CalendarNode*, Pages<CalendarNode*>> nodes_;   // by slot
    std::uint32_t free_slot_ = no_slot;                        // last in, first out: a slot just used is in the cache
};

}  // namespace faultline::engine
