// Who asks how often: surges on top of the same arrivals, closed users against the exact closed network, tenants and
// their quotas.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/queueing/network_mva.hpp"
#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

// A surge of updates, from 100 to 160 s after the start of the run.
std::string with_surge() {
    std::string text = small_system("");
    replace_in(text, R"("arrivals": { "rate": "600/s" })", R"("arrivals": { "rate": "600/s", "surges": {
        "sale": { "at": "40s", "times": 3, "lasts": "60s", "offices": ["denver"], "classes": ["update"] } } })");
    return text;
}

TEST(ClientDemandTest, ASurgeComesOnTopOfTheSameArrivals) {
    test::in_child([] {
        const auto calm = run(read(small_system("")));
        const auto crowded = run(read(with_surge()));
        EXPECT_EQ(class_named(calm, "lookup").due_per_s, class_named(crowded, "lookup").due_per_s);
        const auto& usual = class_named(calm, "update").due_per_s;
        const auto& more = class_named(crowded, "update").due_per_s;
        double added = 0.0;
        for (std::size_t s = 0; s < usual.size(); ++s) {
            if (s < 100 || s >= 160) {
                EXPECT_EQ(usual[s], more[s]) << s;
            }
            added += static_cast<double>(more[s]) - static_cast<double>(usual[s]);
        }
        // Denver has half of 600/s, and all of its surge are updates: twice as many again, over 60 s.
        EXPECT_NEAR(added, 36'000.0, 5.0 * std::sqrt(36'000.0));
    });
}

// Hong Kong is thirteen hours ahead of New York: there Sunday ends when it is eleven in the morning here.
TEST(ClientDemandTest, TheDayIsThatOfEachOffice) {
    test::in_child([] {
        const auto result = run(read(R"({
  "name": "Two shops that are shut on Sundays",
  "run": { "warm_up": "0s", "measured": "15h", "replications": 1, "start_of_day": "10:00", "start_day": "sunday" },
  "offices": { "here": { "city": "New York City, US" }, "there": { "city": "Hong Kong, HK" } },
  "stations": { "counter": { "servers": 4 } },
  "workload": {
    "arrivals": { "rate": "2/s", "week": [1, 1, 1, 1, 1, 1, 0] },
    "classes": { "page": { "share": 1, "route": ["counter"], "deadline": "5s", "demand": "10ms" } },
    "canary": { "enabled": false }
  }
})"));
        const auto& due = class_named(result, "page").due_per_s;
        const auto between = [&](int from_h, int to_h) {
            double sum = 0.0;
            for (int s = from_h * 3600; s < to_h * 3600; ++s) sum += due[static_cast<std::size_t>(s)];
            return sum;
        };
        EXPECT_EQ(between(0, 1), 0.0);
        EXPECT_NEAR(between(1, 14), 13.0 * 3600.0, 5.0 * std::sqrt(13.0 * 3600.0)) << "one shop, 1/s";
        EXPECT_NEAR(between(14, 15), 2.0 * 3600.0, 5.0 * std::sqrt(2.0 * 3600.0)) << "both";
    });
}

TEST(ClientDemandTest, ClosedUsersAgreeWithTheExactNetwork) {
    test::in_child([] {
        const auto result = run(read(R"({
  "name": "A counter and its clerks",
  "run": { "warm_up": "60s", "measured": "2000s", "replications": 1 },
  "network": { "profile": "zero" },
  "offices": { "hall": { "access": "none" } },
  "stations": { "counter": { "servers": 2 } },
  "workload": {
    "users": { "per_office": 30, "think": { "exponential": "1s" } },
    "classes": { "page": { "share": 1, "route": ["counter"], "deadline": "60s", "demand": { "exponential": "80ms" } } },
    "canary": { "enabled": false }
  }
})"));
        const engine::ClosedMeans exact =
            engine::solve({.stations = {{0.08, 2}}, .think_time_s = 1.0, .population = 30});
        const scenarios::Outcomes all = all_outcomes(class_named(result, "page"));
        // Some 43,000 answers; their rate varies less than that of as many independent ones.
        EXPECT_NEAR(static_cast<double>(all.answered) / 2000.0, exact.throughput_per_s, 0.02 * exact.throughput_per_s);
        const double mean_ms = static_cast<double>(class_named(result, "page").steady.front().latency.sum_ns) * 1e-6 /
                               static_cast<double>(all.answered);
        EXPECT_NEAR(mean_ms, 1000.0 * exact.response_time_s, 40.0 * exact.response_time_s);
        EXPECT_EQ(all.due, all.answered + all.in_flight) << "nobody gives up within a minute";
    });
}

// Everybody waits for an answer that never comes, or for its timeout: due operations stay as few as the users are.
TEST(ClientDemandTest, ClosedUsersWhoAreBlockedAskNoMore) {
    test::in_child([] {
        const auto result = run(read(R"({
  "name": "A counter that stops",
  "run": { "warm_up": "0s", "measured": "100s", "replications": 1 },
  "network": { "profile": "zero" },
  "offices": { "hall": { "access": "none" } },
  "stations": { "counter": { "servers": 1 } },
  "workload": {
    "users": { "per_office": 10, "think": "1s" },
    "classes": { "page": { "share": 1, "route": ["counter"], "deadline": "20s", "demand": "1000s",
                           "retry": { "attempts": 1 } } },
    "canary": { "enabled": false }
  }
})"));
        const scenarios::Outcomes all = all_outcomes(class_named(result, "page"));
        EXPECT_EQ(all.due, 50U) << "each user at 1, 22, 43, 64 and 85 s";
        EXPECT_EQ(all.timed_out, 40U);
        EXPECT_EQ(all.in_flight, 10U);
    });
}

TEST(ClientDemandTest, AQuotaHoldsOneTenantAndNoOther) {
    test::in_child([] {
        std::string text = small_system("");
        replace_in(text, R"("classes": {)", R"("tenants": {
            "acme": { "classes": ["lookup"], "quota": "100/s", "burst": 20 }, "globex": { "classes": ["update"] } },
            "classes": {)");
        replace_in(text, R"("deadline": "1s",)", R"("deadline": "1s", "retry": { "attempts": 1 },)");
        const auto result = run(read(text));
        const scenarios::Outcomes lookups = all_outcomes(class_named(result, "lookup"));
        // 420/s are due in 300 s; a bucket of 100/s lets 30,000 in.
        EXPECT_NEAR(static_cast<double>(lookups.answered), 30'000.0, 100.0);
        EXPECT_EQ(lookups.refused + lookups.timed_out + lookups.failed + lookups.answered + lookups.in_flight,
                  lookups.due);
        EXPECT_GT(lookups.refused, 90'000U);
        EXPECT_EQ(all_outcomes(class_named(result, "update")).refused, 0U);
    });
}

// Canaries connect anew each second, two offices and two endpoints.
TEST(ClientDemandTest, IamAuthenticatesNoMoreConnectionsThanItsLimit) {
    test::in_child([] {
        const auto refused = [](const std::string& limit) {
            std::string text = small_system("");
            replace_in(text, R"("data": "100GiB",)",
                       R"("data": "100GiB", "authentication": "iam", "iam_limit": ")" + limit + R"(",)");
            const auto result = run(read(text));
            std::uint64_t sum = 0;
            for (const auto& instance : result.instances) {
                if (instance.name == "orders/instance-1") sum += instance.connections_refused;
            }
            return sum;
        };
        EXPECT_EQ(refused("200/s"), 0U);
        const std::uint64_t one_a_second = refused("1/s");
        EXPECT_GT(one_a_second, 250U) << "two canaries a second, 300 s, and the pools of the service now and then";
        EXPECT_LT(one_a_second, 450U);
    });
}

// A curve that steps up thirty-fold two minutes after the start: MSER-5 would take the step for the end of a transient,
// so it must see nothing of it, as it must see nothing of a fault. With one rate all day it sees the same as before.
TEST(ClientDemandTest, TheAutomaticWarmUpLooksAtConstantLoadOnly) {
    test::in_child([] {
        std::string factors = "0.02";
        for (int hour = 1; hour < 24; ++hour) factors += hour == 10 ? ", 0.02" : ", 0.6";
        const auto warm_up_s = [](const std::string& curve, const std::string& start) {
            const auto result = run(read(R"({
  "name": "One counter", "network": { "profile": "zero" },
  "run": { "warm_up": "auto", "measured": "10min", "replications": 1, "start_of_day": ")" +
                                         start + R"(" },
  "offices": { "here": { "access": "none" } },
  "stations": { "counter": { "servers": 1 } },
  "workload": {
    "arrivals": { "rate": "100/s", "curve": [)" +
                                         curve + R"(] },
    "classes": { "page": { "share": 1, "route": ["counter"], "deadline": "5s",
                           "demand": "10ms" } },
    "canary": { "enabled": false }
  }
})"));
            return static_cast<double>(result.warm_up_ns) * 1e-9;
        };
        EXPECT_LE(warm_up_s(factors, "10:58"), 60.0) << "half of what is left of its hour";
        EXPECT_LE(warm_up_s(factors, "10:00"), 150.0) << "half of the pilot, all of it in one hour";
    });
}

}  // namespace
}  // namespace faultline::tests
