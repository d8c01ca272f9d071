#include "planning/growth/proposal.hpp"

#include <algorithm>

#include "planning/checks/load.hpp"
#include "planning/observations.hpp"

namespace faultline::planning {
namespace {

using scenarios::QueryClass;
using scenarios::Requirement;

// The classes that it is about; of one on a database, cache or warehouse those that pass it; all, if it names nothing.
bool concerns(const scenarios::Scenario& scenario, const Requirement& requirement, const QueryClass& query) {
    if (is_of(scenario, requirement.of, query.name)) return true;
    const std::string named = requirement.of.substr(0, requirement.of.find('/'));  // "reports/sales" is of reports
    return std::any_of(query.route.begin(), query.route.end(), [&](const auto& step) { return step.name == named; });
}

template <typename Visit>
void for_each_on_the_way(const GrowthStep& step, const Requirement& requirement, const Visit& visit) {
    for (const ResourceEstimate& one : step.resources) {
        const auto& classes = step.scenario.workload.classes;
        const bool mine = std::any_of(classes.begin(), classes.end(), [&](const QueryClass& query) {
            return concerns(step.scenario, requirement, query) && is_on_the_way(one, query);
        });
        if (mine) visit(one);
    }
}

bool latency_is_beyond(const GrowthStep& step, const Requirement& requirement) {
    const auto& classes = step.scenario.workload.classes;
    return std::any_of(classes.begin(), classes.end(), [&](const QueryClass& query) {
        return concerns(step.scenario, requirement, query) &&
               estimated_latency_s(step.resources, step.scenario, query, requirement.statistic) > requirement.limit;
    });
}

bool hit_rate_is_below(const GrowthStep& step, const Requirement& requirement) {
    const auto& caches = step.scenario.caches;
    return std::any_of(caches.begin(), caches.end(), [&](const scenarios::Cache& cache) {
        return (requirement.of.empty() || requirement.of == cache.name) &&
               estimated_hit_ratio(step.scenario, cache) < requirement.limit;
    });
}

}  // namespace

bool looks_broken(const GrowthStep& step, const Requirement& requirement) {
    if (scenarios::is_money(requirement.measure) || scenarios::is_of_security(requirement.measure)) return false;
    if (requirement.measure == "hit-rate") return hit_rate_is_below(step, requirement);
    bool full = false;
    for_each_on_the_way(step, requirement,
                        [&](const ResourceEstimate& one) { full = full || (one.saturates() && one.share() >= 1.0); });
    return full || (requirement.measure == "latency" && latency_is_beyond(step, requirement));
}

std::string least_room(const GrowthStep& step, const Requirement& requirement) {
    if (scenarios::is_money(requirement.measure) || scenarios::is_of_security(requirement.measure)) return "";
    const ResourceEstimate* fullest = nullptr;
    for_each_on_the_way(step, requirement, [&](const ResourceEstimate& one) {
        // The memory of caches is what a hit rate goes by; else memory need not hold everything.
        const auto& caches = step.scenario.caches;
        const bool of_cache =
            std::any_of(caches.begin(), caches.end(), [&](const auto& cache) { return cache.name == one.of; });
        const bool counts = requirement.measure == "hit-rate" ? of_cache : one.saturates();
        if (counts && (fullest == nullptr || one.share() > fullest->share())) fullest = &one;
    });
    return fullest == nullptr ? "" : fullest->words;
}

}  // namespace faultline::planning
