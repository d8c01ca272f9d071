// Canaries in the whole system: that of a class which a service serves sees what the class sees.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

// Six queries a second: too rare to be judged by their own, so it is their canary that judges them. The service has one
// instance, in zone a; the database's writer is in b, and its reader in c.
std::string rare_and_through_a_service(std::string_view faults) {
    std::string text = small_system(faults);
    replace_in(text, R"("rate": "600/s")", R"("rate": "6/s")");
    replace_in(text, R"("regions": { "us-east-1": 3 })", R"("regions": { "us-east-1": 1 })");
    replace_in(text, R"("zone": "a" })", R"("zone": "b" })");
    replace_in(text, R"("replicas": [ { "zone": "b" }, { "zone": "c" } ])", R"("replicas": [ { "zone": "c" } ])");
    return text;
}

double rto_s(const scenarios::IncidentResult& incident, const std::string& of) {
    double worst = -1.0;
    for (const scenarios::Recovery& recovery : incident.recoveries) {
        if (recovery.of != of) continue;
        EXPECT_TRUE(recovery.canary && recovery.recovered) << of;
        worst = std::max(worst, static_cast<double>(recovery.rto_ns) * 1e-9);
    }
    return worst;
}

// Goal: while the service is down its canaries fail, and the class with them, though the database is well.
// Method: its zone is lost for 60 s; the database commits all along. Its balancer holds no other instance, and so sends
//         to it all the same (fail open): it is used again as soon as it is back.
TEST(CanaryTest, AServiceThatIsDownIsDownForTheCanaryOfItsClasses) {
    test::in_child([] {
        const auto result = run(read(rare_and_through_a_service(
            R"("zone lost": { "kind": "zone-outage", "target": "us-east-1/a", "at": "60s", "lasts": "60s" })")));
        ASSERT_EQ(result.incidents.size(), 1U);
        const auto& incident = result.incidents.front();
        EXPECT_LT(rto_s(incident, "orders/writer"), 5.0) << "the database lost a sixth of its storage, no more";
        for (const char* const of : {"orders/writer via shop", "orders/reader via shop", "update", "lookup"}) {
            EXPECT_NEAR(rto_s(incident, of), 61.0, 1.5) << of;
        }
    });
}

// Goal: a failover of the database shows through the service, about as long as to those who ask the database.
TEST(CanaryTest, AFailoverOfTheDatabaseShowsThroughTheService) {
    test::in_child([] {
        const auto result = run(read(rare_and_through_a_service(
            R"("zone lost": { "kind": "zone-outage", "target": "us-east-1/b", "at": "60s", "lasts": "120s" })")));
        ASSERT_EQ(result.incidents.size(), 1U);
        const auto& incident = result.incidents.front();
        const double direct = rto_s(incident, "orders/writer");
        EXPECT_GT(direct, 10.0);
        EXPECT_LT(direct, 60.0);
        EXPECT_GT(rto_s(incident, "orders/writer via shop"), 0.9 * direct - 2.0);
        EXPECT_LT(rto_s(incident, "orders/writer via shop"), 90.0);
        EXPECT_EQ(rto_s(incident, "update"), rto_s(incident, "orders/writer via shop"));
        double waterfall_s = 0.0;
        for (const auto& [stage, ns] : incident.waterfall) waterfall_s += static_cast<double>(ns) * 1e-9;
        double last_bad_s = 0.0;
        for (const scenarios::Recovery& recovery : incident.recoveries) {
            last_bad_s = std::max(last_bad_s, static_cast<double>(recovery.bad_until_ns) * 1e-9);
        }
        EXPECT_NEAR(waterfall_s, last_bad_s, 1e-9) << "until the last bad second of any canary";
    });
}

// A class that asks the database itself is judged by the canary that does.
TEST(CanaryTest, AClassWithoutAServiceHasTheDirectCanary) {
    test::in_child([] {
        std::string text = rare_and_through_a_service(
            R"("zone lost": { "kind": "zone-outage", "target": "us-east-1/a", "at": "60s", "lasts": "60s" })");
        replace_in(text, R"("update", "share": 0.3, "via": "shop")", R"("update", "share": 0.3)");
        const auto result = run(read(text));
        const auto& incident = result.incidents.front();
        EXPECT_LT(rto_s(incident, "update"), 5.0);
        EXPECT_EQ(rto_s(incident, "update"), rto_s(incident, "orders/writer"));
        EXPECT_EQ(rto_s(incident, "orders/writer via shop"), -1.0) << "nobody goes that way";
    });
}

}  // namespace
}  // namespace faultline::tests
