#include "planning/sweep/design.hpp"

#include <limits>
#include <numeric>
#include <utility>

#include "engine/random/stream.hpp"

namespace faultline::planning {
namespace {

// A permutation of 0 .. count - 1 (Fisher-Yates).
std::vector<std::size_t> shuffled(std::size_t count, engine::RandomStream& draws) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t left = count; left > 1; --left) {
        const auto chosen = static_cast<std::size_t>(draws.uniform() * static_cast<double>(left));
        std::swap(order[left - 1], order[std::min(chosen, left - 1)]);
    }
    return order;
}

std::string value_at(const Dimension& dimension, double share) {
    if (dimension.range) return dimension.range->json_at(share);
    const auto count = static_cast<double>(dimension.values.size());
    return dimension.values[std::min(static_cast<std::size_t>(share * count), dimension.values.size() - 1)];
}

}  // namespace

std::uint64_t grid_size(const std::vector<Dimension>& dimensions) {
    std::uint64_t size = 1;
    for (const Dimension& dimension : dimensions) {
        const std::uint64_t values = dimension.values.size();
        if (values != 0 && size > std::numeric_limits<std::uint64_t>::max() / values) {
            return std::numeric_limits<std::uint64_t>::max();
        }
        size *= values;
    }
    return size;
}

std::vector<Combination> grid(const std::vector<Dimension>& dimensions) {
    std::vector<Combination> all{Combination{}};
    for (const Dimension& dimension : dimensions) {
        std::vector<Combination> longer;
        for (const Combination& one : all) {
            for (const std::string& value : dimension.values) {
                longer.push_back(one);
                longer.back().push_back(value);
            }
        }
        all = std::move(longer);
    }
    return all;
}

std::vector<Combination> one_at_a_time(const std::vector<Dimension>& dimensions) {
    std::vector<Combination> all{Combination(dimensions.size())};
    for (std::size_t i = 0; i < dimensions.size(); ++i) {
        for (const std::string& value : dimensions[i].values) {
            all.emplace_back(dimensions.size());
            all.back()[i] = value;
        }
    }
    return all;
}

std::vector<Combination> latin_hypercube(const std::vector<Dimension>& dimensions, std::size_t points,
                                         std::uint64_t seed) {
    std::vector<Combination> all(points);
    for (const Dimension& dimension : dimensions) {
        engine::RandomStream draws{
            engine::stream_key(engine::Seed{seed}, 0, "sweep" + dimension.pointer, "latin hypercube")};
        const std::vector<std::size_t> strata = shuffled(points, draws);
        for (std::size_t i = 0; i < points; ++i) {
            const double share = (static_cast<double>(strata[i]) + draws.uniform()) / static_cast<double>(points);
            all[i].push_back(value_at(dimension, share));
        }
    }
    return all;
}

}  // namespace faultline::planning
