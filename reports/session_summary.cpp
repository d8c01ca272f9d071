#include "reports/session_summary.hpp"

#include "scenarios/session_counts.hpp"

namespace faultline::reports {

SessionSummary session_summary(const scenarios::RunResult& result) {
    SessionSummary summary;
    if (result.replications.empty()) return summary;
    for (std::size_t i = 0; i < result.replications.front().classes.size(); ++i) {
        SessionReadsOfClass of_class{result.replications.front().classes[i].name, {}};
        for (const auto& replication : result.replications) {
            if (i >= replication.classes.size()) continue;
            const scenarios::SessionReadsResult& reads = replication.classes[i].session_reads;
            for (const auto* const phase : {&reads.steady, &reads.degraded, &reads.recovering}) {
                for (const scenarios::SessionReadCounts& office : *phase) of_class.counts += office;
            }
        }
        if (of_class.counts.reads > 0) summary.classes.push_back(of_class);
    }
    for (const auto& replication : result.replications) {
        for (const scenarios::SessionsResult& office : replication.sessions) {
            summary.users.sessions += office.sessions;
            summary.users.active += office.active;
            summary.users.missed_own_write += office.missed_own_write;
            summary.users.went_back += office.went_back;
            summary.users.keys_forgotten += office.keys_forgotten;
        }
    }
    return summary;
}

}  // namespace faultline::reports
