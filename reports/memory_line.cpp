#include "reports/memory_line.hpp"

#include <fmt/format.h>

#include "reports/text_layout.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::reports {
namespace {

std::string megabytes(std::uint64_t bytes) {
    const double value = static_cast<double>(bytes) / 1e6;
    return scenarios::trimmed(value, std::max(scenarios::decimals_for_three_figures(value), 0)) + " MB";
}

}  // namespace

std::uint64_t memory_bytes(const scenarios::MemoryResult& memory) {
    return memory.fixed_bytes + memory.in_flight_peak * memory.bytes_per_query +
           memory.resident_keys * memory.bytes_per_key;
}

std::string memory_line(const scenarios::RunResult& result) {
    scenarios::MemoryResult most;
    for (const auto& replication : result.replications) {
        if (memory_bytes(replication.memory) > memory_bytes(most)) most = replication.memory;
    }
    if (memory_bytes(most) == 0) return {};
    return fmt::format("Memory of a replication: {} fixed + {} in flight at most x {} B + {} resident x {} B = {}",
                       megabytes(most.fixed_bytes),
                       most.in_flight_peak == 1 ? "1 query" : fmt::format("{} queries", most.in_flight_peak),
                       most.bytes_per_query, counted(most.resident_keys, "key"), most.bytes_per_key,
                       megabytes(memory_bytes(most)));
}

}  // namespace faultline::reports
