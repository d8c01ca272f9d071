// Streams of random numbers, each an identity: (seed, replication, component, purpose), and, where the draws belong to
// a query, its number. No stream is made by advancing another, so adding a component shifts nobody else's draws.
//
// Philox4x64-10, a keyed function of a counter, turns an identity into 128 random bits: two identities, two keys. They
// are the state of a PCG (XSL RR 128/64), which draws: 16 bytes a stream, a dozen instructions a word. A query's state
// is the function's value at its number, so two topologies under comparison see the same work in whatever order they
// serve it. That the draws of any two of 10^10 streams of 10^4 draws overlap has a probability below 10^-14. Sources:
// J. Salmon, M. Moraes, R. Dror, D. Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011, and its reference
// implementation Random123; M. O'Neill, PCG, HMC-CS-2014-0905, and its library. Known answers:
// tests/engine/random/stream_test.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <pcg_random.hpp>
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

// A word as a number in the open interval (0, 1), in steps of 2^-53: a logarithm of it, or of its complement, is
// finite.
inline double uniform_of(std::uint64_t word) {
    const double draw = static_cast<double>(word >> 11U) * 0x1p-53;
    return draw > 0.0 ? draw : 0x1p-54;
}

// A UniformRandomBitGenerator.
class Draws {
public:
    using result_type = std::uint64_t;
    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return std::numeric_limits<result_type>::max(); }

    Draws(std::uint64_t high, std::uint64_t low) : generator_{(pcg_extras::pcg128_t{high} << 64U) | low} {}

    result_type operator()() { return generator_(); }
    double uniform() { return uniform_of(generator_()); }

private:
    pcg64_oneseq generator_;
};
static_assert(sizeof(Draws) == 16);

// What is drawn otherwise from an instant on, when a run has several futures (Simulation::branch). All that belong to
// one run are a ring, so that they can be found wherever they live: a copy is of the ring of what it copies. Nothing of
// this is on the way of a draw.
class Branching {
public:
    Branching() = default;
    Branching(const Branching& other) { join(other); }
    Branching& operator=(const Branching& other) {
        if (this == &other) return *this;
        leave();
        join(other);
        return *this;
    }
    virtual ~Branching() { leave(); }

    void join(const Branching& ring) const {
        previous_ = &ring;
        next_ = ring.next_;
        next_->previous_ = this;
        ring.next_ = this;
    }
    const Branching* next() const { return next_; }

    // From here on another stream: a function of what this one is now, and of the future's number.
    virtual void branch(std::uint64_t future) = 0;

private:
    void leave() const {
        previous_->next_ = next_;
        next_->previous_ = previous_;
        previous_ = next_ = this;
    }
    mutable const Branching* previous_ = this;
    mutable const Branching* next_ = this;
};

// What a component draws one after the other: arrivals, failure times.
class RandomStream : public Draws, public Branching {
public:
    explicit RandomStream(StreamKey key);

    // Whoever drew the same so far draws the same then: two topologies under comparison have common futures, too.
    void branch(std::uint64_t future) override;
};

// What belongs to a query: its class, key, demand, jitter. The same query gets the same draws whenever it is served.
class QueryDraws : public Draws {
public:
    using Draws::Draws;
};

// The two kinds of draws of a query, apart so that one jitter more shifts no demand.
struct QueryStreams {
    QueryDraws work;
    QueryDraws network;
};
QueryStreams query_streams(StreamKey key, std::uint64_t query_number);

// The key of queries that are opened in the course of a run: those opened in another future are other queries.
class QueryKey : public Branching {
public:
    explicit QueryKey(StreamKey key) : key_{key} {}
    operator StreamKey() const { return key_; }

    void branch(std::uint64_t future) override;

private:
    StreamKey key_;
};

}  // namespace faultline::engine
