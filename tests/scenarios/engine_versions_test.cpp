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

}  // namespace
}  // namespace faultline::scenarios
