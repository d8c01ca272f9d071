// A ring of bits that finds the next set one in a few instructions: which buckets of a wheel hold anything.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace faultline::engine {

// Bits: a power of two from 128 to 4096.
template <std::size_t bits>
class BitRing {
    static constexpr std::size_t words = bits / 64;
    static_assert(std::has_single_bit(bits) && words >= 2 && words <= 64);

public:
    void set(std::size_t i) {
        words_[i / 64] |= bit(i);
        summary_ |= bit(i / 64);
    }
    void clear(std::size_t i) {
        words_[i / 64] &= ~bit(i);
        if (words_[i / 64] == 0) summary_ &= ~bit(i / 64);
    }
    bool empty() const { return summary_ == 0; }

    // From `from` to the first set bit at or after it, round the end to those before it. Requires: a bit is set.
    std::int64_t distance(std::size_t from) const {
        return static_cast<std::int64_t>((next(from) - from) & (bits - 1));
    }

private:
    std::size_t next(std::size_t from) const {
        const std::size_t word = from / 64;
        const std::uint64_t here = words_[word] & (~std::uint64_t{0} << (from % 64));
        if (here != 0) return word * 64 + lowest(here);
        const std::uint64_t behind = word == 63 ? 0 : summary_ & (~std::uint64_t{0} << (word + 1));
        const std::size_t found = lowest(behind != 0 ? behind : summary_);
        return found * 64 + lowest(words_[found]);
    }

    static constexpr std::uint64_t bit(std::size_t i) { return std::uint64_t{1} << (i % 64); }
    static std::size_t lowest(std::uint64_t word) { return static_cast<std::size_t>(std::countr_zero(word)); }

    std::array<std::uint64_t, words> words_{};
    std::uint64_t summary_ = 0;  // of the words that are not zero
};

}  // namespace faultline::engine
