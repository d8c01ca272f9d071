// Goal:   a service that sheds load goes on at its capacity under twice the load, and one that does not collapses.
// Method: one instance whose processors serve 400 calls a second, 800 a second due, clients that wait for a second.
// What
//         is good in the last 40 s is compared with the capacity.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

constexpr double capacity_per_s = 400.0;

scenarios::Scenario overloaded(const std::string& service, const std::string& of_class = "", int rate_per_s = 800) {
    return read(R"({
  "name": "One instance",
  "run": { "warm_up": "0s", "measured": "60s", "replications": 1 },
  "network": { "profile": "zero" },
  "regions": { "us-east-1": { "zones": ["a", "b", "c"] } },
  "offices": { "hall": { "access": "none" } },
  "databases": { "orders": { "kind": "aurora-mysql", "region": "us-east-1", "data": "10GiB",
    "writer": { "class": "db.r6g.16xlarge", "zone": "a" }, "replicas": [ { "zone": "b" } ] } },
  "services": { "shop": { "regions": { "us-east-1": 1 }, "vcpus": 4, "demand": { "exponential": "10ms" },
    "pool": 2000)" +
                service + R"( } },
  "workload": {
    "arrivals": { "rate": ")" +
                std::to_string(rate_per_s) + R"(/s" },
    "office_pool": 10000,
    "classes": {
      "pay": { "share": 0.2, "via": "shop", "route": ["orders/reader"], "deadline": "1s",
               "retry": { "attempts": 1 })" +
                (of_class.empty() ? "" : R"(, "priority": "critical")") + R"( },
      "look": { "share": 0.8, "via": "shop", "route": ["orders/reader"], "deadline": "1s",
                "retry": { "attempts": 1 })" +
                of_class + R"( } },
    "canary": { "enabled": false } }
})");
}

double good_per_s(const scenarios::ReplicationResult& result) {
    const std::uint64_t good =
        good_between(class_named(result, "pay"), 20, 60) + good_between(class_named(result, "look"), 20, 60);
    return static_cast<double>(good) / 40.0;
}

TEST(SheddingTest, WithoutItTwiceTheLoadIsServedInVain) {
    test::in_child([] {
        const auto result = run(overloaded(R"(, "threads": 5000, "queue": 10000)"));
        EXPECT_LT(good_per_s(result), 0.05 * capacity_per_s) << "all wait longer than their second";
    });
}

TEST(SheddingTest, WithItGoodputStaysNearCapacity) {
    struct Policy {
        const char* name;
        const char* service;
    };
    for (const Policy& policy : {
             Policy{"fixed", R"(, "threads": 5000, "shedding": { "limit": "fixed", "concurrency": 100 })"},
             Policy{"aimd", R"(, "threads": 5000, "shedding": { "limit": "aimd", "slow_call": "300ms" })"},
             Policy{"gradient", R"(, "threads": 5000, "shedding": { "limit": "gradient" })"},
             Policy{"wait", R"(, "threads": 8, "queue": 10000, "shedding": { "wait": "500ms" })"},
             Policy{"controlled delay", R"(, "threads": 8, "queue": 10000, "shedding": { "controlled_delay": true })"},
             Policy{"newest first", R"(, "threads": 8, "queue": 10000, "shedding": { "wait": "1s", "order": "lifo" })"},
         }) {
        test::in_child([&] {
            const auto result = run(overloaded(policy.service));
            EXPECT_GT(good_per_s(result), 0.9 * capacity_per_s) << policy.name;
            EXPECT_LT(good_per_s(result), 1.05 * capacity_per_s) << policy.name;
        });
    }
}

// At half of the capacity nobody is turned away.
TEST(SheddingTest, ItShedsNothingThatCouldBeServed) {
    test::in_child([] {
        const auto result =
            run(overloaded(R"(, "threads": 5000, "shedding": { "limit": "fixed", "concurrency": 100 })", "", 200));
        EXPECT_EQ(all_outcomes(class_named(result, "look")).refused, 0U);
        EXPECT_NEAR(good_per_s(result), 200.0, 5.0 * std::sqrt(200.0 / 40.0));
    });
}

// 160/s are critical and the rest may be shed: below the limit of 100 the others leave them half.
TEST(SheddingTest, TheSheddableGoFirst) {
    test::in_child([] {
        const std::string service =
            R"(, "threads": 5000, "shedding": { "limit": "fixed", "concurrency": 100, "sheddable_share": "50%" })";
        const auto result = run(overloaded(service, R"(, "priority": "sheddable")"));
        const scenarios::Outcomes pay = all_outcomes(class_named(result, "pay"));
        const scenarios::Outcomes look = all_outcomes(class_named(result, "look"));
        EXPECT_GT(static_cast<double>(pay.good), 0.99 * static_cast<double>(pay.due));
        EXPECT_LT(static_cast<double>(look.good), 0.45 * static_cast<double>(look.due)) << "240 of 640 a second";
        EXPECT_GT(good_per_s(result), 0.9 * capacity_per_s);
    });
}

}  // namespace
}  // namespace faultline::tests
