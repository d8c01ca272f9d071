// Goal:   a storm of retries outlives its trigger where theory says so, and a budget for retries ends it.
// Method: one station, whose work nobody cancels. After a brown-out its queue is longer than the clients' patience, so
//         each query makes all its attempts: it recovers only if it can serve them all, that is below
//         servers / (service time x attempts) queries a second (L. Huang et al., Metastable Failures in the Wild,
//         OSDI 2022, theorem 2, with the work amplification of a bounded number of retries). Bisection over the load.
#include <gtest/gtest.h>

#include <string>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

constexpr int servers = 4;
constexpr double service_s = 0.04;
constexpr int attempts = 3;
constexpr double boundary_per_s = servers / (service_s * attempts);  // 33.3

scenarios::Scenario station_in_a_brown_out(double rate_per_s, const std::string& retry = R"("attempts": 3)") {
    return read(R"({
  "name": "One queue",
  "run": { "warm_up": "20s", "measured": "1500s", "replications": 1 },
  "network": { "profile": "zero" },
  "offices": { "hall": { "access": "none" } },
  "stations": { "counter": { "servers": 4 } },
  "workload": {
    "arrivals": { "rate": ")" +
                std::to_string(rate_per_s) + R"(/s" },
    "classes": {
      "page": {
        "share": 1,
        "route": ["counter"],
        "deadline": "4s",
        "timeout": "1s",
        "retry": { "base": "10ms", "cap": "10ms", )" +
                retry + R"( },
        "demand": { "exponential": "40ms" }
      }
    },
    "canary": { "enabled": false }
  },
  "faults": {
    "brown-out": { "kind": "brown-out", "target": "counter", "at": "60s", "lasts": "20s", "speed": "2%" }
  }
})");
}

bool storm_outlives_it(double rate_per_s) {
    const auto result = run(station_in_a_brown_out(rate_per_s));
    const auto& page = class_named(result, "page");
    EXPECT_GT(good_between(page, 20, 80), 0U) << "it was well before";
    const double due = rate_per_s * 100.0;
    return static_cast<double>(good_between(page, 1'400, 1'500)) < 0.5 * due;
}

// 23 minutes drain a backlog of some 20 s of work up to 99 % of the boundary, so the tolerance is for what the model
// does, not for the horizon.
TEST(RetryStormTest, ItOutlivesItsTriggerFromTheLoadThatTheorySays) {
    test::in_child([] {
        double stable = 0.5 * boundary_per_s, stuck = 2.0 * boundary_per_s;
        EXPECT_FALSE(storm_outlives_it(stable));
        EXPECT_TRUE(storm_outlives_it(stuck));
        for (int halved = 0; halved < 6; ++halved) {
            const double middle = 0.5 * (stable + stuck);
            (storm_outlives_it(middle) ? stuck : stable) = middle;
        }
        EXPECT_NEAR(0.5 * (stable + stuck), boundary_per_s, 0.1 * boundary_per_s);
    });
}

// At twice the boundary: 200 tokens are 20 retries after timeouts, and then each query has one attempt.
TEST(RetryStormTest, ABudgetEndsIt) {
    test::in_child([] {
        const double rate_per_s = 2.0 * boundary_per_s;
        const auto bounded =
            run(station_in_a_brown_out(rate_per_s, R"("attempts": 3, "budget": { "tokens": 200, "refund": 0 })"));
        const auto& page = class_named(bounded, "page");
        EXPECT_GT(static_cast<double>(good_between(page, 1'400, 1'500)), 95.0 * rate_per_s);
        const scenarios::Outcomes all = all_outcomes(page);
        EXPECT_LE(page.attempts, all.due + 20) << "a retry after a timeout takes 10 tokens";
        EXPECT_GE(page.attempts, all.due + 15);
    });
}

// It says what it hit, and nothing goes down.
TEST(RetryStormTest, ABrownOutCutsNothingOff) {
    test::in_child([] {
        const auto result = run(station_in_a_brown_out(0.5 * boundary_per_s));
        ASSERT_EQ(result.faults.size(), 1U);
        EXPECT_EQ(result.faults.front().hit, std::vector<std::string>{"stations/counter"});
        EXPECT_EQ(result.faults.front().operations_cut, 0U);
    });
}

}  // namespace
}  // namespace faultline::tests
