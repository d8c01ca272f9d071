// The descriptors under which a worker finds what its parent gave it.
#pragma once

namespace faultline::planning {

inline constexpr int worker_scenario_file = 3;
inline constexpr int worker_result_file = 4;
inline constexpr int worker_progress_file = 5;

}  // namespace faultline::planning
