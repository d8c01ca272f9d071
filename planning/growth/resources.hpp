// What a scenario's load asks of each of its resources at the busiest hour, and what they have: first figures, from
// mean demands, that say where growth will hurt. A simulation confirms or refutes them.
//
// Left out: retries, follow-ups, surges, faults, log and page disks of the storage volume, where in a region or among
// readers the load is uneven. `checks/load.hpp` has the sums.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/scenario.hpp"

namespace faultline::planning {

enum class ResourceKind {
    servers,
    service_cpu,
    threads,
    writer_cpu,
    reader_cpu,
    writer_card,
    reader_card,
    cache_card,
    connections,
    memory,
    link,
    scans
};
struct ResourceEstimate {
    ResourceKind kind = ResourceKind::servers;
    std::string of;                    // as the scenario calls it: "orders"
    std::string words;                 // "CPU of the writer of orders"
    std::string unit;                  // of both figures: "vCPUs", "connections", "GiB", "Gbps"
    double wanted = 0.0, there = 0.0;  // there > 0
    double share() const { return wanted / there; }
    // If more is wanted than there is, it cannot keep up. Else: pools that need not be full, memory that need not hold
    // everything.
    bool saturates() const { return kind != ResourceKind::connections && kind != ResourceKind::memory; }
};
std::vector<ResourceEstimate> estimate_resources(const scenarios::Scenario& scenario);

// Whether queries of this class need it.
bool is_on_the_way(const ResourceEstimate& resource, const scenarios::QueryClass& query);

// Seconds, without network, storage and locks: what a class's queries wait for servers and processors and compute
// there, each as M/M/c (Erlang C) with the class's own demand, so too short rather than too long. Exact of one class at
// one station with exponential demand. `statistic`: "mean" or "p99"; of several resources their p99 are added up.
// Infinite: one of them cannot keep up.
double estimated_latency_s(const std::vector<ResourceEstimate>& resources, const scenarios::Scenario& scenario,
                           const scenarios::QueryClass& query, const std::string& statistic);

}  // namespace faultline::planning
