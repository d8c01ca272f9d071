// Where coroutine frames come from: free lists by size class, so that a process costs no heap allocation in steady
// state. Under AddressSanitizer freed frames are poisoned and wait in a quarantine, so that a use after the end of a
// process is found.
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <vector>

#include "engine/large_pages.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define FAULTLINE_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FAULTLINE_ADDRESS_SANITIZER 1
#endif
#endif

namespace faultline::engine {

class FramePool {
public:
    // The pool of this thread: the engine's one thread-local besides the clock of SIM_CHECK.
    static FramePool& instance() { return current_ != nullptr ? *current_ : first_use(); }

    void* allocate(std::size_t size) {
        const std::size_t size_class = (size + granule - 1) / granule;
        if (size_class >= free_.size()) return ::operator new(size);
        live_bytes_ += size_class * granule;
        if (live_bytes_ > peak_bytes_) peak_bytes_ = live_bytes_;
        Free*& head = free_[size_class];
        if (head == nullptr) refill(size_class);
        Free* const frame = head;
        unpoison(frame, size_class * granule);
        head = frame->next;
        return frame;
    }

    void release(void* memory, std::size_t size) {
        const std::size_t size_class = (size + granule - 1) / granule;
        if (size_class >= free_.size()) return ::operator delete(memory);
        live_bytes_ -= size_class * granule;
        put_back(memory, size_class);
    }

    std::size_t live_bytes() const { return live_bytes_; }
    std::size_t peak_bytes() const { return peak_bytes_; }

private:
    static constexpr std::size_t granule = 16;
    static constexpr std::size_t largest = 4096;  // larger frames come from the heap: none of a query's is
    static constexpr std::size_t block_bytes = 64 * 1024;
    static constexpr std::size_t region_bytes = 32 * block_bytes;
    struct Free {
        Free* next;
    };
    struct Quarantined {
        void* memory;
        std::size_t size_class;
    };

    static FramePool& first_use();
    void refill(std::size_t size_class);
#ifdef FAULTLINE_ADDRESS_SANITIZER
    void put_back(void* memory, std::size_t size_class);
    static void unpoison(void* memory, std::size_t size);
#else
    void put_back(void* memory, std::size_t size_class) {
        free_[size_class] = ::new (memory) Free{free_[size_class]};
    }
    static void unpoison(void* /*memory*/, std::size_t /*size*/) {}
#endif

    // Without an initialiser to run: one load, where a thread_local object costs a call.
    static inline constinit thread_local FramePool* current_ = nullptr;

    std::array<Free*, largest / granule + 1> free_{};
    std::vector<LargePageVector<std::byte>> regions_;  // cut into blocks of one size each
    std::size_t region_used_ = region_bytes;
    std::vector<Quarantined> quarantine_;  // used under AddressSanitizer only
    [[maybe_unused]] std::size_t quarantine_next_ = 0;
    std::size_t live_bytes_ = 0;
    std::size_t peak_bytes_ = 0;
};

}  // namespace faultline::engine
