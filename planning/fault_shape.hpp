// From a scenario's faults to what the injector and the measures need of them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/failures/injector.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// The faults of one replication: each at an instant within what the scenario says, at the target whose turn it is.
// Those without a `within` of their own move together, so that the time between two stays what the file says. What has
// only one target and comes at one instant draws nothing.
// `turn`: from 0, whose it is.
std::vector<scenarios::Fault> faults_of(const scenarios::Scenario& scenario, const engine::Simulation& simulation,
                                        std::uint32_t turn);

models::FaultShape fault_shape_of(const scenarios::Fault& fault);
models::FaultTimes fault_times_of(const scenarios::Fault& fault);
// Of planned work. The reader has checked the fault.
using NamedPlaces = std::vector<std::pair<std::string, models::PlaceId>>;
models::WorkOrder work_order_of(const scenarios::Fault& fault, const scenarios::Scenario& scenario,
                                const NamedPlaces& zones);

}  // namespace faultline::planning
