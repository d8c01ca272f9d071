// From a scenario to what its years of failures are drawn from: the same topology, failover, repair and control-plane
// figures as a run has. Rates are the scenario's where it draws a kind at random, else failure_defaults.hpp.
#pragma once

#include <string>
#include <vector>

#include "planning/availability/outage_model.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// Why a scenario is too large for it, a sentence each; empty: it is not.
std::vector<std::string> too_large_for_years(const scenarios::Scenario& scenario);

// Requires that it is not too large.
OutageModel outage_model_of(const scenarios::Scenario& scenario, MeasuredRecoveries measured = {});

// Its parts.
void add_databases(OutageModel& model, const scenarios::Scenario& scenario);
void add_processes(OutageModel& model, const scenarios::Scenario& scenario);
// "orders/instance-2", "az-of: orders/writer" and so on. TargetType::nothing: no part of this model.
FailureTarget failure_target(const OutageModel& model, const scenarios::Scenario& scenario, const std::string& text);
std::size_t zone_number(const OutageModel& model, const std::string& region, const std::string& zone);

}  // namespace faultline::planning
