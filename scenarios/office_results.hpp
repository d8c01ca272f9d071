// What a result says of single offices over time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace faultline::scenarios {

// Of one class, due and good in each second from the start of the run. A second that an incident has shifted counts
// with the one in which it begins.
struct OfficeTimeline {
    std::string office;
    std::vector<std::uint32_t> due_per_s, good_per_s;
};

// Minutes of the measured part in which anything was due at an office, and those of them in which 99 % of it was good.
struct OfficeMinutes {
    std::string office;
    std::uint64_t minutes = 0, good = 0;
};

}  // namespace faultline::scenarios
