// Bounds of screen.hpp on what servers can do.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/queueing/erlang.hpp"
#include "engine/queueing/network_mva.hpp"
#include "models/cost/bill.hpp"
#include "planning/checks/load.hpp"
#include "planning/checks/survival.hpp"
#include "planning/instance_shape.hpp"
#include "planning/observations.hpp"
#include "planning/plan/screen.hpp"
#include "planning/random_duration.hpp"
#include "planning/requirement.hpp"
#include "scenarios/quantity_text.hpp"

namespace faultline::planning {
namespace {

using scenarios::QueryClass;
using scenarios::Requirement;
using scenarios::Scenario;
using scenarios::TargetRole;

constexpr double work_slack = 1.05;   // what ends after the measured time, and demands below their mean by chance
constexpr double queue_slack = 0.99;  // what is left of the start after five relaxation times
constexpr double relaxations = 5.0;

// Of a class in steady state, the share of operations that must be answered for this requirement to be met.
double share_asked(const Scenario& scenario, const Requirement& requirement, const QueryClass& query) {
    const bool of_phase = requirement.phase == scenarios::Phase::all || requirement.phase == scenarios::Phase::steady;
    if (!of_phase || !is_of(scenario, requirement.of, query.name)) return 0.0;
    if (requirement.measure == "availability" && !requirement.at_most) return requirement.limit;
    if (requirement.measure != "latency" || !requirement.at_most) return 0.0;
    return quantile_of(requirement.statistic, 0.0).value_or(0.0);
}

// The load that is left if every class is answered just as often as its requirements ask: shares are products with
// that. `asking`: the requirement of the class with the most of it.
Scenario with_work_asked(const Scenario& scenario, double rate_per_s) {
    Scenario asked = scenario;
    asked.workload.arrivals = {.rate_per_s = rate_per_s};
    asked.workload.users.reset();
    for (QueryClass& query : asked.workload.classes) {
        double share = 0.0;
        for (const Requirement& one : scenario.requirements) {
            share = std::max(share, share_asked(scenario, one, query));
        }
        query.share *= share;
    }
    return asked;
}

// The requirement that asks for answers of these classes.
template <typename Concerns>
std::string asking(const Scenario& scenario, Concerns concerns) {
    for (const Requirement& one : scenario.requirements) {
        for (const QueryClass& query : scenario.workload.classes) {
            if (concerns(query) && share_asked(scenario, one, query) > 0.0) return one.name;
        }
    }
    return "";
}

std::optional<Discarded> beyond(const std::string& requirement, const std::string& what, double wanted, double there) {
    if (wanted <= there * work_slack) return std::nullopt;
    return Discarded{requirement, fmt::format("{} would have to work {:.3g} CPU s each second, and has {:.3g}", what,
                                              wanted, there)};
}

// A miss reaches the database, unless others' fetches stand for it.
double missed_at_least(const Scenario& scenario) {
    double missed = 1.0;
    for (const scenarios::Cache& cache : scenario.caches) {
        if (cache.coalescing || cache.stale_while_revalidate) return 0.0;
        missed = std::min(missed, 1.0 - hit_ratio_at_best(scenario, cache));
    }
    return std::max(0.0, missed);
}

std::optional<Discarded> short_database(const Scenario& scenario, const Scenario& asked,
                                        const scenarios::Database& database) {
    const bool grows = database.serverless.has_value() || database.replica_scaling.has_value();
    const bool behind = std::any_of(scenario.caches.begin(), scenario.caches.end(), [](const auto& cache) {
        return cache.writes == scenarios::CacheWrites::write_behind;
    });
    if (grows || behind) return std::nullopt;
    const Survival survival(scenario, {});
    double writer = 0.0, all = 0.0;
    for (const auto* one : survival.all_of(database)) {
        const double vcpus = instance_shape_of(database, *one).vcpus;
        writer = std::max(writer, vcpus);
        all += vcpus;
    }
    const double writes = database_cores(asked, database.name, TargetRole::writer, 1.0);
    const double reads = database_cores(asked, database.name, TargetRole::reader, missed_at_least(scenario));
    const auto ends_here = [&](const QueryClass& query) {
        return !query.route.empty() && query.route.back().name == database.name;
    };
    const std::string by = asking(scenario, ends_here);
    if (auto found = beyond(by, "the writer of " + database.name, writes, writer)) return found;
    return beyond(by, database.name, writes + reads, all);
}

std::optional<Discarded> short_station(const Scenario& scenario, const Scenario& asked,
                                       const scenarios::Station& station) {
    const auto ends_here = [&](const QueryClass& query) {
        return !query.route.empty() && query.route.back().name == station.name;
    };
    double wanted = 0.0;
    for (const QueryClass& query : asked.workload.classes) {
        if (!ends_here(query) || !query.via.empty()) continue;
        wanted += asked.workload.arrivals.rate_per_s * query.share * distribution_of(query.demand).mean();
    }
    return beyond(asking(scenario, ends_here), station.name, wanted, station.servers);
}

// All that asks a station is of one class, exponential and without a pattern in time.
const QueryClass* only_class_of(const Scenario& scenario, const scenarios::Station& station) {
    const QueryClass* only = nullptr;
    for (const QueryClass& query : scenario.workload.classes) {
        if (query.route.empty() || query.route.back().name != station.name) continue;
        const bool plain = query.via.empty() && query.route.size() == 1 && query.statements == 1 && !query.hedge &&
                           query.demand.kind == scenarios::DistributionKind::exponential;
        if (only != nullptr || !plain) return nullptr;
        only = &query;
    }
    if (station.discipline != scenarios::Discipline::fcfs || station.waiting_room) return nullptr;
    return only;
}

std::optional<Discarded> told(const Requirement& requirement, const std::string& theory, double least_s) {
    if (least_s * queue_slack <= requirement.limit) return std::nullopt;
    return Discarded{requirement.name,
                     fmt::format("in steady state it is {} ({})", scenarios::seconds_text(least_s), theory)};
}

// M/M/c, where the warm-up is long enough to forget the empty start. Relaxation time: 1 / (sqrt(c mu) -
// sqrt(lambda))^2, N. Prabhu, Stochastic Storage Processes, Springer 1980, as a bound on the decay of the slowest mode.
std::optional<Discarded> open_queue(const Scenario& scenario, const scenarios::Station& station,
                                    const QueryClass& query, const Requirement& requirement) {
    const double rate = scenario.workload.arrivals.rate_per_s * query.share;
    const double mu = 1.0 / distribution_of(query.demand).mean();
    if (rate <= 0.0 || rate >= station.servers * mu) return std::nullopt;
    const double gap = std::sqrt(station.servers * mu) - std::sqrt(rate);
    const double warm_up_s = engine::in_seconds(scenario.run.warm_up.value_or(engine::Duration{}));
    if (warm_up_s < relaxations / (gap * gap)) return std::nullopt;
    const engine::Mmc queue{rate, mu, station.servers};
    if (requirement.statistic == "mean") {
        return told(requirement, "Erlang C", engine::means(queue).response_time_s);
    }
    const auto p = quantile_of(requirement.statistic, 0.0);
    if (!p || *p <= 0.0) return std::nullopt;
    return told(requirement, "Erlang C", engine::response_time_quantile_s(queue, *p));
}

std::optional<Discarded> closed_queue(const Scenario& scenario, const scenarios::Station& station,
                                      const QueryClass& query, const Requirement& requirement) {
    const scenarios::ClosedUsers& users = *scenario.workload.users;
    if (scenario.workload.classes.size() != 1 || requirement.statistic != "mean" || scenario.offices.size() != 1 ||
        users.per_office > 10'000) {
        return std::nullopt;
    }
    const engine::ClosedNetwork network{
        .stations = {{.demand_s = distribution_of(query.demand).mean(), .servers = station.servers}},
        .think_time_s = distribution_of(users.think).mean(),
        .population = users.per_office};
    return told(requirement, "closed network", engine::solve(network).response_time_s);
}

}  // namespace

std::optional<Discarded> short_of_work(const Scenario& scenario) {
    const scenarios::Arrivals& arrivals = scenario.workload.arrivals;
    if (arrivals.trace || arrivals.rate_per_s <= 0.0) return std::nullopt;
    const Scenario asked = with_work_asked(scenario, arrivals.rate_per_s * models::least_load_factor(scenario));
    for (const scenarios::Station& station : scenario.stations) {
        if (auto found = short_station(scenario, asked, station)) return found;
    }
    for (const scenarios::Service& service : scenario.services) {
        double there = 0.0;
        for (const auto& [region, count] : service.regions) there += count;
        for (const auto& standby : service.standby) there += std::max(standby.instances, standby.running);
        const std::string by = asking(scenario, [&](const QueryClass& query) { return query.via == service.name; });
        auto found = beyond(by, service.name, service_cores(asked, service.name), there * service.vcpus);
        if (found) return found;
    }
    for (const scenarios::Database& database : scenario.databases) {
        if (auto found = short_database(scenario, asked, database)) return found;
    }
    return std::nullopt;
}

std::optional<Discarded> too_slow_queue(const Scenario& scenario) {
    const scenarios::Workload& workload = scenario.workload;
    const bool plain = workload.arrivals.curve.empty() && workload.arrivals.week.empty() && !workload.arrivals.trace &&
                       !workload.sessions && workload.tenants.empty();
    if (!plain) return std::nullopt;
    for (const scenarios::Station& station : scenario.stations) {
        const QueryClass* const query = only_class_of(scenario, station);
        if (query == nullptr) continue;
        for (const Requirement& one : scenario.requirements) {
            const bool whole = one.phase == scenarios::Phase::all || one.phase == scenarios::Phase::steady;
            if (one.measure != "latency" || one.of != query->name || !one.at_most || !whole) continue;
            const auto found = workload.users ? closed_queue(scenario, station, *query, one)
                                              : open_queue(scenario, station, *query, one);
            if (found) return found;
        }
    }
    return std::nullopt;
}

}  // namespace faultline::planning
