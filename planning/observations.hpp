// What a requirement is about, as numbers, collected from the replications: one series a place. A place is an office,
// or all of them together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/statistics/confidence.hpp"
#include "engine/statistics/latency_histogram.hpp"
#include "planning/results.hpp"
#include "scenarios/result.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// `of` a requirement: the class itself, or the tenant that it belongs to; empty: every class.
bool is_of(const scenarios::Scenario& scenario, const std::string& of, const std::string& query_class);
// Does an incident count for it?
bool is_about(const scenarios::Requirement& requirement, const scenarios::IncidentResult& incident);

// The latencies of one class at one place, by replication; those without a due operation are left out.
struct LatencySeries {
    std::string place;  // an office; empty: all together
    std::vector<engine::LatencyHistogram> replications;
};
std::vector<LatencySeries> latencies(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement,
                                     Results results);

// What was counted as good out of all, by replication: operations, or reads.
struct ShareSeries {
    std::string place;
    std::vector<engine::Trials> replications;
};
std::vector<ShareSeries> good_operations(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement,
                                         Results results);
// Minutes in which at least 99 % of what was due at the office was good, out of those in which anything was.
std::vector<ShareSeries> good_minutes(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement,
                                      Results results);
// Of the cache named, or of all caches: fresh hits, or reads that never reached the database.
std::vector<ShareSeries> cache_reads(const scenarios::Requirement& requirement, Results results);

// Stale reads out of all reads of sessions; or those that miss their session's own write, out of the reads of a key
// that it had written; or those that go back, out of the reads of a key that it had read.
std::vector<ShareSeries> session_reads(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement,
                                       Results results);

// RTO or RPO in seconds, one for each incident that the requirement is about, in the order of replications. Infinite:
// not recovered. The first series is the worst office of each incident, the rest the offices.
struct IncidentSeries {
    std::string place;
    std::vector<double> incidents_s;
    std::vector<std::size_t> histories{};  // by incident, the number of the replication whose history it continues
    bool grouped = false;                  // some history has several futures: its incidents are no independent ones
};
// How many independent incidents these are worth (engine/statistics/grouped.hpp): as many as there are, unless they
// are futures of common histories. At least 1 if there is any.
std::uint64_t effective_incidents(const IncidentSeries& series, double limit, double confidence);
std::vector<IncidentSeries> recovery_times(const scenarios::Requirement& requirement, Results results);
std::vector<IncidentSeries> data_losses(const scenarios::Requirement& requirement, Results results);

// From the noticing of an operator error until its database serves what is right again.
std::vector<IncidentSeries> restore_times(const scenarios::Requirement& requirement, Results results);
// From its start until everything was in its band again; of incidents, all offices together.
std::vector<IncidentSeries> full_recoveries(const scenarios::Requirement& requirement, Results results);

// How fresh a warehouse, or one of its tables ("reports/sales"), was, by time; or what a class's queries were shown.
// The counts of the first two are milliseconds.
std::vector<LatencySeries> freshness(const scenarios::Requirement& requirement, Results results);
// Of the replicas of a region, once a second.
std::vector<LatencySeries> replica_lags(const scenarios::Requirement& requirement, Results results);

// Whether a requirement on RPO asks of a fault that takes a zone at most; else of any loss.
bool is_of_a_zone(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement);
// RPO exposure p99 of a database, in seconds, by replication: to what the requirement asks of.
std::vector<double> exposures_s(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement,
                                Results results);

}  // namespace faultline::planning
