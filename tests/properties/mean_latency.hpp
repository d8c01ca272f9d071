// What a class took over some seconds of a run.
#pragma once

#include <cstddef>
#include <string>

#include "tests/properties/small_system.hpp"

namespace faultline::tests {

// In ms, mean of the seconds [from_s, to_s) of the run.
inline double mean_latency_ms(const scenarios::ReplicationResult& result, const std::string& name, std::size_t from_s,
                              std::size_t to_s) {
    const auto& query_class = class_named(result, name);
    double sum = 0.0;
    for (std::size_t s = from_s; s < to_s; ++s) sum += static_cast<double>(query_class.latency_mean_ms_per_s[s]);
    return sum / static_cast<double>(to_s - from_s);
}

}  // namespace faultline::tests
