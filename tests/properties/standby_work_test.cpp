// Goal:   planned work on plain PostgreSQL and MySQL: a primary ends in good order and loses nothing, whatever the mode
//         of its commits; what rolls is down for a switchover only; and locks reach standbys as each engine has it.
// Method: the small system on a primary in zone a and standbys in zones b and c. 180 updates and 420 lookups a second
//         are due; an order at "60s" comes at 120 s of the run.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

constexpr const char* postgresql = R"("kind": "postgresql", "version": "15",
    "replication": { "synchronous_commit": "off" },)";
constexpr const char* mysql = R"("kind": "mysql", "version": "8.0",)";

std::string with_standbys(const std::string& kind, const std::string& faults) {
    std::string text = small_system(faults);
    replace_in(text, R"("kind": "aurora-mysql", "version": "3.08",)",
               kind + R"( "monitor": { "interval": "1s", "timeout": "1s" },
               "failover": { "promotion": "1s", "dns_update": "2s", "restart": "5s", "rebuild": "100s" },)");
    return text;
}

std::string work(const std::string& kind, const std::string& target, const std::string& more) {
    return R"("work": { "kind": ")" + kind + R"(", "target": ")" + target + R"(", "at": "60s")" + more + " }";
}

std::uint64_t writes(const scenarios::ReplicationResult& result, std::size_t from_s, std::size_t to_s) {
    return good_between(class_named(result, "update"), from_s, to_s);
}

// Seconds in which fewer than half of the updates were good.
std::size_t seconds_without_writes(const scenarios::ReplicationResult& result, std::size_t from_s, std::size_t to_s) {
    std::size_t without = 0;
    for (std::size_t s = from_s; s < to_s; ++s) without += writes(result, s, s + 1) < 90 ? 1U : 0U;
    return without;
}

void expect_planned_and_nothing_lost(const scenarios::ReplicationResult& result) {
    ASSERT_EQ(result.incidents.size(), 1U);
    EXPECT_TRUE(result.incidents.front().planned);
    EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
    EXPECT_TRUE(result.faults.front().ended);
}

// Commits that are told before their flush (mode off) are flushed before the process ends.
TEST(StandbyWorkTest, APatchWithARestartIsNoFailoverAndLosesNothing) {
    for (const char* const kind : {postgresql, mysql}) {
        test::in_child([kind] {
            const auto result = run(read(with_standbys(kind, work("patch", "orders", R"(, "work": "20s")"))));
            EXPECT_EQ(writes(result, 122, 139), 0U);
            EXPECT_GT(writes(result, 160, 300), 138U * 170U);
            EXPECT_FALSE(reached(result, "orders", "promoting"));
            EXPECT_EQ(result.faults.front().hit.size(), 3U);
            expect_planned_and_nothing_lost(result);
        });
    }
}

// 20 s for each of three, and nobody writes for a second of promotion, two of the name, and those that clients need.
TEST(StandbyWorkTest, ARollingPatchIsASwitchover) {
    for (const char* const kind : {postgresql, mysql}) {
        test::in_child([kind] {
            const auto result =
                run(read(with_standbys(kind, work("patch", "orders", R"(, "method": "rolling", "work": "20s")"))));
            EXPECT_EQ(result.faults.front().hit.size(), 3U);
            EXPECT_EQ(result.faults.front().hit.back(), "orders/instance-1") << "the primary is the last one";
            EXPECT_LE(seconds_without_writes(result, 119, 300), 8U);
            EXPECT_GE(seconds_without_writes(result, 119, 300), 2U);
            // It comes back as a standby, and has nothing to be rewound.
            EXPECT_GT(entered_at_s(result, "orders", "switching over"), 120.0 + 2 * 20.0);
            EXPECT_EQ(served(result, "orders/instance-1") > 0.0, true);
            const double mended_s = static_cast<double>(result.faults.front().mended_ns) * 1e-9;
            EXPECT_LT(mended_s, 120.0 + 3 * 20.0 + 3 * 5.0 + 20.0) << "no rebuild of 100 s";
            expect_planned_and_nothing_lost(result);
        });
    }
}

// Its first instance fails: it is rolled back there, and nobody goes on.
TEST(StandbyWorkTest, ARollingPatchThatFailsComesToNobodyElse) {
    test::in_child([] {
        const auto result = run(read(with_standbys(
            mysql, work("patch", "orders",
                        R"(, "method": "rolling", "work": "10s", "work_fails": "100%", "rollback": "10s")"))));
        EXPECT_EQ(result.faults.front().hit.size(), 1U);
        EXPECT_FALSE(reached(result, "orders", "switching over"));
        EXPECT_EQ(seconds_without_writes(result, 119, 300), 0U);
    });
}

TEST(StandbyWorkTest, APrimaryHandsOverBeforeItChangesItsClass) {
    const std::string more = R"(, "class": "db.r6g.4xlarge", "work": "60s")";
    test::in_child([&] {
        const auto over = run(read(with_standbys(postgresql, work("class-change", "orders/writer", more))));
        EXPECT_LE(seconds_without_writes(over, 119, 300), 8U);
        expect_planned_and_nothing_lost(over);
    });
    test::in_child([&] {
        const auto in_place = run(
            read(with_standbys(postgresql, work("class-change", "orders/writer", more + R"(, "method": "in-place")"))));
        EXPECT_FALSE(reached(in_place, "orders", "promoting"));
        EXPECT_EQ(writes(in_place, 122, 179), 0U);
        EXPECT_GT(writes(in_place, 215, 260), 40U * 170U);
        expect_planned_and_nothing_lost(in_place);
    });
}

// The zone of the primary is lost while it is down by order: it is missed as soon as it should be back.
TEST(StandbyWorkTest, AZoneThatIsLostMeanwhileIsMissed) {
    const std::string loss = R"(, "zone lost": { "kind": "zone-outage", "target": "us-east-1/a", "at": "70s",
                                                 "lasts": "200s" })";
    for (const std::string& ordered : {work("patch", "orders", R"(, "work": "20s")"),
                                       work("class-change", "orders/writer",
                                            R"(, "method": "in-place", "class": "db.r6g.4xlarge", "work": "20s")")}) {
        test::in_child([&] {
            const auto result = run(read(with_standbys(postgresql, ordered + loss)));
            EXPECT_TRUE(reached(result, "orders", "promoting"));
            EXPECT_GT(entered_at_s(result, "orders", "promoting"), 140.0);
            EXPECT_GT(writes(result, 180, 300), 120U * 120U)
                << "a shard of the cache and a third of the service are away";
        });
    }
}

// PostgreSQL copies a table under a lock that nobody reads through, on standbys neither; MySQL lets readers go on, and
// its replicas copy the table again, while all later commits wait.
TEST(StandbyWorkTest, ATableThatIsCopiedKeepsReadersAwayOrBehind) {
    const auto copied = [](const char* kind) {
        return run(read(with_standbys(kind, work("schema-change", "orders", R"(, "method": "copy", "work": "20s")")),
                        [](scenarios::Scenario& one) { one.workload.arrivals.rate_per_s = 8.0; }));
    };
    test::in_child([&] {
        const auto result = copied(postgresql);
        EXPECT_EQ(writes(result, 123, 137), 0U);
        const auto& lookups = class_named(result, "lookup");
        // 5.6 a second are due. Those that the cache has are answered.
        EXPECT_LT(good_between(lookups, 123, 137), 60U);
        EXPECT_GT(good_between(lookups, 160, 174), 65U);
    });
    test::in_child([&] {
        const auto result = copied(mysql);
        EXPECT_EQ(writes(result, 123, 137), 0U);
        EXPECT_GT(good_between(class_named(result, "lookup"), 123, 137), 65U);
        const double longest_s = 1e-3 * result.databases.front().replica_lag_ms_max;
        EXPECT_GT(longest_s, 15.0);
        EXPECT_LT(longest_s, 25.0);
    });
}

TEST(StandbyWorkTest, AnEvacuatedZoneHandsItsPrimaryOver) {
    test::in_child([] {
        const auto result = run(read(with_standbys(
            postgresql, work("zone-evacuation", "us-east-1/a", R"(, "preparation": "0s", "lasts": "100s")"))));
        EXPECT_TRUE(reached(result, "orders", "switching over"));
        EXPECT_LE(seconds_without_writes(result, 119, 300), 8U);
        expect_planned_and_nothing_lost(result);
    });
}

}  // namespace
}  // namespace faultline::tests
