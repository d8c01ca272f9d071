// Where a store draws its random numbers: any generator of 64 uniform bits, owned and seeded by the caller.
//
// A view, not an owner: the generator must outlive it and stay where it is. One indirect call a draw, so that the store
// is one class and not one for each generator.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <random>
#include <type_traits>

namespace faultline::models {

class RandomBits {
public:
    template <std::uniform_random_bit_generator Generator>
    requires(!std::is_same_v<std::remove_cv_t<Generator>, RandomBits>) explicit RandomBits(Generator& generator)
        : generator_(std::addressof(generator)),
          draw_([](void* g) { return static_cast<std::uint64_t>((*static_cast<Generator*>(g))()); }) {
        static_assert(Generator::min() == 0);
        static_assert(Generator::max() == std::numeric_limits<std::uint64_t>::max(), "64 uniform bits a draw");
    }

    std::uint64_t next() const { return draw_(generator_); }

    // Uniform in [0, 1): the upper 53 bits, the precision of a double.
    double uniform() const { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

    // Uniform in [0, end), but for a bias below end / 2^32. Requires 1 <= end < 2^32.
    std::uint64_t below(std::uint64_t end) const { return ((next() >> 32) * end) >> 32; }

private:
    void* generator_;
    std::uint64_t (*draw_)(void*);
};

}  // namespace faultline::models
