#include "planning/fullest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
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

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// Connections to an endpoint are for who uses that. Who uses only the readers' of a database that has replicas does not
// come to its writer, nor the other way round; who has had both roles is passed by both.
bool on_the_way(const ResourceResult& one, const std::vector<std::string>& owners, bool has_replicas) {
    constexpr std::string_view to = ", to ";
    if (one.kind == scenarios::resource_connections && one.words.find(to) != std::string::npos) {
        const std::size_t from = one.words.find(to) + to.size();
        return has(owners, one.words.substr(from, one.words.find(": ", from) - from));
    }
    const bool reads = has(owners, one.of + "/reader"), writes = has(owners, one.of + "/writer");
    if (!has_replicas || one.kind != scenarios::resource_cpu || reads == writes) return true;
    return one.words.find(reads ? " (writer)" : " (replica)") == std::string::npos;
}

void look_at(const Means& means, const Mean& mean, bool in_incidents, double least, std::optional<Fullest>& found) {
    if (mean.share() < least || (found && mean.share() <= found->share)) return;
    found = {means.what->words, means.what->kind, mean.share(), mean.waiting(), in_incidents};
}

// Its readers send writes on.
bool forwards(const scenarios::Scenario& scenario, const std::string& database) {
    return std::any_of(scenario.databases.begin(), scenario.databases.end(), [&database](const auto& one) {
        return one.name == database && one.write_forwarding != scenarios::WriteForwarding::off;
    });
}

}  // namespace

std::vector<std::string> passed_by(const scenarios::Scenario& scenario, const scenarios::Requirement& requirement) {
    std::vector<std::string> names;
    for (const auto& query_class : scenario.workload.classes) {
        if (!is_of(scenario, requirement.of, query_class.name)) continue;
        if (!query_class.via.empty()) names.push_back(query_class.via);
        for (const auto& step : query_class.route) {
            names.push_back(step.name);
            if (step.role == scenarios::TargetRole::writer) names.push_back(step.name + "/writer");
            const bool forwarded = step.role == scenarios::TargetRole::writer && forwards(scenario, step.name);
            if (step.role == scenarios::TargetRole::reader || forwarded) names.push_back(step.name + "/reader");
            if (step.role == scenarios::TargetRole::custom) names.push_back(step.name + "/" + step.endpoint);
        }
    }
    return names;
}

std::optional<Fullest> fullest(const scenarios::Requirement& requirement, const std::vector<std::string>& owners,
                               std::span<const char* const> kinds, double least, Results results) {
    std::map<std::string, Means> all;
    for (const auto& replication : results) {
        std::set<std::string_view> with_replicas;
        for (const ResourceResult& one : replication.resources) {
            if (one.words.find(" (replica)") != std::string::npos) with_replicas.insert(one.of);
        }
        for (const ResourceResult& one : replication.resources) {
            const bool owned = has(owners, one.of);
            if (!is_one_of(one.kind, kinds) || (!owned && one.kind != scenarios::resource_link)) continue;
            if (owned && !on_the_way(one, owners, with_replicas.contains(one.of))) continue;
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

std::string fullest_text(const std::optional<Fullest>& found) {
    if (!found) return "";
    const bool link = found->kind == scenarios::resource_link;
    return fmt::format("; fullest is {} ({:.0f} % {}{})", found->words, 100.0 * found->share, link ? "used" : "in use",
                       found->in_incidents ? " during incidents" : "");
}

}  // namespace faultline::planning
