// The waterfall of an incident in which no database failed over: of a cache or a warehouse, by the states that it went
// through.
//
// Cache: detection, election or promotion (or replacement, where nobody stands in), then reconnection and re-warming,
// until the end of the last window in which too few reads hit. Warehouse: detection, node replacement, relocation or
// resumption, then catch-up, until all that had been committed when it was back is visible (looked at each second).
//
// What bad seconds there are after that, while balancers send calls to a lost instance of a service or queues are
// worked off, is health checks and backlog, as of an incident of services alone.
//
// Planned work on a cache or warehouse has the stages of its order, unless a part is lost and replaced meanwhile.
//
// Leaves out: of several parts that were lost, all but the one that was back last; how much of a cache's last stage is
// reconnection; that stage where the run ends before the incident does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/time.hpp"
#include "scenarios/result.hpp"

namespace faultline::planning {

inline constexpr std::string_view rewarming_stage = "reconnection, re-warming";
inline constexpr std::string_view catch_up_stage = "catch-up";
inline constexpr std::string_view caught_up = "caught up";  // no stage: where the last one ends

// A shard of a cache, its only node, or a compute of a warehouse begins a stage.
struct PartMark {
    std::string part;  // its path
    std::string_view stage;
    engine::Instant at;
};

// What begins as one enters this state; empty: nothing.
std::string_view cache_stage_of(std::string_view state);
std::string_view warehouse_stage_of(std::string_view state);

// For each incident without a waterfall. Marks in the order of time; what a part does after the full recovery of one
// incident and before the next one belongs to none.
void add_part_waterfalls(const std::vector<PartMark>& marks, std::vector<scenarios::IncidentResult>& incidents);

}  // namespace faultline::planning
