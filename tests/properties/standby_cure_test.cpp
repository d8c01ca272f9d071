// An operator error on plain PostgreSQL: cured by a base backup and the log, or by a standby that replays behind.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

// Every stage but the flows is constant. Three hosts read 100 GiB each at 10 Gbit/s: 85.9 s.
constexpr double filling_s = 100.0 * 1073741824 * 8 / 1e10;

std::string with_error(const std::string& error, const std::string& backups) {
    std::string text = small_system(
        R"("table dropped": { "kind": "operator-error", "target": "orders", "at": "60s", )" + error + " }");
    replace_in(text, R"("kind": "aurora-mysql", "version": "3.08")",
               R"("kind": "postgresql", "version": "15", "connections_max": 1000)");
    replace_in(text, R"("backups": { "retention": "2d" })",
               R"("backups": { "retention": "2d", "log_interval": "10s", "snapshot_interval": "1h", )" + backups +
                   R"("restore": { "decision": "10s", "node_rate": "10Gbps", "instances": "5s", "log_apply": "1Gbps",
        "recovery": "5s", "repointing": "20s" } })");
    return text;
}

double stage_s(const scenarios::IncidentResult& incident, const std::string& name) {
    for (const auto& [stage, ns] : incident.waterfall) {
        if (stage == name) return static_cast<double>(ns) * 1e-9;
    }
    return -1.0;
}

TEST(StandbyCureTest, ABaseBackupAndItsLogAreRestoredToEveryHostAtOnce) {
    test::in_child([] {
        const auto result = run(read(with_error(R"("noticed_after": "30s")", "")));
        ASSERT_EQ(result.incidents.size(), 1U);
        const auto& incident = result.incidents.front();
        EXPECT_NEAR(stage_s(incident, "restore"), filling_s, 0.5);
        // 180 commits a second, 1 KiB at most of the log since a base backup of up to an hour ago.
        const double recovery_s = stage_s(incident, "recovery");
        EXPECT_GE(recovery_s, 5.0);
        EXPECT_LE(recovery_s, 5.0 + 200.0 * 3600 * 1024 * 8 / 1e9);
        const auto& loss = incident.losses.at(0);
        const double gap_s = static_cast<double>(loss.gap_ns) * 1e-9;
        EXPECT_NEAR(gap_s, 30.0 + 10.0 + stage_s(incident, "restore") + recovery_s + 20.0, 0.1);
        EXPECT_NEAR(static_cast<double>(loss.commits_lost), 182.0 * gap_s, 4.0 * std::sqrt(182.0 * gap_s));
        EXPECT_TRUE(result.faults.at(0).ended);
        const double mended_s = static_cast<double>(result.faults.at(0).mended_ns) * 1e-9;
        const auto after = static_cast<std::size_t>(mended_s) + 15;
        EXPECT_GT(good_between(class_named(result, "update"), after, after + 30), 30U * 150U);
        // The standbys follow: reads are served by them, and they do not fall behind.
        EXPECT_GT(good_between(class_named(result, "lookup"), after, after + 30), 30U * 350U);
    });
}

// It stops where it is, 10 min behind: what it has not replayed of the time before the error takes a second.
TEST(StandbyCureTest, ADelayedStandbyOnlyReplaysUpToTheError) {
    test::in_child([] {
        const auto result = run(read(
            with_error(R"("noticed_after": "30s", "mends_by": "delayed-standby")", R"("delayed_standby": "10min", )")));
        ASSERT_EQ(result.incidents.size(), 1U);
        const auto& incident = result.incidents.front();
        EXPECT_EQ(stage_s(incident, "restore"), -1.0);
        const double replay_s = stage_s(incident, "replay");
        EXPECT_GE(replay_s, 5.0);
        EXPECT_LE(replay_s, 5.0 + 200.0 * 600 * 1024 * 8 / 1e9);
        EXPECT_NEAR(static_cast<double>(incident.losses.at(0).gap_ns) * 1e-9, 30.0 + 10.0 + replay_s + 20.0, 0.1);
        EXPECT_TRUE(result.faults.at(0).ended);
    });
}

TEST(StandbyCureTest, ADelayedStandbyThatHasReplayedTheErrorLeavesTheRestore) {
    test::in_child([] {
        const auto result = run(read(
            with_error(R"("noticed_after": "55s", "mends_by": "delayed-standby")", R"("delayed_standby": "1min", )")));
        EXPECT_EQ(stage_s(result.incidents.at(0), "replay"), -1.0);
        EXPECT_NEAR(stage_s(result.incidents.at(0), "restore"), filling_s, 0.5);
    });
}

}  // namespace
}  // namespace faultline::tests
