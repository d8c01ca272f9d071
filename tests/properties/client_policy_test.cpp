// Circuit breakers, hedged requests and retry presets in whole systems: what they change, and what they must not.
#include <gtest/gtest.h>

#include <string>

#include "planning/histograms.hpp"
#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

// A counter whose storm of retries would outlive its brown-out from 33.3 queries a second on (retry_storm_test.cpp).
scenarios::ReplicationResult storm_with(const std::string& of_class) {
    return run(read(R"({
  "name": "One queue",
  "run": { "warm_up": "20s", "measured": "400s", "replications": 1 },
  "network": { "profile": "zero" },
  "offices": { "hall": { "access": "none" } },
  "stations": { "counter": { "servers": 4 } },
  "workload": {
    "arrivals": { "rate": "50/s" },
    "classes": { "page": { "share": 1, "route": ["counter"], "deadline": "4s", "timeout": "1s",
        "demand": { "exponential": "40ms" }, "retry": { "base": "10ms", "cap": "10ms", "attempts": 3 })" +
                    of_class + R"( } },
    "canary": { "enabled": false }
  },
  "faults": { "brown-out": { "kind": "brown-out", "target": "counter", "at": "60s", "lasts": "20s", "speed": "2%" } }
})"));
}

TEST(ClientPolicyTest, ABreakerLetsTheQueueDrain) {
    test::in_child([] {
        EXPECT_LT(good_between(class_named(storm_with(""), "page"), 320, 420), 1'000U) << "a storm without it";
        const auto result =
            storm_with(R"(, "breaker": { "window": 50, "calls_least": 50, "open": "5s", "probes": 3 })");
        const auto& page = class_named(result, "page");
        EXPECT_TRUE(reached(result, "offices/hall/breakers/page", "open"));
        EXPECT_TRUE(reached(result, "offices/hall/breakers/page", "half-open"));
        EXPECT_GT(good_between(page, 320, 420), 4'800U) << "of some 5,000";
        const scenarios::Outcomes all = all_outcomes(page);
        EXPECT_GT(all.refused, 500U);
        EXPECT_EQ(all.due, all.answered + all.refused + all.timed_out + all.failed + all.in_flight);
    });
}

TEST(ClientPolicyTest, AServicesBreakerStandsBeforeItsDatabase) {
    test::in_child([] {
        std::string text = small_system(R"("slow": { "kind": "brown-out", "target": "orders/writer",
            "at": "60s", "lasts": "60s", "speed": "1%" })");
        replace_in(text, R"("driver": "fast-failover",)",
                   R"("driver": "fast-failover", "breaker": { "slow_call": "500ms", "open": "5s", "probes": 5 },)");
        const auto result = run(read(text));
        for (const char* const instance : {"1", "2", "3"}) {
            const std::string path = std::string{"services/shop/us-east-1/"} + instance + "/breakers/orders/";
            EXPECT_TRUE(reached(result, path + "writer", "open")) << path;
            EXPECT_FALSE(reached(result, path + "reader", "open")) << path;
        }
        const auto& updates = class_named(result, "update");
        EXPECT_GT(all_outcomes(updates).refused, 1'000U);
        EXPECT_GT(good_between(updates, 300, 360), 10'000U) << "180/s again";
    });
}

scenarios::ReplicationResult with_hedge(const std::string& hedge, const std::string& service, int rate_per_s) {
    std::string text = small_system("");
    replace_in(text, R"("rate": "600/s")", R"("rate": ")" + std::to_string(rate_per_s) + R"(/s")");
    replace_in(text, R"("threads": 64, "vcpus": 4,)", service);
    replace_in(text, R"("deadline": "1s",)", R"("deadline": "10s",)" + hedge);
    return run(read(text, [](scenarios::Scenario& scenario) { scenario.workload.canary.enabled = false; }));
}

double p99_s(const scenarios::ReplicationResult& result) {
    engine::LatencyHistogram all;
    for (const auto& at_office : class_named(result, "lookup").steady) {
        all.merge(planning::histogram_from(at_office.latency));
    }
    return engine::in_seconds(all.quantile(0.99));
}

// One call in thirty takes long in whatever instance: a copy hardly ever does too.
TEST(ClientPolicyTest, HedgingCutsTheTailWithinItsBudget) {
    test::in_child([] {
        const std::string service =
            R"("threads": 64, "vcpus": 4, "demand": { "hyperexponential": { "mean": "20ms", "scv": 30 } },)";
        const auto plain = with_hedge("", service, 30);
        const auto hedged = with_hedge(R"("hedge": { "budget": "5%" },)", service, 30);
        EXPECT_LT(p99_s(hedged), 0.6 * p99_s(plain));
        const auto& lookup = class_named(hedged, "lookup");
        const double due = static_cast<double>(all_outcomes(lookup).due);
        EXPECT_GT(static_cast<double>(lookup.hedges), 0.02 * due);
        EXPECT_LE(static_cast<double>(lookup.hedges), 0.05 * due + 10.0);
        EXPECT_EQ(lookup.attempts, all_outcomes(lookup).due - all_outcomes(lookup).in_flight) << "a copy is none";
        std::uint64_t repeats = 0;
        for (const std::uint32_t in_second : lookup.repeats_per_s) repeats += in_second;
        EXPECT_EQ(repeats, lookup.hedges);
        EXPECT_EQ(class_named(plain, "lookup").hedges, 0U);
    });
}

// With one thread an instance has a queue, in which the slower copy is found by its cancellation.
TEST(ClientPolicyTest, ACancelledCopyIsNotBegun) {
    test::in_child([] {
        const std::string service = R"("threads": 1, "queue": 1000, "vcpus": 4, "demand": { "exponential": "30ms" },)";
        const auto copies_begun = [&](const char* cancel) {
            const auto result =
                with_hedge(std::string{R"("hedge": { "delay": "60ms", "budget": "100%", "cancel": )"} + cancel + "},",
                           service, 24);
            const auto& lookup = class_named(result, "lookup");
            const std::uint64_t asked = lookup.attempts + lookup.hedges + class_named(result, "update").attempts;
            EXPECT_GT(lookup.hedges, 300U);
            return (served(result, "services/shop") - static_cast<double>(asked)) / static_cast<double>(lookup.hedges);
        };
        EXPECT_NEAR(copies_begun("false"), 0.0, 0.02) << "whatever was sent is served";
        EXPECT_LT(copies_begun("true"), -0.1) << "a tenth of the copies, or of what they were copies of, is not";
    });
}

// 420 lookups a second, of which their tenant is given a hundred.
scenarios::ReplicationResult with_quota(const std::string& preset) {
    std::string text = small_system("");
    replace_in(text, R"("deadline": "1s",)", R"("deadline": "1s", "retry": { "preset": ")" + preset + R"(" },)");
    replace_in(text, R"("workload": {)", R"("workload": {
        "tenants": { "acme": { "classes": ["lookup"], "quota": "100/s", "burst": 20 } },)");
    return run(read(text));
}

TEST(ClientPolicyTest, AnAdaptiveRateAsksForNoMoreThanIsGiven) {
    test::in_child([] {
        const auto standard = with_quota("aws-sdk-standard"), adaptive = with_quota("aws-sdk-adaptive");
        const scenarios::Outcomes before = all_outcomes(class_named(standard, "lookup"));
        const scenarios::Outcomes after = all_outcomes(class_named(adaptive, "lookup"));
        EXPECT_GT(before.refused, before.due / 2);
        EXPECT_LT(after.refused, before.refused / 10) << "it waits instead, and gives up after its second";
        EXPECT_GT(after.timed_out, after.due / 2);
        EXPECT_GT(after.answered, before.answered / 4)
            << "of what is given: each refusal cuts the rate, in flight or not";
        EXPECT_EQ(after.due, after.answered + after.refused + after.timed_out + after.failed + after.in_flight);
        EXPECT_GT(class_named(adaptive, "lookup").stage_ns[static_cast<std::size_t>(scenarios::Stage::retry_wait)], 0);
    });
}

// Health checks each five minutes find nothing out in time. In the zone that is lost stands an instance of the service
// and nothing else that is asked: what all of them miss says nothing of one.
scenarios::ReplicationResult with_a_dead_instance(const std::string& outliers) {
    std::string text = small_system(
        R"("zone lost": { "kind": "zone-outage", "target": "us-east-1/c", "at": "60s", "lasts": "150s" })");
    replace_in(text, R"("interval": "5s", "threshold": 2 })", R"("interval": "5min", "threshold": 2 })" + outliers);
    replace_in(text, R"({ "zone": "b" }, { "zone": "c" })", R"({ "zone": "b" })");
    replace_in(text, R"("route": ["hot", "orders/reader"])", R"("route": ["orders/reader"])");
    return run(read(text));
}

TEST(ClientPolicyTest, ABalancerLeavesOutTheInstanceThatFails) {
    test::in_child([] {
        const auto plain = with_a_dead_instance("");
        EXPECT_LT(good_between(class_named(plain, "update"), 140, 250), 15'000U)
            << "a third of 19,800 goes to the dead instance";
    });
    test::in_child([] {
        const auto watched = with_a_dead_instance(R"(, "outliers": {})");
        EXPECT_TRUE(reached(watched, "services/shop/us-east-1/3/balancer", "ejected"));
        EXPECT_TRUE(reached(watched, "services/shop/us-east-1/3/balancer", "back"));
        EXPECT_FALSE(reached(watched, "services/shop/us-east-1/1/balancer", "ejected"));
        EXPECT_GT(good_between(class_named(watched, "update"), 140, 250), 18'800U);
    });
}

TEST(ClientPolicyTest, PresetsSetTheKeysOfRetries) {
    std::string text = small_system("");
    replace_in(text, R"("deadline": "1s",)", R"("deadline": "1s", "retry": { "preset": "aws-sdk-standard" },)");
    replace_in(text, R"("deadline": "2s" })", R"("deadline": "2s", "retry": { "preset": "polly", "base": "1s" } })");
    const scenarios::Scenario scenario = read(text);
    const scenarios::RetryPolicy& sdk = scenario.workload.classes.at(0).retry;
    EXPECT_EQ(sdk.attempts, 3);
    EXPECT_EQ(sdk.base, std::chrono::milliseconds{100});
    EXPECT_EQ(sdk.cap, std::chrono::seconds{20});
    ASSERT_TRUE(sdk.budget);
    EXPECT_EQ(sdk.budget->tokens, 500);
    EXPECT_EQ(sdk.budget->timeout_cost, 10);
    const scenarios::RetryPolicy& polly = scenario.workload.classes.at(1).retry;
    EXPECT_EQ(polly.attempts, 4);
    EXPECT_EQ(polly.base, std::chrono::seconds{1}) << "what the file says, not the preset";
    EXPECT_EQ(polly.cap, std::chrono::seconds{2});
    EXPECT_EQ(polly.jitter, scenarios::BackoffJitter::none);
    EXPECT_FALSE(polly.budget);
    EXPECT_FALSE(sdk.adaptive);
    replace_in(text, "aws-sdk-standard", "aws-sdk-adaptive");
    const scenarios::RetryPolicy adaptive = read(text).workload.classes.at(0).retry;
    EXPECT_TRUE(adaptive.adaptive);
    EXPECT_EQ(adaptive.cap, sdk.cap);
    ASSERT_TRUE(adaptive.budget);
    EXPECT_EQ(adaptive.budget->tokens, 500);
}

}  // namespace
}  // namespace faultline::tests
