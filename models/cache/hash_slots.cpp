#include "models/cache/hash_slots.hpp"

#include <array>
#include <charconv>

#include "engine/check.hpp"

namespace faultline::models {
namespace {

constexpr std::array<std::uint16_t, 256> make_crc_table() {
    std::array<std::uint16_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t remainder = byte << 8;
        for (int bit = 0; bit < 8; ++bit) remainder = (remainder << 1) ^ ((remainder & 0x8000) != 0 ? 0x1021U : 0U);
        table[byte] = static_cast<std::uint16_t>(remainder);
    }
    return table;
}
constexpr std::array<std::uint16_t, 256> crc_table = make_crc_table();

std::string_view hashed_part(std::string_view key) {
    const std::size_t open = key.find('{');
    if (open == std::string_view::npos) return key;
    const std::size_t close = key.find('}', open + 1);
    if (close == std::string_view::npos || close == open + 1) return key;
    return key.substr(open + 1, close - open - 1);
}

}  // namespace

std::uint16_t crc16_xmodem(std::string_view bytes) {
    std::uint32_t crc = 0;
    for (const char c : bytes) {
        crc = ((crc << 8) ^ crc_table[((crc >> 8) ^ static_cast<unsigned char>(c)) & 0xff]) & 0xffff;
    }
    return static_cast<std::uint16_t>(crc);
}

int hash_slot(std::string_view key) {
    return crc16_xmodem(hashed_part(key)) % hash_slot_count;
}

int hash_slot_of_id(std::uint64_t id) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), id).ptr;
    return hash_slot({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

// Shard i ends with slot round((i + 1) * 16384 / shards) - 1, so it begins with round(i * 16384 / shards). The rounding
// is done in whole numbers, half up; Redis rounds a float.
int shard_of(const SlotOfCluster& place) {
    SIM_CHECK(place.slot >= 0 && place.slot < hash_slot_count);
    SIM_CHECK(place.shards >= 1 && place.shards <= hash_slot_count);
    const auto first_slot = [&](std::int64_t shard) {
        return (2 * shard * hash_slot_count + place.shards) / (2 * std::int64_t{place.shards});
    };
    std::int64_t shard = std::int64_t{place.slot} * place.shards / hash_slot_count;
    if (shard + 1 < place.shards && first_slot(shard + 1) <= place.slot) ++shard;
    return static_cast<int>(shard);
}

}  // namespace faultline::models
