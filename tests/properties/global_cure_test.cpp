// Goal:   a database over several regions is cured of an operator error, and is patched, upgraded and given other
//         classes, as one of a single region is; and what that means for the regions that follow.
// Method: the small system over two regions, every stage constant. It is warm after 60 s, so that what comes at "60s"
//         comes at 120 s of the run. 60 updates a second are due, and canaries write beside them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

constexpr std::string_view table_dropped =
    R"("table dropped": { "kind": "operator-error", "target": "orders", "at": "60s", "noticed_after": "30s" })";

// A copy of 100 GiB at 5 Gbit/s takes 172 s. Decision 10 s, filling 16 s, recovery 5 s and its log, repointing 20 s.
scenarios::Scenario over_two_regions(std::string_view faults,
                                     const std::function<void(scenarios::Scenario&)>& change = {}) {
    std::string text = in_two_regions(faults);
    replace_in(text, R"("replicas": [ { "zone": "b" }, { "zone": "c" } ])",
               R"("replicas": [ { "zone": "b" } ],
               "secondaries": { "us-west-2": { "replicas": [ { "zone": "a" }, { "zone": "b" } ] } },
               "global": { "alarm_after": "20s", "decision": "20s", "fence_timeout": "5s", "promotion": "20s",
                           "switchover": "10s", "dns_update": "5s", "step_fails": 0, "copy_rate": "5Gbps" })");
    replace_in(text, R"("backups": { "retention": "2d" })",
               R"("backups": { "retention": "2d", "log_interval": "10s", "snapshot_interval": "1h",
               "restore": { "decision": "10s", "node_rate": "10Gbps", "instances": "5s", "recovery": "5s",
                            "repointing": "20s", "clone": "40s" } })");
    return read(text, [&](scenarios::Scenario& scenario) {
        scenario.workload.arrivals.rate_per_s = 200.0;
        leave_cache_out(scenario);
        if (change) change(scenario);
    });
}

double mended_s(const scenarios::ReplicationResult& result) {
    return static_cast<double>(result.faults.front().mended_ns) * 1e-9;
}

// When it was in this state for the first time after an instant, in seconds of the run; -1: never.
double entered_after(const scenarios::ReplicationResult& result, std::string_view component, std::string_view state,
                     double after_s) {
    for (const auto& change : result.states) {
        const double at_s = static_cast<double>(change.at_ns) * 1e-9;
        if (change.component == component && change.state == state && at_s > after_s) return at_s;
    }
    return -1.0;
}

std::uint64_t updates(const scenarios::ReplicationResult& result, std::size_t from_s, std::size_t to_s) {
    return good_between(class_named(result, "update"), from_s, to_s);
}

bool was_hit(const scenarios::ReplicationResult& result, const std::string& part) {
    const auto& hit = result.faults.front().hit;
    return std::find(hit.begin(), hit.end(), part) != hit.end();
}

// The restored volume is another one: the region that follows is copied anew from it, and serves nobody meanwhile.
TEST(GlobalCureTest, ARestoreIsOfThePrimaryAndTheOtherRegionIsCopiedAnew) {
    test::in_child([] {
        const auto result = run(over_two_regions(
            table_dropped, [](scenarios::Scenario& scenario) { scenario.run.measured = std::chrono::seconds{360}; }));
        ASSERT_EQ(result.incidents.size(), 1U);
        const auto& loss = result.incidents.front().losses.front();
        // Noticing, decision, filling, recovery with the log of at most an hour, repointing.
        const double restored = mended_s(result) - 120.0;
        EXPECT_GE(restored, 30.0 + 10.0 + 16.0 + 5.0 + 20.0);
        EXPECT_LE(restored, 30.0 + 10.0 + 16.0 + 5.0 + 20.0 + 64.0 * 3600 * 1024 * 8 / 1e9 + 0.1);
        const double gap_s = static_cast<double>(loss.gap_ns) * 1e-9;
        EXPECT_NEAR(gap_s, restored, 0.1);
        const double per_s = static_cast<double>(loss.commits_lost) / gap_s;
        EXPECT_NEAR(per_s, 64.0, 4.0 * std::sqrt(64.0 / gap_s)) << "all that was told since the error";
        EXPECT_NEAR(entered_at_s(result, "orders/us-west-2", "copying"), mended_s(result), 1.0);
        const double copied = 100.0 * 1073741824.0 * 8.0 / 5e9;
        EXPECT_NEAR(entered_after(result, "orders/us-west-2", "secondary", mended_s(result)), mended_s(result) + copied,
                    5.0);
        EXPECT_FALSE(reached(result, "orders/operator", "deciding")) << "the cure pages nobody";
        EXPECT_GT(updates(result, static_cast<std::size_t>(mended_s(result)) + 20, 360), 0U);
    });
}

// The error went to the other region with the log. The cure that was under way is begun again where the data now are.
TEST(GlobalCureTest, ARegionThatTakesOverHasTheErrorAndIsRestoredInItsTurn) {
    test::in_child([] {
        const std::string both = std::string{table_dropped} +
                                 R"(, "region lost": { "kind": "region-outage", "target": "us-east-1", "at": "95s" })";
        const auto result = run(over_two_regions(both, [](scenarios::Scenario& scenario) {
            scenario.databases.front().backups->restore.repointing = constant(60.0);
        }));
        // Lost at 155 s; paged within 30 s, decided after 20 s more, fenced in 5 s, promoted in 20 s.
        const double promoted = entered_at_s(result, "orders/us-west-2/instance-1", "writer");
        ASSERT_GT(promoted, 195.0);
        // The repointing of the first cure ends in vain at the latest 60 s later; then a cure takes its 111 s.
        EXPECT_GT(mended_s(result), promoted + 10.0 + 16.0 + 5.0 + 60.0);
        EXPECT_LE(mended_s(result), promoted + 60.0 + 10.0 + 16.0 + 5.0 + 60.0 + 3.0);
        EXPECT_TRUE(result.faults.front().ended);
        EXPECT_EQ(updates(result, 121, static_cast<std::size_t>(mended_s(result))), 0U) << "its answers are wrong";
    });
}

// A day's work in the primary's region is no reason to leave it, though its writer is away for longer than the alarm
// waits.
TEST(GlobalCureTest, AnInPlaceChangeOfThePrimarysWriterPagesNobody) {
    test::in_child([] {
        const auto result = run(over_two_regions(
            R"("work": { "kind": "class-change", "target": "orders/writer", "at": "60s", "method": "in-place",
                         "class": "db.r6g.4xlarge", "work": "90s" })"));
        EXPECT_EQ(updates(result, 122, 209), 0U);
        EXPECT_GT(updates(result, 250, 350), 90U * 55U);
        EXPECT_FALSE(reached(result, "orders/operator", "deciding"));
        EXPECT_FALSE(reached(result, "orders/us-west-2/instance-1", "writer"));
        EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
    });
}

// The replicas first, one region after the other; the writer last, 20 s after the order of 120 s.
TEST(GlobalCureTest, APatchGoesFromRegionToRegionAndThePrimaryIsLast) {
    test::in_child([] {
        const auto result = run(over_two_regions(
            R"("work": { "kind": "patch", "target": "orders", "at": "60s", "preparation": "0s", "work": "20s" })"));
        EXPECT_NEAR(entered_at_s(result, "orders/us-west-2", "patching"), 120.0, 1.0);
        EXPECT_NEAR(entered_at_s(result, "orders", "patching"), 140.0, 2.0);
        EXPECT_GT(updates(result, 121, 139), 17U * 50U) << "the writer is not touched yet";
        EXPECT_EQ(updates(result, 143, 158), 0U);
        EXPECT_GT(updates(result, 180, 220), 36U * 55U);
        EXPECT_EQ(result.faults.front().hit.size(), 4U);
        EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
    });
}

TEST(GlobalCureTest, APatchOfOneRegionLeavesTheOthersAlone) {
    test::in_child([] {
        const auto result = run(over_two_regions(
            R"("work": { "kind": "patch", "target": "orders/us-west-2", "at": "60s", "work": "20s" })"));
        EXPECT_TRUE(was_hit(result, "orders/us-west-2/instance-1"));
        EXPECT_EQ(result.faults.front().hit.size(), 2U);
        EXPECT_FALSE(reached(result, "orders", "patching"));
        EXPECT_GT(updates(result, 121, 160), 37U * 55U);
    });
}

TEST(GlobalCureTest, AMajorUpgradeTakesAllRegionsDownAtOnce) {
    test::in_child([] {
        const auto result = run(over_two_regions(
            R"("work": { "kind": "upgrade", "target": "orders", "at": "60s", "preparation": "0s", "work": "60s" })"));
        EXPECT_EQ(updates(result, 122, 179), 0U);
        EXPECT_EQ(good_between(class_named(result, "lookup"), 122, 179), 0U) << "nobody reads anywhere";
        EXPECT_GT(updates(result, 215, 300), 80U * 55U);
        EXPECT_GT(good_between(class_named(result, "lookup"), 215, 300), 80U * 130U);
        EXPECT_EQ(result.faults.front().hit.size(), 4U);
        EXPECT_FALSE(reached(result, "orders/operator", "deciding"));
        EXPECT_FALSE(reached(result, "orders/us-west-2", "copying")) << "they follow the same volume as before";
        EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
    });
}

// A patch that has failed in one region is not carried on to the primary; an upgrade is undone everywhere.
TEST(GlobalCureTest, WorkThatFailsIsNotCarriedOn) {
    test::in_child([] {
        const auto result = run(over_two_regions(
            R"("work": { "kind": "patch", "target": "orders", "at": "60s", "preparation": "0s", "work": "20s",
                         "work_fails": "100%", "rollback": "30s" })"));
        EXPECT_NEAR(entered_at_s(result, "orders/us-west-2", "rolling back"), 140.0, 2.0);
        EXPECT_FALSE(reached(result, "orders", "patching"));
        EXPECT_GT(updates(result, 121, 200), 78U * 50U);
    });
    test::in_child([] {
        const auto result = run(over_two_regions(
            R"("work": { "kind": "upgrade", "target": "orders", "at": "60s", "preparation": "0s", "work": "30s",
                         "work_fails": "100%", "rollback": "30s" })"));
        EXPECT_EQ(updates(result, 122, 179), 0U);
        EXPECT_EQ(good_between(class_named(result, "lookup"), 122, 179), 0U) << "nor does anybody read meanwhile";
        EXPECT_TRUE(reached(result, "orders/us-west-2", "rolling back"));
        EXPECT_GT(updates(result, 215, 300), 80U * 55U);
        EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
    });
    test::in_child([] {
        const auto result = run(over_two_regions(
            R"("work": { "kind": "upgrade", "target": "orders", "at": "60s", "preparation": "0s", "work": "30s",
                         "work_fails": "100%", "rollback": "30s" },
               "region lost": { "kind": "region-outage", "target": "us-east-1", "at": "80s" })"));
        EXPECT_TRUE(reached(result, "orders/us-west-2/instance-1", "writer")) << "lost while it is undone";
    });
}

// The region is lost in the middle of the work: then the operator is paged after all, and what was under way ends.
TEST(GlobalCureTest, WorkInALostRegionHoldsNobodyBack) {
    test::in_child([] {
        const auto result = run(over_two_regions(
            R"("work": { "kind": "upgrade", "target": "orders", "at": "60s", "preparation": "0s", "work": "60s" },
               "region lost": { "kind": "region-outage", "target": "us-east-1", "at": "70s" })"));
        EXPECT_TRUE(reached(result, "orders/us-west-2/instance-1", "writer"));
        EXPECT_GT(updates(result, 300, 350), 0U);
    });
}

}  // namespace
}  // namespace faultline::tests
