// Goal:   the futures of a replication share its history and nothing else; the replication itself is what it would be
//         alone; the same seed gives the same futures; one that dies is told and takes nothing with it.
// Method: the small system, each run in a process of its own.
#include "planning/futures.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <set>
#include <stdexcept>
#include <string>

#include "engine/random/stream.hpp"
#include "planning/replication.hpp"
#include "scenarios/result_file.hpp"
#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

constexpr std::string_view lost_at_some_time =
    R"("zone lost": { "kind": "zone-outage", "targets": ["us-east-1/a", "us-east-1/b", "us-east-1/c"], "at": "60s",
       "within": "40s", "lasts": "90s" })";
constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t earliest = 120 * second;  // with the warm-up

scenarios::Scenario with_futures(std::uint32_t count) {
    return read(small_system(lost_at_some_time), [count](scenarios::Scenario& scenario) {
        scenario.run.futures = {.count = count, .window = std::chrono::seconds{90}};
    });
}

struct SeenFutures {
    std::uint64_t fingerprint;
    std::uint64_t of_first;
    std::uint64_t text;  // of the result but for the futures
    int children;
};

SeenFutures& seen_futures() {
    static auto* const memory = static_cast<SeenFutures*>(
        mmap(nullptr, 4 * sizeof(SeenFutures), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    return *memory;
}
SeenFutures& seen_futures(std::size_t i) {
    return (&seen_futures())[i];
}

TEST(FuturesTest, GoOnFromOneHistoryEachInItsOwnWay) {
    test::in_child([] {
        const auto result = run(with_futures(4));
        ASSERT_EQ(result.futures.size(), 4U);
        std::set<std::int64_t> starts{result.faults.front().start_ns};
        std::set<std::uint64_t> fingerprints{result.futures.front().fingerprint};
        EXPECT_TRUE(result.futures.front().incidents.empty()) << "those of the replication stand there";
        EXPECT_EQ(result.incidents.size(), 1U);
        const std::string targets[]{"us-east-1/a", "us-east-1/b", "us-east-1/c"};
        EXPECT_EQ(result.faults.front().target, targets[0]);
        for (std::size_t i = 1; i < 4; ++i) {
            const scenarios::FutureResult& future = result.futures[i];
            EXPECT_EQ(future.failure, "");
            EXPECT_EQ(future.number, i + 1);
            EXPECT_EQ(future.from_ns, earliest - 1);
            ASSERT_EQ(future.faults.size(), 1U);
            const scenarios::FaultResult& fault = future.faults.front();
            EXPECT_TRUE(fault.started);
            EXPECT_FALSE(fault.hit.empty());
            EXPECT_EQ(fault.target, targets[i % 3]);
            EXPECT_GE(fault.start_ns, earliest);
            EXPECT_LE(fault.start_ns, earliest + 40 * second);
            EXPECT_EQ(future.end_ns, fault.start_ns + 90 * second);
            ASSERT_EQ(future.incidents.size(), 1U);
            EXPECT_EQ(future.incidents.front().start_ns, fault.start_ns);
            EXPECT_FALSE(future.incidents.front().recoveries.empty());
            EXPECT_GT(future.events, 0U);
            starts.insert(fault.start_ns);
            fingerprints.insert(future.fingerprint);
        }
        EXPECT_EQ(starts.size(), 4U);
        EXPECT_EQ(fingerprints.size(), 4U);
    });
}

TEST(FuturesTest, TheReplicationItselfIsWhatItWouldBeAloneAndAllAreRepeatable) {
    const std::uint32_t counts[]{1, 3, 3};
    seen_futures() = {};  // here, so that the children share it
    for (std::size_t i = 0; i < 3; ++i) {
        test::in_child([&, i] {
            auto result = run(with_futures(counts[i]), 2);
            SeenFutures& seen = seen_futures(i);
            seen.fingerprint = result.fingerprint;
            seen.of_first = result.futures.empty() ? result.fingerprint : result.futures.front().fingerprint;
            result.futures.clear();
            result.fingerprint = result.events = 0;
            result.memory = {};
            const auto bytes = scenarios::to_cbor(result);
            seen.text = engine::stable_hash({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
        });
    }
    EXPECT_EQ(seen_futures(0).of_first, seen_futures(1).of_first) << "history and first future";
    EXPECT_NE(seen_futures(0).text, 0U);
    EXPECT_EQ(seen_futures(0).text, seen_futures(1).text);
    EXPECT_NE(seen_futures(0).fingerprint, seen_futures(1).fingerprint) << "it is of all futures";
    EXPECT_EQ(seen_futures(1).fingerprint, seen_futures(2).fingerprint);
}

// Futures 2 and 3 die, of a signal and of an error; 4 does not.
TEST(FuturesTest, OneThatDiesIsToldAndTheOthersGoOn) {
    seen_futures().children = 0;
    test::in_child([] {
        const pid_t parent = getpid();
        pid_t known = parent;
        const auto die = [&](engine::Instant, std::uint64_t) {
            if (getpid() == known) return true;
            known = getpid();
            const int child = ++seen_futures().children;
            if (child == 1) std::raise(SIGKILL);
            if (child == 2) throw std::runtime_error("the volume has no copy left");
            return true;
        };
        const auto result = planning::run_replication(with_futures(4), 1, die);
        EXPECT_EQ(getpid(), parent);
        ASSERT_EQ(result.futures.size(), 4U);
        EXPECT_EQ(result.futures[1].failure, "killed by signal 9 (Killed)");
        EXPECT_EQ(result.futures[2].failure, "exit code 4; its last words: the volume has no copy left");
        EXPECT_EQ(result.futures[3].failure, "");
        EXPECT_EQ(result.futures[3].incidents.size(), 1U);
        EXPECT_EQ(result.incidents.size(), 1U);
        const auto failed = planning::failed_futures(result, "faultline run S.json --only-replication 1");
        ASSERT_EQ(failed.size(), 2U);
        EXPECT_EQ(failed[0].why, "future 2: killed by signal 9 (Killed)");
        EXPECT_EQ(failed[1].future, 3U);
    });
}

// What comes by chance comes at other instants in other futures.
TEST(FuturesTest, FaultsByChanceAreDrawnAnew) {
    test::in_child([] {
        const auto scenario = read(small_system(R"("crashes": { "kind": "instance-crash", "at_random": {
            "targets": ["orders/instance-2"], "every": { "exponential": "20s" }, "lasts": "5s" } })"),
                                   [](scenarios::Scenario& changed) {
                                       changed.run.futures = {.count = 3, .window = std::chrono::seconds{120}};
                                   });
        const auto result = run(scenario);
        ASSERT_EQ(result.futures.size(), 3U);
        std::set<std::int64_t> starts;
        const auto see = [&](const std::vector<scenarios::FaultResult>& faults) {
            for (const auto& fault : faults) {
                if (!fault.started) continue;
                starts.insert(fault.start_ns);
                return;
            }
        };
        see(result.faults);
        for (const auto& future : result.futures) see(future.faults);
        EXPECT_EQ(starts.size(), 3U);
    });
}

TEST(FuturesTest, WithoutAFaultThereIsOne) {
    test::in_child([] {
        const auto result = run(read(small_system(""), [](scenarios::Scenario& scenario) {
            scenario.run.futures.count = 5;
            scenario.run.measured = std::chrono::seconds{20};
        }));
        EXPECT_TRUE(result.futures.empty());
    });
}

}  // namespace
}  // namespace faultline::tests
