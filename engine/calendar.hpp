// The calendar: pending events in the order of (time, sequence number). Each event is an intrusive node that its waiter
// owns; cancelling removes it at once, so that nothing in the calendar outlives its waiter, and four timeouts a query
// cost four removals instead of four dead entries. An indexed 4-ary heap: chosen by benchmarks/calendar_benchmark.cpp.
//
// Costs: schedule, cancel and pop O(log n); next_time O(1). Memory: 28 bytes a pending event, besides its node.
// Limits: 2^24 pending events, 2^40 events a run; beyond them SIM_CHECK.
#pragma once

#include <cstddef>
#include <cstdint>
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
    Calendar();

    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }
    std::size_t peak_size() const { return peak_size_; }

    // Requires: not empty.
    Instant next_time() const { return Instant{Duration{entries_[root].time}}; }
    std::uint64_t next_sequence() const { return entries_[root].order >> slot_bits; }

    // Requires: node not pending, at >= start_of_time, sequence larger than any before it.
    void schedule(CalendarNode& node, Instant at, std::uint64_t sequence) {
        SIM_CHECK(!node.pending());
        SIM_CHECK(sequence < (std::uint64_t{1} << (64 - slot_bits)));
        const std::uint32_t slot = take_slot(node);
        node.place_ = slot;
        if (root + size_ == entries_.size()) grow();
        ++size_;
        if (size_ > peak_size_) peak_size_ = size_;
        sift_up(root + size_ - 1, Entry{at.time_since_epoch().count(), (sequence << slot_bits) | slot});
    }

    // Requires: the node is pending in this calendar.
    void cancel(CalendarNode& node);

    // Removes the earliest event and returns its node, which is no longer pending. Requires: not empty.
    CalendarNode& pop() {
        const std::uint32_t slot = entries_[root].slot();
        CalendarNode& node = *nodes_[slot];
        release_slot(node, slot);
        --size_;
        const Entry last = entries_[root + size_];
        entries_[root + size_] = past_the_end;  // before the sift, which looks at whole groups of four
        if (size_ > 0) sift_up(hole_to_leaf(root), last);
        return node;
    }

    // Bytes held, nodes not counted.
    std::size_t memory_bytes() const;

private:
    static constexpr int slot_bits = 24;
    static constexpr std::size_t root = 3;  // the four children of i are 4i - 8 .. 4i - 5: one cache line
    __extension__ using Key = unsigned __int128;

    struct Entry {
        std::int64_t time;    // nanoseconds, >= 0
        std::uint64_t order;  // sequence number, then slot
        std::uint32_t slot() const { return static_cast<std::uint32_t>(order & ((1u << slot_bits) - 1)); }
        Key key() const { return (static_cast<Key>(static_cast<std::uint64_t>(time)) << 64) | order; }
    };
    static constexpr Entry past_the_end{INT64_MAX, UINT64_MAX};  // pads the last group of four children

    std::uint32_t take_slot(CalendarNode& node) {
        if (free_slots_.empty()) add_slots();
        const std::uint32_t slot = free_slots_.back();
        free_slots_.pop_back();
        nodes_[slot] = &node;
        return slot;
    }
    void release_slot(CalendarNode& node, std::uint32_t slot) {
        node.place_ = CalendarNode::idle;
        free_slots_.push_back(slot);
    }
    void place(std::size_t at, const Entry& entry) {
        entries_[at] = entry;
        places_[entry.slot()] = static_cast<std::uint32_t>(at);
    }
    void sift_up(std::size_t hole, const Entry& entry) {
        const Key key = entry.key();
        while (hole > root) {
            const std::size_t parent = hole / 4 + 2;
            if (entries_[parent].key() <= key) break;
            place(hole, entries_[parent]);
            hole = parent;
        }
        place(hole, entry);
    }
    // Moves a hole down to a leaf, from where the entry that fills it goes up: the last entry nearly always belongs
    // low, so this saves one comparison a level.
    std::size_t hole_to_leaf(std::size_t hole) {
        const std::size_t end = root + size_;
        for (;;) {
            const std::size_t first = 4 * hole - 8;
            if (first >= end) return hole;
            const std::size_t a = entries_[first].key() <= entries_[first + 1].key() ? first : first + 1;
            const std::size_t b = entries_[first + 2].key() <= entries_[first + 3].key() ? first + 2 : first + 3;
            const std::size_t least = entries_[a].key() <= entries_[b].key() ? a : b;
            place(hole, entries_[least]);
            hole = least;
        }
    }
    void grow();
    void add_slots();

    // Entries begin so that each group of four siblings shares a cache line.
    struct CacheLine {
        alignas(64) Entry entries[4];
    };
    // A view over cache lines that indexes single entries.
    class Entries {
    public:
        Entry& operator[](std::size_t i) { return lines_[i >> 2].entries[i & 3]; }
        const Entry& operator[](std::size_t i) const { return lines_[i >> 2].entries[i & 3]; }
        std::size_t size() const { return 4 * lines_.size(); }
        std::vector<CacheLine> lines_;
    };

    Entries entries_;
    std::size_t size_ = 0;
    std::size_t peak_size_ = 0;
    std::vector<std::uint32_t> places_;      // by slot: index in entries_
    std::vector<CalendarNode*> nodes_;       // by slot
    std::vector<std::uint32_t> free_slots_;  // last in, first out: a slot just used is in the cache
};

}  // namespace faultline::engine
