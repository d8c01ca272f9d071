// What tells the tiers of disaster recovery apart: several caches, one in each region, instances of a service that
// stand by in another region, and who starts them.
#include <gtest/gtest.h>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

constexpr std::string_view region_lost =
    R"("region lost": { "kind": "region-outage", "target": "us-east-1", "at": "60s" })";

// The service stands by in us-west-2 and the database follows there; everything takes as long as it is said to.
std::string standing_by(std::string_view faults, std::string_view standby, std::string_view steering = "nearest") {
    std::string text = in_two_regions(faults);
    replace_in(text, R"("regions": { "us-east-1": 3, "us-west-2": 3 })",
               R"("regions": { "us-east-1": 3 }, "steering": ")" + std::string{steering} +
                   R"(", "standby": { "us-west-2": )" + std::string{standby} + " }");
    replace_in(text, R"("replicas": [ { "zone": "b" }, { "zone": "c" } ])",
               R"("replicas": [ { "zone": "b" } ],
                  "secondaries": { "us-west-2": { "replicas": [ { "zone": "a" } ] } },
                  "global": { "alarm_after": "10s", "decision": "20s", "promotion": "5s", "dns_update": "5s",
                              "switchover": "5s", "step_fails": "0%" })");
    return text;
}

constexpr std::string_view pilot_light = R"({ "instances": 3, "deployment": "15s", "start_up": "30s" })";
constexpr std::string_view warm_standby = R"({ "instances": 3, "running": 1, "start_up": "30s" })";

TEST(RecoveryTierTest, AServiceLooksIntoTheCacheOfItsOwnRegion) {
    test::in_child([] {
        std::string text = in_two_regions("");
        replace_in(text, R"("hot": { "kind": "redis", "region": "us-east-1",)",
                   R"("hot": { "kind": "redis", "regions": ["us-east-1", "us-west-2"],)");
        const auto own = run(read(text));
        EXPECT_GT(served(own, "caches/hot/1"), 0.0);
        EXPECT_GT(served(own, "caches/hot/us-west-2/1"), 0.0);
        ASSERT_EQ(own.caches.size(), 1U) << "measured as one";
        EXPECT_GT(served(own, "caches/hot/us-west-2/"), 0.6 * served(own, "services/shop/us-west-2/"));
    });
    test::in_child([] {
        const auto one = run(read(in_two_regions("")));
        EXPECT_EQ(served(one, "caches/hot/us-west-2/"), 0.0);
        EXPECT_GT(served(one, "services/shop/us-west-2/"), 0.0) << "it asks the cache of us-east-1, from afar";
    });
}

// An update deletes its key in its own region. The other region's entry stays until it expires.
TEST(RecoveryTierTest, WhatOneRegionChangesIsStaleInTheCacheOfTheOther) {
    const auto stale = [](std::string_view caches) {
        std::string text = in_two_regions("");
        replace_in(text, R"("hot": { "kind": "redis", "region": "us-east-1",)",
                   R"("hot": { "kind": "redis", )" + std::string{caches});
        replace_in(text, R"("route": ["orders/writer"], "statements": 3,)",
                   R"("route": ["hot", "orders/writer"], "keys": { "zipf": 0.99, "count": 20000 }, "statements": 1,)");
        replace_in(text, R"("transaction": true, )", "");
        const auto result = run(read(text));
        const auto& cache = result.caches.front();
        return static_cast<double>(cache.stale_hits) / static_cast<double>(cache.reads);
    };
    test::in_child([&] {
        const double together = stale(R"("region": "us-east-1",)");
        const double apart = stale(R"("regions": ["us-east-1", "us-west-2"],)");
        EXPECT_LT(together, 0.1);
        EXPECT_GT(apart, 2.0 * together);
    });
}

// The writer is probed every 5 s and gives no answer within 5 s, so the alarm comes some 10 to 20 s after the loss at
// 120 s; the operator's decision starts the instances, 15 s later they are launched, and 30 s later they serve.
TEST(RecoveryTierTest, APilotLightIsLitByTheDecisionToFailOver) {
    test::in_child([] {
        const auto result = run(read(standing_by(region_lost, pilot_light)));
        const double decided = entered_at_s(result, "orders/operator", "fencing");
        EXPECT_GT(decided, 120.0 + 10.0 + 20.0);
        EXPECT_LT(decided, 120.0 + 25.0 + 20.0);
        const char* const standby = "services/shop/us-west-2/standby";
        EXPECT_NEAR(entered_at_s(result, standby, "deploying"), decided, 1e-6);
        EXPECT_NEAR(entered_at_s(result, standby, "launching"), decided + 15.0, 1e-6);
        EXPECT_NEAR(entered_at_s(result, standby, "at full strength"), decided + 45.0, 1e-6);
        const auto& lookups = class_named(result, "lookup");
        const auto lit = static_cast<std::size_t>(decided) + 46;
        EXPECT_GT(good_between(lookups, 60, 119), 0U);
        EXPECT_EQ(good_between(lookups, 123, lit - 1), 0U) << "nobody serves until then";
        EXPECT_GT(good_between(lookups, lit + 90, lit + 120), 0U);
    });
}

TEST(RecoveryTierTest, NothingIsStartedWithoutAnOrder) {
    test::in_child([] {
        const auto result = run(read(standing_by(writers_zone_lost, pilot_light)));
        EXPECT_EQ(served(result, "services/shop/us-west-2/"), 0.0);
        EXPECT_EQ(entered_at_s(result, "services/shop/us-west-2/standby", "deploying"), -1.0);
        EXPECT_TRUE(reached(result, "services/shop/us-west-2/1", "standing by"));
    });
}

// Denver is nearer to us-west-2, where an instance runs all along; it is sent there only while us-east-1 has none.
TEST(RecoveryTierTest, SteeredToFailOverAWarmStandbyIsAskedWhenTheFirstRegionIsGone) {
    test::in_child([] {
        const auto calm = run(read(standing_by("", warm_standby, "failover:us-east-1")));
        EXPECT_EQ(served(calm, "services/shop/us-west-2/"), 0.0);
        const auto near = run(read(standing_by("", warm_standby)));
        EXPECT_GT(served(near, "services/shop/us-west-2/"), 0.0);
    });
    test::in_child([] {
        const auto result = run(read(standing_by(region_lost, warm_standby, "failover:us-east-1")));
        const auto& lookups = class_named(result, "lookup");
        // 2 checks of 5 s, a minute of DNS: before the operator's decision and 30 s of starting, it is one instance.
        EXPECT_GT(good_between(lookups, 200, 210), 0U);
        EXPECT_GT(served(result, "services/shop/us-west-2/1"), 0.0);
        EXPECT_GT(served(result, "services/shop/us-west-2/3"), 0.0) << "and three in the end";
    });
}

// An instance that is launched into a lost zone is there when the zone is, and not before.
TEST(RecoveryTierTest, AnInstanceLaunchedIntoALostZoneServesWhenTheZoneIsBack) {
    test::in_child([] {
        const std::string both =
            std::string{region_lost} +
            R"(, "b lost": { "kind": "zone-outage", "target": "us-west-2/b", "at": "70s", "lasts": "170s" })";
        const auto result = run(read(standing_by(both, pilot_light)));
        std::vector<double> serving;
        for (const auto& change : result.states) {
            if (change.component == "services/shop/us-west-2/2" && change.state == "serving")
                serving.push_back(static_cast<double>(change.at_ns) * 1e-9);
        }
        ASSERT_FALSE(serving.empty());
        EXPECT_NEAR(serving.back(), 60.0 + 70.0 + 170.0, 1e-6);
    });
}

// Ordered at 120 s, decided at 130 s; 45 s until the instances are there, and only then the first step.
TEST(RecoveryTierTest, AnEvacuationStartsWhatStandsByBeforeAnybodyMoves) {
    test::in_child([] {
        const auto result = run(read(standing_by(R"("leave": { "kind": "evacuation", "target": "us-east-1",
            "at": "60s", "decision": "10s", "step": "20s", "step_fails": "0%", "shares": ["100%"] })",
                                                 pilot_light)));
        EXPECT_NEAR(entered_at_s(result, "runbooks/leave", "scaling up"), 130.0, 0.01);
        EXPECT_NEAR(entered_at_s(result, "services/shop/us-west-2/standby", "at full strength"), 175.0, 0.01);
        EXPECT_NEAR(entered_at_s(result, "runbooks/leave", "moving offices"), 175.0, 1.01);
        EXPECT_GT(served(result, "services/shop/us-west-2/"), 0.0);
        const auto& lookups = class_named(result, "lookup");
        EXPECT_GT(good_between(lookups, 100, 300), 199U * (good_between(lookups, 80, 100) / 20U) * 9U / 10U);
    });
}

// Half of the lookups go to a second cache whose clients wait for a microsecond: none of its answers is in time.
TEST(RecoveryTierTest, EachCacheHasThePatienceOfItsOwnClients) {
    test::in_child([] {
        const auto result = run(read(small_system(""), [](scenarios::Scenario& scenario) {
            scenario.caches.push_back(scenario.caches.front());
            scenario.caches.back().name = "hasty";
            scenario.caches.back().command_timeout = std::chrono::microseconds{1};
            auto& classes = scenario.workload.classes;
            classes.front().share /= 2;
            classes.push_back(classes.front());
            classes.back().name = "hasty lookup";
            classes.back().route.front().name = "hasty";
        }));
        const scenarios::CacheResult& patient = result.caches.at(0);
        const scenarios::CacheResult& hasty = result.caches.at(1);
        EXPECT_GT(patient.fresh_hits, patient.reads / 2);
        EXPECT_EQ(patient.bypassed, 0U);
        EXPECT_GT(hasty.reads, 10'000U);
        EXPECT_EQ(hasty.bypassed, hasty.reads);
    });
}

}  // namespace
}  // namespace faultline::tests
