#include "planning/numeric_fingerprint.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <string_view>

#include "engine/random/stream.hpp"

namespace faultline::planning {

std::uint64_t numeric_fingerprint() {
    constexpr std::size_t of_each = 250;
    std::array<std::uint64_t, 4 * of_each> bits{};
    // Volatile: a compiler would compute known arguments itself, with its own library.
    volatile double unit = 0x1p-54;
    for (std::size_t i = 0; i < of_each; ++i) {
        const double x = unit;
        bits[4 * i] = std::bit_cast<std::uint64_t>(std::log(x));
        bits[4 * i + 1] = std::bit_cast<std::uint64_t>(std::exp(-40.0 * x));
        bits[4 * i + 2] = std::bit_cast<std::uint64_t>(std::pow(1e-9 + x, -1.0 / 1.7));
        bits[4 * i + 3] = std::bit_cast<std::uint64_t>(std::sin(1000.0 * x));
        unit = i + 1 < of_each / 2 ? x * 1.35 : static_cast<double>(i + 2) * (1.0 / 1024.0);
    }
    std::array<char, sizeof(bits)> bytes{};  // in one order on every machine
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<char>(static_cast<unsigned char>(bits[i / 8] >> (8 * (i % 8))));
    }
    return engine::stable_hash({bytes.data(), bytes.size()});
}

}  // namespace faultline::planning
