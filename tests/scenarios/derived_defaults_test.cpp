// Defaults of a database that follow from something else in the file.
#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/read_scenario.hpp"
#include "tests/scenarios/example_scenario.hpp"

namespace faultline::scenarios {
namespace {

Database database_with(const std::string& data, const std::string& further) {
    Problems problems;
    const std::string text = replaced(example_text(), R"("data": "10GiB",)", R"("data": ")" + data + R"(",)" + further);
    const auto scenario = read_scenario(text, "example.json", "", problems);
    for (const Problem& problem : problems.sorted()) ADD_FAILURE() << to_text(problem);
    return scenario.value_or(Scenario{}).databases.at(0);
}

// How long the node with the most segments, of 10 GB each, is filled at the default rate.
double restore_h(const std::string& data) {
    const Database database = database_with(data, "");
    const std::int64_t groups = (database.data.count + 9'999'999'999) / 10'000'000'000;
    const std::int64_t segments = groups * database.storage.copies_per_zone;
    const std::int64_t of_one = (segments + database.storage.nodes_per_zone - 1) / database.storage.nodes_per_zone;
    return static_cast<double>(of_one) * 80e9 / database.backups->restore.node_rate.value / 3600.0;
}

TEST(DerivedDefaultsTest, TheFleetGrowsWithTheVolume) {
    EXPECT_EQ(database_with("100GiB", "").storage.nodes_per_zone, 20);
    EXPECT_EQ(database_with("10TB", "").storage.nodes_per_zone, 20) << "100 segments a node";
    EXPECT_EQ(database_with("20TB", "").storage.nodes_per_zone, 40);
    EXPECT_EQ(database_with("64TiB", "").storage.nodes_per_zone, 141);
    EXPECT_EQ(database_with("128TiB", "").storage.nodes_per_zone, 282);
    EXPECT_EQ(database_with("64TiB", R"("storage": { "nodes_per_zone": 30 },)").storage.nodes_per_zone, 30);
}

// "Up to a few hours", and "far less than linearly" more for a larger volume (AWS re:Post, slow snapshot restore).
TEST(DerivedDefaultsTest, TheLargestVolumeIsRestoredInHours) {
    EXPECT_GT(restore_h("64TiB"), 1.0);
    EXPECT_LT(restore_h("64TiB"), 4.0);
    EXPECT_LT(restore_h("64TiB"), 64.0 / 4.0 * restore_h("1TiB")) << "64 times the data";
    EXPECT_LT(restore_h("128TiB"), 1.1 * restore_h("64TiB"));
}

TEST(DerivedDefaultsTest, ThreadsOfABinlogReplicaFollowTheVersion) {
    EXPECT_EQ(database_with("10GiB", "").binlog.apply_threads, 4);
    EXPECT_EQ(database_with("10GiB", R"("version": "3.03",)").binlog.apply_threads, 1);
    const std::string two =
        replaced(replaced(example_text(), R"("zones": ["a", "b", "c"] })",
                          R"("zones": ["a", "b", "c"] }, "us-west-2": { "zones": ["a", "b", "c"] })"),
                 R"("data": "10GiB",)", R"("data": "10GiB", "version": "3.03", "binlog": { "apply_threads": 2 },
                                  "logical_replicas": { "us-west-2": { "replicas": [{ "zone": "a" }] } },)");
    Problems problems;
    const auto scenario = read_scenario(two, "example.json", "", problems);
    for (const Problem& problem : problems.sorted()) ADD_FAILURE() << to_text(problem);
    ASSERT_TRUE(scenario);
    EXPECT_EQ(scenario->databases.front().binlog.apply_threads, 2);
}

// One operator, whom a database of one region may have, too: for a writer in another zone.
TEST(DerivedDefaultsTest, OneRegionMayHaveAnOperator) {
    const Database database = database_with("10GiB", R"("global": { "alarm_after": "5min", "decision": "1min" },)");
    EXPECT_EQ(database.global.alarm_after, std::chrono::minutes{5});
    Problems problems;
    const auto scenario = read_scenario(
        replaced(example_text(), R"("data": "10GiB",)", R"("data": "10GiB", "global": { "fence_timeout": "1s" },)"),
        "example.json", "", problems);
    EXPECT_FALSE(scenario);
    EXPECT_EQ(problems.count(), 1U);
}

TEST(DerivedDefaultsTest, APoolAndACacheClientHaveTheirLibrarysDefaults) {
    const auto with = [](const std::string& pool, const std::string& client) {
        Problems problems;
        std::string text =
            replaced(example_text(), R"("class": "cache.r6g.large")", R"("class": "cache.r6g.large")" + client);
        text = replaced(text, R"("shop": {)", R"("shop": {)" + pool);
        const auto scenario = read_scenario(text, "example.json", "", problems);
        for (const Problem& problem : problems.sorted()) ADD_FAILURE() << to_text(problem);
        return scenario.value_or(Scenario{});
    };
    const Scenario plain = with("", "");
    EXPECT_EQ(plain.services.at(0).pool, 10);
    EXPECT_EQ(plain.services.at(0).max_lifetime, std::chrono::minutes{30});
    EXPECT_EQ(plain.caches.at(0).command_timeout, std::chrono::seconds{2});
    const Scenario named = with(R"("pool_preset": "tomcat-jdbc", "pool_wait": "5s", )", R"(, "client": "lettuce")");
    EXPECT_EQ(named.services.at(0).pool, 100);
    EXPECT_EQ(named.services.at(0).pool_wait, std::chrono::seconds{5}) << "what is said stands";
    EXPECT_FALSE(named.services.at(0).max_lifetime) << "never replaced";
    EXPECT_EQ(named.caches.at(0).command_timeout, std::chrono::seconds{60});
}

}  // namespace
}  // namespace faultline::scenarios
