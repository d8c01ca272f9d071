// A scenario to its years: downtime as a distribution, causes, the closed form beside it, rare losses, and a verdict on
// each requirement of years.
#pragma once

#include <string>
#include <vector>

#include "planning/availability/years.hpp"
#include "scenarios/availability_result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// What years came to. Requires at least two batches of them.
scenarios::AvailabilityResult summarised(const scenarios::Scenario& scenario, const OutageModel& model,
                                         const Years& years, const YearsPlan& plan);

// A mean ("availability-per-year") by its interval over batches of years; "p95" is reached in 95 % of the years, by the
// ranks of the years. At the worst office (Bonferroni over places) or of all together.
scenarios::RequirementResult judge_years(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement,
                                         const OutageModel& model, const Years& years);

// The whole command: empty `years` where it was interrupted.
struct AvailabilityOutcome {
    scenarios::AvailabilityResult result;
    bool interrupted = false;
    bool out_of_events = false;        // fewer years than were asked for: they are full of events
    double wall_s = 0.0, cpu_s = 0.0;  // of the years alone
};
AvailabilityOutcome run_availability(const scenarios::Scenario& scenario, MeasuredRecoveries measured,
                                     const YearsPlan& plan);

}  // namespace faultline::planning
