// What a managed service does between two tries, and the buffers its fleet moves data with.
#pragma once

#include "engine/time.hpp"

namespace faultline::models {

// Between a look at something that is not yet so, or a transfer that failed, and the next. Source: an assumption.
inline constexpr engine::Duration retry_pause = std::chrono::seconds{1};

// Of a connection between a storage fleet and object storage or another of its nodes: 10 Gbit/s over 12 ms. Source: an
// assumption.
inline constexpr engine::Bytes fleet_window{16'000'000};

}  // namespace faultline::models
