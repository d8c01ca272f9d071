// Who is there, and in which order they came. Members enter and leave in any order, each at a place that it remembers;
// they are walked through only when something rare happens, a component's death. A list through the members would be
// shorter, but each that leaves it touches the memory of two strangers, which has been cold for a while.
// 16 bytes for each place that was ever taken.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/check.hpp"

namespace faultline::engine {

template <class Member>
class Roster {
public:
    // The member's place until it leaves.
    std::uint32_t enter(Member& member) {
        if (free_ == none) [[unlikely]]
            add_place();
        const std::uint32_t place = free_;
        Entry& entry = entries_[place];
        free_ = static_cast<std::uint32_t>(entry.number);
        entry = {&member, entered_++};
        ++size_;
        return place;
    }
    void leave(std::uint32_t place) {
        SIM_CHECK(place < entries_.size() && entries_[place].member != nullptr);
        entries_[place] = {nullptr, free_};
        free_ = place;
        --size_;
    }
    std::size_t size() const { return size_; }
    std::size_t memory_bytes() const { return entries_.capacity() * sizeof(Entry); }

    // A copy: members may leave while it is walked through.
    std::vector<Member*> oldest_first() const {
        std::vector<Entry> present;
        for (const Entry& entry : entries_) {
            if (entry.member != nullptr) present.push_back(entry);
        }
        std::sort(present.begin(), present.end(), [](const Entry& a, const Entry& b) { return a.number < b.number; });
        std::vector<Member*> members;
        for (const Entry& entry : present) members.push_back(entry.member);
        return members;
    }

private:
    static constexpr std::uint32_t none = 0xffff'ffff;
    struct Entry {
        Member* member = nullptr;  // null: a free place
        std::uint64_t number = 0;  // of its entering; of a free place, the next free one
    };
    [[gnu::noinline]] void add_place() {
        free_ = static_cast<std::uint32_t>(entries_.size());
        entries_.push_back({nullptr, none});
    }

    std::vector<Entry> entries_;
    std::uint64_t entered_ = 0;
    std::size_t size_ = 0;
    std::uint32_t free_ = none;
};

}  // namespace faultline::engine
