// Incidents of all replications, put together by what caused them: what a table of them shows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/result.hpp"

namespace faultline::reports {

struct RecoverySummary {
    // A class with the driver of its pooled connections, "update (driver plain)"; "update (canary)" when its canary was
    // watched; an endpoint, "orders/writer (canary: service RTO)".
    std::string of;
    std::size_t seen = 0, not_recovered = 0;
    double median_s = 0.0, worst_s = 0.0;  // infinite: not recovered
    std::string worst_office;
};

struct LossSummary {
    std::string database;
    double worst_s = 0.0;
    std::uint64_t commits_lost = 0, unknown = 0;
    std::uint64_t estimated = 0;  // a part of commits_lost, of time that was not simulated
    std::size_t unbounded = 0;    // incidents
    // Offices whose clients had been told of them, most commits first.
    std::vector<scenarios::LostAtOffice> lost_at{};
};

struct IncidentSummary {
    std::string cause;     // its faults: "zone lost", "zone lost + link cut"
    bool planned = false;  // work that somebody has ordered, and nothing else
    std::size_t incidents = 0;
    std::vector<RecoverySummary> recoveries;
    std::vector<LossSummary> losses;
};

// In the order in which causes, classes and databases first appear.
// "zone lost + gray": what the incidents of one summary have in common.
std::string cause_of(const scenarios::IncidentResult& incident);

// "orders: RPO 144 ms at worst, 51 acknowledged commits lost": what so many incidents took.
std::string loss_text(const LossSummary& loss, std::size_t incidents);

std::vector<IncidentSummary> summaries(const std::vector<scenarios::ReplicationResult>& replications);

}  // namespace faultline::reports
