// A database with backups only whose region is lost: restored in the region that copies of its snapshots go to.
#include <gtest/gtest.h>

#include <algorithm>
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

// The service of us-west-2 must not run out of connections over the distance.
scenarios::ReplicationResult run_for(const std::string& measured, std::string_view faults) {
    std::string text = with_copies(faults);
    replace_in(text, R"("measured": "300s")", R"("measured": ")" + measured + "\"");
    return run(read(text, [](scenarios::Scenario& scenario) { scenario.services.front().pool = 100; }));
}

double stage_s(const scenarios::IncidentResult& incident, const std::string& name) {
    for (const auto& [stage, ns] : incident.waterfall) {
        if (stage == name) return static_cast<double>(ns) * 1e-9;
    }
    return -1.0;
}

bool hits_any_of(const scenarios::FaultResult& fault, std::string_view prefix) {
    return std::any_of(fault.hit.begin(), fault.hit.end(),
                       [prefix](const std::string& name) { return name.starts_with(prefix); });
}

// Lost at 120 s. An office or region is asked in 5 s at most, three in a round: paged 20 to 45 s later.
TEST(RegionRestoreTest, TheNewestFinishedCopyBecomesTheDatabaseAndAllSinceIsLost) {
    test::in_child([] {
        const auto result = run_for("300s", lost);
        ASSERT_EQ(result.incidents.size(), 1U);
        const auto& incident = result.incidents.front();
        EXPECT_NEAR(stage_s(incident, "decision"), 10.0 + 15.0, 0.01) << "and who he asks before he orders it";
        EXPECT_NEAR(stage_s(incident, "restore"), 16.0, 0.01);
        EXPECT_NEAR(stage_s(incident, "recovery"), 5.0, 0.01) << "a snapshot needs no log";
        EXPECT_NEAR(stage_s(incident, "repointing"), 20.0 + 15.0, 0.01);
        EXPECT_TRUE(reached(result, "orders/us-west-2/instance-1", "writer"));
        EXPECT_EQ(good_between(class_named(result, "update"), 121, 220), 0U);
        EXPECT_GT(good_between(class_named(result, "update"), 280, 340), 0U);

        // 180 updates a second and four canaries for 120 s, less what was under way, at most what falls due in a
        // second; before that, as many a second since the copy was taken.
        const auto& loss = incident.losses.at(0);
        const double gap_s = static_cast<double>(loss.gap_ns) * 1e-9;
        const auto simulated = static_cast<double>(loss.commits_lost - loss.commits_estimated);
        EXPECT_NEAR(simulated, 184.0 * 119.5, 4.0 * std::sqrt(184.0 * 120) + 91.0);
        std::uint64_t told = 0;
        for (const auto& at : loss.lost_at) told += at.commits;
        EXPECT_NEAR(simulated - static_cast<double>(told), 4.0 * 119.5, 8.0)
            << "all but the four canaries' each second";
        EXPECT_EQ(loss.lost_at.size(), 2U);
        EXPECT_GT(gap_s, 120.0);
        EXPECT_LT(gap_s, 120.0 + 3600.0 + 300.0) << "an interval, and a copy's way";
        const double before_s = gap_s - 120.0;
        EXPECT_NEAR(static_cast<double>(loss.commits_estimated), simulated / 120 * before_s, 0.001 * 184 * before_s);
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

// Where it would be made anew nothing can be made: the operator waits for the control plane there, and for nothing
// else.
TEST(RegionRestoreTest, ItWaitsForTheControlPlaneOfTheCopiesRegion) {
    test::in_child([] {
        const std::string ill =
            std::string{lost} +
            R"(, "ill": { "kind": "control-plane-impaired", "target": "us-west-2", "at": "50s", "lasts": "150s" })";
        const auto result = run_for("400s", ill);
        EXPECT_TRUE(reached(result, "orders/restore", "waiting for a control plane"));
        EXPECT_GT(entered_at_s(result, "orders/restore", "waiting for a control plane"), 120.0 + 20.0);
        EXPECT_NEAR(entered_at_s(result, "orders/restore", "filling"), 60.0 + 50.0 + 150.0, 1.1);
        EXPECT_TRUE(reached(result, "orders/restore", "restored"));
    });
    test::in_child([] {  // one simulation of flows a process
        const auto well = run_for("400s", lost);
        EXPECT_FALSE(reached(well, "orders/restore", "waiting for a control plane"));
    });
}

// Offices still reach it over their own lines.
TEST(RegionRestoreTest, ARegionThatIsCutOffFromOthersIsNotReplaced) {
    test::in_child([] {
        constexpr std::string_view cut =
            R"("cut": { "kind": "link-cut", "target": "us-east-1", "at": "60s", "lasts": "200s" },
               "late": { "kind": "region-outage", "target": "us-east-1", "at": "290s", "within": "0s" })";
        const auto result = run(read(with_copies(cut)));
        EXPECT_FALSE(reached(result, "orders/restore", "deciding"));
        EXPECT_TRUE(reached(result, "orders/restore", "watching"));
    });
}

// What operators and faults call "orders" later is the new cluster, and it has backups of its own.
TEST(RegionRestoreTest, LaterFaultsHitTheNewClusterAndItsOwnBackupsCureIt) {
    test::in_child([] {
        constexpr std::string_view faults =
            R"("region lost": { "kind": "region-outage", "target": "region-of: orders/writer", "at": "60s",
                                "lasts": "200s" },
               "writer lost": { "kind": "instance-crash", "target": "orders/writer", "at": "400s" },
               "dropped": { "kind": "operator-error", "target": "orders", "at": "560s", "noticed_after": "20s" },
               "zone lost": { "kind": "zone-outage", "target": "az-of: orders/writer", "at": "740s" })";
        const auto result = run_for("800s", faults);
        ASSERT_EQ(result.faults.size(), 4U);
        EXPECT_EQ(result.faults[1].hit, std::vector<std::string>{"orders/us-west-2/instance-1"});
        EXPECT_EQ(result.faults[2].hit, std::vector<std::string>{"orders/us-west-2"});
        EXPECT_TRUE(hits_any_of(result.faults[3], "orders/us-west-2/instance-"));
        EXPECT_FALSE(hits_any_of(result.faults[3], "orders/instance-"));

        // To just before the error: decision 10 s, restore 16 s, recovery 5 s and little log, repointing 20 s.
        EXPECT_TRUE(result.faults[2].ended);
        double gap_s = 0.0;  // of the last incident that lost something
        for (const auto& incident : result.incidents) {
            const auto& loss = incident.losses.at(0);
            if (loss.commits_lost > 0) gap_s = static_cast<double>(loss.gap_ns) * 1e-9;
        }
        EXPECT_NEAR(gap_s, 20.0 + 10.0 + 16.0 + 5.0 + 20.0, 1.0);
        EXPECT_TRUE(reached(result, "orders/us-west-2/backups", "restored"));
        EXPECT_GT(good_between(class_named(result, "update"), 720, 780), 0U) << "cured, before the zone is lost";
    });
}

// 100 GiB at 16 windows of 3.02 MB over 60 ms need some 2 min and a half: the copy back has ended when its turn comes.
TEST(RegionRestoreTest, TheNewClusterIsRestoredInTheFirstRegionWhenItIsLostItself) {
    test::in_child([] {
        constexpr std::string_view both =
            R"("first": { "kind": "region-outage", "target": "region-of: orders/writer", "at": "60s", "lasts": "4min" },
               "second": { "kind": "region-outage", "target": "region-of: orders/writer", "at": "600s" })";
        const auto result = run_for("850s", both);
        ASSERT_EQ(result.faults.size(), 2U);
        for (const std::string& hit : result.faults[1].hit) EXPECT_EQ(hit.find("us-east-1"), std::string::npos) << hit;
        EXPECT_TRUE(reached(result, "orders/us-east-1/instance-1", "writer"));
        EXPECT_GT(good_between(class_named(result, "update"), 860, 900), 0U);
        // Its first snapshot is of the instant at which it began; all since is lost, and nothing from before the run.
        const double began_s = entered_at_s(result, "orders/us-west-2", "serving");
        ASSERT_GT(began_s, 0.0);
        const auto& loss = result.incidents.back().losses.at(0);
        const double gap_s = static_cast<double>(loss.gap_ns) * 1e-9;
        EXPECT_NEAR(gap_s, 660.0 - began_s, 1.0);
        EXPECT_EQ(loss.commits_estimated, 0U);
        // Every good update since then is lost; no more than fall due, with four canaries, can be.
        const std::uint64_t good =
            good_between(class_named(result, "update"), static_cast<std::size_t>(began_s) + 1, 659);
        EXPECT_GT(good, 50'000U);
        EXPECT_GE(loss.commits_lost, good);
        EXPECT_LE(static_cast<double>(loss.commits_lost), 184.0 * gap_s + 4.0 * std::sqrt(184.0 * gap_s));
    });
}

// Plain PostgreSQL: each host of the new cluster is filled with the whole base backup, 86 s for 100 GiB at 10 Gbit/s.
// It is a cluster of its kind: its monitor promotes a standby when the new primary's zone is lost.
TEST(RegionRestoreTest, APrimaryAndItsStandbysAreMadeOfACopyOfTheBaseBackup) {
    test::in_child([] {
        std::string text = with_copies(
            R"("region lost": { "kind": "region-outage", "target": "region-of: orders/writer", "at": "60s" },
               "zone lost": { "kind": "zone-outage", "target": "az-of: orders/writer", "at": "500s" })");
        replace_in(text, R"("kind": "aurora-mysql", "version": "3.08")", R"("kind": "postgresql", "version": "15")");
        replace_in(text, R"("measured": "300s")", R"("measured": "700s")");
        const auto result = run(read(text, [](scenarios::Scenario& scenario) {
            scenario.services.front().pool = 100;
            scenario.workload.arrivals.rate_per_s = 100.0;
        }));
        ASSERT_FALSE(result.incidents.empty());
        const auto& incident = result.incidents.front();
        EXPECT_NEAR(stage_s(incident, "restore"), 85.9, 0.1);
        EXPECT_NEAR(stage_s(incident, "recovery"), 5.0, 0.01) << "a base backup needs no archived log";
        EXPECT_TRUE(reached(result, "orders/us-west-2/instance-1", "writer"));
        EXPECT_EQ(good_between(class_named(result, "update"), 121, 290), 0U);
        EXPECT_GT(good_between(class_named(result, "update"), 400, 550), 0U);
        const auto& loss = incident.losses.at(0);
        EXPECT_GT(static_cast<double>(loss.gap_ns) * 1e-9, 120.0);
        EXPECT_LT(static_cast<double>(loss.gap_ns) * 1e-9, 120.0 + 3600.0 + 300.0) << "an interval, and a copy's way";

        EXPECT_TRUE(hits_any_of(result.faults[1], "orders/us-west-2/instance-1"));
        EXPECT_GT(entered_at_s(result, "orders/us-west-2/instance-2", "writer"), 560.0);
        EXPECT_GT(good_between(class_named(result, "update"), 650, 750), 0U);
    });
}

}  // namespace
}  // namespace faultline::tests
