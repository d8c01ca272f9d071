#include "models/cluster/page_use.hpp"

namespace faultline::models {

namespace {

constexpr std::uint64_t draws_a_page = 16;

// Every page of a class, until the pool is full.
void append_all(BufferPool& pool, const PageUse& use, const PageOfKey& page_of_key) {
    for (std::uint64_t key = 0; key < use.keys.ranks() && !pool.full(); ++key) {
        for (int i = 0; i < use.pages; ++i) pool.append_oldest(page_of_key(key, static_cast<std::uint64_t>(i)));
    }
}

}  // namespace

void fill_as_if_long_in_use(BufferPool& pool, const std::vector<PageUse>& uses, const PageOfKey& page_of_key,
                            engine::RandomStream& draws) {
    double weights = 0.0;
    double pages = 0.0;
    for (const PageUse& use : uses) {
        weights += use.weight;
        pages += static_cast<double>(use.keys.ranks()) * use.pages;
    }
    if (weights <= 0.0) return;
    const bool fits = pages <= static_cast<double>(pool.pages_max());
    for (std::uint64_t drawn = 0; !fits && !pool.full() && drawn < draws_a_page * pool.pages_max(); ++drawn) {
        double where = draws.uniform() * weights;
        std::size_t chosen = 0;
        while (chosen + 1 < uses.size() && where >= uses[chosen].weight) where -= uses[chosen++].weight;
        const PageUse& use = uses[chosen];
        const std::uint64_t key = (use.keys(draws) - 1) * use.key_multiplier % use.keys.ranks();
        for (int i = use.pages; i-- > 0;) pool.append_oldest(page_of_key(key, static_cast<std::uint64_t>(i)));
    }
    for (const PageUse& use : uses) append_all(pool, use, page_of_key);
}

}  // namespace faultline::models
