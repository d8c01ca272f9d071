#include "engine/frame_pool.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#define FAULTLINE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FAULTLINE_ASAN 1
#endif
#endif

namespace faultline::engine {
namespace {

TEST(FramePoolTest, FramesDoNotOverlap) {
    FramePool& pool = FramePool::instance();
    struct Frame {
        unsigned char* memory;
        std::size_t size;
    };
    std::vector<Frame> frames;
    for (std::size_t size = 1; size <= 6'000; size += 37) {
        auto* const memory = static_cast<unsigned char*>(pool.allocate(size));
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % __STDCPP_DEFAULT_NEW_ALIGNMENT__, 0u);
        std::memset(memory, static_cast<int>(frames.size() % 251), size);
        frames.push_back({memory, size});
    }
    for (std::size_t i = 0; i < frames.size(); ++i) {
        EXPECT_EQ(frames[i].memory[0], i % 251);
        EXPECT_EQ(frames[i].memory[frames[i].size - 1], i % 251);
        pool.release(frames[i].memory, frames[i].size);
    }
}

TEST(FramePoolTest, CountsWhatIsInUse) {
    FramePool& pool = FramePool::instance();
    const std::size_t before = pool.live_bytes();
    void* const frame = pool.allocate(300);
    EXPECT_EQ(pool.live_bytes() - before, 304u);
    EXPECT_GE(pool.peak_bytes(), pool.live_bytes());
    pool.release(frame, 300);
    EXPECT_EQ(pool.live_bytes(), before);
}

#ifndef FAULTLINE_ASAN

TEST(FramePoolTest, AFreedFrameIsTheNextOfItsSize) {
    FramePool& pool = FramePool::instance();
    void* const frame = pool.allocate(300);
    pool.release(frame, 300);
    EXPECT_EQ(pool.allocate(290), frame);
    pool.release(frame, 290);
}

#else

TEST(FramePoolDeathTest, AFreedFrameIsPoisoned) {
    FramePool& pool = FramePool::instance();
    auto* const frame = static_cast<volatile unsigned char*>(pool.allocate(300));
    frame[200] = 1;
    pool.release(const_cast<unsigned char*>(frame), 300);
    EXPECT_DEATH(frame[200] = 2, "use-after-poison");
}

TEST(FramePoolTest, AFreedFrameIsNotGivenAgainSoon) {
    FramePool& pool = FramePool::instance();
    std::set<void*> seen;
    for (int i = 0; i < 1'000; ++i) {
        void* const frame = pool.allocate(300);
        EXPECT_TRUE(seen.insert(frame).second);
        pool.release(frame, 300);
    }
}

#endif

}  // namespace
}  // namespace faultline::engine
