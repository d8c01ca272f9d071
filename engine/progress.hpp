// How a run tells how far it is: a call every 65'536 events. The listener paces itself by the wall clock; the engine
// reads none.
#pragma once

#include <cstdint>
#include <functional>

#include "engine/time.hpp"

namespace faultline::engine {

// Returns false to cancel the run.
using ProgressListener = std::function<bool(Instant now, std::uint64_t events)>;

inline constexpr std::uint64_t events_between_reports = 65'536;

}  // namespace faultline::engine
