// The peers of engine::Calendar: plain heaps of {time, sequence, event}, as one writes them when nothing is ever taken
// out of the middle. Cancelling is lazy: the event forgets the sequence number that its entry carries, and the entry is
// dropped when it comes to the top. That is lazy deletion at its best: an event may be scheduled again at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <queue>
#include <vector>

#include "engine/simulation.hpp"

namespace faultline::benchmarks {

class PlainEvent {
public:
    using Fire = void (*)(PlainEvent&, engine::Simulation&);
    explicit PlainEvent(Fire action) : fire_(action) {}
    void fire(engine::Simulation& simulation) { fire_(*this, simulation); }

    static constexpr std::uint64_t idle = UINT64_MAX;
    std::uint64_t armed = idle;  // sequence number of its living entry; used by lazy deletion only

private:
    Fire fire_;
};

struct PlainEntry {
    std::int64_t time;
    std::uint64_t sequence;
    PlainEvent* event;
    bool before(const PlainEntry& other) const {
        return time != other.time ? time < other.time : sequence < other.sequence;
    }
};

// std::priority_queue.
class BinaryHeap {
public:
    std::size_t size() const { return entries_.size(); }
    const PlainEntry& first() const { return entries_.top(); }
    void push(const PlainEntry& entry) { entries_.push(entry); }
    void pop() { entries_.pop(); }

private:
    struct Later {
        bool operator()(const PlainEntry& a, const PlainEntry& b) const { return b.before(a); }
    };
    std::priority_queue<PlainEntry, std::vector<PlainEntry>, Later> entries_;
};

// An implicit heap with four children a node: half the depth.
class FourAryHeap {
public:
    std::size_t size() const { return entries_.size(); }
    const PlainEntry& first() const { return entries_.front(); }
    void push(const PlainEntry& entry) {
        std::size_t hole = entries_.size();
        entries_.push_back(entry);
        while (hole > 0) {
            const std::size_t parent = (hole - 1) / 4;
            if (!entry.before(entries_[parent])) break;
            entries_[hole] = entries_[parent];
            hole = parent;
        }
        entries_[hole] = entry;
    }
    void pop() {
        const PlainEntry last = entries_.back();
        entries_.pop_back();
        const std::size_t size = entries_.size();
        if (size == 0) return;
        std::size_t hole = 0;
        for (std::size_t child = 1; child < size; child = 4 * hole + 1) {
            const std::size_t end = child + 4 < size ? child + 4 : size;
            std::size_t least = child;
            for (std::size_t i = child + 1; i < end; ++i) {
                if (entries_[i].before(entries_[least])) least = i;
            }
            if (!entries_[least].before(last)) break;
            entries_[hole] = entries_[least];
            hole = least;
        }
        entries_[hole] = last;
    }

private:
    std::vector<PlainEntry> entries_;
};

// A calendar that cancels nothing.
template <class Heap>
class PlainCalendar {
public:
    using Event = PlainEvent;
    void schedule(Event& event, std::int64_t time) { heap_.push({time, next_sequence_++, &event}); }
    // Takes out the earliest event. Requires: there is one.
    Event& pop(std::int64_t& time) {
        const PlainEntry entry = heap_.first();
        heap_.pop();
        time = entry.time;
        return *entry.event;
    }

private:
    Heap heap_;
    std::uint64_t next_sequence_ = 0;
};

// A calendar with lazy deletion.
template <class Heap>
class LazyCalendar {
public:
    using Event = PlainEvent;
    std::size_t entries() const { return heap_.size(); }
    void schedule(Event& event, std::int64_t time) {
        event.armed = next_sequence_;
        heap_.push({time, next_sequence_++, &event});
    }
    void cancel(Event& event) { event.armed = Event::idle; }
    bool pending(const Event& event) const { return event.armed != Event::idle; }
    // Takes out the earliest living event. Requires: there is one.
    Event& pop(std::int64_t& time) {
        for (;;) {
            const PlainEntry entry = heap_.first();
            heap_.pop();
            if (entry.event->armed != entry.sequence) continue;
            entry.event->armed = Event::idle;
            time = entry.time;
            return *entry.event;
        }
    }

private:
    Heap heap_;
    std::uint64_t next_sequence_ = 0;
};

}  // namespace faultline::benchmarks
