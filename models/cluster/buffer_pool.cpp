#include "models/cluster/buffer_pool.hpp"

#include <algorithm>

namespace faultline::models {

BufferPool::BufferPool(std::uint64_t pages_max, std::uint64_t pages_expected)
    : pages_max_(pages_max), index_(static_cast<std::size_t>(std::min(pages_max, pages_expected))) {
    SIM_CHECK(pages_max >= 1 && pages_max < none);
    frames_.reserve(static_cast<std::size_t>(std::min(pages_max, pages_expected)));
}

bool BufferPool::touch(std::uint64_t page) {
    const Place there = find(page);
    if (there == newest_ && there != none) return true;
    if (there != none) {
        unlink(there);
        link_newest(there);
        return true;
    }
    if (full()) evict_oldest();
    const Place place = free_frame();
    frames_[place].page = page;
    index_.insert(page, place, page_of());
    link_newest(place);
    ++size_;
    return false;
}

void BufferPool::append_oldest(std::uint64_t page) {
    if (full() || holds(page)) return;
    const Place place = free_frame();
    frames_[place] = {page, oldest_, none};
    index_.insert(page, place, page_of());
    (oldest_ != none ? frames_[oldest_].older : newest_) = place;
    oldest_ = place;
    ++size_;
}

void BufferPool::clear() {
    frames_.clear();
    index_.clear();
    size_ = 0;
    newest_ = oldest_ = free_ = none;
    shared_.resident = 0;
}

void BufferPool::resize(std::uint64_t pages_max) {
    SIM_CHECK(pages_max >= 1 && pages_max < none);
    pages_max_ = pages_max;
    while (size_ > pages_max_) evict_oldest();
}

void BufferPool::copy_from(const BufferPool& other) {
    if (&other == this) return;
    clear();
    frames_.reserve(static_cast<std::size_t>(std::min(other.size_, pages_max_)));
    for (Place place = other.newest_; place != none && !full(); place = other.frames_[place].older) {
        append_oldest(other.frames_[place].page);
    }
    shared_.resident = std::min(other.shared_.resident, room_for_shared());
}

BufferPool::Place BufferPool::free_frame() {
    if (free_ == none) {
        frames_.emplace_back();
        return static_cast<Place>(frames_.size() - 1);
    }
    const Place place = free_;
    free_ = frames_[place].older;
    return place;
}

void BufferPool::unlink(Place place) {
    const Frame& frame = frames_[place];
    (frame.newer != none ? frames_[frame.newer].older : newest_) = frame.older;
    (frame.older != none ? frames_[frame.older].newer : oldest_) = frame.newer;
}

void BufferPool::link_newest(Place place) {
    frames_[place].newer = none;
    frames_[place].older = newest_;
    (newest_ != none ? frames_[newest_].newer : oldest_) = place;
    newest_ = place;
}

void BufferPool::evict_oldest() {
    const Place place = oldest_;
    index_.erase(frames_[place].page, page_of());
    unlink(place);
    frames_[place].older = free_;
    free_ = place;
    --size_;
}

}  // namespace faultline::models
