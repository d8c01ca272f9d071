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
    // Incidents of several faults, not recovered when the run ended, or without a word of a class.
    std::size_t left_out = 0;
    std::vector<std::string> untold;  // such classes: of the scenario, and ending at a database

    // nullptr: none was seen.
    const MeasuredKind* of(scenarios::FaultKind kind, bool took_writer, bool at_once) const;
    // Of this kind, whatever it took.
    const MeasuredKind* any_of(scenarios::FaultKind kind) const;
    bool has(scenarios::FaultKind kind) const { return any_of(kind) != nullptr; }
};

// Incidents of one fault each that tell of all classes which end at a database: of one that is not in the result it is
// not known that nothing stopped it.
MeasuredRecoveries measured_in(const scenarios::RunResult& result, const scenarios::Scenario& scenario);

}  // namespace faultline::planning
