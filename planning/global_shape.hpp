// The parts of a described database over several regions, ready for the model.
#pragma once

#include <optional>

#include "models/failures/evacuations.hpp"
#include "models/global/global_database.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// `classes` in the order of ClassId: what a commit of each writes to the log. Leaves `operation.instance` to the
// caller.
models::GlobalShape global_shape(const scenarios::Database& database,
                                 const std::vector<scenarios::QueryClass>& classes);

models::Runbook runbook_of(const scenarios::Fault& fault);

// None: readers refuse writes.
std::optional<models::ReadConsistency> forwarding_of(const scenarios::Database& database);

// Readers of other regions stop while they hear nothing of the writer: by the engine's version. Replicas by the binary
// log are clusters of their own, and go on.
bool stops_without_stream(const scenarios::Database& database);

}  // namespace faultline::planning
