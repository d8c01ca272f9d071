// What a cache holds that has long been in use: which keys, since when, and when they were last asked for, drawn from
// what is known in closed form of keys that are asked for by independent Poisson processes. So that a run need not
// begin with hours in which a cache fills.
//
// Of one key, read r times a second (a miss sets it) and written w times (which sets it, or deletes it):
//
//   expiry       With a time to live t, within which no read renews it, and then a time g in which the first read does
//                (stale-while-revalidate), the time x since it was set has the density S(x)/A on (0, t + g), with
//                S(x) = exp(-w x) up to t, then exp(-w t - (r + w)(x - t)), and A its integral. It is there with the
//                probability A / (A + O), O being the mean time until somebody sets it again, for each time that it is
//                set: S(t + g)/(r + w) if writes set, (S(t + g) + w A)/r if they delete. An alternating renewal
//                process; for w = g = 0 it is r t / (1 + r t): N. Fofack et al., Analysis of TTL-based Cache Networks,
//                VALUETOOLS 2012.
//   LRU          There while the last access, of all a second, is younger than the characteristic time C, and was not a
//                deletion: H. Che, Y. Tung, Z. Wang, Hierarchical Web Caching Systems, IEEE JSAC 20(7), 2002.
//   random       It stays for a time that is exponential with mean C: E. Gelenbe, A Unified Approach to the Evaluation
//                of a Class of Replacement Algorithms, IEEE Trans. Computers C-22(6), 1973. So does noeviction, where C
//                is the time to live less what it waits for room.
//   LFU          Those that are asked for most.
//   volatile-ttl With one time to live those go first that were set first: as if they expired after C. (With several,
//                those of the shorter ones go at once, but for what sampling spares of them: no closed form.)
//
// Where those who fill in a key do so for times that differ, a stay is of one of these: with the share that each has of
// the reads, after one that found nothing, or of the writes, after one that set it. With E[t] the mean over these
// shares, it is r E[t] / (1 + r E[t]) without writes (Fofack et al. again, for any distribution of the time to live),
// and a stay that one meets is of a time t as often as t times its share says.
//
// One of these may be for ever (lasting_ttl). Where a memory binds, too, each kind of stay has the law of its eviction:
// LRU's is 1 up to C and falls from there on exponentially, with the mean (exp(r C) - 1)/r that the time until a gap
// longer than C has; random's is exp(-x/C). A policy that spares what does not expire ends only the other kinds. Where
// what lasts comes to more than the memory, nothing else stays: what is filled in then finds room only for a share of
// the times. Of keys that nothing ever takes away again, and that alone fill the memory, it is the order in which they
// came that decides: of a key that is filled in for ever L times a second 1 - exp(-L T) is there, T such that it fits.
// L is less what finds the key there for a time, while these have half of the memory: an approximation.
//
// C is such that what is expected fills the memory. Where a memory and one time to live both bind, a key is there with
// the smaller of both probabilities. All that is there is as the database has it: stale entries, which only deletions
// that do not reach a cache leave behind, are left out, as are keys that have expired and are not yet deleted, and what
// sessions add to the popularity of keys.
// Against the store itself under the same stream: tests/models/cache/steady_contents_test.cpp.
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "engine/random/stream.hpp"
#include "models/cache/store.hpp"

namespace faultline::models {

// Of one key; a second, both >= 0.
struct KeyDemand {
    std::uint64_t key = 0;
    float reads_per_s = 0.0F;
    float writes_per_s = 0.0F;
};

// The part of it that fills the key in for one time to live. Writes count where they set.
struct FillRate {
    float reads_per_s = 0.0F;
    float writes_per_s = 0.0F;
};

inline constexpr std::size_t steady_ttls_most = 8;
inline constexpr engine::Duration lasting_ttl = engine::Duration::max();  // among several: for ever

// For each of several keys how often it is filled in for each time to live of the shape, one key behind the other.
// Empty: all are filled in for one and the same.
struct SteadyDemand {
    std::vector<KeyDemand> keys;
    std::vector<FillRate> fills;
};

struct SteadyShape {
    StoreOptions store;
    bool writes_set = false;                // else they delete
    std::optional<engine::Duration> ttl{};  // > 0
    // Where they differ: each > 0, at most so many; lasting_ttl among others. volatile-ttl: one, and lasting_ttl.
    std::vector<engine::Duration> ttls{};
    double ttl_jitter = 0.0;    // 0..1: it is shorter by up to this share
    engine::Duration ageing{};  // g; needs a ttl
    engine::Bytes value{};
};

// How scarce the memory is.
struct Scarcity {
    double characteristic_s = std::numeric_limits<double>::infinity();  // C; infinite: all that has not expired fits
    double admitted = 1.0;                                              // of what is filled in, the share with room
    double let_in_s = std::numeric_limits<double>::infinity();          // T; infinite: what lasts fits, too
};
// What a key takes.
struct KeyCharges {
    engine::Bytes expiring{};
    engine::Bytes lasting{};
};

// O(keys) up to 2^17 keys, of more as many are looked at.
Scarcity scarcity(const SteadyShape& shape, const SteadyDemand& demand, const KeyCharges& charges);

// The probability that a key is there. `fills`: of it, for each of shape.ttls.
double presence(const SteadyShape& shape, const KeyDemand& of, const Scarcity& scarcity,
                std::span<const FillRate> fills = {});

// Requires: an empty store, of these options.
void fill_as_if_long_in_use(Store& store, const SteadyShape& shape, const SteadyDemand& demand, RandomBits draws,
                            engine::Instant now);

}  // namespace faultline::models
