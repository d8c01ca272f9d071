// What all clients of a cache have in common: the size of a command, and when a connection counts as broken.
#pragma once

#include "models/network/round_trip.hpp"

namespace faultline::models {

inline constexpr Payload cache_command{engine::Bytes{64}, engine::Bytes{64}};
// Commands in a row without an answer until a connection counts as broken; one slow packet is none. Source: an
// assumption (docs/models/services.md). A reset breaks it at once.
inline constexpr int cache_failures_until_broken = 3;

}  // namespace faultline::models
