// Topologies that are simulated until their verdicts are decided, look by look, on common random numbers: the same seed
// for all of them. The search has one race, the confirmation another on seeds that the search never used.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "planning/measure.hpp"
#include "planning/stopping.hpp"
#include "planning/sweep/sweep.hpp"
#include "scenarios/plan_result.hpp"

namespace faultline::planning {

// What is made as small as can be.
struct Objective {
    std::string name = "cost", unit = "$/month";
    bool less_is_better = true;
    bool is_cost() const { return name == "cost"; }
};

class Entrant {
public:
    // Two replications at its first look: enough for an interval, and for what fails plainly. `point` has a scenario.
    static constexpr std::uint32_t first_look = 2;
    Entrant(SweepPoint point, const Objective& objective, std::uint32_t most);
    Entrant(const Entrant&) = delete;
    Entrant& operator=(const Entrant&) = delete;

    const SweepPoint& point() const { return point_; }
    const scenarios::Scenario& scenario() const { return *point_.scenario; }
    std::uint32_t replications() const { return replications_; }
    std::uint32_t next_look() const { return stopping_.next_look(); }
    // No look is left, or none is needed.
    bool ended() const;
    scenarios::Verdict verdict() const;  // of all requirements but those of years
    // The first that is violated, else the first that is undecided; null: all are met.
    const scenarios::RequirementResult* deciding() const;
    const std::vector<scenarios::RequirementResult>& requirements() const { return stopping_.requirements(); }
    // Requirements whose estimate is on the wrong side of the limit, or unknown.
    std::size_t doubts() const;

    const std::vector<double>& costs() const { return costs_; }            // by replication, $/month
    const std::vector<double>& objectives() const { return objectives_; }  // of it; of costs the same
    double objective() const;                                              // their mean

    void look(const std::vector<scenarios::ReplicationResult>& results, std::uint32_t asked);

private:
    SweepPoint point_;
    const Objective& objective_;
    scenarios::Scenario judged_;  // without requirements of years: no run judges them
    Stopping stopping_;
    std::uint32_t replications_ = 0, most_;
    std::vector<double> costs_, objectives_;
};

class Race {
public:
    Race(SweepStore& store, const SweepPlan& plan, SignalWatch& signals) : sweep_{store, plan, signals} {}

    // Each to its next look. False: a signal came.
    bool advance(const std::vector<Entrant*>& entrants);
    Sweep& sweep() { return sweep_; }

private:
    Sweep sweep_;
};

double mean_of(const std::vector<double>& values);

}  // namespace faultline::planning
