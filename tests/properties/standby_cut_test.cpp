// Goal:   a primary with standbys is cut off with one of the offices: what clients are told, and what of it is lost.
// Method: the small system on PostgreSQL. Denver's line ends in the primary's zone, and Boston's does not.
//         The cut is from 120 s to 210 s of the run.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

constexpr std::size_t with_the_primary = 1;  // Denver

// One standby in zone b, one in zone c, and a quick monitor.
scenarios::ReplicationResult run_with_primary_cut_off(const std::string& replication) {
    std::string text = small_system(R"("cut": { "kind": "zone-cut", "target": "az-of: orders/writer",
                                               "offices": ["denver"], "at": "60s", "lasts": "90s" })");
    replace_in(text, R"("kind": "aurora-mysql", "version": "3.08")",
               R"("kind": "postgresql", "version": "15", "monitor": { "interval": "1s", "timeout": "1s" },
                  "replication": )" +
                   replication);
    // Lookups that hang, at a shard or a reader on the other side, keep no threads from updates.
    replace_in(text, R"("route": ["hot", "orders/reader"])", R"("route": ["orders/reader"])");
    replace_in(text, R"("threads": 64)", R"("threads": 2000)");
    return run(read(text));
}

void expect_replaced(const scenarios::ReplicationResult& result) {
    EXPECT_TRUE(reached(result, "orders", "promoting"));
    EXPECT_TRUE(reached(result, "orders/instance-1", "replica")) << "after the cut";
    const auto& updates = class_named(result, "update");
    EXPECT_GT(good_between(updates, 160, 205), 45U * 80U) << "Boston's, of 90 a second";
    EXPECT_LT(good_between(updates, 160, 205), 45U * 92U) << "and nobody else's";
    EXPECT_GT(good_between(updates, 260, 350), 90U * 175U) << "of 180 a second: healed";
    ASSERT_EQ(result.incidents.size(), 1U);
    ASSERT_EQ(result.incidents.front().losses.size(), 1U);
}

// Its commits wait for a standby that it does not reach: nobody is told, and nothing is lost.
TEST(StandbyCutSystemTest, ASynchronousPrimaryTellsNobody) {
    test::in_child([] {
        const auto result = run_with_primary_cut_off(R"({ "synchronous_commit": "on", "synchronous_standbys": 1 })");
        expect_replaced(result);
        EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
        const auto& updates = class_named(result, "update");
        EXPECT_EQ(good_between(updates, 121, 123), 0U);
        const scenarios::Outcomes& inside = updates.degraded[with_the_primary].outcomes;
        EXPECT_LT(inside.good, inside.due / 50);
    });
}

// It answers those who reach it until three probes have failed and it is fenced: that is what is lost, and Denver was
// told of it.
TEST(StandbyCutSystemTest, AnAsynchronousPrimaryLosesWhatItTellsUntilItIsFenced) {
    test::in_child([] {
        const auto result = run_with_primary_cut_off(R"({ "synchronous_commit": "local" })");
        expect_replaced(result);
        const double cut_s = 120.0, fenced_s = entered_at_s(result, "orders/instance-1", "down");
        EXPECT_GT(fenced_s, cut_s + 2.0);
        EXPECT_LT(fenced_s, cut_s + 4.0) << "three probes, a second apart, and the last one's timeout";
        const auto told = good_between(class_named(result, "update"), 121, static_cast<std::size_t>(fenced_s));
        EXPECT_GT(told, 30U) << "a third of Denver's 90 a second reach the service there";
        const scenarios::DataLoss& loss = result.incidents.front().losses.front();
        EXPECT_GE(loss.commits_lost, told);
        EXPECT_LE(loss.commits_lost, 180U * 4U) << "180 a second are due";
        EXPECT_LE(loss.gap_ns, static_cast<std::int64_t>((fenced_s - cut_s + 0.05) * 1e9));
        const auto of_denver = std::find_if(loss.lost_at.begin(), loss.lost_at.end(),
                                            [](const auto& at) { return at.office == "denver"; });
        ASSERT_NE(of_denver, loss.lost_at.end());
        EXPECT_GE(of_denver->commits, told);
    });
}

}  // namespace
}  // namespace faultline::tests
