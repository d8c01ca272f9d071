// A database with backups only whose region is lost: restored in the region that copies of its snapshots go to.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

// Every stage but the flows is constant. 100 GiB are 11 groups: two segments for a node, 16 s at 10 Gbit/s.
std::string with_copies(std::string_view faults) {
    std::string text = in_two_regions(faults);
    replace_in(text, R"("backups": { "retention": "2d" })",
               R"("backups": { "retention": "2d", "snapshot_interval": "1h", "copy_to": "us-west-2",
        "restore": { "alarm_after": "20s", "decision": "10s", "node_rate": "10Gbps", "instances": "5s",
        "recovery": "5s", "repointing": "20s" } })");
    return text;
}

constexpr std::string_view lost =
    R"("region lost": { "kind": "region-outage", "target": "region-of: orders/writer", "at": "60s" })";

double stage_s(const scenarios::IncidentResult& incident, const std::string& name) {
    for (const auto& [stage, ns] : incident.waterfall) {
        if (stage == name) return static_cast<double>(ns) * 1e-9;
    }
    return -1.0;
}

// Lost at 120 s. An office or region is asked in 5 s at most, three in a round: paged 20 to 45 s later.
TEST(RegionRestoreTest, TheNewestFinishedCopyBecomesTheDatabaseAndAllSinceIsLost) {
    test::in_child([] {
        // The service of us-west-2 must not run out of connections over the distance.
        const auto result =
            run(read(with_copies(lost), [](scenarios::Scenario& scenario) { scenario.services.front().pool = 100; }));
        ASSERT_EQ(result.incidents.size(), 1U);
        const auto& incident = result.incidents.front();
        EXPECT_NEAR(stage_s(incident, "decision"), 10.0 + 15.0, 0.01) << "and who he asks before he orders it";
        EXPECT_NEAR(stage_s(incident, "restore"), 16.0, 0.01);
        EXPECT_NEAR(stage_s(incident, "recovery"), 5.0, 0.01) << "a snapshot needs no log";
        EXPECT_NEAR(stage_s(incident, "repointing"), 20.0 + 15.0, 0.01);
        EXPECT_TRUE(reached(result, "orders/us-west-2/instance-1", "writer"));
        EXPECT_EQ(good_between(class_named(result, "update"), 121, 220), 0U);
        EXPECT_GT(good_between(class_named(result, "update"), 280, 340), 0U);

        // 180 updates a second and two canaries for 120 s, less what was under way, at most what falls due in a second;
        // before that, as many a second since the copy was taken.
        const auto& loss = incident.losses.at(0);
        const double gap_s = static_cast<double>(loss.gap_ns) * 1e-9;
        const auto simulated = static_cast<double>(loss.commits_lost - loss.commits_estimated);
        EXPECT_NEAR(simulated, 182.0 * 119.5, 4.0 * std::sqrt(182.0 * 120) + 91.0);
        EXPECT_GT(gap_s, 120.0);
        EXPECT_LT(gap_s, 120.0 + 3600.0 + 300.0) << "an interval, and a copy's way";
        const double before_s = gap_s - 120.0;
        EXPECT_NEAR(static_cast<double>(loss.commits_estimated), simulated / 120 * before_s, 0.001 * 182 * before_s);
        EXPECT_NEAR(static_cast<double>(result.databases.at(0).max_ns) * 1e-9, gap_s, 1.0) << "it was exposed to that";
    });
}

// Back before the applications are sent to the copy: the database itself is worth more.
TEST(RegionRestoreTest, ARegionThatIsBackInTimeIsNotReplaced) {
    test::in_child([] {
        constexpr std::string_view back =
            R"("region lost": { "kind": "region-outage", "target": "us-east-1", "at": "60s", "lasts": "70s" })";
        const auto result = run(read(with_copies(back)));
        EXPECT_TRUE(reached(result, "orders/restore", "filling"));
        EXPECT_FALSE(reached(result, "orders/restore", "restored"));
        EXPECT_EQ(result.incidents.at(0).losses.at(0).commits_lost, 0U);
        EXPECT_GT(good_between(class_named(result, "update"), 300, 360), 0U);
    });
}

// Offices still reach it over their own lines.
TEST(RegionRestoreTest, ARegionThatIsCutOffFromOthersIsNotReplaced) {
    test::in_child([] {
        constexpr std::string_view cut =
            R"("cut": { "kind": "link-cut", "target": "us-east-1", "at": "60s", "lasts": "200s" },
               "late": { "kind": "region-outage", "target": "us-east-1", "at": "290s" })";
        const auto result = run(read(with_copies(cut)));
        EXPECT_FALSE(reached(result, "orders/restore", "deciding"));
        EXPECT_TRUE(reached(result, "orders/restore", "watching"));
    });
}

}  // namespace
}  // namespace faultline::tests
