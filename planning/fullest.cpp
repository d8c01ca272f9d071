#include "planning/fullest.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace faultline::planning {
namespace {

using scenarios::Phase;
using scenarios::ResourceResult;
using scenarios::ResourceUse;

// Of one resource in one kind of phase.
struct Mean {
    double share_s = 0.0, waiting_s = 0.0, seconds = 0.0;
    void add(const ResourceUse& use) {
        const auto length_s = static_cast<double>(use.seconds);
        share_s += use.mean * length_s;
        waiting_s += use.waiting * length_s;
        seconds += length_s;
    }
    double share() const { return seconds == 0.0 ? 0.0 : share_s / seconds; }
    double waiting() const { return seconds == 0.0 ? 0.0 : waiting_s / seconds; }
};

struct Means {
    const ResourceResult* what = nullptr;
    Mean steady, incidents;
};

bool is_one_of(std::string_view name, std::span<const char* const> names) {
    return std::any_of(names.begin(), names.end(), [&](const char* one) { return name == one; });
}

void look_at(const Means& means, const Mean& mean, bool in_incidents, double least, std::optional<Fullest>& found) {
    if (mean.share() < least || (found && mean.share() <= found->share)) return;
    found = {means.what->words, means.what->kind, mean.share(), mean.waiting(), in_incidents};
}

}  // namespace

std::vector<std::string> passed_by(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement) {
    std::vector<std::string> names;
    for (const auto& query_class : scenario.workload.classes) {
        if (!is_of(scenario, requirement.of, query_class.name)) continue;
        if (!query_class.via.empty()) names.push_back(query_class.via);
        for (const auto& step : query_class.route) names.push_back(step.name);
    }
    return names;
}

std::optional<Fullest> fullest(const scenarios::Requirement& requirement, const std::vector<std::string>& owners,
                               std::span<const char* const> kinds, double least, Results results) {
    std::map<std::string, Means> all;
    for (const auto& replication : results) {
        for (const ResourceResult& one : replication.resources) {
            const bool owned = std::find(owners.begin(), owners.end(), one.of) != owners.end();
            if (!is_one_of(one.kind, kinds) || (!owned && one.kind != scenarios::resource_link)) continue;
            Means& means = all[one.name];
            if (means.what == nullptr) means.what = &one;
            means.steady.add(one.steady);
            for (const ResourceUse& incident : one.incidents) means.incidents.add(incident);
        }
    }
    std::optional<Fullest> found;
    for (const auto& [name, means] : all) {
        const bool incidents_only = requirement.phase == Phase::degraded || requirement.phase == Phase::recovering;
        if (!incidents_only) look_at(means, means.steady, false, least, found);
        if (requirement.phase != Phase::steady) look_at(means, means.incidents, true, least, found);
    }
    return found;
}

}  // namespace faultline::planning
