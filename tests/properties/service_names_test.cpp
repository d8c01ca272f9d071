// Goal:   the name, the certificate and the credentials of a service fail as those of a database do: who is connected
//         goes on, nobody else gets in, and the waterfall names what is waited for.
// Method: a small system, in which connections are lost or not while they are away.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

using Parts = std::vector<std::string>;

std::string together_with(const std::string& fault, std::string_view another) {
    return fault + ", " + std::string{another};
}

std::uint64_t ended_by(const scenarios::ReplicationResult& result, const std::string& reason) {
    std::uint64_t count = 0;
    for (const auto& query_class : result.classes) {
        for (const auto& one : query_class.unanswered) count += one.reason == reason ? one.count : 0;
    }
    return count;
}

// The longest of the canaries through the service.
double rto_via_shop_s(const scenarios::ReplicationResult& result) {
    double worst_s = 0.0;
    for (const auto& incident : result.incidents) {
        for (const auto& recovery : incident.recoveries) {
            const bool via = recovery.canary && recovery.of.find(" via shop") != std::string::npos;
            if (via) worst_s = std::max(worst_s, static_cast<double>(recovery.rto_ns) * 1e-9);
        }
    }
    return worst_s;
}

double seconds_of_stage(const scenarios::ReplicationResult& result, const std::string& stage) {
    double sum_s = 0.0;
    for (const auto& [name, ns] : result.incidents.at(0).waterfall) {
        if (name == stage) sum_s += static_cast<double>(ns) * 1e-9;
    }
    return sum_s;
}

// The small system is warm after 60 s, so that "60s" is 120 s of the run; 180 updates a second are due.
constexpr const char* writer_lost =
    R"("crash": { "kind": "instance-crash", "target": "orders/writer", "at": "70s", "mode": "crash" })";

TEST(ServiceNamesTest, WithoutItsNameAServiceServesThoseWhoAreConnected) {
    test::in_child([] {
        const auto result = run(
            read(small_system(R"("gone": { "kind": "dns-failure", "target": "shop", "at": "60s", "lasts": "100s" })")));
        EXPECT_EQ(result.faults.front().hit, Parts{"services/shop/us-east-1"});
        EXPECT_GT(good_between(class_named(result, "update"), 125, 215), 89U * 170U);
        EXPECT_NEAR(rto_via_shop_s(result), 100.0, 3.0) << "it asks for the name every second";
        EXPECT_NEAR(seconds_of_stage(result, "dns outage"), 100.0, 3.0);
        EXPECT_EQ(seconds_of_stage(result, "detection"), 0.0);
    });
}

// Who loses his connections with a zone finds no address once his answer is older than its 60 s.
TEST(ServiceNamesTest, WithoutItsNameLostConnectionsStayLost) {
    const std::string gone = R"("gone": { "kind": "dns-failure", "target": "shop", "at": "0s", "lasts": "150s" })";
    test::in_child([] { EXPECT_EQ(ended_by(run(read(small_system(writers_zone_lost))), "name"), 0U); });
    test::in_child([&] {
        const auto both = run(read(small_system(together_with(gone, writers_zone_lost))));
        EXPECT_GT(ended_by(both, "name"), 100U);
    });
}

// Nothing that a health check sees: calls go where they went, and fail.
TEST(ServiceNamesTest, AnExpiredCertificateKeepsOutWhoIsNotIn) {
    const std::string expired =
        R"("expired": { "kind": "certificate-expiry", "target": "shop", "at": "50s", "noticed_after": "60s",
                        "renewal": "40s" })";
    test::in_child([&] {
        const auto calm = run(read(small_system(expired)));
        EXPECT_EQ(calm.faults.front().hit, Parts{"services/shop/us-east-1"});
        EXPECT_GT(good_between(class_named(calm, "update"), 125, 205), 79U * 170U) << "who is connected stays so";
        EXPECT_NEAR(rto_via_shop_s(calm), 100.0, 3.0);
        EXPECT_NEAR(seconds_of_stage(calm, "noticing"), 60.0, 1.0);
        EXPECT_NEAR(seconds_of_stage(calm, "renewal"), 40.0, 1.0);
        const auto both = run(read(small_system(together_with(expired, writers_zone_lost))));
        EXPECT_GT(ended_by(both, "credentials"), 100U);
        EXPECT_EQ(ended_by(both, "name"), 0U);
    });
}

// One region's balancer shows it: the offices of the other one notice nothing.
TEST(ServiceNamesTest, ACertificateIsOfOneRegion) {
    test::in_child([] {
        const auto result = run(read(in_two_regions(
            R"("expired": { "kind": "certificate-expiry", "target": "shop/us-west-2", "at": "60s",
                            "noticed_after": "20s", "renewal": "10s" })")));
        EXPECT_EQ(result.faults.front().hit, Parts{"services/shop/us-west-2"});
    });
}

// The writer is back in seconds, and nobody who shows an expired credential gets in.
TEST(ServiceNamesTest, ExpiredCredentialsKeepItOutOfItsDatabase) {
    const std::string expired =
        R"("expired": { "kind": "certificate-expiry", "target": "shop/credentials", "at": "60s",
                        "noticed_after": "60s", "renewal": "40s" })";
    test::in_child([&] {
        const auto crash = run(read(small_system(writer_lost)));
        const auto both = run(read(small_system(together_with(expired, writer_lost))));
        EXPECT_EQ(both.faults.front().hit.size(), 3U) << "its instances";
        EXPECT_GT(good_between(class_named(crash, "update"), 180, 215), 30U * 170U);
        EXPECT_EQ(good_between(class_named(both, "update"), 180, 215), 0U);
        EXPECT_GT(good_between(class_named(both, "update"), 250, 300), 45U * 170U) << "renewed at 220 s";
        EXPECT_GT(ended_by(both, "credentials"), 30U * 170U);
        EXPECT_EQ(ended_by(crash, "credentials"), 0U);
        EXPECT_LT(class_named(both, "update").unknown, 500U) << "in flight at the crash; who was kept out knows it";
    });
}

TEST(ServiceNamesTest, TheyFailByChanceToo) {
    test::in_child([] {
        const auto result = run(read(small_system(
            R"("expired": { "kind": "certificate-expiry", "noticed_after": "5s", "renewal": "5s",
                            "at_random": { "targets": ["shop"], "every": { "exponential": "60s" } } },
               "gone": { "kind": "dns-failure",
                         "at_random": { "targets": ["shop"], "every": { "exponential": "60s" }, "lasts": "5s" } })")));
        ASSERT_GT(result.faults.size(), 2U);
        for (const auto& fault : result.faults) {
            if (!fault.started) continue;
            EXPECT_EQ(fault.hit, Parts{"services/shop/us-east-1"}) << fault.kind;
        }
    });
}

// What the name and the failover hold up together is told once: first the names, then the work that goes on meanwhile.
TEST(ServiceNamesTest, AnOutageOfNamesIsNoDetection) {
    const std::string gone = R"("gone": { "kind": "dns-failure", "target": "orders", "at": "60s", "lasts": "80s" })";
    constexpr const char* host_lost =
        R"("lost": { "kind": "instance-crash", "target": "orders/writer", "at": "70s", "lasts": "150s" })";
    test::in_child([&] {
        const auto crash = run(read(small_system(host_lost)));
        const auto both = run(read(small_system(together_with(gone, host_lost))));
        EXPECT_EQ(seconds_of_stage(crash, "dns outage"), 0.0);
        EXPECT_GT(seconds_of_stage(crash, "detection"), 3.0);
        EXPECT_EQ(seconds_of_stage(both, "detection"), 0.0) << "names are away all the time";
        const double of_failover_s = seconds_of_stage(both, "promotion") + seconds_of_stage(both, "dns");
        EXPECT_GT(of_failover_s, 1.0);
        EXPECT_NEAR(seconds_of_stage(both, "dns outage") + of_failover_s, 80.0, 0.001) << "from the first to the last";
        EXPECT_NEAR(seconds_of_stage(both, "promotion"), seconds_of_stage(crash, "promotion"), 0.5);
    });
}

}  // namespace
}  // namespace faultline::tests
