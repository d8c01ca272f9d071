// Sums of what users' sessions were shown (result.hpp).
#pragma once

#include "scenarios/result.hpp"

namespace faultline::scenarios {

inline SessionReadCounts& operator+=(SessionReadCounts& sum, const SessionReadCounts& more) {
    sum.reads += more.reads;
    sum.stale += more.stale;
    sum.of_own_write += more.of_own_write;
    sum.missed_own_write += more.missed_own_write;
    sum.of_seen += more.of_seen;
    sum.went_back += more.went_back;
    return sum;
}

}  // namespace faultline::scenarios
