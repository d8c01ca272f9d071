// A vector whose large arrays ask for large pages: where events lie at random over many megabytes, a page walk costs as
// much as the access, in a virtual machine more. From half a large page on an array takes whole ones: up to 2 MB more
// than it needs (bytes_taken). Items start on a cache line.
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
    static bool is_large(std::size_t count) { return count * sizeof(Item) >= page / 2; }
    static std::align_val_t alignment(std::size_t count) { return std::align_val_t{is_large(count) ? page : line}; }
    static std::size_t bytes_taken(std::size_t count) {
        const std::size_t needed = count * sizeof(Item);
        return is_large(count) ? (needed + page - 1) / page * page : needed;
    }
    Item* allocate(std::size_t count) {
        const std::size_t size = bytes_taken(count);
        void* const memory = ::operator new(size, alignment(count));
        if (is_large(count)) madvise(memory, size, MADV_HUGEPAGE);  // or not: a hint
        return static_cast<Item*>(memory);
    }
    void deallocate(Item* items, std::size_t count) { ::operator delete(items, alignment(count)); }
    friend bool operator==(LargePages, LargePages) { return true; }
};

template <class Item>
using LargePageVector = std::vector<Item, LargePages<Item>>;

// What its array takes of memory, the rounding included.
template <class Item>
std::size_t bytes_taken(const LargePageVector<Item>& vector) {
    return LargePages<Item>::bytes_taken(vector.capacity());
}

}  // namespace faultline::engine
