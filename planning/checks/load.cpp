#include "planning/checks/load.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "planning/che.hpp"
#include "planning/random_duration.hpp"
#include "scenarios/catalogue.hpp"
#include "scenarios/volume_zones.hpp"

namespace faultline::planning {
namespace {

using scenarios::QueryClass;
using scenarios::Scenario;
using scenarios::TargetRole;

double highest(const std::vector<double>& factors) {
    return factors.empty() ? 1.0 : *std::max_element(factors.begin(), factors.end());
}

double statement_cores(const QueryClass& query, double rate_per_s) {
    return rate_per_s * query.share * query.statements * distribution_of(query.demand).mean();
}

// Each statement has an answer.
double answer_bits(const QueryClass& query, double rate_per_s) {
    return 8.0 * rate_per_s * query.share * query.statements * static_cast<double>(query.response.count);
}

std::size_t zones_of(const Scenario& scenario, const std::string& region) {
    const auto found = std::find_if(scenario.regions.begin(), scenario.regions.end(),
                                    [&](const scenarios::Region& one) { return one.name == region; });
    return found == scenario.regions.end() ? 0 : found->zones.size();
}

bool behind_cache(const QueryClass& query) {
    return !query.writes && query.route.front().role == TargetRole::cache;
}

bool ends_at(const QueryClass& query, const std::string& database) {
    if (query.route.empty() || query.route.back().name != database) return false;
    const TargetRole role = query.route.back().role;
    return role == TargetRole::writer || role == TargetRole::reader || role == TargetRole::custom;
}

bool ends_as(const QueryClass& query, TargetRole role) {
    const bool writer = query.route.back().role == TargetRole::writer;
    return writer == (role == TargetRole::writer);
}

// The sum of rank^-s over the first `ranks`, by its integral with the first term apart.
double zipf_mass(double ranks, double s) {
    if (ranks <= 1.0) return std::max(0.0, ranks);
    const double area = std::abs(s - 1.0) < 1e-9 ? std::log(ranks) : (std::pow(ranks, 1.0 - s) - 1.0) / (1.0 - s);
    return 0.5 + area + 0.5 * std::pow(ranks, -s);
}

}  // namespace

double peak_rate_per_s(const Scenario& scenario) {
    const scenarios::Workload& workload = scenario.workload;
    if (const auto& trace = workload.arrivals.trace) {
        return trace->facts.span_s > 0.0
                   ? static_cast<double>(trace->facts.requests) / trace->facts.span_s * trace->speed
                   : 0.0;
    }
    double rate = workload.arrivals.rate_per_s * highest(workload.arrivals.curve) * highest(workload.arrivals.week);
    if (workload.users) {
        const double think_s = distribution_of(workload.users->think).mean();
        const double users =
            static_cast<double>(workload.users->per_office) * static_cast<double>(scenario.offices.size());
        if (think_s > 0.0) rate += users / think_s;
    }
    return rate;
}

double service_cores(const Scenario& scenario, const std::string& service) {
    const double rate = peak_rate_per_s(scenario);
    double cores = 0.0;
    for (const scenarios::Service& one : scenario.services) {
        if (one.name != service) continue;
        for (const QueryClass& query : scenario.workload.classes) {
            if (query.via == service) cores += rate * query.share * distribution_of(one.demand).mean();
        }
    }
    return cores;
}

double database_cores(const Scenario& scenario, const std::string& database, TargetRole role, double missed) {
    const double rate = peak_rate_per_s(scenario);
    double cores = 0.0;
    for (const QueryClass& query : scenario.workload.classes) {
        if (!ends_at(query, database) || !ends_as(query, role)) continue;
        cores += statement_cores(query, rate) * (behind_cache(query) ? missed : 1.0);
    }
    return cores;
}

double database_sends(const Scenario& scenario, const scenarios::Database& database, TargetRole role, double missed) {
    const double rate = peak_rate_per_s(scenario);
    const std::size_t zones =
        std::clamp<std::size_t>(zones_of(scenario, database.region), 1, scenarios::volume_zones_most);
    const double copies = static_cast<double>(database.storage.copies_per_zone) * static_cast<double>(zones) +
                          static_cast<double>(database.replicas.size());
    double bits = 0.0;
    for (const QueryClass& query : scenario.workload.classes) {
        if (!ends_at(query, database.name) || !ends_as(query, role)) continue;
        bits += answer_bits(query, rate) * (behind_cache(query) ? missed : 1.0);
        if (query.writes) bits += 8.0 * rate * query.share * static_cast<double>(query.log.count) * copies;
    }
    return bits;
}

double sent_behind(const Scenario& scenario, const std::string& cache, const std::string& database) {
    const double rate = peak_rate_per_s(scenario);
    double bits = 0.0;
    for (const QueryClass& query : scenario.workload.classes) {
        if (!ends_at(query, database) || !behind_cache(query) || query.route.front().name != cache) continue;
        bits += answer_bits(query, rate);
    }
    return bits;
}

double cores_behind(const Scenario& scenario, const std::string& cache, const std::string& database) {
    const double rate = peak_rate_per_s(scenario);
    double cores = 0.0;
    for (const QueryClass& query : scenario.workload.classes) {
        if (!ends_at(query, database) || !behind_cache(query) || query.route.front().name != cache) continue;
        cores += statement_cores(query, rate);
    }
    return cores;
}

double memory_of(const scenarios::Cache& cache) {
    const auto* const found =
        scenarios::find_instance_class(scenarios::CatalogueService::elasticache, cache.class_name);
    const double of_class = found == nullptr ? 0.0 : static_cast<double>(found->data_memory.count);
    return (cache.memory ? static_cast<double>(cache.memory->count) : of_class) * static_cast<double>(cache.shards);
}

bool reads_through(const QueryClass& query, const scenarios::Cache& cache) {
    return !query.route.empty() && query.route.front().role == TargetRole::cache &&
           query.route.front().name == cache.name && query.keys && !query.writes;
}

double estimated_hit_ratio(const Scenario& scenario, const scenarios::Cache& cache) {
    std::vector<CachedClass> classes;
    const auto mean_ttl_s = [&cache](const std::optional<engine::Duration>& ttl) {
        std::optional<double> mean_s;
        if (ttl) mean_s = std::chrono::duration<double>(*ttl).count() * (1.0 - 0.5 * cache.ttl_jitter);
        return mean_s;
    };
    const double rate_per_s = peak_rate_per_s(scenario);
    double value_bytes = 1.0;
    for (const QueryClass& query : scenario.workload.classes) {
        if (!reads_through(query, cache)) continue;
        classes.push_back({rate_per_s * query.share, static_cast<double>(query.keys->count), query.keys->zipf,
                           mean_ttl_s(query.ttl)});
        value_bytes = static_cast<double>(query.keys->value.count);
    }
    return che_hit_ratio(classes, memory_of(cache) / std::max(1.0, value_bytes), mean_ttl_s(cache.ttl));
}

double hit_ratio_at_best(const Scenario& scenario, const scenarios::Cache& cache) {
    const double memory = memory_of(cache);
    double reads = 0.0, hits = 0.0;
    for (const QueryClass& query : scenario.workload.classes) {
        if (query.route.empty() || query.route.front().name != cache.name || !query.keys || query.writes) continue;
        const double keys = static_cast<double>(query.keys->count);
        const double fit = std::min(keys, memory / static_cast<double>(query.keys->value.count));
        reads += query.share;
        hits += query.share * zipf_mass(fit, query.keys->zipf) / zipf_mass(keys, query.keys->zipf);
    }
    return reads > 0.0 ? hits / reads : 0.0;
}

double warm_cores(const Scenario& scenario, const scenarios::Database& database, TargetRole role) {
    double cores = database_cores(scenario, database.name, role, 0.0);
    if (role == TargetRole::writer) return cores;
    for (const scenarios::Cache& cache : scenario.caches) {
        cores += cores_behind(scenario, cache.name, database.name) * (1.0 - estimated_hit_ratio(scenario, cache));
    }
    return cores;
}

double warm_sends(const Scenario& scenario, const scenarios::Database& database, TargetRole role) {
    double bits = database_sends(scenario, database, role, 0.0);
    if (role == TargetRole::writer) return bits;
    for (const scenarios::Cache& cache : scenario.caches) {
        bits += sent_behind(scenario, cache.name, database.name) * (1.0 - estimated_hit_ratio(scenario, cache));
    }
    return bits;
}

bool asks(const Scenario& scenario, const std::string& service, const std::string& database) {
    return std::any_of(scenario.workload.classes.begin(), scenario.workload.classes.end(),
                       [&](const QueryClass& query) { return query.via == service && ends_at(query, database); });
}

std::uint64_t pooled_connections(const Scenario& scenario, const scenarios::Database& database, TargetRole role) {
    const auto towards = [&](const std::string& service) {
        return std::any_of(scenario.workload.classes.begin(), scenario.workload.classes.end(), [&](const auto& query) {
            return query.via == service && ends_at(query, database.name) && ends_as(query, role);
        });
    };
    std::uint64_t connections = 0;
    for (const scenarios::Service& service : scenario.services) {
        if (!towards(service.name)) continue;
        std::uint64_t instances = 0;
        for (const auto& [region, count] : service.regions) instances += static_cast<std::uint64_t>(count);
        for (const auto& standby : service.standby) instances += static_cast<std::uint64_t>(standby.instances);
        connections += instances * static_cast<std::uint64_t>(service.pool);
    }
    if (towards("")) connections += scenario.offices.size() * static_cast<std::uint64_t>(scenario.workload.direct_pool);
    return connections;
}

}  // namespace faultline::planning
