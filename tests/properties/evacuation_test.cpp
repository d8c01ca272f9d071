// The evacuation of a region by shares of its offices, with the database after them, and the way back.
#include <gtest/gtest.h>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

using namespace std::chrono_literals;

// Four offices that go to us-east-1 first, all alike. Every step is constant: 10 s until it begins, 20 s a step.
// Ordered at 120 s: shares at 150, 170 and 190 s, the database ordered at 210 s; back after a minute.
std::string evacuated(std::string_view more) {
    std::string text = in_two_regions(std::string{R"("leave": { "kind": "evacuation", "target": "us-east-1",
        "at": "60s", "decision": "10s", "step": "20s", "step_fails": "0%", "shares": ["25%", "50%", "100%"])"} +
                                      std::string{more} + " }");
    replace_in(text, R"("denver": { "city": "Denver, US", "access": "cable" })",
               R"("new-york": { "city": "New York City, US" }, "philadelphia": { "city": "Philadelphia, US" },
                  "atlanta": { "city": "Atlanta, US" })");
    replace_in(text, R"("replicas": [ { "zone": "b" }, { "zone": "c" } ])",
               R"("replicas": [ { "zone": "b" } ],
                  "secondaries": { "us-west-2": { "replicas": [ { "zone": "a" }, { "zone": "b" } ] } },
                  "global": { "switchover": "10s", "dns_update": "5s", "step_fails": "0%" })");
    return text;
}

// The cache stands in us-east-1, and would be asked from afar.
scenarios::Scenario without_cache(std::string_view more, const std::function<void(scenarios::Scenario&)>& change = {}) {
    return read(evacuated(more), [&](scenarios::Scenario& scenario) {
        leave_cache_out(scenario);
        scenario.services.front().pool = 100;
        if (change) change(scenario);
    });
}

TEST(EvacuationTest, OfficesGoByShares) {
    test::in_child([] {
        const auto result = run(without_cache(""));
        EXPECT_NEAR(entered_at_s(result, "runbooks/leave", "deciding"), 120.0, 0.01);
        EXPECT_NEAR(entered_at_s(result, "runbooks/leave", "moving offices"), 130.0, 0.01);
        EXPECT_NEAR(entered_at_s(result, "runbooks/leave", "switching over"), 190.0, 0.01);
        ASSERT_EQ(result.faults.front().hit.size(), 5U) << "four offices and the database";
        EXPECT_EQ(result.faults.front().hit.front(), "offices/boston");
        EXPECT_EQ(result.faults.front().hit.back(), "orders");
        EXPECT_TRUE(result.faults.front().ended);
        EXPECT_TRUE(reached(result, "orders/us-west-2/instance-1", "writer"));
        EXPECT_EQ(result.incidents.at(0).losses.at(0).commits_lost, 0U);
        // Measured from 60 s to 360 s. They ask DNS every 60 s: at home for 90, 110 and twice 130 s and up to 60 s
        // more, and there for the rest of 300 s.
        const double home = served(result, "services/shop/us-east-1");
        const double away = served(result, "services/shop/us-west-2");
        EXPECT_GT(home / (home + away), (90.0 + 110.0 + 2 * 130.0) / 1200.0 - 0.03);
        EXPECT_LT(home / (home + away), (150.0 + 170.0 + 2 * 190.0) / 1200.0 + 0.03);
        const auto& updates = class_named(result, "update");
        EXPECT_GT(good_between(updates, 290, 350), 9U * good_between(updates, 60, 120) / 10U);
    });
}

TEST(EvacuationTest, AndComeBack) {
    test::in_child([] {
        const auto result = run(
            without_cache(R"(, "lasts": "20s")", [](scenarios::Scenario& scenario) { scenario.run.measured = 400s; }));
        EXPECT_TRUE(reached(result, "orders", "secondary"));
        EXPECT_TRUE(reached(result, "runbooks/leave", "switching back"));
        const double back = entered_at_s(result, "runbooks/leave", "moving back");
        EXPECT_NEAR(entered_at_s(result, "runbooks/leave", "at home"), back + 60.0, 0.01) << "three shares";
        EXPECT_TRUE(result.faults.front().ended);
        EXPECT_GT(good_between(class_named(result, "update"), 400, 450), 0U);
        EXPECT_EQ(result.incidents.at(0).losses.at(0).commits_lost, 0U);
    });
}

TEST(EvacuationTest, AStepThatFailsIsDoneAgainLater) {
    test::in_child([] {
        const auto result = run(without_cache("", [](scenarios::Scenario& scenario) {
            scenario.faults.front().runbook.step_fails = 0.9;
            scenario.faults.front().runbook.retry = constant(1.0);
            scenario.faults.front().runbook.step = constant(1.0);
        }));
        // Three steps succeed with one in ten: thirty tries of two seconds, less one, on average.
        EXPECT_GT(entered_at_s(result, "runbooks/leave", "switching over"), 130.0 + 3.0 + 4.0);
    });
}

}  // namespace
}  // namespace faultline::tests
