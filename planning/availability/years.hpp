// Many years of failures, in batches that are independent of each other: the same result for any number of workers.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engine/statistics/confidence.hpp"
#include "planning/availability/outage_simulator.hpp"

namespace faultline::planning {

struct YearsPlan {
    std::uint64_t years = 20'000;       // at most, with a precision
    std::optional<double> precision{};  // of the mean of every class: half of its interval over it
    engine::Seed seed{};
    double confidence = 0.95;
    int jobs = 1;  // threads
    // No further round of batches after so many events; 0: no limit. The years that there are then are whole, and the
    // same as of a longer plan.
    std::uint64_t events_most = 0;
    std::function<bool()> interrupted{};                  // asked by the calling thread after each of its batches
    std::function<void(std::uint64_t years)> progress{};  // the same: how many there are
};

inline constexpr std::uint64_t years_of_batch = 50;

// Seconds of one year at one cell.
struct YearLoss {
    float unplanned_s = 0.0F, planned_s = 0.0F;
};

struct Years {
    std::uint64_t years = 0, events = 0, write_quorum_losses = 0, read_quorum_losses = 0, regions_lost = 0;
    std::size_t cells = 0;
    std::vector<YearLoss> losses;                // [year][cell]
    std::vector<std::vector<CauseLoss>> causes;  // by cell, over all years
    bool interrupted = false;
    bool out_of_events = false;  // it ended there, before all years were simulated

    const YearLoss& at(std::size_t year, std::size_t cell) const { return losses[year * cells + cell]; }
};

Years simulate_years(const OutageModel& model, const YearsPlan& plan);

// Of some cells together, each with its weight (summing to 1), minutes of each year.
struct WeightedCell {
    std::size_t cell = 0;
    double weight = 1.0;
};
std::vector<double> minutes_of_years(const Years& years, const std::vector<WeightedCell>& cells, bool with_planned);

// The mean over the years, with an interval from their batches, which are independent.
engine::Interval mean_of_years(const std::vector<double>& minutes, double confidence);

}  // namespace faultline::planning
