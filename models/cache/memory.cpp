#include "models/cache/memory.hpp"

#include <algorithm>
#include <bit>

#include "engine/check.hpp"

namespace faultline::models {
namespace {

constexpr std::int64_t dict_entry_bytes = 24;
constexpr std::int64_t robj_bytes = 16;
constexpr std::int64_t embstr_length_max = 44;
constexpr std::int64_t embstr_header_and_terminator = 4;  // always sdshdr8
constexpr std::int64_t bucket_bytes_a_key = 12;

}  // namespace

std::int64_t jemalloc_size_class(std::int64_t size) {
    SIM_CHECK(size >= 1);
    const auto above = static_cast<std::uint64_t>(size - 1);
    const int spacing_bits = std::max(3, static_cast<int>(std::bit_width(above)) - 3);
    return static_cast<std::int64_t>(((above >> spacing_bits) + 1) << spacing_bits);
}

std::int64_t sds_bytes(std::int64_t length) {
    SIM_CHECK(length >= 0);
    // sdsReqType; the empty string takes sdshdr8, because it is likely to grow (sdsnewlen).
    const std::int64_t header = length == 0                        ? 3
                                : length < 32                      ? 1
                                : length < 256                     ? 3
                                : length < 65'536                  ? 5
                                : length < (std::int64_t{1} << 32) ? 9
                                                                   : 17;
    return header + length + 1;
}

std::int64_t redis_memory_bytes(const StoredString& stored) {
    SIM_CHECK(stored.key_bytes >= 1 && stored.value_bytes >= 0);
    const std::int64_t value = stored.value_bytes <= embstr_length_max
                                   ? jemalloc_size_class(robj_bytes + embstr_header_and_terminator + stored.value_bytes)
                                   : robj_bytes + jemalloc_size_class(sds_bytes(stored.value_bytes));
    const std::int64_t in_a_table = dict_entry_bytes + bucket_bytes_a_key;
    return in_a_table * (stored.expires ? 2 : 1) + jemalloc_size_class(sds_bytes(stored.key_bytes)) + value;
}

}  // namespace faultline::models
