#include "reports/session_summary.hpp"

namespace faultline::reports {
namespace {

void add(const std::vector<scenarios::SessionReadCounts>& offices, scenarios::SessionReadCounts& sum) {
    for (const scenarios::SessionReadCounts& one : offices) {
        sum.reads += one.reads;
        sum.stale += one.stale;
        sum.of_own_write += one.of_own_write;
        sum.missed_own_write += one.missed_own_write;
        sum.of_seen += one.of_seen;
        sum.went_back += one.went_back;
    }
}

}  // namespace

SessionSummary session_summary(const scenarios::RunResult& result) {
    SessionSummary summary;
    if (result.replications.empty()) return summary;
    for (std::size_t i = 0; i < result.replications.front().classes.size(); ++i) {
        SessionReadsOfClass of_class{result.replications.front().classes[i].name, {}};
        for (const auto& replication : result.replications) {
            const scenarios::SessionReadsResult& reads = replication.classes[i].session_reads;
            for (const auto* const phase : {&reads.steady, &reads.degraded, &reads.recovering}) {
                add(*phase, of_class.counts);
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
