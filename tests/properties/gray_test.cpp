// Goal:   what is gray is slow or loses packets, hits what it names, is not noticed by health checks, and leaves no
//         trace when it is over.
// Method: a small system, with the fault and without it, at equal work: the draws of a query do not depend on it.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/properties/mean_latency.hpp"
#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

// The small system is warm after 60 s; the fault is from 120 s to 180 s of the run.
std::string fault(const std::string& kind, const std::string& target, const std::string& rest) {
    return R"("gray": { "kind": ")" + kind + R"(", "target": ")" + target + R"(", "at": "60s", "lasts": "60s", )" +
           rest + " }";
}

TEST(GrayTest, AWriterAtATenthOfItsSpeedIsSlowAndStaysTheWriter) {
    test::in_child([] {
        const auto calm = run(read(small_system("")));
        const auto slow = run(read(small_system(fault("brown-out", "orders/writer", R"("speed": "10%")"))));
        ASSERT_EQ(slow.faults.size(), 1U);
        EXPECT_EQ(slow.faults.front().hit, std::vector<std::string>{"orders/instance-1"});
        EXPECT_GT(mean_latency_ms(slow, "update", 125, 175), mean_latency_ms(calm, "update", 125, 175) + 2.0)
            << "0.3 ms of CPU a statement have become 3 ms";
        EXPECT_NEAR(mean_latency_ms(slow, "update", 200, 300), mean_latency_ms(calm, "update", 200, 300), 0.5);
        EXPECT_FALSE(reached(slow, "orders", "promoting")) << "its health checks were answered";
    });
}

// One of three: its calls are slow, and those of the others are not.
TEST(GrayTest, OneInstanceOfAServiceIsSlowAndItsChecksAreAnswered) {
    test::in_child([] {
        const auto at_a_fiftieth = [](const std::string& target) {
            return run(read(small_system(fault("brown-out", target, R"("speed": "2%")")), [](auto& scenario) {
                scenario.services.front().demand = constant(0.001);
                scenario.workload.arrivals.rate_per_s = 60.0;
            }));
        };
        const auto calm = run(read(small_system(""), [](auto& scenario) {
            scenario.services.front().demand = constant(0.001);
            scenario.workload.arrivals.rate_per_s = 60.0;
        }));
        const auto one = at_a_fiftieth("shop/us-east-1/instance-2");
        const auto all = at_a_fiftieth("shop");
        EXPECT_EQ(one.faults.front().hit, std::vector<std::string>{"services/shop/us-east-1/2"});
        EXPECT_EQ(all.faults.front().hit.size(), 3U);
        // A call's 1 ms becomes 50 ms, for one call in three and for each.
        const double more_by_all = mean_latency_ms(all, "lookup", 125, 175) - mean_latency_ms(calm, "lookup", 125, 175);
        const double more_by_one = mean_latency_ms(one, "lookup", 125, 175) - mean_latency_ms(calm, "lookup", 125, 175);
        EXPECT_NEAR(more_by_all, 49.0, 3.0);
        EXPECT_NEAR(more_by_one, 49.0 / 3.0, 2.0);
        EXPECT_FALSE(reached(one, "services/shop/us-east-1/2", "down"));
    });
}

// A third of the keys are there.
TEST(GrayTest, OneNodeOfACacheIsSlow) {
    test::in_child([] {
        const auto slow = run(read(small_system(fault("brown-out", "hot/shard-2/primary", R"("speed": "1%")"))));
        const auto calm = run(read(small_system("")));
        EXPECT_EQ(slow.faults.front().hit, std::vector<std::string>{"caches/hot/2"});
        EXPECT_GT(mean_latency_ms(slow, "lookup", 125, 175), mean_latency_ms(calm, "lookup", 125, 175) + 0.1);
        EXPECT_NEAR(mean_latency_ms(slow, "lookup", 200, 300), mean_latency_ms(calm, "lookup", 200, 300), 0.5);
    });
}

// Silent: calls to it wait for their timers until the balancer has missed two checks of 5 s; the others take them all.
TEST(GrayTest, OneInstanceOfAServiceIsLostAndLeftOutUntilItIsBack) {
    test::in_child([] {
        const std::string gone =
            R"("lost": { "kind": "instance-crash", "target": "shop/us-east-1/instance-2", "at": "60s")";
        const auto lost = run(read(small_system(gone + R"(, "lasts": "60s" })")));
        const auto replaced = run(read(small_system(gone + " }")));
        for (const auto* result : {&lost, &replaced}) {
            EXPECT_EQ(result->faults.front().hit, std::vector<std::string>{"services/shop/us-east-1/2"});
            EXPECT_NEAR(entered_at_s(*result, "services/shop/us-east-1/2", "down"), 120.0, 0.01);
            const auto& updates = class_named(*result, "update");
            EXPECT_LT(good_between(updates, 120, 130), 9U * 180U) << "one in three waits for nobody";
            EXPECT_GT(good_between(updates, 140, 170), 29U * 170U);
            EXPECT_GT(good_between(updates, 200, 300), 98U * 170U);
        }
        EXPECT_EQ(lost.faults.front().end_ns - lost.faults.front().start_ns, 60'000'000'000);
        EXPECT_EQ(replaced.faults.front().end_ns - replaced.faults.front().start_ns, 60'000'000'000);
    });
}

TEST(GrayTest, AGrayZoneDelaysWhatLeavesIt) {
    test::in_child([] {
        const auto calm = run(read(small_system("")));
        const auto gray =
            run(read(small_system(fault("zone-gray", "az-of: orders/writer", R"("latency": 20, "loss": "0%")"))));
        ASSERT_EQ(gray.faults.size(), 1U);
        EXPECT_FALSE(gray.faults.front().hit.empty());
        EXPECT_GT(mean_latency_ms(gray, "update", 125, 175), mean_latency_ms(calm, "update", 125, 175) + 5.0)
            << "0.5 ms to the border of the region have become 10 ms";
        EXPECT_NEAR(mean_latency_ms(gray, "update", 200, 300), mean_latency_ms(calm, "update", 200, 300), 0.5);
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
        EXPECT_GT(mean_latency_ms(gray, "update", 125, 175), mean_latency_ms(calm, "update", 125, 175) + 50.0);
        EXPECT_NEAR(mean_latency_ms(gray, "update", 200, 300), mean_latency_ms(calm, "update", 200, 300), 3.0)
            << "the fault has left other connections open";
    });
}

}  // namespace
}  // namespace faultline::tests
