// Which pages the statements of a class touch: the page of its key, and those behind it. And what a pool holds that has
// served such classes for long.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "engine/random/stream.hpp"
#include "engine/random/zipf.hpp"
#include "models/cluster/buffer_pool.hpp"

namespace faultline::models {

struct PageUse {
    double weight = 0.0;  // share of the operations
    engine::Zipf keys;
    std::uint64_t key_multiplier = 1;  // rank -> key, as of ClassPlan
    int pages = 1;
    bool at_writer = false;  // else at the readers
};

using PageOfKey = std::function<std::uint64_t(std::uint64_t key, std::uint64_t behind)>;

// Fills an empty pool with what it holds in steady state: the pages touched last of a long past, drawn backwards in
// time. Where all pages fit they are there. Where they nearly fit, the last few would take for ever to be drawn: after
// 16 draws a page of room, the rest is filled with others of the tail. Leaves out: that a cache in front lets through
// less of what is popular; the run itself corrects the order.
void fill_as_if_long_in_use(BufferPool& pool, const std::vector<PageUse>& uses, const PageOfKey& page_of_key,
                            engine::RandomStream& draws);

}  // namespace faultline::models
