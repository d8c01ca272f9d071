// The calendar: pending events in the order of (time, sequence number). Each event is an intrusive node that its waiter
// owns; cancelling removes it at once, so that nothing in the calendar outlives its waiter, and four timeouts a query
// cost four removals instead of four dead entries. A short sorted array of what is near, and an indexed 4-ary heap for
// the rest; why: docs/decisions/0002-indexed-heap.md.
//
// Costs: schedule, cancel and pop O(log n). Memory: 28 bytes a pending event, besides its node.
// Limits: 2^24 pending events, 2^40 events a run; beyond them SIM_CHECK.
#pragma once

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
    static constexpr std::uint32_t in_ready_queue = 0x8000'0000;  // else the slot in the calendar

    Fire fire_;
    std::uint32_t place_ = idle;
    std::uint32_t component_;
    EventKind kind_;
};

class Calendar {
public:
    Calendar() : heap_(4 * root, past_the_end) { near_[0] = past_the_end; }

    bool empty() const { return size() == 0; }
    std::size_t size() const { return near_size_ + (end_ - root) - (root_vacant_ ? 1 : 0); }
    std::size_t peak_size() const { return nodes_.size(); }

    // Requires: not empty.
    Instant next_time() { return Instant{Duration{first().time}}; }

    // Requires: node not pending, at >= start_of_time, sequence larger than any before it.
    void schedule(CalendarNode& node, Instant at, std::uint64_t sequence) {
        SIM_CHECK(!node.pending());
        SIM_CHECK(sequence < (std::uint64_t{1} << (64 - slot_bits)));
        node.place_ = take_slot(node);
        const Entry entry{at.time_since_epoch().count(), (sequence << slot_bits) | node.place_};
        if (root_vacant_) {
            root_vacant_ = false;
            sift_down(root, entry);
        } else if (near_size_ < near_max && entry.time < heap_[root].time) {
            insert_near(entry);
        } else {
            schedule_crowded(entry);
        }
    }

    // Requires: the node is pending in this calendar.
    void cancel(CalendarNode& node);

    // Removes the earliest event and returns its node, which is no longer pending. Requires: not empty.
    CalendarNode& pop() {
        const std::uint32_t slot = first().slot();
        if (near_size_ > 0) {
            --near_size_;
        } else {
            root_vacant_ = true;
        }
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

    // Slots: a table of places by slot, so that moving an entry writes 4 bytes close to others instead of a node.

    static constexpr std::uint32_t no_slot = 0xffff'ffff;
    static constexpr std::uint32_t near_place = 0;

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

    static constexpr std::size_t root = 3;  // the four children of i are 4i - 8 .. 4i - 5: one cache line

    const Entry& first() {
        if (near_size_ > 0) return near_[near_size_];
        if (root_vacant_) {
            root_vacant_ = false;
            fill_hole(root);
        }
        return heap_[root];
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
    // events has its whole calendar here.

    static constexpr std::size_t near_max = 32;

    // A new entry has the largest sequence number: its time alone says where it belongs.
    void insert_near(Entry entry) {
        std::size_t hole = ++near_size_;
        for (; near_[hole - 1].time <= entry.time; --hole) near_[hole] = near_[hole - 1];
        near_[hole] = entry;
        places_[entry.slot()] = near_place;
    }
    void schedule_crowded(Entry entry);
    void cancel_near(std::uint32_t slot);
    void spill_near();

    // Each group of four siblings shares a cache line.
    template <class Item>
    struct CacheAligned {
        using value_type = Item;
        static constexpr std::align_val_t line{64};
        CacheAligned() = default;
        template <class Other>
        explicit CacheAligned(const CacheAligned<Other>&) {}
        Item* allocate(std::size_t count) { return static_cast<Item*>(::operator new(count * sizeof(Item), line)); }
        void deallocate(Item* items, std::size_t) { ::operator delete(items, line); }
        friend bool operator==(CacheAligned, CacheAligned) { return true; }
    };

    std::array<Entry, 1 + near_max> near_;
    std::size_t near_size_ = 0;
    std::vector<Entry, CacheAligned<Entry>> heap_;  // from root to end_; then padding, for one group of four at least
    std::size_t end_ = root;
    bool root_vacant_ = false;
    std::vector<std::uint32_t> places_;  // by slot: index in heap_, near_place, or the next free slot
    std::vector<CalendarNode*> nodes_;   // by slot
    std::uint32_t free_slot_ = no_slot;  // last in, first out: a slot just used is in the cache
};

}  // namespace faultline::engine
