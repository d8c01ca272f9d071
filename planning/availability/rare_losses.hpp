// How often what needs several failures at once happens: importance sampling over cycles, each from one failure of a
// whole topology until all is whole again.
//
// While something is broken failures come so much faster that the next one is likely before the repair ends, and of
// each process as likely as of any other (balanced failure biasing); each cycle counts by its likelihood ratio. By the
// renewal theorem a loss comes (mean number in a cycle) / (mean length of a cycle) times a second.
// Source: P. Heidelberger, Fast simulation of rare events in queueing and reliability models, ACM TOMACS 5(1), 1995.
//
// Requires that every failure that is not planned is exponential: else the whole topology remembers.
#pragma once

#include <string>
#include <vector>

#include "engine/statistics/confidence.hpp"
#include "planning/availability/outage_simulator.hpp"

namespace faultline::planning {

struct RarePlan {
    std::uint64_t cycles = 20'000;
    engine::Seed seed{};
    double confidence = 0.95;
    bool biased = true;  // false: failures as they come, for comparison
};

struct RareRates {
    // A year.
    engine::Interval write_quorum, read_quorum, regions;
    std::vector<engine::Interval> overlap_minutes;  // by cell: minutes away by several failures at once
};

// Which process forbids it; empty: none does.
std::string forbids_rare(const OutageModel& model);
RareRates rare_rates(const OutageModel& model, const RarePlan& plan);

}  // namespace faultline::planning
