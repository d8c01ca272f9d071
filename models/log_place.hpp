// A place in a log: what has been written so far.
#pragma once

#include <cstdint>

namespace faultline::models {

// Bytes, or commits where nobody counts bytes, since the run began.
using Lsn = std::uint64_t;
inline constexpr Lsn all_of_the_log = ~Lsn{0};

}  // namespace faultline::models
