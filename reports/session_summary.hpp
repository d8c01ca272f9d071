// What users' sessions saw, over all offices, phases and replications.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/result.hpp"

namespace faultline::reports {

struct SessionReadsOfClass {
    std::string class_name;
    scenarios::SessionReadCounts counts;
};

struct SessionSummary {
    std::vector<SessionReadsOfClass> classes;  // that were read; empty: there are no sessions
    scenarios::SessionsResult users;           // of all offices and replications together
};

SessionSummary session_summary(const scenarios::RunResult& result);

}  // namespace faultline::reports
