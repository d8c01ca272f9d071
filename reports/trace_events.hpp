// The way of single queries as Chrome trace events, which Perfetto and chrome://tracing open: a track a query, under
// its class, with its stages as slices; faults and what components went through on tracks of their own above them.
// Source of the format: "Trace Event Format", Google, 2016. Times are microseconds of the run, to the nanosecond.
#pragma once

#include <string>

#include "scenarios/result.hpp"

namespace faultline::reports {

// Of the replications that have traced queries.
std::string trace_events(const scenarios::RunResult& result);

}  // namespace faultline::reports
