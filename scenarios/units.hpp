// Quantities as people write them, "35ms" or "64GiB", to strong types. A number without a unit is refused, because its
// reader and its writer may think of different ones; the message says which units there are.
//
// Numbers are plain decimals without sign, exponent or blanks: "0.5s", "128GiB". Arithmetic is exact in integers: what
// is not a whole number of nanoseconds or bytes, or does not fit in 63 bits, is refused, never rounded. Money is left
// out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/time.hpp"

namespace faultline::scenarios {

// The value, or what is wrong with the text, quoted and with what is accepted.
template <typename T>
struct Parsed {
    std::optional<T> value;
    std::string error;  // empty when there is a value
};

// "250us", "35ms", "2d". Units: ns us ms s min h d (24 h). 0 to 292 years.
Parsed<engine::Duration> parse_duration(std::string_view text);

// "512B", "64GiB", "800GB". Units: B, KB MB GB TB (powers of 1000), KiB MiB GiB TiB (powers of 1024).
Parsed<engine::Bytes> parse_bytes(std::string_view text);

// "10Gbps". Units: bps Kbps Mbps Gbps Tbps (powers of 1000).
Parsed<engine::BitsPerSecond> parse_bandwidth(std::string_view text);

// "5000/s", "300/min", "12/h"; in events a second.
Parsed<double> parse_rate(std::string_view text);

// "99.99%" or "0.9999", 0 to 1: the one quantity whose bare number is not ambiguous.
Parsed<double> parse_share(std::string_view text);

// The shortest exact text with a unit of parse_duration and parse_bytes: "1500ms", "2d", "64GiB".
std::string to_text(engine::Duration duration);
std::string to_text(engine::Bytes size);

}  // namespace faultline::scenarios
