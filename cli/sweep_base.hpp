// The scenario that is varied, read from a file: for `sweep` and `growth`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "planning/sweep/points.hpp"

namespace faultline::cli {

// `variant` empty: the file as it is. `seed`: in place of the scenario's. Problems: it could not be read, and then it
// is empty.
planning::SweepBase read_sweep_base(const std::string& path, const std::string& variant,
                                    const std::optional<std::uint64_t>& seed, scenarios::Problems& problems);

}  // namespace faultline::cli
