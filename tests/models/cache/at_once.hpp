// What a call takes where nothing lies between: it arrives, and in no time.
#pragma once

#include "models/cache/group.hpp"

namespace faultline::models {

inline constexpr Delays at_once{true, Duration::zero(), Duration::zero()};

}  // namespace faultline::models
