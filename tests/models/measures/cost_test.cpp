// What the recorder costs: memory, allocations, time.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <new>

#include "tests/models/measures/trace.hpp"

namespace {
std::uint64_t allocations = 0;
}  // namespace

// Every allocation of this program is counted; the aligned forms are left as they are. noinline: g++ 12 sees a mismatch
// where it inlines one of the two.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    void* const memory = std::malloc(size);
    if (memory == nullptr) throw std::bad_alloc{};
    return memory;
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    ++allocations;
    return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace faultline::models {
namespace {

MeasuresShape wide_shape(std::size_t classes, std::size_t offices, Duration end) {
    MeasuresShape shape = small_shape(end);
    shape.classes.assign(classes, shape.classes[0]);
    shape.offices.assign(offices, "office");
    return shape;
}

// A stream of operations over all classes and offices, 64 in flight, latencies over eight octaves.
class Load {
public:
    explicit Load(const MeasuresShape& shape) : classes_{shape.classes.size()}, offices_{shape.offices.size()} {}

    template <class Recorder>
    void run(Recorder& measures, std::uint64_t operations, Duration every) {
        for (std::uint64_t i = 0; i < operations; ++i) {
            const std::uint64_t mixed = ++number_ * 0x9E3779B97F4A7C15U;
            Pending& slot = pending_[number_ % pending_.size()];
            now_ += every;
            if (slot.latency > Duration{}) end(measures, slot);
            slot = {mixed % classes_, (mixed >> 20U) % offices_, now_, Duration{4'000'000 << ((mixed >> 40U) % 8)}};
            measures.due(slot.query_class, slot.office, slot.due);
        }
    }

private:
    struct Pending {
        std::size_t query_class = 0, office = 0;
        Instant due{};
        Duration latency{};
    };
    template <class Recorder>
    static void end(Recorder& measures, const Pending& slot) {
        std::array<Duration, scenarios::stage_count> stages{};
        stages[2] = slot.latency / 4;
        stages[5] = slot.latency - slot.latency / 4;
        measures.ended(slot.query_class, slot.office, slot.due, slot.due + slot.latency, FailureReason::none, stages,
                       1);
    }
    std::size_t classes_, offices_;
    std::uint64_t number_ = 0;
    Instant now_ = at(10s);
    std::array<Pending, 64> pending_{};
};

TEST(CostTest, MemoryIsWhatTheHeaderSays) {
    constexpr std::size_t classes = 5, offices = 20, seconds = 3600;
    const MeasuresShape shape = wide_shape(classes, offices, 10s + std::chrono::seconds{seconds});
    Measures measures(shape);
    Load load(shape);
    load.run(measures, 200'000, 17ms);
    const std::size_t rows = 12 * 128 + (seconds - 96) * 11 / 10;
    const std::size_t pair = 4 * 232 + 8 * 1024 + rows;
    const std::size_t fixed = classes * (24 * seconds + 20'000) + 2 * 2 * offices * seconds + 8 * seconds + 128'000;
    const double stated = static_cast<double>(classes * offices * pair + fixed);
    EXPECT_NEAR(static_cast<double>(measures.memory_bytes()) / stated, 1.0, 0.05);
    const std::size_t before = measures.memory_bytes();
    load.run(measures, 10'000, 1ms);
    EXPECT_LE(measures.memory_bytes(), before + 2 * 64 * classes * offices) << "a minute's rows, packed";
    RecordProperty("bytes_per_class_and_office", std::to_string(pair));
}

// After every class has met its latencies at every office once, a minute of everything allocates what packing the rows
// of a minute takes, however many operations there are.
TEST(CostTest, NothingIsAllocatedAnOperation) {
    const MeasuresShape shape = wide_shape(5, 10, 500s);
    Measures measures(shape);
    Load load(shape);
    load.run(measures, 50'000, 1ms);
    measures.commit_latency(0, 3ms, at(60s));
    const std::uint64_t before = allocations;
    load.run(measures, 60'000, 1ms);
    for (int i = 0; i < 1000; ++i) {
        measures.canary(0, 0, at(60s) + i * 50ms, true);
        measures.cache_read(0, CacheRead::miss, at(120s));
        measures.commit_latency(0, 3ms, at(120s));
        measures.exposure(0, i * 1ms, i * 1ms, at(120s));
        measures.replica_lag(0, "orders", 10ms, at(120s));
        measures.write_unknown(0, at(120s));
    }
    EXPECT_LE(allocations, before + 16) << "of 60,000 operations";
}

// Takes the calls and does nothing: what the load itself costs.
struct Nothing {
    void due(std::size_t, std::size_t, Instant due) { latest = due; }
    void ended(std::size_t, std::size_t, Instant, Instant, FailureReason, StageTimes stages, int) {
        latest += stages[5];
    }
    volatile Instant::rep sink = 0;
    Instant latest{};
};

template <class Recorder>
double nanoseconds_each(Load& load, Recorder& recorder) {
    constexpr std::uint64_t operations = 5'000'000;
    const std::clock_t before = std::clock();  // of the processor, so that a busy machine matters little
    load.run(recorder, operations, 10us);
    return static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC * 1e9 / static_cast<double>(operations);
}

// A figure, not a promise: nothing is asserted about it.
TEST(CostTest, TimeOfOneOperation) {
    for (const std::size_t offices : {2U, 50U}) {
        const MeasuresShape shape = wide_shape(5, offices, 500s);
        Measures measures(shape);
        Load load(shape);
        load.run(measures, 1'000'000, 10us);
        const double with = nanoseconds_each(load, measures);
        Nothing nothing;
        const double without = nanoseconds_each(load, nothing);
        nothing.sink = nothing.latest.time_since_epoch().count();
        std::printf("due and ended, 5 classes at %zu offices: %.1f ns (and %.1f ns of load)\n", offices, with - without,
                    without);
    }
}

}  // namespace
}  // namespace faultline::models
