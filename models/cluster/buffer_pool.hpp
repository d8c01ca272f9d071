// The pages that an instance holds in memory: a real list of pages by their last touch. A page that is not there is
// read from storage and takes the place of the one touched longest ago.
//
// Why real pages and not a hit ratio from popularity (Che's approximation): what reaches a database is what a cache in
// front let through, split over readers, shifted by failovers; the list sees that stream as it is, is cold when it is
// emptied and warms up by the reads that it costs. It holds only pages that statements touch, never all of the data:
// 24 to 40 bytes a page that is resident, so a pool of 96 GiB that is full costs 200 MB. Che's approximation is the
// test's oracle (tests/models/cluster/buffer_pool_test.cpp).
// Beside the list: pages of a working set whose every page is as likely to be touched as any other (SharedPages). Of
// these no list is needed: by symmetry each is as likely to be there, so their number alone says what a touch finds.
// Leaves out: midpoint insertion (InnoDB), clock sweep (PostgreSQL), pages of indexes, dirty pages (none is ever
// written back: SIGMOD 2017, section 3.2), two reads at once of one page that is on its way (the second finds it).
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/large_pages.hpp"
#include "models/cluster/number_index.hpp"

namespace faultline::models {

// `in_set`: pages of the working set; `resident`: of them in memory.
struct SharedPages {
    std::uint64_t in_set = 0;
    std::uint64_t resident = 0;
};

class BufferPool {
public:
    // `pages_max`: 1 to 2^32 - 2. `pages_expected`: so many are given room at once.
    explicit BufferPool(std::uint64_t pages_max, std::uint64_t pages_expected = 0);

    // Was the page there? It is from now on, as the one touched last.
    bool touch(std::uint64_t page);
    // Puts a page behind all others, as touched longest ago. Nothing happens if it is there, or the pool is full.
    void append_oldest(std::uint64_t page);
    bool holds(std::uint64_t page) const { return find(page) != NumberIndex::none; }
    // Worth it some 100 ns ahead of touch or holds: its slot in the index; then, the same again later, its frame.
    void prefetch(std::uint64_t page) const { index_.prefetch(page); }
    void prefetch_frame(std::uint64_t page) const {
        const Place place = index_.first_guess(page);
        if (place != none) __builtin_prefetch(&frames_[place]);
    }
    void clear();
    // More or less memory; those touched longest ago go first. Requires: as of the constructor.
    void resize(std::uint64_t pages_max);
    // The same pages in the same order, as many of the newest as there is room for.
    void copy_from(const BufferPool& other);

    // The working set without popularity. It has the room that the pages of the list leave: of a pool that is full of
    // those, nothing.
    void set_shared(std::uint64_t pages) { shared_.in_set = pages; }
    const SharedPages& shared() const { return shared_; }
    bool holds_all_shared() const { return std::min(shared_.resident, room_for_shared()) >= shared_.in_set; }
    // Was page `page` of the set there, for `page` drawn evenly from 0 to `in_set` - 1? One more is from now on, if
    // there is room; else it takes the place of another.
    bool touch_shared(std::uint64_t page) {
        const std::uint64_t room = room_for_shared();
        shared_.resident = std::min(shared_.resident, room);
        if (page < shared_.resident) return true;
        if (shared_.resident < room) ++shared_.resident;
        return false;
    }
    void fill_shared() { shared_.resident = std::min(shared_.in_set, room_for_shared()); }

    std::uint64_t size() const { return size_; }
    std::uint64_t pages_max() const { return pages_max_; }
    bool full() const { return size_ >= pages_max_; }
    std::size_t memory_bytes() const { return engine::bytes_taken(frames_) + index_.memory_bytes(); }

private:
    using Place = NumberIndex::Place;
    static constexpr Place none = NumberIndex::none;
    struct Frame {
        std::uint64_t page = 0;
        Place newer = none;
        Place older = none;
    };
    auto page_of() const {
        return [this](Place place) { return frames_[place].page; };
    }
    std::uint64_t room_for_shared() const { return pages_max_ - std::min(pages_max_, size_); }
    Place find(std::uint64_t page) const { return index_.find(page, page_of()); }
    Place free_frame();
    void unlink(Place place);
    void link_newest(Place place);
    void evict_oldest();

    std::uint64_t pages_max_;
    std::uint64_t size_ = 0;
    SharedPages shared_;
    engine::LargePageVector<Frame> frames_;
    NumberIndex index_;
    Place newest_ = none;
    Place oldest_ = none;
    Place free_ = none;  // a list by `older`
};

}  // namespace faultline::models
