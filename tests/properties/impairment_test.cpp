// Goal:   what stands beside the data (control plane, names, disks, certificates) stops what needs it and nothing else.
// Method: a small system with two faults at once, against one of them alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/properties/mean_latency.hpp"
#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

// The small system is warm after 60 s, so that "60s" is 120 s of the run. 180 updates a second are due.
constexpr const char* writer_crash =
    R"("crash": { "kind": "instance-crash", "target": "orders/writer", "at": "60s", "mode": "crash" })";

std::string together(const std::string& a, const std::string& b) {
    return a + ", " + b;
}

// The longest RTO of a canary at any office, in seconds.
double canary_rto_s(const scenarios::ReplicationResult& result, const std::string& of) {
    double worst = 0.0;
    for (const auto& incident : result.incidents) {
        for (const auto& recovery : incident.recoveries) {
            if (recovery.canary && recovery.of == of)
                worst = std::max(worst, static_cast<double>(recovery.rto_ns) * 1e-9);
        }
    }
    return worst;
}

// The waterfall says what is waited for: it is detected as soon as ever, and nobody can act on it.
TEST(ImpairmentTest, WhatIsWaitedForIsNamed) {
    test::in_child([] {
        const auto result = run(read(small_system(together(
            R"("crash": { "kind": "instance-crash", "target": "orders/writer", "at": "60s", "lasts": "200s" })",
            R"("ill": { "kind": "control-plane-impaired", "target": "us-east-1", "at": "50s", "lasts": "90s" })"))));
        double detection_s = 0.0, ill_s = 0.0;
        for (const auto& [stage, ns] : result.incidents.front().waterfall) {
            if (stage == "detection") detection_s = static_cast<double>(ns) * 1e-9;
            if (stage == "control plane ill") ill_s = static_cast<double>(ns) * 1e-9;
        }
        EXPECT_NEAR(detection_s + ill_s, 80.0, 5.0) << "from the crash until it is well again";
        EXPECT_EQ(result.incidents.front().waterfall.front().first, "the time before crash");
        EXPECT_GT(ill_s, 40.0);
        EXPECT_TRUE(reached(result, "orders", "waiting for the control plane"));
        EXPECT_TRUE(reached(result, "orders", "promoting"));
    });
}

TEST(ImpairmentTest, WithAnIllControlPlaneNobodyFailsOver) {
    const std::string ill =
        R"("ill": { "kind": "control-plane-impaired", "target": "region-of: orders/writer", "at": "50s",
                    "lasts": "90s" })";
    test::in_child([&] {
        const auto well = run(read(small_system(writer_crash)));
        const auto both = run(read(small_system(together(ill, writer_crash))));
        EXPECT_GT(good_between(class_named(well, "update"), 170, 195), 20U * 180U);
        EXPECT_EQ(good_between(class_named(both, "update"), 125, 199), 0U) << "the writer is gone, and stays so";
        EXPECT_GT(good_between(class_named(both, "lookup"), 130, 190), 60U * 380U) << "420 a second: readers go on";
        EXPECT_GT(good_between(class_named(both, "update"), 260, 300), 30U * 180U) << "well again from 200 s on";
        const auto& hit = both.faults.front().hit;
        EXPECT_NE(std::find(hit.begin(), hit.end(), "orders"), hit.end());
    });
}

TEST(ImpairmentTest, WithoutItsRecordADatabaseServesThoseWhoAreConnected) {
    test::in_child([] {
        const auto result = run(read(
            small_system(R"("gone": { "kind": "dns-failure", "target": "orders", "at": "60s", "lasts": "60s" })")));
        EXPECT_GT(good_between(class_named(result, "update"), 125, 175), 49U * 170U);
        // The canary asks for the name every second.
        EXPECT_NEAR(canary_rto_s(result, "orders/writer"), 60.0, 3.0);
    });
}

// Whoever has lost his connections needs the name that his region's resolver no longer knows.
TEST(ImpairmentTest, WithoutAResolverLostConnectionsStayLost) {
    const std::string no_resolver =
        R"("deaf": { "kind": "dns-failure", "target": "us-east-1", "at": "50s", "lasts": "100s" })";
    test::in_child([&] {
        const auto well = run(read(small_system(writer_crash)));
        const auto both = run(read(small_system(together(no_resolver, writer_crash))));
        EXPECT_GT(good_between(class_named(well, "update"), 170, 205), 30U * 180U);
        EXPECT_EQ(good_between(class_named(both, "update"), 130, 205), 0U);
        EXPECT_GT(good_between(class_named(both, "update"), 250, 300), 45U * 180U);
    });
}

TEST(ImpairmentTest, AnExpiredCertificateKeepsOutWhoIsNotIn) {
    test::in_child([] {
        const auto result = run(read(small_system(
            R"("expired": { "kind": "certificate-expiry", "target": "orders", "at": "60s", "noticed_after": "20s",
                            "renewal": "10s" })")));
        EXPECT_GT(good_between(class_named(result, "update"), 125, 145), 19U * 170U) << "who is connected stays so";
        EXPECT_NEAR(canary_rto_s(result, "orders/writer"), 30.0, 3.0);
        EXPECT_EQ(result.faults.front().hit.size(), 3U);
        EXPECT_NEAR(static_cast<double>(result.faults.front().end_ns - result.faults.front().start_ns) * 1e-9, 30.0,
                    0.1);
    });
}

// Verbitski et al., SIGMOD 2017, section 2.1: the quorum does not wait for its slowest copies.
TEST(ImpairmentTest, ASlowDiskIsMaskedByAQuorumAndFeltByAPrimary) {
    const auto slow = [](const std::string& target) {
        return R"("slow": { "kind": "slow-disk", "target": ")" + target +
               R"(", "at": "60s", "lasts": "60s", "speed": "5%" })";
    };
    const auto on_postgresql = [](std::string text) {
        replace_in(text, R"("kind": "aurora-mysql", "version": "3.08")", R"("kind": "postgresql", "version": "15")");
        return text;
    };
    test::in_child([&] {
        const auto calm = run(read(small_system("")));
        const auto masked = run(read(small_system(slow("orders/storage/a/1"))));
        EXPECT_EQ(masked.faults.front().hit, std::vector<std::string>{"orders/storage/a/1"});
        EXPECT_NEAR(mean_latency_ms(masked, "update", 125, 175), mean_latency_ms(calm, "update", 125, 175), 1.0);
        const auto felt = run(read(on_postgresql(small_system(slow("orders/writer")))));
        // A flush of 1 ms on average has become one of 20 ms, and others wait for theirs behind it.
        EXPECT_GT(mean_latency_ms(felt, "update", 125, 175), mean_latency_ms(felt, "update", 80, 115) + 15.0);
        EXPECT_NEAR(mean_latency_ms(felt, "update", 200, 300), mean_latency_ms(felt, "update", 80, 115), 1.0);
    });
}

}  // namespace
}  // namespace faultline::tests
