#include "planning/observations.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "engine/statistics/grouped.hpp"
#include "planning/histograms.hpp"
#include "scenarios/incidents_of.hpp"
#include "scenarios/session_counts.hpp"

namespace faultline::planning {
namespace {

using scenarios::ClassAtOffice;
using scenarios::ClassResult;
using scenarios::IncidentResult;
using scenarios::Phase;
using scenarios::ReplicationResult;
using scenarios::Requirement;

constexpr double not_recovered = std::numeric_limits<double>::infinity();

// Visits what a class did at one office, or, for `office` = all, at every office, in the phases that are asked for.
constexpr std::size_t all_offices = std::numeric_limits<std::size_t>::max();
template <typename ByPhase, typename Visit>
void visit_phases(const ByPhase& result, Phase phase, std::size_t office, Visit visit) {
    struct Part {
        Phase phase;
        const decltype(result.steady)& offices;
    };
    const std::array parts{Part{Phase::steady, result.steady}, Part{Phase::degraded, result.degraded},
                           Part{Phase::recovering, result.recovering}};
    for (const Part& part : parts) {
        if (phase != Phase::all && phase != part.phase) continue;
        for (std::size_t i = 0; i < part.offices.size(); ++i) {
            if (office == all_offices || office == i) visit(part.offices[i]);
        }
    }
}

struct Place {
    std::string name;
    std::size_t office;
};
std::vector<Place> places(const scenarios::Scenario& scenario, const Requirement& requirement) {
    if (requirement.pooled) return {{"", all_offices}};
    std::vector<Place> all;
    for (std::size_t i = 0; i < scenario.offices.size(); ++i) all.push_back({scenario.offices[i].name, i});
    return all;
}

template <typename Visit>
void visit_class(const scenarios::Scenario& scenario, const ReplicationResult& replication,
                 const Requirement& requirement, std::size_t office, Visit visit) {
    for (const ClassResult& result : replication.classes) {
        if (!is_of(scenario, requirement.of, result.name)) continue;
        visit_phases(result, requirement.phase, office, visit);
    }
}

template <typename Visit>
void visit_incidents(const Requirement& requirement, Results results, Visit visit) {
    for (const ReplicationResult& replication : results) {
        scenarios::visit_incidents_of(replication, [&](const IncidentResult& incident, const auto&) {
            if (is_about(requirement, incident)) visit(replication, incident);
        });
    }
}

void add(IncidentSeries& series, const ReplicationResult& replication, double seconds) {
    series.incidents_s.push_back(seconds);
    series.histories.push_back(replication.replication);
    series.grouped = series.grouped || replication.futures.size() > 1;
}

IncidentSeries& series_of(std::vector<IncidentSeries>& all, const std::string& place) {
    const auto known = std::find_if(all.begin(), all.end(), [&](const IncidentSeries& s) { return s.place == place; });
    return known != all.end() ? *known : all.emplace_back(IncidentSeries{.place = place, .incidents_s = {}});
}

// A class is watched at an office by its own queries where there are enough of them, else by the canary.
bool has_own_queries(const IncidentResult& incident, const scenarios::Recovery& at) {
    return std::any_of(incident.recoveries.begin(), incident.recoveries.end(), [&](const scenarios::Recovery& other) {
        return !other.canary && other.of == at.of && other.office == at.office;
    });
}

}  // namespace

bool is_of(const scenarios::Scenario& scenario, const std::string& of, const std::string& query_class) {
    if (of.empty() || of == query_class) return true;
    return std::any_of(scenario.workload.tenants.begin(), scenario.workload.tenants.end(), [&](const auto& tenant) {
        const auto& classes = tenant.classes;
        return tenant.name == of && std::find(classes.begin(), classes.end(), query_class) != classes.end();
    });
}

bool is_about(const Requirement& requirement, const IncidentResult& incident) {
    if (requirement.after.empty()) return requirement.planned_included || !incident.planned;
    return std::find(incident.faults.begin(), incident.faults.end(), requirement.after) != incident.faults.end();
}

std::vector<LatencySeries> latencies(const scenarios::Scenario& scenario, const Requirement& requirement,
                                     Results results) {
    std::vector<LatencySeries> all;
    for (const Place& place : places(scenario, requirement)) {
        LatencySeries series{place.name, {}};
        for (const ReplicationResult& replication : results) {
            engine::LatencyHistogram histogram;
            visit_class(scenario, replication, requirement, place.office,
                        [&](const ClassAtOffice& part) { histogram.merge(histogram_from(part.latency)); });
            if (histogram.count() > 0) series.replications.push_back(std::move(histogram));
        }
        all.push_back(std::move(series));
    }
    return all;
}

namespace {
// What `count` finds in each replication at each place, where it finds anything.
template <typename Count>
std::vector<ShareSeries> shares_by_place(const scenarios::Scenario& scenario, const Requirement& requirement,
                                         Results results, Count count) {
    std::vector<ShareSeries> all;
    for (const Place& place : places(scenario, requirement)) {
        ShareSeries series{place.name, {}};
        for (const ReplicationResult& replication : results) {
            const engine::Trials seen = count(replication, place.office);
            if (seen.trials > 0) series.replications.push_back(seen);
        }
        all.push_back(std::move(series));
    }
    return all;
}
}  // namespace

std::vector<ShareSeries> good_operations(const scenarios::Scenario& scenario, const Requirement& requirement,
                                         Results results) {
    return shares_by_place(scenario, requirement, results,
                           [&](const ReplicationResult& replication, std::size_t office) {
                               engine::Trials seen;
                               visit_class(scenario, replication, requirement, office, [&](const ClassAtOffice& part) {
                                   seen.successes += part.outcomes.good;
                                   // What the end of the run has cut off says nothing.
                                   seen.trials += part.outcomes.due - part.outcomes.undecided;
                               });
                               return seen;
                           });
}

std::vector<ShareSeries> good_minutes(const scenarios::Scenario& scenario, const Requirement& requirement,
                                      Results results) {
    return shares_by_place(scenario, requirement, results,
                           [](const ReplicationResult& replication, std::size_t office) {
                               engine::Trials seen;
                               for (std::size_t i = 0; i < replication.office_minutes.size(); ++i) {
                                   if (office != all_offices && office != i) continue;
                                   seen.successes += replication.office_minutes[i].good;
                                   seen.trials += replication.office_minutes[i].minutes;
                               }
                               return seen;
                           });
}

namespace {
engine::Trials trials_of(const std::string& measure, const scenarios::SessionReadCounts& counts) {
    if (measure == "stale-reads") return {.successes = counts.stale, .trials = counts.reads};
    if (measure == "read-your-writes-violations") {
        return {.successes = counts.missed_own_write, .trials = counts.of_own_write};
    }
    return {.successes = counts.went_back, .trials = counts.of_seen};
}
}  // namespace

std::vector<ShareSeries> session_reads(const scenarios::Scenario& scenario, const Requirement& requirement,
                                       Results results) {
    return shares_by_place(scenario, requirement, results,
                           [&](const ReplicationResult& replication, std::size_t office) {
                               scenarios::SessionReadCounts sum;
                               for (const ClassResult& result : replication.classes) {
                                   if (result.name != requirement.of) continue;
                                   visit_phases(result.session_reads, requirement.phase, office,
                                                [&](const scenarios::SessionReadCounts& part) { sum += part; });
                               }
                               return trials_of(requirement.measure, sum);
                           });
}

std::vector<scenarios::CacheShare> shares_of(const scenarios::CacheResult& cache, Phase phase) {
    switch (phase) {
        case Phase::steady:
            return {cache.steady};
        case Phase::degraded:
            return {cache.degraded};
        case Phase::recovering:
            return {cache.recovering};
        case Phase::all:
            break;
    }
    return {cache.steady, cache.degraded, cache.recovering};
}

std::vector<ShareSeries> cache_reads(const Requirement& requirement, Results results) {
    ShareSeries series;
    for (const ReplicationResult& replication : results) {
        engine::Trials seen;
        for (const scenarios::CacheResult& cache : replication.caches) {
            if (!requirement.of.empty() && cache.name != requirement.of) continue;
            for (const scenarios::CacheShare& part : shares_of(cache, requirement.phase)) {
                seen.trials += part.reads;
                seen.successes += requirement.measure == "offload" ? part.offloaded : part.fresh_hits;
            }
        }
        seen.successes = std::min(seen.successes, seen.trials);
        if (seen.trials > 0) series.replications.push_back(seen);
    }
    return {series};
}

std::uint64_t effective_incidents(const IncidentSeries& series, double limit, double confidence) {
    const std::uint64_t count = series.incidents_s.size();
    if (!series.grouped || count == 0) return count;
    const double worth = engine::effective_count(series.incidents_s, series.histories, limit, confidence);
    return static_cast<std::uint64_t>(std::max(1.0, std::floor(worth)));
}

std::vector<IncidentSeries> recovery_times(const Requirement& requirement, Results results) {
    std::vector<IncidentSeries> all{IncidentSeries{}};
    visit_incidents(requirement, results, [&](const ReplicationResult& replication, const IncidentResult& incident) {
        std::map<std::string, double> worst_s;  // by office
        for (const scenarios::Recovery& recovery : incident.recoveries) {
            if (!requirement.of.empty() && recovery.of != requirement.of) continue;
            if (recovery.canary && has_own_queries(incident, recovery)) continue;
            const double rto_s =
                recovery.recovered ? engine::in_seconds(engine::Duration{recovery.rto_ns}) : not_recovered;
            double& worst = worst_s.try_emplace(recovery.office, rto_s).first->second;
            worst = std::max(worst, rto_s);
        }
        double worst_anywhere_s = -1.0;
        for (const auto& [office, rto_s] : worst_s) {
            add(series_of(all, office), replication, rto_s);
            worst_anywhere_s = std::max(worst_anywhere_s, rto_s);
        }
        if (worst_anywhere_s >= 0.0) add(all.front(), replication, worst_anywhere_s);
    });
    return all;
}

std::vector<IncidentSeries> data_losses(const Requirement& requirement, Results results) {
    std::vector<IncidentSeries> all{IncidentSeries{}};
    visit_incidents(requirement, results, [&](const ReplicationResult& replication, const IncidentResult& incident) {
        double worst_s = -1.0;
        for (const scenarios::DataLoss& loss : incident.losses) {
            if (!requirement.of.empty() && loss.database != requirement.of) continue;
            // A commit that is lost is a gap, even where the clock did not tick between it and the last one kept.
            const std::int64_t gap_ns = std::max<std::int64_t>(loss.gap_ns, loss.commits_lost > 0 ? 1 : 0);
            worst_s = std::max(worst_s, loss.unbounded ? not_recovered : engine::in_seconds(engine::Duration{gap_ns}));
        }
        if (worst_s >= 0.0) add(all.front(), replication, worst_s);
    });
    return all;
}

std::vector<IncidentSeries> full_recoveries(const Requirement& requirement, Results results) {
    std::vector<IncidentSeries> all{IncidentSeries{}};
    visit_incidents(requirement, results, [&](const ReplicationResult& replication, const IncidentResult& incident) {
        const bool recovered = incident.full_recovery_ns > 0;
        const engine::Duration taken{incident.full_recovery_ns - incident.start_ns};
        add(all.front(), replication, recovered ? engine::in_seconds(taken) : not_recovered);
    });
    return all;
}

std::vector<IncidentSeries> restore_times(const Requirement& requirement, Results results) {
    std::vector<IncidentSeries> all{IncidentSeries{}};
    const auto see = [&](const ReplicationResult& replication, const std::vector<scenarios::FaultResult>& faults) {
        for (const scenarios::FaultResult& fault : faults) {
            if (!fault.data_wrong || (!requirement.after.empty() && fault.name != requirement.after)) continue;
            if (!requirement.of.empty() && fault.target != requirement.of) continue;
            const engine::Duration taken{fault.mended_ns - fault.noticed_ns};
            const bool mended = fault.noticed_ns > 0 && fault.mended_ns > 0;
            add(all.front(), replication, mended ? engine::in_seconds(taken) : not_recovered);
        }
    };
    for (const ReplicationResult& replication : results) {
        see(replication, replication.faults);
        for (const scenarios::FutureResult& future : replication.futures) see(replication, future.faults);
    }
    return all;
}

namespace {
// null: it is of something else.
const scenarios::HistogramData* freshness_of(const scenarios::WarehouseResult& warehouse, const std::string& of) {
    if (warehouse.name == of) return &warehouse.freshness;
    for (const scenarios::WarehouseTableResult& table : warehouse.tables) {
        if (warehouse.name + "/" + table.name == of) return &table.freshness;
    }
    for (const scenarios::WarehouseAnswersResult& answers : warehouse.answers) {
        if (answers.of == of) return &answers.freshness;
    }
    return nullptr;
}
}  // namespace

std::vector<LatencySeries> freshness(const Requirement& requirement, Results results) {
    LatencySeries series;
    for (const ReplicationResult& replication : results) {
        for (const scenarios::WarehouseResult& warehouse : replication.warehouses) {
            const scenarios::HistogramData* const seen = freshness_of(warehouse, requirement.of);
            if (seen == nullptr || seen->counts.empty()) continue;
            series.replications.push_back(histogram_from(*seen));
            break;
        }
    }
    return {series};
}

std::vector<LatencySeries> replica_lags(const Requirement& requirement, Results results) {
    LatencySeries series;
    for (const ReplicationResult& replication : results) {
        for (const scenarios::ExposureResult& database : replication.databases) {
            for (const scenarios::ReplicaLagResult& one : database.lags) {
                if (one.of == requirement.of) series.replications.push_back(histogram_from(one.lag));
            }
        }
    }
    return {series};
}

bool is_of_a_zone(const scenarios::Scenario& scenario, const Requirement& requirement) {
    using scenarios::FaultKind;
    constexpr std::array kinds{FaultKind::instance_crash, FaultKind::storage_node_loss, FaultKind::cache_node_loss,
                               FaultKind::zone_outage};
    return std::any_of(scenario.faults.begin(), scenario.faults.end(), [&](const scenarios::Fault& fault) {
        const bool with_region = fault.at_random && fault.at_random->region_share > 0.0;
        const bool small = std::find(kinds.begin(), kinds.end(), fault.kind) != kinds.end();
        return fault.name == requirement.after && small && !with_region;
    });
}

std::vector<double> exposures_s(const scenarios::Scenario& scenario, const Requirement& requirement, Results results) {
    const bool of_zone = is_of_a_zone(scenario, requirement);
    std::vector<double> all;
    for (const ReplicationResult& replication : results) {
        double worst_s = -1.0;
        for (const scenarios::ExposureResult& database : replication.databases) {
            if (!requirement.of.empty() && database.database != requirement.of) continue;
            const std::int64_t p99_ns = of_zone ? database.zone_p99_ns : database.p99_ns;
            worst_s = std::max(worst_s, engine::in_seconds(engine::Duration{p99_ns}));
        }
        if (worst_s >= 0.0) all.push_back(worst_s);
    }
    return all;
}

}  // namespace faultline::planning
