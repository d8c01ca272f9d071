// What the simulation of one replication needed of memory, in a line: what is fixed, the most queries that were in
// flight at once, and the keys resident in caches, each with its bytes; of the replication that needed most. It is what
// the program counted itself, the same in every run of a seed; the process is larger by its code and the allocator's
// rests.
#pragma once

#include <string>

#include "scenarios/result.hpp"

namespace faultline::reports {

std::uint64_t memory_bytes(const scenarios::MemoryResult& memory);

// Empty: nothing is known.
std::string memory_line(const scenarios::RunResult& result);

}  // namespace faultline::reports
