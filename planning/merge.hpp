// The shards of a run (scenarios/result.hpp) to the whole, and its verdicts: bit for bit what one machine would have
// answered. Shards that are not of one run, that are there twice or not at all, are problems; nothing is made of what
// is there then.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/problem.hpp"
#include "scenarios/result.hpp"

namespace faultline::planning {

struct ShardFile {
    std::string name;  // as the user named it
    scenarios::RunResult result;
};

// In any order. Requires at least one.
std::optional<scenarios::RunResult> merge_shards(std::vector<ShardFile> shards, scenarios::Problems& problems);

}  // namespace faultline::planning
