// Goal:   no heap allocation per event in steady state.
// Method: operator new counts. A long run through all that the kernel has (pools of both disciplines, calls, timers
//         that are cancelled, timeouts, tokens, conditions, children) must count exactly 0 after its warm-up.
#include <gtest/gtest.h>

#include "engine/call.hpp"
#include "engine/queueing/server_pool.hpp"
#include "engine/random/distributions.hpp"
#include "engine/statistics/latency_histogram.hpp"
#include "engine/tokens.hpp"
#include "engine/waits.hpp"
#include "tests/engine/allocation_count.hpp"

namespace faultline::engine {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr int customers = 200'000;
constexpr std::uint64_t allocations_max = 20;  // of blocks of frames: how many of a size are in quarantine varies
#else
constexpr int customers = 2'000'000;
constexpr std::uint64_t allocations_max = 0;
#endif

struct Answer {
    Duration travel{};
};

struct Shop {
    Process<> at_the_disk() {
        const Duration work = service.sample_duration(draws);
        co_await disk.serve(work);
    }
    Process<Answer> served() {
        const Duration work = service.sample_duration(draws);
        const auto outcome = co_await cpu.serve(work);
        if (!outcome.refused) co_await at_the_disk();
        progress.notify_one();
        co_return Answer{1ms};
    }
    Process<> customer() {
        const Instant came = sim.now();
        Tokens::Lease thread(threads);
        const bool granted = co_await thread.acquire();
        if (!granted) co_return;
        const Duration patience = 5ms + service.sample_duration(draws) * 4;
        Call<Answer> call(sim, node, served(), 1ms);
        Timer timer(sim, patience);
        const auto first = co_await any_of(call, timer);
        if (first == 1) {
            ++timeouts;
            Condition::Wait told = progress.wait();
            Timer pause(sim, 10ms);
            co_await any_of(told, pause);
        }
        responses.record(sim.now() - came);
    }
    Process<> source() {
        for (;;) {
            const Duration wait = gap.sample_duration(draws);
            co_await sim.delay(wait);
            ++arrived;
            sim.spawn(clients, customer());
        }
    }
    void run_to(int count) {
        while (arrived < count) sim.run_until(sim.now() + 1s);
    }

    Simulation sim{RunIdentity{}};
    Component node{sim, "node"};
    Component clients{sim, "clients"};
    ServerPool cpu{sim, node.number(), {.servers = 4, .waiting_room = 20}};
    ServerPool disk{sim, node.number(), {.servers = 2, .discipline = Discipline::processor_sharing}};
    Tokens threads{30, 50};
    Condition progress;
    RandomStream draws = sim.stream("shop", "draws");
    Distribution gap = Distribution::exponential(1.0 / 480.0);
    Distribution service = Distribution::exponential(0.004).capped(0.05);
    LatencyHistogram responses;
    int arrived = 0;
    int timeouts = 0;
};

TEST(AllocationTest, NoneInSteadyState) {
    Shop shop;
    // Far more than the steady state will ever need, so that every ring, pool and table has its size.
    for (int i = 0; i < 2'000; ++i) shop.sim.spawn(shop.clients, shop.customer());
    for (int i = 0; i < 1'000; ++i) shop.sim.spawn(shop.node, shop.at_the_disk());
    // And every octave of the histogram, which is allocated when it is first met.
    for (Duration seen = 1us; seen < 1min; seen *= 2) shop.responses.record(seen);
    shop.sim.spawn(shop.clients, shop.source());
    shop.run_to(customers / 10);
    const std::uint64_t before = allocation_count();
    const std::uint64_t events = shop.sim.events_run();
    shop.run_to(customers);
    EXPECT_LE(allocation_count() - before, allocations_max);
    EXPECT_GT(shop.sim.events_run() - events, 5u * customers);
    EXPECT_GT(shop.timeouts, customers / 100);
    EXPECT_GT(shop.cpu.refused(), 0u);
    shop.sim.close();
}

}  // namespace
}  // namespace faultline::engine
