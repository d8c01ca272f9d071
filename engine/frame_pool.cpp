#include "engine/frame_pool.hpp"

#ifdef FAULTLINE_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

namespace faultline::engine {

FramePool& FramePool::first_use() {
    static thread_local FramePool pool;
    current_ = &pool;
    return pool;
}

void FramePool::refill(std::size_t size_class) {
    const std::size_t size = size_class * granule;
    if (region_used_ == region_bytes) {
        regions_.emplace_back(region_bytes);
        region_used_ = 0;
    }
    std::byte* const block = regions_.back().data() + region_used_;
    region_used_ += block_bytes;
    Free* head = nullptr;
    for (std::size_t offset = (block_bytes / size) * size; offset >= size; offset -= size) {
        Free* const frame = ::new (block + offset - size) Free{head};
        head = frame;
    }
    free_[size_class] = head;
}

#ifdef FAULTLINE_ADDRESS_SANITIZER

void FramePool::put_back(void* memory, std::size_t size_class) {
    constexpr std::size_t quarantined_max = 4096;
    const Quarantined entering{memory, size_class};
    ASAN_POISON_MEMORY_REGION(memory, size_class * granule);
    if (quarantine_.size() < quarantined_max) {
        quarantine_.push_back(entering);
        return;
    }
    const Quarantined leaving = quarantine_[quarantine_next_];
    quarantine_[quarantine_next_] = entering;
    quarantine_next_ = (quarantine_next_ + 1) % quarantined_max;
    unpoison(leaving.memory, sizeof(Free));
    free_[leaving.size_class] = ::new (leaving.memory) Free{free_[leaving.size_class]};
}

void FramePool::unpoison(void* memory, std::size_t size) {
    ASAN_UNPOISON_MEMORY_REGION(memory, size);
}

#endif

}  // namespace faultline::engine
