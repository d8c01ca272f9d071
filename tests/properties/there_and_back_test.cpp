// Goal:   planned work that leaves something behind recurs there and back: what it changes is as it was before, the
//         time in between is the one that is said, and nobody's acknowledged commits are lost on the way.
// Method: a small system at a low rate, and constant times, so that it is known what has come by the end; then random
//         ones against their means. The measured part begins at 60 s.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <string>
#include <vector>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

using std::chrono::seconds;

std::string again_and_again(const std::string& kind, const std::string& target, const std::string& times,
                            const std::string& more = "") {
    return R"("work": { "kind": ")" + kind + R"(", "at_random": { "targets": [")" + target + "\"], " + times + " }" +
           more + " }";
}

scenarios::Scenario quiet(const std::string& text, seconds measured = seconds{300}) {
    return read(text, [&](scenarios::Scenario& scenario) {
        scenario.workload.arrivals.rate_per_s = 20.0;
        scenario.run.measured = measured;
        scenario.databases.front().failover.restart = constant(8.0);
    });
}

std::vector<scenarios::FaultResult> orders_of(const scenarios::ReplicationResult& result) {
    std::vector<scenarios::FaultResult> all;
    std::copy_if(result.faults.begin(), result.faults.end(), std::back_inserter(all),
                 [](const auto& fault) { return fault.started; });
    return all;
}

double seconds_between(std::int64_t from_ns, std::int64_t to_ns) {
    return static_cast<double>(to_ns - from_ns) * 1e-9;
}

void expect_nothing_lost(const scenarios::ReplicationResult& result) {
    for (const auto& incident : result.incidents) {
        EXPECT_TRUE(incident.planned);
        for (const auto& loss : incident.losses) EXPECT_EQ(loss.commits_lost, 0U);
    }
}

constexpr const char* each_minute = R"("every": "40s", "lasts": "20s")";
constexpr const char* at_once = R"(, "preparation": "0s", "work": "5s")";

// Ordered 40 s after the warm-up, there at 53 s; ordered back at 73 s, back at 86 s; ordered again at 126 s.
TEST(ThereAndBackTest, AnInstanceHasAnotherClassForATime) {
    test::in_child([] {
        const std::string faults = again_and_again("class-change", "orders/instance-2", each_minute,
                                                   at_once + std::string{R"(, "class": "db.r6g.8xlarge")"});
        const auto pool_of = [&](seconds measured) {
            const auto result = run(quiet(small_system(faults), measured));
            const auto orders = orders_of(result);
            for (const auto& order : orders) {
                EXPECT_TRUE(order.by_chance);
                EXPECT_TRUE(order.planned);
                EXPECT_EQ(order.hit, std::vector<std::string>{"orders/instance-2"});
            }
            if (orders.size() >= 3) {
                EXPECT_NEAR(seconds_between(orders[0].end_ns, orders[1].start_ns), 20.0, 1e-6);
                EXPECT_NEAR(seconds_between(orders[1].end_ns, orders[2].start_ns), 40.0, 1e-6);
            }
            expect_nothing_lost(result);
            return result.instances.at(1).pool_pages;
        };
        const auto before = pool_of(seconds{30});
        const auto there = pool_of(seconds{63});
        const auto back = pool_of(seconds{110});
        const auto there_again = pool_of(seconds{150});
        EXPECT_GT(there, 3U * before) << "four times the memory";
        EXPECT_EQ(back, before);
        EXPECT_EQ(there_again, there);
    });
}

// Crashes of the same instance overlap the work: a host that comes back under it is taken away once more.
TEST(ThereAndBackTest, CrashesMayFallIntoTheWork) {
    test::in_child([] {
        const auto result = run(quiet(
            small_system(again_and_again("class-change", "orders/instance-2", R"("every": "5s", "lasts": "5s")",
                                         at_once + std::string{R"(, "class": "db.r6g.8xlarge")"}) +
                         R"(, "crashes": { "kind": "instance-crash", "at_random": { "targets": ["orders/instance-2"],
                 "every": { "exponential": "5s" }, "lasts": "4s" } })")));
        const auto orders = orders_of(result);
        const auto crashes = std::count_if(orders.begin(), orders.end(),
                                           [](const auto& one) { return one.name == "crashes" && !one.hit.empty(); });
        EXPECT_GE(crashes, 5);
        EXPECT_GE(static_cast<std::ptrdiff_t>(orders.size()) - crashes, 8);
    });
}

// The one that was the writer hands over, is changed, and is changed back whatever it is then.
TEST(ThereAndBackTest, TheWriterIsChangedBackAlthoughAnotherIsTheWriter) {
    test::in_child([] {
        const auto result =
            run(quiet(small_system(again_and_again("class-change", "orders/writer", each_minute,
                                                   at_once + std::string{R"(, "class": "db.r6g.8xlarge")"})),
                      seconds{125}));
        const auto orders = orders_of(result);
        ASSERT_GE(orders.size(), 2U);
        EXPECT_EQ(orders[0].hit, std::vector<std::string>{"orders/instance-1"});
        EXPECT_EQ(orders[1].hit, orders[0].hit);
        EXPECT_TRUE(reached(result, "orders/instance-1", "replica"));
        expect_nothing_lost(result);
    });
}

// A cache of a fifth of the keys' size is scaled out at 120 s and in again a minute after that, then out at 250 s or
// so.
TEST(ThereAndBackTest, ACacheIsScaledOutAndInAgain) {
    test::in_child([] {
        const std::string faults =
            again_and_again("cache-scaling", "hot", R"("every": "60s", "lasts": "60s")",
                            R"(, "preparation": "0s", "work": "1s", "class": "cache.r6g.xlarge")");
        const auto result = run(read(small_system(faults), [](scenarios::Scenario& scenario) {
            scenario.caches.front().memory = engine::Bytes{1 << 20};
        }));
        const auto orders = orders_of(result);
        ASSERT_GE(orders.size(), 3U);
        for (const auto& order : orders) EXPECT_EQ(order.hit, orders.front().hit);
        const auto hit_rate = [&](std::size_t from_s, std::size_t to_s) {
            const auto& rates = result.caches.front().hit_rate_per_s;
            return std::accumulate(rates.begin() + static_cast<std::ptrdiff_t>(from_s),
                                   rates.begin() + static_cast<std::ptrdiff_t>(to_s), 0.0) /
                   static_cast<double>(to_s - from_s);
        };
        const double small = hit_rate(100, 118), large = hit_rate(160, 180), again = hit_rate(225, 245);
        EXPECT_GT(large, small + 0.1);
        EXPECT_NEAR(again, small, 0.03) << "of 8,000 lookups each";
    });
}

TEST(ThereAndBackTest, AWarehouseIsResizedAndBack) {
    test::in_child([] {
        std::string text = small_system(again_and_again("warehouse-resize", "reports", each_minute,
                                                        R"(, "preparation": "0s", "work": "5s", "nodes": 4)"));
        replace_in(
            text, R"("workload": {)",
            R"("warehouses": { "reports": { "region": "us-east-1", "zone": "a", "class": "ra3.xlplus", "nodes": 2,
                        "tables": { "sales": { "source": "orders", "load": "copy", "interval": "30s",
                                               "data": "10GB" } } } },
                      "workload": {)");
        replace_in(text, R"("share": 0.7,)", R"("share": 0.69,)");
        replace_in(text, R"("update": {)",
                   R"("by branch": { "share": 0.01, "route": ["reports"], "deadline": "10s", "timeout": "30s" },
                      "update": {)");
        const auto result = run(quiet(text));
        const auto orders = orders_of(result);
        ASSERT_GE(orders.size(), 6U) << "each 65 s two, in 300 s";
        for (std::size_t i = 1; i < orders.size(); ++i) {
            const double gap_s = seconds_between(orders[i - 1].end_ns, orders[i].start_ns);
            EXPECT_NEAR(gap_s, i % 2 == 1 ? 20.0 : 40.0, 1e-6) << i;
            EXPECT_EQ(orders[i].hit.size(), 1U) << i;
        }
        expect_nothing_lost(result);
    });
}

std::string over_two_regions(const std::string& faults) {
    std::string text = in_two_regions(faults);
    replace_in(text, R"("replicas": [ { "zone": "b" }, { "zone": "c" } ])",
               R"("replicas": [ { "zone": "b" } ],
                  "secondaries": { "us-west-2": { "replicas": [ { "zone": "a" }, { "zone": "b" } ] } },
                  "global": { "switchover": "5s", "dns_update": "5s", "step_fails": "0%" })");
    replace_in(text, R"("caches": { "hot": { "kind": "redis", "region": "us-east-1")",
               R"("caches": { "hot": { "kind": "redis", "regions": ["us-east-1", "us-west-2"])");
    return text;
}

TEST(ThereAndBackTest, ADatabaseIsSwitchedOverToAndFro) {
    test::in_child([] {
        const auto result =
            run(quiet(over_two_regions(again_and_again("switchover", "orders/us-west-2", each_minute))));
        const auto orders = orders_of(result);
        ASSERT_GE(orders.size(), 4U);
        for (std::size_t i = 0; i < orders.size(); ++i) {
            EXPECT_EQ(orders[i].target, i % 2 == 0 ? "orders/us-west-2" : "orders") << i;
            if (!orders[i].ended) continue;
            EXPECT_EQ(orders[i].hit, std::vector<std::string>{i % 2 == 0 ? "orders" : "orders/us-west-2"}) << i;
        }
        expect_nothing_lost(result);
        const auto& updates = class_named(result, "update");
        EXPECT_GT(all_outcomes(updates).good, all_outcomes(updates).due * 7U / 10U);
    });
}

TEST(ThereAndBackTest, ARegionIsEvacuatedAgain) {
    test::in_child([] {
        const auto result = run(quiet(over_two_regions(
            again_and_again("evacuation", "us-east-1", R"("every": "20s", "lasts": "20s")",
                            R"(, "decision": "2s", "step": "4s", "step_fails": "0%", "shares": ["50%", "100%"])"))));
        const auto orders = orders_of(result);
        ASSERT_GE(orders.size(), 3U);
        ASSERT_TRUE(orders[1].ended);
        EXPECT_EQ(orders[0].hit, orders[1].hit) << "the same offices, and the database";
        EXPECT_GE(orders[0].hit.size(), 2U);
        expect_nothing_lost(result);
        const auto homes = std::count_if(result.states.begin(), result.states.end(), [](const auto& entered) {
            return entered.component == "runbooks/work" && entered.state == "at home";
        });
        EXPECT_GE(homes, 2);
    });
}

// What stood by when the first one was ordered stands by when the next one is.
TEST(ThereAndBackTest, WhatAnEvacuationStartsStandsByAgain) {
    test::in_child([] {
        std::string text = over_two_regions(
            again_and_again("evacuation", "us-east-1", R"("every": "20s", "lasts": "20s")",
                            R"(, "decision": "2s", "step": "4s", "step_fails": "0%", "shares": ["100%"])"));
        replace_in(text, R"("regions": { "us-east-1": 3, "us-west-2": 3 })",
                   R"("regions": { "us-east-1": 3 },
                      "standby": { "us-west-2": { "instances": 3, "running": 1, "deployment": "3s",
                                                  "start_up": "5s" } })");
        const auto result = run(quiet(text, seconds{400}));
        std::vector<std::string> states;
        for (const auto& entered : result.states) {
            if (entered.component == "services/shop/us-west-2/standby") states.push_back(entered.state);
        }
        const std::vector<std::string> once{"standing by", "deploying", "launching", "at full strength"};
        ASSERT_GE(states.size(), 2 * once.size());
        for (std::size_t i = 0; i < 2 * once.size(); ++i) EXPECT_EQ(states[i], once[i % once.size()]) << i;
        const auto starts = std::count_if(result.states.begin(), result.states.end(), [](const auto& entered) {
            return entered.component == "services/shop/us-west-2/3" && entered.state == "serving";
        });
        EXPECT_GE(starts, 2);
        EXPECT_GT(all_outcomes(class_named(result, "lookup")).good,
                  all_outcomes(class_named(result, "lookup")).due * 9 / 10);
        expect_nothing_lost(result);
    });
}

TEST(ThereAndBackTest, AZoneIsLeftAgain) {
    test::in_child([] {
        const auto result = run(quiet(small_system(again_and_again(
            "zone-evacuation", "us-east-1/b", R"("every": "30s", "lasts": "30s")", R"(, "preparation": "0s")"))));
        const auto orders = orders_of(result);
        ASSERT_GE(orders.size(), 4U);
        for (const auto& order : orders) {
            if (!order.ended) continue;
            EXPECT_NEAR(seconds_between(order.start_ns, order.end_ns), 30.0, 1e-6);
            EXPECT_EQ(order.hit, orders.front().hit);
        }
        EXPECT_EQ(orders.front().hit.size(), 2U) << "an instance of the database and one of the service";
    });
}

// 30 s on average until it is ordered, 10 s on average until it is ordered back, and 2 x 5 s of work with two restarts
// of 8 s on average: about 66 s a cycle, of two orders.
TEST(ThereAndBackTest, OrdersComeAsOftenAsTheirMeansSay) {
    test::in_child([] {
        constexpr std::uint32_t runs = 8;
        const std::string faults =
            again_and_again("class-change", "orders/instance-2",
                            R"("every": { "exponential": "30s" }, "lasts": { "exponential": "10s" })",
                            at_once + std::string{R"(, "class": "db.r6g.8xlarge")"});
        double count = 0.0;
        for (std::uint32_t replication = 1; replication <= runs; ++replication) {
            scenarios::Scenario scenario = quiet(small_system(faults), seconds{1200});
            scenario.workload.arrivals.rate_per_s = 1.0;
            count += static_cast<double>(orders_of(run(scenario, replication)).size());
        }
        const double cycles = runs * 1200.0 / 66.0;
        EXPECT_NEAR(count, 2.0 * cycles, 4.0 * 2.0 * std::sqrt(cycles) * 0.55) << "a cycle's spread is 32 s of 66";
    });
}

}  // namespace
}  // namespace faultline::tests
