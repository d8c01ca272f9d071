// The standby part of a described database, ready for the model.
#pragma once

#include "models/standby/standby_cluster.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// `classes` in the order of ClassId: what a commit of each writes to the log.
models::StandbyShape standby_shape(const scenarios::Database& database,
                                   const std::vector<scenarios::QueryClass>& classes);

}  // namespace faultline::planning
