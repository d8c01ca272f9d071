// The pages that an instance holds in memory: a real list of pages by their last touch. A page that is not there is
// read from storage and takes the place of the one touched longest ago.
//
// Why real pages and not a hit ratio from popularity (Che's approximation): what reaches a database is what a cache in
// front let through, split over readers, shifted by failovers; the list sees that stream as it is, is cold when it is
// emptied and warms up by the reads that it costs. It holds only pages that statements touch, never all of the data:
// 24 to 40 bytes a page that is resident, so a pool of 96 GiB that is full costs 200 MB. Che's approximation is the
// test's oracle (tests/models/cluster/buffer_pool_test.cpp).
// Leaves out: midpoint insertion (InnoDB), clock sweep (PostgreSQL), pages of indexes, dirty pages (none is ever
// written back: SIGMOD 2017, section 3.2), two reads at once of one page that is on its way (the second finds it).
#pragma once

#include <cstdint>

#include "engine/large_pages.hpp"
#include "models/cluster/number_index.hpp"

namespace faultline::models {

class BufferPool {
public:
    // `pages_max`: 1 to 2^32 - 2. `pages_expected`: so many are given room at once.
    explicit BufferPool(std::uint64_t pages_max, std::uint64_t pages_expected = 0);

    // Was the page there? It is from now on, as the one touched last.
    bool touch(std::uint64_t page);
    // Puts a page behind all others, as touched longest ago. Nothing happens if it is there, or the pool is full.
    void append_oldest(std::uint64_t page);
    bool holds(std::uint64_t page) const { return find(page) != NumberIndex::none; }
    void prefetch(std::uint64_t page) const { index_.prefetch(page); }
    void clear();
    // More or less memory; those touched longest ago go first. Requires: as of the constructor.
    void resize(std::uint64_t pages_max);
    // The same pages in the same order, as many of the newest as there is room for.
    void copy_from(const BufferPool& other);

    std::uint64_t size() const { return size_; }
    std::uint64_t pages_max() const { return pages_max_; }
    bool full() const { return size_ >= pages_max_; }
    std::size_t memory_bytes() const { return frames_.capacity() * sizeof(Frame) + index_.memory_bytes(); }

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
    Place find(std::uint64_t page) const { return index_.find(page, page_of()); }
    Place free_frame();
    void unlink(Place place);
    void link_newest(Place place);
    void evict_oldest();

    std::uint64_t pages_max_;
    std::uint64_t size_ = 0;
    engine::LargePageVector<Frame> frames_;
    NumberIndex index_;
    Place newest_ = none;
    Place oldest_ = none;
    Place free_ = none;  // a list by `older`
};

}  // namespace faultline::models
