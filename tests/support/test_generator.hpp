// A small generator for tests that must not depend on the engine's streams: SplitMix64 (Steele, Lea, Flood 2014).
#pragma once

#include <cstdint>
#include <limits>

namespace faultline::test {

class TestGenerator {
public:
    using result_type = std::uint64_t;
    explicit TestGenerator(std::uint64_t seed) : state_(seed) {}

    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

    result_type operator()() {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15U);
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return z ^ (z >> 31U);
    }
    // In (0, 1), both ends excluded.
    double uniform() { return (static_cast<double>((*this)() >> 11U) + 0.5) * 0x1p-53; }

private:
    std::uint64_t state_;
};

}  // namespace faultline::test
