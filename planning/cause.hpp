// The top contributor to what a requirement measures, computed from the runs and said as an architect says it: the
// stage in which its queries spend their time and the queue that is full there, how its operations failed and when, why
// reads missed a cache, the longest part of a recovery, the incident that lost most.
#pragma once

#include <string>

#include "planning/observations.hpp"

namespace faultline::planning {

// `place`: the office that decides; empty: all together. Empty where the runs show none.
std::string cause(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement,
                  const std::string& place, Results results);

// Of its parts. Of the classes' latency, good operations and session reads, and a cache's reads.
std::string latency_cause(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement,
                          const std::string& place, Results results);
std::string availability_cause(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement,
                               const std::string& place, Results results);
std::string cache_cause(const scenarios::Requirement& requirement, Results results);
std::string session_cause(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement,
                          Results results);
// "zone lost + crash".
std::string faults_text(const scenarios::IncidentResult& incident);
// Of incidents; the recoveries of an RTO at the place.
std::string recovery_cause(const scenarios::Requirement& requirement, const std::string& place, Results results);
std::string restore_cause(const scenarios::Requirement& requirement, Results results);
std::string loss_cause(const scenarios::Requirement& requirement, Results results);

}  // namespace faultline::planning
