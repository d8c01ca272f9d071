// Goal:   a standby in another region is promoted by an operator when the primary's region answers nobody; a region
// that
//         was only cut off keeps a primary that nobody can stop, and what it tells is lost.
// Method: the small system on PostgreSQL, asynchronous, a standby in zone b and one in the west. At 120 s the region is
//         lost, or its link to the west; the operator is paged 20 to 30 s later and decides within 20 s.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

constexpr const char* asynchronous = R"({ "synchronous_commit": "local" })";

std::string on_postgresql(std::string_view faults, const std::string& replication) {
    std::string text = in_two_regions(faults);
    replace_in(text, R"("kind": "aurora-mysql", "version": "3.08")",
               R"("kind": "postgresql", "version": "15", "monitor": { "interval": "1s", "timeout": "1s" },
                  "global": { "alarm_after": "20s", "decision": "20s", "fence_timeout": "5s", "dns_update": "5s" },
                  "replication": )" +
                   replication);
    replace_in(text, R"("replicas": [ { "zone": "b" }, { "zone": "c" } ])",
               R"("replicas": [ { "zone": "b" }, { "region": "us-west-2", "zone": "a" } ])");
    replace_in(text, R"("route": ["hot", "orders/reader"])", R"("route": ["orders/reader"])");
    replace_in(text, R"("threads": 64)", R"("threads": 2000)");
    return text;
}

scenarios::ReplicationResult run_with(std::string_view faults, const std::string& replication = asynchronous) {
    return run(read(on_postgresql(faults, replication)));
}

constexpr std::string_view lost_for_good =
    R"("region lost": { "kind": "region-outage", "target": "region-of: orders/writer", "at": "60s" })";
constexpr std::string_view lost_for_a_while =
    R"("region lost": { "kind": "region-outage", "target": "region-of: orders/writer", "at": "60s", "lasts": "30s" })";
constexpr std::string_view lost_for_minutes =
    R"("region lost": { "kind": "region-outage", "target": "region-of: orders/writer", "at": "60s", "lasts": "100s" })";
constexpr std::string_view parted =
    R"("cut": { "kind": "link-cut", "target": "us-east-1 - us-west-2", "at": "60s", "lasts": "120s" })";

TEST(StandbyRegionTest, AnOperatorHasTheStandbyElsewhereTakeOver) {
    test::in_child([] {
        const auto result = run_with(lost_for_good);
        const double deciding = entered_at_s(result, "orders/operator", "deciding");
        const double fencing = entered_at_s(result, "orders", "fencing");
        EXPECT_GT(deciding, 140.0);
        EXPECT_LT(deciding, 151.0);
        EXPECT_NEAR(fencing - deciding, 20.0, 5.1) << "and he asks once more";
        EXPECT_GT(entered_at_s(result, "orders", "publishing"), fencing + 5.0);
        EXPECT_TRUE(reached(result, "orders/instance-3", "writer"));
        EXPECT_FALSE(reached(result, "orders/instance-2", "writer"));
        const auto& updates = class_named(result, "update");
        EXPECT_EQ(good_between(updates, 121, static_cast<std::size_t>(fencing)), 0U);
        EXPECT_GT(good_between(updates, 220, 350), 130U * 150U) << "180 a second are due";
        ASSERT_EQ(result.incidents.size(), 1U);
        const auto& loss = result.incidents.front().losses.front();
        EXPECT_GT(loss.commits_lost, 0U);
        EXPECT_LT(loss.gap_ns, 150'000'000) << "one way from us-east-1 to us-west-2, with its jitter";
    });
}

// Without losing anything: a primary that waits for the standby in the other region.
TEST(StandbyRegionTest, ACommitThatWaitsForTheOtherRegionIsThere) {
    test::in_child([] {
        const auto result = run_with(lost_for_good, R"({ "synchronous_commit": "on", "synchronous_standbys": 2 })");
        EXPECT_TRUE(reached(result, "orders/instance-3", "writer"));
        EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
    });
}

// Its own monitor leads again, whomever it promotes while the hosts start.
TEST(StandbyRegionTest, ARegionThatIsBackInTimeIsNotReplaced) {
    test::in_child([] {
        const auto result = run_with(lost_for_a_while);
        EXPECT_TRUE(reached(result, "orders/operator", "deciding"));
        EXPECT_FALSE(reached(result, "orders", "fencing"));
        EXPECT_GT(good_between(class_named(result, "update"), 220, 350), 130U * 150U);
    });
}

// Back when another is the primary: what it has more is rewound, and it follows.
TEST(StandbyRegionTest, AnOldRegionComesBackAsStandbys) {
    test::in_child([] {
        const auto result = run_with(lost_for_minutes);
        EXPECT_TRUE(reached(result, "orders/instance-3", "writer"));
        double followed = -1.0;
        for (const auto& change : result.states) {
            if (change.component == "orders/instance-1" && change.state == "replica") {
                followed = static_cast<double>(change.at_ns) * 1e-9;
            }
        }
        EXPECT_GT(followed, 220.0);
        EXPECT_GT(good_between(class_named(result, "update"), 260, 350), 90U * 150U);
    });
}

// A standby in the west whose process has just ended is started by the monitor there, once there is one.
TEST(StandbyRegionTest, WhoWasBeingStartedIsStartedByTheNextMonitor) {
    test::in_child([] {
        const std::string faults = std::string{lost_for_good} +
                                   R"(, "standby lost": { "kind": "instance-crash", "target": "orders/instance-4",
                                                          "at": "55s" })";
        std::string text = on_postgresql(faults, asynchronous);
        replace_in(text, R"({ "region": "us-west-2", "zone": "a" })",
                   R"({ "region": "us-west-2", "zone": "a" }, { "region": "us-west-2", "zone": "b" })");
        const auto result = run(read(text));
        EXPECT_TRUE(reached(result, "orders/instance-3", "writer"));
        double back = -1.0;
        for (const auto& change : result.states) {
            if (change.component == "orders/instance-4" && change.state == "replica") {
                back = static_cast<double>(change.at_ns) * 1e-9;
            }
        }
        EXPECT_GT(back, 160.0) << "after the takeover";
    });
}

// The old primary cannot be told to stop, and those who reach it are told what the database lacks; when the link is
// there again it is stopped and rewound.
TEST(StandbyRegionTest, APrimaryBehindACutLinkTellsWhatIsLost) {
    test::in_child([] {
        const auto result = run_with(parted);
        const double promoted = entered_at_s(result, "orders/instance-3", "writer");
        ASSERT_GT(promoted, 160.0);
        ASSERT_LT(promoted, 190.0);
        EXPECT_LT(entered_at_s(result, "orders/instance-1", "down"), 250.0) << "ten seconds after the cut";
        EXPECT_GE(entered_at_s(result, "orders/instance-1", "down"), 240.0) << "nobody has stopped it before";
        const auto& updates = class_named(result, "update");
        ASSERT_EQ(result.incidents.size(), 1U);
        const auto& loss = result.incidents.front().losses.front();
        EXPECT_GT(loss.commits_lost, good_between(updates, 122, static_cast<std::size_t>(promoted)) / 2)
            << "of Boston and Denver, whose service is near";
        EXPECT_NEAR(static_cast<double>(loss.gap_ns) * 1e-9, 120.0, 3.0) << "since the cut";
        EXPECT_TRUE(reached(result, "orders/instance-1", "replica"));
        const auto paged = std::count_if(result.states.begin(), result.states.end(), [](const auto& change) {
            return change.component == "orders/operator" && change.state == "deciding";
        });
        EXPECT_EQ(paged, 1) << "the region that was given up is no witness";
    });
}

}  // namespace
}  // namespace faultline::tests
