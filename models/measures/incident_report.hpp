// What the incidents of a run come to at its end: recovery times, losses, the waterfall.
#pragma once

#include <optional>
#include <vector>

#include "models/measures/incidents.hpp"

namespace faultline::models {

// Fewer than 50 operations a second: a window of 500 would last longer than 10 s. Such a class is judged by its canary.
bool is_rare(const Baseline& normal);

class IncidentReport {
public:
    struct Sources {
        const MeasuresShape& shape;
        const PhaseTrack& track;
        const Operations& operations;
        const Canaries& canaries;
        const Incidents& incidents;
    };
    IncidentReport(const Sources& sources, Instant end);

    std::vector<scenarios::IncidentResult> results() const;

private:
    // An incident, and the time until which it was observed: the next one's start, or the end of the run.
    struct Observed {
        const Incident& incident;
        Instant until;
        bool cut;  // by the next incident
    };
    scenarios::IncidentResult one(const Observed& observed) const;
    // None: nothing was due that could tell.
    std::optional<scenarios::Recovery> class_recovery(const Observed& observed, Operations::Place place) const;
    scenarios::Recovery canary_recovery(const Observed& observed, Canaries::Probe probe) const;
    std::vector<IncidentSecond> seconds_of(const Observed& observed, Operations::Place place) const;
    std::vector<IncidentSecond> seconds_of(const Observed& observed, Canaries::Probe probe) const;
    RecoveryRule rule(const Observed& observed) const;
    void add_recoveries(const Observed& observed, scenarios::IncidentResult& result) const;
    void add_full_recovery(const Observed& observed, scenarios::IncidentResult& result) const;
    void add_offices_of_losses(const Observed& observed, scenarios::IncidentResult& result) const;
    void add_skipped(const Observed& observed, scenarios::IncidentResult& result) const;
    const scenarios::FaultResult* joined_before_stages(const Observed& observed) const;
    const scenarios::FaultResult* joined_between(const Observed& observed, Instant from, Instant until) const;
    void add_last_stages(const Observed& observed, Instant since, Instant last_bad,
                         scenarios::IncidentResult& result) const;
    void add_health_checks(const Observed& observed, scenarios::IncidentResult& result) const;
    void add_waterfall(const Observed& observed, scenarios::IncidentResult& result) const;
    static void add_stage(const Incident& incident, const std::string& stage, const Incident::Span& span,
                          scenarios::IncidentResult& result);

    const MeasuresShape& shape_;
    const PhaseTrack& track_;
    const Operations& operations_;
    const Canaries& canaries_;
    const Incidents& incidents_;
    Instant end_;
    std::vector<std::size_t> target_of_;  // by class: the canary that goes its clients' way; targets(): there is none
};

}  // namespace faultline::models
