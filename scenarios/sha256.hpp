// SHA-256, piece by piece: which file a result depends on, as `sha256sum` says it. Source: FIPS 180-4, section 6.2.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace faultline::scenarios {

class Sha256 {
public:
    void add(std::string_view bytes);
    std::string digest() const;  // of all that was added: 64 hexadecimal digits

private:
    static constexpr std::size_t block_bytes = 64;
    void mix(const char* block);

    std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<char, block_bytes> waiting_{};
    std::size_t waiting_bytes_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace faultline::scenarios
