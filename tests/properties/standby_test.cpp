// A primary with standbys in the whole system: every fault that can hit it is survived, and measured by the same
// measures as an Aurora-style cluster.
#include <gtest/gtest.h>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

// The small system on PostgreSQL: one standby in zone b, one in zone c, and a quick monitor.
std::string on_postgresql(const std::string& fault, const std::string& replication) {
    std::string text = small_system(fault);
    const std::string kind = R"("kind": "aurora-mysql", "version": "3.08")";
    text.replace(text.find(kind), kind.size(),
                 R"("kind": "postgresql", "version": "15", "monitor": { "interval": "1s", "timeout": "1s" },
                    "replication": )" +
                     replication);
    return text;
}

constexpr const char* synchronous = R"({ "synchronous_commit": "on", "synchronous_standbys": 1 })";
constexpr const char* asynchronous = R"({ "synchronous_commit": "local" })";

void expect_survived(const scenarios::ReplicationResult& result) {
    for (const auto& query_class : result.classes) {
        const scenarios::Outcomes sum = all_outcomes(query_class);
        EXPECT_EQ(sum.due, sum.answered + sum.refused + sum.timed_out + sum.failed + sum.in_flight) << query_class.name;
    }
    const auto& updates = class_named(result, "update");
    EXPECT_LT(good_between(updates, 121, 123), 20U) << "the primary is gone from 120 s on";
    EXPECT_GT(good_between(updates, 200, 300), 95U * 180U) << "180 updates a second are due";
    ASSERT_EQ(result.incidents.size(), 1U);
    ASSERT_EQ(result.incidents.front().losses.size(), 1U);
}

std::string crash(const std::string& mode) {
    return R"("primary lost": { "kind": "instance-crash", "target": "orders/writer", "at": "60s", "lasts": "20s",
                                "mode": ")" +
           mode + "\" }";
}

TEST(StandbySystemTest, SynchronousCommitsSurviveEveryFault) {
    for (const std::string& fault : {crash("crash"), crash("silent"), std::string{writers_zone_lost}}) {
        test::in_child([&] {
            const auto result = run(read(on_postgresql(fault, synchronous)));
            expect_survived(result);
            EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
        });
    }
}

// What the primary's kernel had taken arrives when only its process died. With its host the last packets are gone: half
// a millisecond between zones, at 180 commits a second.
TEST(StandbySystemTest, AnAsynchronousPrimaryLosesAMillisecondAtMost) {
    for (const std::string& mode : {std::string{"crash"}, std::string{"silent"}}) {
        test::in_child([&] {
            const auto result = run(read(on_postgresql(crash(mode), asynchronous)));
            expect_survived(result);
            const auto& loss = result.incidents.front().losses.front();
            EXPECT_LE(loss.commits_lost, mode == "crash" ? 0U : 2U);
        });
    }
}

TEST(StandbySystemTest, TheFaultHitsTheInstanceAndNoStorageCopy) {
    test::in_child([] {
        const auto result = run(read(on_postgresql(std::string{writers_zone_lost}, synchronous)));
        ASSERT_EQ(result.faults.size(), 1U);
        // The primary, a cache shard and a service instance stand in zone a.
        EXPECT_EQ(result.faults.front().hit.size(), 3U);
    });
}

}  // namespace
}  // namespace faultline::tests
