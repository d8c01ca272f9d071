#include "models/cache/hash_slots.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace faultline::models {
namespace {

TEST(HashSlotsTest, CrcGivesTheKnownAnswer) {
    EXPECT_EQ(crc16_xmodem("123456789"), 0x31C3);
    EXPECT_EQ(crc16_xmodem(""), 0);
}

// Redis: CLUSTER KEYSLOT somekey, foo and {foo}bar.
TEST(HashSlotsTest, SlotsAreThoseOfRedis) {
    EXPECT_EQ(hash_slot("somekey"), 11058);
    EXPECT_EQ(hash_slot("foo"), 12182);
    EXPECT_EQ(hash_slot("foo{hash_tag}"), 2515);
    EXPECT_EQ(hash_slot_of_id(123456789), 0x31C3 % 16384);
}

// The examples of the cluster specification.
TEST(HashSlotsTest, OnlyTheTagCounts) {
    EXPECT_EQ(hash_slot("{user1000}.following"), hash_slot("{user1000}.followers"));
    EXPECT_EQ(hash_slot("{user1000}.following"), hash_slot("user1000"));
    EXPECT_EQ(hash_slot("foo{}{bar}"), crc16_xmodem("foo{}{bar}") % 16384) << "an empty tag is none";
    EXPECT_EQ(hash_slot("foo{{bar}}zap"), hash_slot("{bar"));
    EXPECT_EQ(hash_slot("foo{bar}{zap}"), hash_slot("bar"));
    EXPECT_EQ(hash_slot("foo{bar"), crc16_xmodem("foo{bar") % 16384);
}

TEST(HashSlotsTest, ShardsTakeEqualRanges) {
    EXPECT_EQ(shard_of({.slot = 5460, .shards = 3}), 0);
    EXPECT_EQ(shard_of({.slot = 5461, .shards = 3}), 1);
    EXPECT_EQ(shard_of({.slot = 10922, .shards = 3}), 1);
    EXPECT_EQ(shard_of({.slot = 10923, .shards = 3}), 2);
    for (const int shards : {1, 2, 3, 5, 7, 90, 500, 16384}) {
        std::array<int, 16384> sizes{};
        int previous = 0;
        for (int slot = 0; slot < hash_slot_count; ++slot) {
            const int shard = shard_of({.slot = slot, .shards = shards});
            ASSERT_TRUE(shard == previous || shard == previous + 1) << "slot " << slot << " of " << shards;
            ++sizes[static_cast<std::size_t>(shard)];
            previous = shard;
        }
        ASSERT_EQ(previous, shards - 1);
        for (int shard = 0; shard < shards; ++shard) {
            EXPECT_NEAR(sizes[static_cast<std::size_t>(shard)], 16384.0 / shards, 1.0);
        }
    }
}

}  // namespace
}  // namespace faultline::models
