// Goal:   a query that is refused, or fails, says by what.
// Method: one instance of a service before a database, 400 calls a second due, in which one thing at a time is short;
//         that is the reason of nearly all that were not answered, and the reasons add up to the outcomes.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

struct Short {
    const char* reason;  // of the failure
    const char* outcome = "refused";
    const char* database = "";
    const char* service = R"(, "threads": 5000, "pool": 2000)";
    const char* workload = "";
    const char* of_class = "";
    const char* faults = "";
};

scenarios::Scenario short_of(const Short& what) {
    return read(std::string{R"({
  "name": "One instance",
  "run": { "warm_up": "5s", "measured": "60s", "replications": 1 },
  "network": { "profile": "zero" },
  "regions": { "us-east-1": { "zones": ["a", "b", "c"] } },
  "offices": { "hall": { "access": "none" } },
  "databases": { "orders": { "kind": "aurora-mysql", "region": "us-east-1", "data": "10GiB",
    "writer": { "class": "db.r6g.16xlarge", "zone": "a" }, "replicas": [ { "zone": "b" } ])"} +
                what.database + R"( } },
  "services": { "shop": { "regions": { "us-east-1": 1 }, "vcpus": 8, "demand": { "exponential": "10ms" })" +
                what.service + R"( } },
  "workload": { "arrivals": { "rate": "400/s" },)" +
                what.workload + R"(
    "classes": { "look": { "share": 1, "via": "shop", "route": ["orders/reader"], "deadline": "1s",
                           "demand": { "exponential": "20ms" }, "retry": { "attempts": 1 })" +
                what.of_class + R"( } },
    "canary": { "enabled": false } },
  "faults": {)" +
                what.faults + R"( }
})");
}

std::map<std::string, std::uint64_t> counts_by(const scenarios::ClassResult& of,
                                               const std::string scenarios::UnansweredResult::*key) {
    std::map<std::string, std::uint64_t> counts;
    for (const scenarios::UnansweredResult& one : of.unanswered) counts[one.*key] += one.count;
    return counts;
}

void expect_reason(const Short& what) {
    const auto result = run(short_of(what));
    const auto& look = class_named(result, "look");
    const auto reasons = counts_by(look, &scenarios::UnansweredResult::reason);
    const auto outcomes = counts_by(look, &scenarios::UnansweredResult::outcome);
    const scenarios::Outcomes all = all_outcomes(look);
    const auto count_of = [](const auto& counts, const char* name) {
        const auto found = counts.find(name);
        return found == counts.end() ? 0 : found->second;
    };
    EXPECT_EQ(count_of(outcomes, "refused"), all.refused) << what.reason;
    EXPECT_EQ(count_of(outcomes, "failed"), all.failed) << what.reason;
    EXPECT_EQ(count_of(outcomes, "timed out"), all.timed_out) << what.reason;
    const std::uint64_t told = count_of(reasons, what.reason);
    EXPECT_GT(told, 50U) << what.reason;
    EXPECT_GT(count_of(outcomes, what.outcome), 0U) << what.reason;
    EXPECT_GE(10 * told, 9 * count_of(outcomes, what.outcome)) << what.reason;
}

// 400/s x 30 ms hold 12 threads and 8 connections.
TEST(RefusalTest, ByWhatIsToldWhateverIsShort) {
    for (const Short& what : {
             Short{.reason = "queue", .service = R"(, "threads": 6, "queue": 4, "pool": 2000)"},
             Short{.reason = "load-shedding",
             .service = R"(, "threads": 6, "queue": 10000, "pool": 2000, "shedding": { "wait": "50ms" })"},
             Short{.reason = "concurrency-limit", .service = R"(, "threads": 5000, "pool": 2000,
                                   "shedding": { "limit": "fixed", "concurrency": 8 })"},
             Short{.reason = "pool", .service = R"(, "threads": 5000, "pool": 4, "pool_wait": "50ms")"},
             Short{.reason = "client-connections", .workload = R"( "office_pool": 6,)"},
             Short{.reason = "tenant-quota",
             .workload = R"( "tenants": { "acme": { "classes": ["look"], "quota": "100/s" } },)"},
             Short{.reason = "circuit-breaker",
             .service = R"(, "threads": 6, "queue": 4, "pool": 2000)",
             .of_class = R"(, "breaker": { "preset": "resilience4j" })"},
             Short{.reason = "connection-limit", .database = R"(, "connections_max": 4)"},
             Short{.reason = "login-rate",
             .database = R"(, "authentication": "iam", "iam_limit": "1/s")",
             .service = R"(, "threads": 5000, "pool": 2000, "max_lifetime": "1s")"},
         }) {
        test::in_child([&] { expect_reason(what); });
    }
}

// Names and logins fail where a new connection is needed: each lives for a second.
TEST(RefusalTest, SoIsWhereAQueryFailed) {
    constexpr const char* short_lived = R"(, "threads": 5000, "pool": 2000, "max_lifetime": "1s")";
    for (const Short& what : {
             Short{.reason = "name",
            .outcome = "failed",
            .service = short_lived,
            .faults = R"( "f": { "kind": "dns-failure", "target": "orders", "at": "20s", "lasts": "10s" })"},
             Short{.reason = "credentials",
             .outcome = "failed",
             .service = short_lived,
             .faults = R"( "f": { "kind": "certificate-expiry", "target": "orders", "at": "20s",
                                        "noticed_after": "5s", "renewal": "5s" })"},
         }) {
        test::in_child([&] { expect_reason(what); });
    }
}

}  // namespace
}  // namespace faultline::tests
