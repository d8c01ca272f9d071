// Metastable failures: overload that outlives what set it off, because it sustains itself.
//
// A trigger is a fault or a surge that ended within the run while no other one was active. From its end on, ten seconds
// after ten seconds, a class is in a storm while its good share is bad (recovery.hpp) and beyond chance against what it
// was before the trigger, and a loop is known that keeps it so:
//
//   retries                 at least `storm.attempts` attempts for each operation due, in each ten seconds
//   cold cache              a queue on the class's way had no room for a minute after the faults were over, as it had
//                           before, and a cache gives a tenth of all reads less than before: its misses are the load
//   work nobody waits for   the same, without such a cache: servers work off what clients have given up
//
// If the storm goes on without a pause for more than `storm.outlives`, it is one that outlived its trigger. It is
// looked for until the next trigger, and as long as the deadlines of what was due have passed before the run's end. One
// that is there before and after another trigger is one storm, of the first; one that is not there after it has ended.
// Overload without a queue that is full is none of these: then something is missing, and a repair is waited for.
// Source: L. Huang et al., Metastable Failures in the Wild, OSDI 2022, sections 2 and 3 (sustaining effect after the
// trigger; retries in more than half of the incidents, look-aside caches among the others).
#pragma once

#include <vector>

#include "models/measures/shape.hpp"
#include "scenarios/result.hpp"

namespace faultline::models {

// The values of StormResult::loop.
inline constexpr const char* storm_of_retries = "retries";
inline constexpr const char* storm_of_misses = "cold cache";
inline constexpr const char* storm_of_lost_work = "work nobody waits for";

// Of the classes, faults, caches and resources of a result; in the order of the triggers' ends, then by class.
std::vector<scenarios::StormResult> find_storms(const MeasuresShape& shape, const scenarios::ReplicationResult& result);

}  // namespace faultline::models
