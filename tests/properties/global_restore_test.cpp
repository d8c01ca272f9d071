// A database over two regions whose operator has it restored from the other region's own backups: what is lost, how
// long it takes, and when he lets it be.
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

using namespace std::chrono_literals;

// Batches of log each 30 s. Every stage but the flows is constant: paged after 20 s without an answer, decided after 20
// s more, 100 GiB are 11 groups, two segments for a node, 16 s at 10 Gbit/s.
scenarios::Scenario restored_elsewhere(std::string_view faults,
                                       const std::function<void(scenarios::Scenario&)>& change = {}) {
    std::string text = in_two_regions(faults);
    replace_in(text, R"("replicas": [ { "zone": "b" }, { "zone": "c" } ])",
               R"("replicas": [ { "zone": "b" } ],
               "secondaries": { "us-west-2": { "replicas": [ { "zone": "a" }, { "zone": "b" } ] } },
               "global": { "recovers_by": "restore", "alarm_after": "20s", "decision": "20s", "fence_timeout": "5s",
                           "step_fails": "0%", "health_interval": "5s" })");
    replace_in(text, R"("backups": { "retention": "2d" })",
               R"("backups": { "retention": "2d", "log_interval": "30s",
        "restore": { "node_rate": "10Gbps", "instances": "5s", "recovery": "5s", "log_apply": "100Gbps",
                     "repointing": "20s" } })");
    return read(text, [&](scenarios::Scenario& scenario) {
        leave_cache_out(scenario);
        scenario.services.front().pool = 100;
        if (change) change(scenario);
    });
}

double stage_of(const scenarios::IncidentResult& incident, const std::string& name) {
    for (const auto& [stage, ns] : incident.waterfall) {
        if (stage == name) return static_cast<double>(ns) * 1e-9;
    }
    return -1.0;
}

constexpr std::string_view lost_for_good =
    R"("region lost": { "kind": "region-outage", "target": "region-of: orders/writer", "at": "60s" })";

constexpr auto at_once = [](scenarios::Scenario& scenario) {
    scenario.databases.front().global.alarm_after = 5s;
    scenario.databases.front().global.decision = constant(0.0);
};

double gap_s_of(const scenarios::ReplicationResult& result) {
    return static_cast<double>(result.incidents.front().losses.front().gap_ns) * 1e-9;
}

// Lost at 120 s, and a restore ordered some 10 s later.
TEST(GlobalRestoreTest, ItsStagesAreThoseOfARestore) {
    test::in_child([] {
        const auto result = run(restored_elsewhere(lost_for_good, at_once));
        ASSERT_EQ(result.incidents.size(), 1U);
        const auto& incident = result.incidents.front();
        EXPECT_NEAR(stage_of(incident, "restore"), 16.0, 0.5);
        EXPECT_NEAR(stage_of(incident, "recovery"), 5.0, 0.1);
        EXPECT_GE(stage_of(incident, "repointing"), 20.0);
        EXPECT_EQ(stage_of(incident, "promotion"), -1.0);
        EXPECT_TRUE(reached(result, "orders/us-west-2/instance-1", "writer"));
        const auto& updates = class_named(result, "update");
        EXPECT_EQ(good_between(updates, 121, 170), 0U);
        EXPECT_GT(good_between(updates, 280, 340), 0U);
    });
}

// What was told since the newest batch before the order is lost, or only what was under way where a batch was cut
// between the loss and that. 180 updates a second, and four canaries.
TEST(GlobalRestoreTest, AtMostABatchAndTheWayOfTheLogAreLost) {
    for (std::uint32_t replication = 1; replication <= 3; ++replication) {
        test::in_child([&] {
            const auto result = run(restored_elsewhere(lost_for_good, at_once), replication);
            const auto& loss = result.incidents.front().losses.front();
            const double gap_s = gap_s_of(result);
            EXPECT_GT(gap_s, 0.0);
            EXPECT_LT(gap_s, 31.0);
            EXPECT_NEAR(static_cast<double>(loss.commits_lost), 184.0 * gap_s, 0.1 * 184.0 * gap_s + 40.0);
            EXPECT_EQ(loss.commits_estimated, 0U);
            EXPECT_GE(result.databases.at(0).max_ns, loss.gap_ns - 1'000'000'000) << "it was exposed to that";
        });
    }
}

// Nothing has been sent when the region is lost, nor when the restore is ordered: all since the start of the run. Who
// promotes loses the stream's lag alone.
TEST(GlobalRestoreTest, APromotionLosesLess) {
    const auto rarely = [](scenarios::Scenario& scenario) { scenario.databases.front().backups->log_interval = 10min; };
    test::in_child([&] {
        const auto result = run(restored_elsewhere(lost_for_good, rarely));
        EXPECT_NEAR(gap_s_of(result), 120.0, 1.0);
        EXPECT_NEAR(static_cast<double>(result.incidents.front().losses.front().commits_lost), 184.0 * 120.0, 700.0);
        EXPECT_NEAR(static_cast<double>(result.databases.at(0).max_ns) * 1e-9, 120.0, 1.0) << "exposed to that";
    });
    test::in_child([&] {
        const auto result = run(restored_elsewhere(lost_for_good, [&](scenarios::Scenario& scenario) {
            rarely(scenario);
            scenario.databases.front().global.recovers_by = scenarios::RegionRecovery::promotion;
        }));
        EXPECT_LT(gap_s_of(result), 0.15);
    });
}

// A batch each 30 s, and 40 s or more until the restore is ordered: the region stands, and has sent all that it had
// received by then. So it is not exposed to a batch, either.
TEST(GlobalRestoreTest, ASlowOperatorFindsAllThatTheRegionHadReceived) {
    test::in_child([] {
        const auto result = run(restored_elsewhere(lost_for_good));
        EXPECT_LT(gap_s_of(result), 0.15);
        EXPECT_LT(static_cast<double>(result.databases.at(0).max_ns) * 1e-9, 0.5);
    });
}

// Back while the volume is being filled: the operator looks again before he repoints, and nothing is lost.
TEST(GlobalRestoreTest, ARegionThatIsBackInTimeIsNotReplaced) {
    test::in_child([] {
        constexpr std::string_view back =
            R"("region lost": { "kind": "region-outage", "target": "us-east-1", "at": "60s", "lasts": "65s" })";
        const auto result = run(restored_elsewhere(back));
        EXPECT_TRUE(reached(result, "orders/operator", "filling"));
        EXPECT_FALSE(reached(result, "orders/us-west-2/instance-1", "writer"));
        EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
        EXPECT_GT(good_between(class_named(result, "update"), 300, 360), 0U);
    });
}

TEST(GlobalRestoreTest, AHeadlessRegionHasItsInstanceMadeBesideTheFilling) {
    test::in_child([] {
        const auto result = run(restored_elsewhere(lost_for_good, [](scenarios::Scenario& scenario) {
            scenario.databases.front().secondaries.front().replicas.clear();
            scenario.databases.front().global.add_instance = constant(600.0);
        }));
        EXPECT_TRUE(reached(result, "orders/us-west-2/instance-1", "writer"));
        EXPECT_FALSE(reached(result, "orders/operator", "adding an instance"));
        EXPECT_GT(good_between(class_named(result, "update"), 280, 340), 0U);
    });
}

// Wrong data that are younger than the backups' latest restorable time go with what is lost.
TEST(GlobalRestoreTest, AnErrorAfterTheLatestRestorableTimeIsUndone) {
    test::in_child([] {
        const std::string faults = std::string{lost_for_good} +
                                   R"(, "dropped": { "kind": "operator-error", "target": "orders", "at": "59900ms",
             "noticed_after": "10min" })";
        const auto result = run(restored_elsewhere(
            faults, [](scenarios::Scenario& scenario) { scenario.databases.front().backups->log_interval = 10min; }));
        EXPECT_TRUE(reached(result, "orders/us-west-2/instance-1", "writer"));
        EXPECT_GT(good_between(class_named(result, "update"), 280, 340), 0U) << "its answers are right again";
    });
}

}  // namespace
}  // namespace faultline::tests
