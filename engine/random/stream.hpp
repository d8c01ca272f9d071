// Streams of random numbers, each an identity: (seed, replication, component, purpose), and, where the draws belong to
// a query, its number. No stream is made by advancing another, so adding a component shifts nobody else's draws.
//
// The generator is Philox4x64-10: a keyed function of a counter. Two streams are two keys; the draws of a query are a
// counter of their own, so two topologies under comparison see the same work in whatever order they serve it.
// Source: J. Salmon, M. Moraes, R. Dror, D. Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011; its reference
// implementation, Random123. Known answers: tests/engine/random/stream_test.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

namespace faultline::engine {

// What a run is repeated from.
struct Seed {
    std::uint64_t value = 0;
    friend constexpr bool operator==(Seed, Seed) = default;
};

// A hash that never changes: FNV-1a, 64 bits, and the finaliser of MurmurHash3 (short names differ in few low bits).
// std::hash may differ between two libraries, and between two runs.
constexpr std::uint64_t stable_hash(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char letter : text) {
        hash ^= static_cast<unsigned char>(letter);
        hash *= 0x100000001b3U;
    }
    hash ^= hash >> 33U;
    hash *= 0xff51afd7ed558ccdU;
    hash ^= hash >> 33U;
    hash *= 0xc4ceb9fe1a85ec53U;
    return hash ^ (hash >> 33U);
}

// Names one stream. Equal keys are equal streams.
struct StreamKey {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend constexpr bool operator==(StreamKey, StreamKey) = default;
};

//   component_path   an identity ("eu-west-1/orders/instance-1"), never a role or an index
//   purpose          what the draws decide ("arrivals", "retries"): one more draw of one purpose shifts no other
StreamKey stream_key(Seed seed, std::uint32_t replication, std::string_view component_path, std::string_view purpose);

// The four words of Philox4x64-10 under a key, at a counter.
using PhiloxBlock = std::array<std::uint64_t, 4>;
PhiloxBlock philox_block(StreamKey key, const PhiloxBlock& counter);

// A UniformRandomBitGenerator over the blocks (block, number, 0, domain) of a key. The domain keeps a RandomStream and
// the QueryDraws of the same key apart. 64 bytes; nothing is computed before the first draw. Period: 2^64 draws.
template <std::uint64_t domain>
class PhiloxDraws {
public:
    using result_type = std::uint64_t;
    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

    PhiloxDraws(StreamKey key, std::uint64_t number) : key_{key}, number_{number} {}

    result_type operator()() {
        const std::uint64_t word = draws_ % 4;
        if (word == 0) words_ = philox_block(key_, {draws_ / 4, number_, 0, domain});
        ++draws_;
        return words_[word];
    }

    // Uniform in the open interval (0, 1), in steps of 2^-53: a logarithm of it, or of its complement, is finite.
    double uniform() {
        const double draw = static_cast<double>((*this)() >> 11U) * 0x1p-53;
        return draw > 0.0 ? draw : 0x1p-54;
    }

private:
    StreamKey key_;
    std::uint64_t number_;
    std::uint64_t draws_ = 0;
    PhiloxBlock words_;  // left unset: set by the first draw
};

// What a component draws one after the other: arrivals, failure times.
class RandomStream : public PhiloxDraws<0> {
public:
    explicit RandomStream(StreamKey key) : PhiloxDraws{key, 0} {}
};

// What belongs to a query: its class, key, demand, jitter. The same query gets the same draws whenever it is served.
class QueryDraws : public PhiloxDraws<1> {
public:
    QueryDraws(StreamKey key, std::uint64_t query_number) : PhiloxDraws{key, query_number} {}
};
static_assert(sizeof(QueryDraws) <= 64);

}  // namespace faultline::engine
