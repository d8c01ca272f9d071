#include "scenarios/engine_versions.hpp"

#include <gtest/gtest.h>

namespace faultline::scenarios {
namespace {

TEST(EngineVersionsTest, AVersionIsARowOfNumbers) {
    EXPECT_EQ(version_parts("3.08"), (std::vector<int>{3, 8}));
    EXPECT_EQ(version_parts("15"), (std::vector<int>{15}));
    EXPECT_EQ(version_parts("8.0.mysql_aurora.3.05.2"), (std::vector<int>{3, 5, 2}));
    for (const char* const wrong :
         {"", "latest", "3.", ".3", "3..4", "3,8", "-3", "3.x", "15.4 LTS", "mysql_aurora."}) {
        EXPECT_FALSE(version_parts(wrong)) << wrong;
    }
}

// The rows of the Aurora User Guide, each on both sides of its bound.
TEST(EngineVersionsTest, NewerVersionsKeepServing) {
    for (const char* const version : {"", "3.06", "3.06.1", "3.08", "8.0.mysql_aurora.3.06.0", "4.0"}) {
        EXPECT_TRUE(secondaries_keep_serving("aurora-mysql", version)) << version;
    }
    for (const char* const version : {"2.11", "3", "3.05.2", "8.0.mysql_aurora.3.05.2"}) {
        EXPECT_FALSE(secondaries_keep_serving("aurora-mysql", version)) << version;
    }
    for (const char* const version : {"12.16", "13.12", "14.9", "15.4", "15.10", "16", "16.1", "17.2"}) {
        EXPECT_TRUE(secondaries_keep_serving("aurora-postgresql", version)) << version;
    }
    for (const char* const version : {"11.21", "12.15", "13.11", "14.8", "15.3", "15"}) {
        EXPECT_FALSE(secondaries_keep_serving("aurora-postgresql", version)) << version;
    }
}

TEST(EngineVersionsTest, OlderReadersRestartWithTheWriter) {
    for (const char* const version : {"", "2.10", "2.11.2", "3.04", "5.7.mysql_aurora.2.10.0"}) {
        EXPECT_TRUE(readers_outlive_failover("aurora-mysql", version)) << version;
    }
    for (const char* const version : {"1.23", "2", "2.09.3", "5.7.mysql_aurora.2.07.1"}) {
        EXPECT_FALSE(readers_outlive_failover("aurora-mysql", version)) << version;
    }
    EXPECT_TRUE(readers_outlive_failover("aurora-postgresql", "11.21"));
    EXPECT_TRUE(readers_outlive_failover("mysql", "5.7"));
}

TEST(EngineVersionsTest, NewerReplicasExecuteTheBinlogWithFourThreads) {
    for (const char* const version : {"", "3.04", "3.08", "8.0.mysql_aurora.3.05.2", "4"}) {
        EXPECT_EQ(binlog_apply_threads(version), 4) << version;
    }
    for (const char* const version : {"2.11", "3", "3.03.1", "8.0.mysql_aurora.3.02.0"}) {
        EXPECT_EQ(binlog_apply_threads(version), 1) << version;
    }
}

}  // namespace
}  // namespace faultline::scenarios
