// Goal:   the ready scenario about readers shows where read throughput stops growing, and why.
// Method: reads that the readers served a second, as a multiple of what one reader can do, 100 a second. A run serves
//         4,000 reads a reader: demands are exponential, so the mean of each reader is known within 1.6 %.
#include <gtest/gtest.h>

#include <string>

#include "scenarios/result_file.hpp"
#include "tests/cli/ready_scenarios.hpp"

namespace faultline::tests {
namespace {

struct Seen {
    double readers_worth = 0.0;
    int busy = 0;  // readers that served anything
};

Seen reads_of(const std::string& variant) {
    constexpr double one_reader_per_s = 100.0;
    const Folder folder;
    const Ended ended = run_variant(folder, "read-scaling.json", variant, 1);
    scenarios::Problems problems;
    const auto result = scenarios::read_result(folder.path("result.json"), problems);
    if (!result) {
        ADD_FAILURE() << ended.err;
        return {};
    }
    const scenarios::ReplicationResult& run = result->replications.front();
    Seen seen;
    for (const scenarios::QueueResult& queue : run.queues) {
        if (!queue.name.starts_with("orders/") || queue.name == "orders/instance-1") continue;
        if (queue.name.ends_with("/network")) continue;  // its card
        seen.readers_worth += static_cast<double>(queue.served);
        seen.busy += queue.served > 0 ? 1 : 0;
    }
    seen.readers_worth /= one_reader_per_s * 1e-9 * static_cast<double>(run.end_ns - run.warm_up_ns);
    return seen;
}

TEST(ReadScalingRunTest, ThroughputGrowsWithReadersUntilThereAreMoreThanPools) {
    EXPECT_NEAR(reads_of("").readers_worth, 1.0, 0.06);
    EXPECT_NEAR(reads_of("8 readers, 1 region").readers_worth, 8.0, 0.25);
    const Seen most = reads_of("15 readers, 1 region");
    EXPECT_EQ(most.busy, 12) << "each of 12 pools fills within one answer of DNS, and so from one reader";
    EXPECT_NEAR(most.readers_worth, 12.0, 0.3);
}

TEST(ReadScalingRunTest, RegionsAddTheirReaders) {
    EXPECT_NEAR(reads_of("4 readers, 3 regions").readers_worth, 12.0, 0.3);
}

// Whoever connects to the readers in turn uses all of them, and of an even number not every second one.
TEST(ReadScalingRunTest, InTurnEveryReaderWorks) {
    const Seen fifteen = reads_of("15 readers, in turn");
    EXPECT_EQ(fifteen.busy, 15);
    EXPECT_NEAR(fifteen.readers_worth, 15.0, 0.3);
    EXPECT_EQ(reads_of("8 readers, in turn").busy, 8);
}

}  // namespace
}  // namespace faultline::tests
