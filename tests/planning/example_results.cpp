#include "tests/planning/example_results.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

namespace faultline::tests {
namespace {

constexpr const char* office_names[] = {"boston", "denver"};

std::int64_t in_ns(double seconds) {
    return std::llround(seconds * 1e9);
}

}  // namespace

std::uint32_t bucket_of(std::int64_t ns) {
    const auto value = static_cast<std::uint64_t>(ns);
    if (value < 128) return static_cast<std::uint32_t>(value);
    const int octave = static_cast<int>(std::bit_width(value)) - 7;
    const std::uint64_t place = (value >> static_cast<unsigned>(octave - 1)) - 128;
    return static_cast<std::uint32_t>(octave) * 128 + static_cast<std::uint32_t>(place);
}

scenarios::ClassAtOffice at_office(std::span<const double> latencies_s) {
    scenarios::ClassAtOffice office;
    std::map<std::uint32_t, std::uint64_t> buckets;
    office.outcomes.due = latencies_s.size();
    for (const double latency : latencies_s) {
        if (std::isinf(latency)) {
            ++office.latency.failed;
            ++office.outcomes.timed_out;
            continue;
        }
        ++buckets[bucket_of(in_ns(latency))];
        ++office.outcomes.answered;
        ++office.outcomes.good;
        office.latency.sum_ns += in_ns(latency);
        office.latency.max_ns = std::max(office.latency.max_ns, in_ns(latency));
    }
    for (const auto& [bucket, count] : buckets) {
        office.latency.buckets.push_back(bucket);
        office.latency.counts.push_back(count);
    }
    return office;
}

scenarios::ReplicationResult example_replication(std::uint32_t replication) {
    scenarios::ReplicationResult result;
    result.replication = replication;
    result.events = 1000;
    result.end_ns = 60'000'000'000;
    scenarios::ClassResult lookup;
    lookup.name = "lookup";
    lookup.stage_ns = {0, 10, 300, 0, 200, 100, 0, 0, 50, 0};
    lookup.stage_slow_ns = {0, 1, 10, 0, 80, 5, 0, 0, 4, 0};
    lookup.stage_slow_count = 1;
    result.classes.push_back(lookup);
    return result;
}

scenarios::Scenario example_scenario() {
    scenarios::Scenario scenario;
    scenario.name = "Orders";
    for (const char* const name : office_names) {
        scenario.offices.push_back({});
        scenario.offices.back().name = name;
    }
    scenario.workload.classes.emplace_back();
    scenario.workload.classes.back().name = "lookup";
    return scenario;
}

scenarios::IncidentResult incident(std::span<const double> rto_s) {
    scenarios::IncidentResult result;
    result.faults = {"zone lost"};
    for (std::size_t i = 0; i < rto_s.size(); ++i) {
        scenarios::Recovery recovery;
        recovery.of = "update";
        recovery.office = office_names[i];
        recovery.recovered = !std::isinf(rto_s[i]);
        if (recovery.recovered) recovery.rto_ns = in_ns(rto_s[i]);
        recovery.any_bad = rto_s[i] > 0.0;
        recovery.bad_until_ns = in_ns(recovery.recovered ? rto_s[i] : 600.0);
        result.recoveries.push_back(recovery);
    }
    result.waterfall = {{"detection", 6'000'000'000}, {"DNS", 17'000'000'000}};
    return result;
}

}  // namespace faultline::tests
