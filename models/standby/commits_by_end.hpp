// Commits in the order of a log, each with where it ends there (`end`): which of them does a part of the log lack?
#pragma once

#include <cstdint>

#include "engine/ring.hpp"
#include "models/standby/group_flush.hpp"

namespace faultline::models {

// The ticket of the first commit that a log up to `end` lacks; the next ticket if it lacks none. O(log n).
template <class Commit>
std::uint64_t first_beyond(engine::Ring<Commit>& commits, Lsn end) {
    std::uint64_t low = commits.first_ticket();
    std::uint64_t high = commits.next_ticket();
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        if (commits.find(middle)->end <= end) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

}  // namespace faultline::models
