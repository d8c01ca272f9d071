// Whether two machines compute alike. Results are bit-identical between machines of one numeric fingerprint, and only
// between those: a maths library chooses its code by CPU. Results of different ones are never merged.
#pragma once

#include <cstdint>

namespace faultline::planning {

// A hash of 1,000 values of log, exp, pow and sin, 250 of each, over the arguments that a simulation meets.
std::uint64_t numeric_fingerprint();

}  // namespace faultline::planning
