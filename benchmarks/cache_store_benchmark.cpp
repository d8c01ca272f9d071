// What an operation on a cache node's key space costs the simulator, and what a resident key takes.
//
// Keys are uniform, which is the worst case for the processor's caches: at 2 million keys each operation is a miss.
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <random>

#include "models/cache/store.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;

constexpr engine::Bytes value{100};

// SplitMix64: a few instructions a draw, so that the store is what is measured.
struct Draws {
    using result_type = std::uint64_t;
    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return ~result_type{0}; }
    result_type operator()() {
        result_type x = state += 0x9e3779b97f4a7c15;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }
    result_type state = 1;
};

Store store_of(std::uint64_t keys, EvictionPolicy policy, Draws& draws) {
    StoreOptions options{.eviction = {.policy = policy}, .expiry = {}, .keys_expected = keys};
    options.maxmemory = {static_cast<std::int64_t>(keys) *
                         Store(options, RandomBits(draws)).charge_of(value, false).count};
    Store store(options, RandomBits(draws));
    for (std::uint64_t key = 0; key < keys; ++key) store.set({.key = key, .value = value}, engine::start_of_time);
    return store;
}

void report(benchmark::State& state, const Store& store) {
    state.counters["bytes_per_key"] =
        static_cast<double>(store.simulator_memory_bytes()) / static_cast<double>(store.resident_keys());
}

void get_hit(benchmark::State& state, EvictionPolicy policy) {
    Draws draws;
    const auto keys = static_cast<std::uint64_t>(state.range(0));
    Store store = store_of(keys, policy, draws);
    const RandomBits random(draws);
    for (auto _ : state) benchmark::DoNotOptimize(store.get(random.below(keys), engine::start_of_time + 1s));
    report(state, store);
}
BENCHMARK_CAPTURE(get_hit, lru, EvictionPolicy::AllkeysLru)->Arg(1'000)->Arg(2'000'000);
BENCHMARK_CAPTURE(get_hit, lfu, EvictionPolicy::AllkeysLfu)->Arg(1'000)->Arg(2'000'000);

// The key of an operation is known eight operations ahead.
void get_hit_prefetched(benchmark::State& state) {
    Draws draws;
    const auto keys = static_cast<std::uint64_t>(state.range(0));
    Store store = store_of(keys, EvictionPolicy::AllkeysLru, draws);
    const RandomBits random(draws);
    std::array<std::uint64_t, 8> ahead{};
    std::size_t at = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(store.get(ahead[at], engine::start_of_time + 1s));
        ahead[at] = random.below(keys);
        store.prefetch(ahead[at]);
        at = (at + 1) % ahead.size();
    }
    report(state, store);
}
BENCHMARK(get_hit_prefetched)->Arg(2'000'000);

void set_resident(benchmark::State& state) {
    Draws draws;
    const auto keys = static_cast<std::uint64_t>(state.range(0));
    Store store = store_of(keys, EvictionPolicy::AllkeysLru, draws);
    const RandomBits random(draws);
    for (auto _ : state) {
        benchmark::DoNotOptimize(store.set({.key = random.below(keys), .value = value}, engine::start_of_time + 1s));
    }
    report(state, store);
}
BENCHMARK(set_resident)->Arg(1'000)->Arg(2'000'000);

// Look-aside at a hit ratio of 0.8: every fifth request also sets a key and evicts another.
void get_and_set_on_miss(benchmark::State& state, EvictionPolicy policy) {
    Draws draws;
    const auto keys = static_cast<std::uint64_t>(state.range(0));
    Store store = store_of(keys, policy, draws);
    const RandomBits random(draws);
    engine::Instant now = engine::start_of_time;
    for (auto _ : state) {
        now += 10us;
        const std::uint64_t key = random.below(keys + keys / 4);
        if (store.get(key, now).outcome != LookupOutcome::Hit) store.set({.key = key, .value = value}, now);
    }
    report(state, store);
}
BENCHMARK_CAPTURE(get_and_set_on_miss, lru, EvictionPolicy::AllkeysLru)->Arg(1'000)->Arg(2'000'000);
BENCHMARK_CAPTURE(get_and_set_on_miss, random, EvictionPolicy::AllkeysRandom)->Arg(2'000'000);

// From an empty table that was not told how many keys to expect.
void insert_and_grow(benchmark::State& state) {
    Draws draws;
    for (auto _ : state) {
        Store store({}, RandomBits(draws));
        for (std::uint64_t key = 0; key < 1'000'000; ++key)
            store.set({.key = key, .value = value}, engine::start_of_time);
        report(state, store);
    }
    state.SetItemsProcessed(state.iterations() * 1'000'000);
}
BENCHMARK(insert_and_grow)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace faultline::models
