// Which shard of a Redis Cluster holds a key.
//
// Source: Redis Cluster specification, "Key distribution model" and "Hash tags"; crc16.c (CRC-16/XMODEM: polynomial
// 0x1021, start 0, not reflected; "123456789" gives 0x31C3); the split of slots among shards is that of
// `redis-cli --cluster create` (clusterManagerCommandCreate).
#pragma once

#include <cstdint>
#include <string_view>

namespace faultline::models {

inline constexpr int hash_slot_count = 16'384;

std::uint16_t crc16_xmodem(std::string_view bytes);

// 0 to 16383. Of a key with a tag, "user:{42}:cart", only what stands between the first '{' and the first '}' after it
// counts, unless that is empty: keys with one tag share a shard.
int hash_slot(std::string_view key);

// The slot of a key that is a number in decimal digits.
int hash_slot_of_id(std::uint64_t id);

// Shards take contiguous ranges of slots, as equal as possible: of 3, 0-5460, 5461-10922 and 10923-16383.
//   slot     0 to 16383
//   shards   1 to 16384
struct SlotOfCluster {
    int slot = 0;
    int shards = 1;
};
int shard_of(const SlotOfCluster& place);

}  // namespace faultline::models
