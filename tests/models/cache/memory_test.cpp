#include "models/cache/memory.hpp"

#include <gtest/gtest.h>

namespace faultline::models {
namespace {

TEST(RedisMemoryTest, SizeClassesAreThoseOfJemalloc) {
    EXPECT_EQ(jemalloc_size_class(1), 8);
    EXPECT_EQ(jemalloc_size_class(8), 8);
    EXPECT_EQ(jemalloc_size_class(9), 16);
    EXPECT_EQ(jemalloc_size_class(24), 24);
    EXPECT_EQ(jemalloc_size_class(64), 64);
    EXPECT_EQ(jemalloc_size_class(65), 80);
    EXPECT_EQ(jemalloc_size_class(128), 128);
    EXPECT_EQ(jemalloc_size_class(129), 160);
    EXPECT_EQ(jemalloc_size_class(1025), 1280);
    EXPECT_EQ(jemalloc_size_class(14'337), 16'384);
}

TEST(RedisMemoryTest, StringsCarryTheHeaderOfTheirLength) {
    EXPECT_EQ(sds_bytes(0), 4);
    EXPECT_EQ(sds_bytes(31), 33);
    EXPECT_EQ(sds_bytes(32), 36);
    EXPECT_EQ(sds_bytes(255), 259);
    EXPECT_EQ(sds_bytes(256), 262);
    EXPECT_EQ(sds_bytes(65'536), 65'546);
}

TEST(RedisMemoryTest, AKeyIsChargedAllItsAllocations) {
    // dictEntry 24 + key 16 + robj 16 + value 1024 + bucket 12
    EXPECT_EQ(redis_memory_bytes({.key_bytes = 10, .value_bytes = 1000}), 1092);
    // dictEntry 24 + key 16 + robj and value in one: 64 + bucket 12
    EXPECT_EQ(redis_memory_bytes({.key_bytes = 10, .value_bytes = 44}), 116);
    EXPECT_EQ(redis_memory_bytes({.key_bytes = 10, .value_bytes = 44, .expires = true}), 116 + 36);
}

}  // namespace
}  // namespace faultline::models
