#include "engine/frame_pool.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define FAULTLINE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FAULTLINE_ASAN 1
#endif
#endif

#ifdef FAULTLINE_ASAN
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
    blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(block_bytes));
    std::byte* const block = blocks_.back().get();
    Free* head = nullptr;
    for (std::size_t offset = (block_bytes / size) * size; offset >= size; offset -= size) {
        Free* const frame = ::new (block + offset - size) Free{head};
        head = frame;
    }
    free_[size_class] = head;
}

#ifdef FAULTLINE_ASAN

void FramePool::put_back(void* memory, std::size_t size_class) {
    constexpr std::size_t quarantined_max = 4096;
    const Quarantined entering{memory, size_class};
    poison(memory, size_class * granule);
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
void FramePool::poison(void* memory, std::size_t size) {
    ASAN_POISON_MEMORY_REGION(memory, size);
}

#else

void FramePool::put_back(void* memory, std::size_t size_class) {
    free_[size_class] = ::new (memory) Free{free_[size_class]};
}

void FramePool::unpoison(void* /*memory*/, std::size_t /*size*/) {}
void FramePool::poison(void* /*memory*/, std::size_t /*size*/) {}

#endif

}  // namespace faultline::engine
