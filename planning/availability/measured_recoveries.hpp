// What incidents of full runs were for users: bad time by class, of each kind of fault. Years draw from them in place
// of the stages of the models, one whole incident at a time.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

struct MeasuredIncident {
    std::vector<double> bad_s;  // by class of the scenario; mean over its offices by weight
};

struct MeasuredKind {
    scenarios::FaultKind kind = scenarios::FaultKind::instance_crash;
    bool took_writer = false;
    bool at_once = false;  // it was back within a second: a process, and not its host
    std::vector<MeasuredIncident> incidents;
};

struct MeasuredRecoveries {
    std::vector<MeasuredKind> kinds;
    std::size_t left_out = 0;  // incidents of several faults, or not recovered when the run ended

    // nullptr: none was seen.
    const MeasuredKind* of(scenarios::FaultKind kind, bool took_writer, bool at_once) const;
    // Of this kind, whatever it took.
    const MeasuredKind* any_of(scenarios::FaultKind kind) const;
    bool has(scenarios::FaultKind kind) const { return any_of(kind) != nullptr; }
};

// Incidents of one fault each. Classes that the result does not know have none.
MeasuredRecoveries measured_in(const scenarios::RunResult& result, const scenarios::Scenario& scenario);

}  // namespace faultline::planning
