// Every incident of a replication, those of its futures among them.
#pragma once

#include "scenarios/result.hpp"

namespace faultline::scenarios {

// visit(incident, faults): with the faults of the future that it is of.
template <typename Visit>
void visit_incidents_of(const ReplicationResult& replication, Visit&& visit) {
    for (const IncidentResult& incident : replication.incidents) visit(incident, replication.faults);
    for (const FutureResult& future : replication.futures) {
        for (const IncidentResult& incident : future.incidents) visit(incident, future.faults);
    }
}

}  // namespace faultline::scenarios
