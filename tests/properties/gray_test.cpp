// Goal:   what is gray is slow or loses packets, hits what it names, is not noticed by health checks, and leaves no
//         trace when it is over.
// Method: a small system, with the fault and without it, at equal work: the draws of a query do not depend on it.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

// The small system is warm after 60 s; the fault is from 120 s to 180 s of the run.
std::string fault(const std::string& kind, const std::string& target, const std::string& rest) {
    return R"("gray": { "kind": ")" + kind + R"(", "target": ")" + target + R"(", "at": "60s", "lasts": "60s", )" +
           rest + " }";
}

// Mean latency of a class over some seconds of the run, in ms.
double mean_ms(const scenarios::ReplicationResult& result, const std::string& name, std::size_t from_s,
               std::size_t to_s) {
    const auto& query_class = class_named(result, name);
    double sum = 0.0;
    for (std::size_t s = from_s; s < to_s; ++s) sum += static_cast<double>(query_class.latency_mean_ms_per_s[s]);
    return sum / static_cast<double>(to_s - from_s);
}

TEST(GrayTest, AWriterAtATenthOfItsSpeedIsSlowAndStaysTheWriter) {
    test::in_child([] {
        const auto calm = run(read(small_system("")));
        const auto slow = run(read(small_system(fault("brown-out", "orders/writer", R"("speed": "10%")"))));
        ASSERT_EQ(slow.faults.size(), 1U);
        EXPECT_EQ(slow.faults.front().hit, std::vector<std::string>{"orders/instance-1"});
        EXPECT_GT(mean_ms(slow, "update", 125, 175), mean_ms(calm, "update", 125, 175) + 2.0)
            << "0.3 ms of CPU a statement have become 3 ms";
        EXPECT_NEAR(mean_ms(slow, "update", 200, 300), mean_ms(calm, "update", 200, 300), 0.5);
        EXPECT_FALSE(reached(slow, "orders", "promoting")) << "its health checks were answered";
    });
}

TEST(GrayTest, AGrayZoneDelaysWhatLeavesIt) {
    test::in_child([] {
        const auto calm = run(read(small_system("")));
        const auto gray =
            run(read(small_system(fault("zone-gray", "az-of: orders/writer", R"("latency": 20, "loss": "0%")"))));
        ASSERT_EQ(gray.faults.size(), 1U);
        EXPECT_FALSE(gray.faults.front().hit.empty());
        EXPECT_GT(mean_ms(gray, "update", 125, 175), mean_ms(calm, "update", 125, 175) + 5.0)
            << "0.5 ms to the border of the region have become 10 ms";
        EXPECT_NEAR(mean_ms(gray, "update", 200, 300), mean_ms(calm, "update", 200, 300), 0.5);
        EXPECT_FALSE(reached(gray, "orders", "promoting"));
    });
}

// Denver's service stands in the west, and its statements go to the writer in the east.
TEST(GrayTest, AGrayLinkIsFeltByThoseWhoCrossIt) {
    test::in_child([] {
        const auto calm = run(read(in_two_regions("")));
        const auto gray =
            run(read(in_two_regions(fault("link-gray", "us-east-1 - us-west-2", R"("latency": 2, "loss": "0%")"))));
        EXPECT_EQ(gray.faults.front().hit, std::vector<std::string>{"us-east-1 - us-west-2"});
        EXPECT_GT(mean_ms(gray, "update", 125, 175), mean_ms(calm, "update", 125, 175) + 50.0);
        EXPECT_NEAR(mean_ms(gray, "update", 200, 300), mean_ms(calm, "update", 200, 300), 3.0)
            << "the fault has left other connections open";
    });
}

}  // namespace
}  // namespace faultline::tests
