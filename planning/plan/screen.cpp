#include "planning/plan/screen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "models/cost/bill.hpp"
#include "models/network/profile.hpp"
#include "planning/availability/cluster_chain.hpp"
#include "planning/che.hpp"
#include "planning/checks/load.hpp"
#include "planning/requirement.hpp"
#include "scenarios/catalogue.hpp"
#include "scenarios/money.hpp"
#include "scenarios/quantity_text.hpp"
#include "scenarios/yearly.hpp"

namespace faultline::planning {
namespace {

using scenarios::Requirement;
using scenarios::Scenario;
using scenarios::seconds_text;
using scenarios::share_text;
using scenarios::TargetRole;

// Che's approximation errs by less than a thousandth from a thousand objects on (tests/oracles/cache_theory_test.cpp).
constexpr double hit_ratio_slack = 0.01;

std::optional<Discarded> too_dear(const Scenario& scenario) {
    const double least = models::bill_of(scenario, {}).per_month;
    for (const Requirement& one : scenario.requirements) {
        if (!scenarios::is_money(one.measure) || !one.at_most || least <= one.limit) continue;
        return Discarded{one.name, fmt::format("what is priced without a run is {}/month already",
                                               scenarios::money_text(std::round(least)))};
    }
    return std::nullopt;
}

std::optional<Discarded> insecure(const Scenario& scenario) {
    for (const Requirement& one : scenario.requirements) {
        if (!scenarios::is_of_security(one.measure)) continue;
        const scenarios::RequirementResult judged = judge(scenario, one, {});
        if (judged.verdict == scenarios::Verdict::violated) return Discarded{one.name, judged.why};
    }
    return std::nullopt;
}

std::optional<Discarded> too_often_down(const Scenario& scenario) {
    const auto asked = [](const Requirement& one) {
        return scenarios::is_of_years(one.measure) && one.statistic.empty() && !one.at_most;
    };
    if (std::none_of(scenario.requirements.begin(), scenario.requirements.end(), asked)) return std::nullopt;
    for (const AnalyticBounds& bounds : analytic_bounds(scenario)) {
        for (const Requirement& one : scenario.requirements) {
            if (!asked(one) || bounds.is_database || one.of != bounds.of || 1.0 - bounds.low >= one.limit) continue;
            return Discarded{one.name, fmt::format("failures of the cluster alone leave {} of a year at most",
                                                   share_text(1.0 - bounds.low))};
        }
    }
    return std::nullopt;
}

std::vector<std::string> places_of(const Scenario& scenario, const scenarios::QueryClass& query) {
    std::vector<std::string> places;
    if (query.route.empty()) return places;
    for (const scenarios::Service& service : scenario.services) {
        if (service.name != query.via) continue;
        for (const auto& [region, count] : service.regions) places.push_back(region);
        for (const auto& standby : service.standby) places.push_back(standby.region);
    }
    if (!query.via.empty()) return places;
    for (const scenarios::Database& database : scenario.databases) {
        if (query.route.back().name != database.name) continue;
        places.push_back(database.region);
        for (const auto& secondary : database.secondaries) places.push_back(secondary.region);
        for (const auto& replica : database.replicas) {
            if (!replica.region.empty()) places.push_back(replica.region);
        }
    }
    return places;
}

std::optional<double> nearest_s(const models::NetworkProfile& profile, const scenarios::Office& office,
                                const std::vector<std::string>& places) {
    std::optional<double> nearest;
    for (const std::string& region : places) {
        const auto there = profile.site_round_trip(office.city, region);
        if (!there) return std::nullopt;
        const double round_trip_s = engine::in_seconds(there->round_trip);
        nearest = std::min(nearest.value_or(round_trip_s), round_trip_s);
    }
    return nearest;
}

}  // namespace

// Of an answer one round trip at least; half of them take the median or longer.
std::optional<Discarded> too_far(const Scenario& scenario) {
    if (scenario.network.profile == "zero") return std::nullopt;
    const auto profile = models::NetworkProfile::named(scenario.network.profile);
    if (!profile) return std::nullopt;
    for (const Requirement& one : scenario.requirements) {
        const double p = quantile_of(one.statistic, 0.0).value_or(0.0);
        if (one.measure != "latency" || one.pooled || p <= 0.5) continue;
        for (const scenarios::QueryClass& query : scenario.workload.classes) {
            if (query.name != one.of) continue;
            const std::vector<std::string> places = places_of(scenario, query);
            for (const scenarios::Office& office : scenario.offices) {
                const auto nearest = nearest_s(*profile, office, places);
                if (!nearest || *nearest <= one.limit) continue;
                return Discarded{one.name, fmt::format("{} is {} away from the nearest place that answers", office.name,
                                                       seconds_text(*nearest))};
            }
        }
    }
    return std::nullopt;
}

namespace {

// What one class alone reads from an LRU cache; other mixes and policies: 1.
double lru_hit_ratio(const Scenario& scenario, const scenarios::Cache& cache) {
    const scenarios::QueryClass* only = nullptr;
    for (const scenarios::QueryClass& query : scenario.workload.classes) {
        const bool here = std::any_of(query.route.begin(), query.route.end(),
                                      [&](const auto& step) { return step.name == cache.name; });
        if (!here || query.writes) continue;
        if (only != nullptr) return 1.0;
        only = &query;
    }
    const bool lru = cache.policy == "allkeys-lru" && !cache.warm_up && !cache.coalescing;
    if (only == nullptr || !only->keys || !lru) return 1.0;
    const auto* const found =
        scenarios::find_instance_class(scenarios::CatalogueService::elasticache, cache.class_name);
    if (!cache.memory && found == nullptr) return 1.0;
    const double memory = static_cast<double>(cache.memory ? cache.memory->count : found->data_memory.count);
    const double entries = memory * cache.shards / static_cast<double>(only->keys->value.count);
    const CachedClass asked{
        .reads_per_s = 1.0, .keys = static_cast<double>(only->keys->count), .zipf = only->keys->zipf};
    return che_hit_ratio({asked}, entries, std::nullopt);
}

}  // namespace

std::optional<Discarded> too_few_hits(const Scenario& scenario) {
    for (const Requirement& one : scenario.requirements) {
        if (one.measure != "hit-rate" || one.at_most) continue;
        for (const scenarios::Cache& cache : scenario.caches) {
            if (!one.of.empty() && one.of != cache.name) continue;
            const double best = std::min(hit_ratio_at_best(scenario, cache), lru_hit_ratio(scenario, cache));
            if (best + hit_ratio_slack >= one.limit) continue;
            return Discarded{one.name, fmt::format("what fits into {} answers {} of the reads at most", cache.name,
                                                   share_text(best))};
        }
    }
    return std::nullopt;
}

std::optional<Discarded> screened(const Scenario& scenario) {
    for (const auto bound :
         {too_dear, insecure, too_few_hits, short_of_work, too_slow_queue, too_far, too_often_down}) {
        if (auto discarded = bound(scenario)) return discarded;
    }
    return std::nullopt;
}

}  // namespace faultline::planning
