// A vector whose large arrays ask for large pages: where events lie at random over many megabytes, a page walk costs as
// much as the access. Items start on a cache line.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>
#include <vector>

namespace faultline::engine {

template <class Item>
struct LargePages {
    using value_type = Item;
    static constexpr std::size_t line = 64;
    static constexpr std::size_t page = std::size_t{1} << 21U;

    LargePages() = default;
    template <class Other>
    explicit LargePages(const LargePages<Other>&) {}
    static std::align_val_t alignment(std::size_t count) {
        return std::align_val_t{count * sizeof(Item) < page ? line : page};
    }
    Item* allocate(std::size_t count) {
        void* const memory = ::operator new(count * sizeof(Item), alignment(count));
        if (count * sizeof(Item) >= page) madvise(memory, count * sizeof(Item), MADV_HUGEPAGE);  // or not: a hint
        return static_cast<Item*>(memory);
    }
    void deallocate(Item* items, std::size_t count) { ::operator delete(items, alignment(count)); }
    friend bool operator==(LargePages, LargePages) { return true; }
};

template <class Item>
using LargePageVector = std::vector<Item, LargePages<Item>>;

}  // namespace faultline::engine
