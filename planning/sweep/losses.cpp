#include "planning/sweep/losses.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "scenarios/units.hpp"

namespace faultline::planning {
namespace {

using scenarios::Json;
using scenarios::Scenario;

constexpr std::chrono::seconds later_most{30};  // the default of a fault's `within`

bool takes_along(const Loss& larger, const Loss& smaller) {
    return std::find(smaller.within.begin(), smaller.within.end(), larger.target) != smaller.within.end();
}

void add_places(const Scenario& scenario, std::vector<Loss>& into) {
    for (const scenarios::Region& region : scenario.regions) {
        for (const std::string& zone : region.zones) {
            into.push_back({"zone-outage", region.name + "/" + zone, {region.name}, true});
        }
    }
    for (const scenarios::Region& region : scenario.regions) {
        into.push_back({"region-outage", region.name, {}, true});
    }
    for (std::size_t i = 0; i < scenario.regions.size(); ++i) {
        for (std::size_t k = i + 1; k < scenario.regions.size(); ++k) {
            const std::string& a = scenario.regions[i].name;
            const std::string& b = scenario.regions[k].name;
            into.push_back({"link-cut", fmt::format("{} - {}", a, b), {a, b}, true});
        }
    }
}

void add_nodes(const Scenario& scenario, std::vector<Loss>& into) {
    for (const scenarios::Database& database : scenario.databases) {
        const std::string zone = database.region + "/" + database.writer.zone;
        into.push_back({"instance-crash", database.name + "/writer", {database.region, zone}, false});
    }
    for (const scenarios::Cache& cache : scenario.caches) {
        for (int shard = 1; shard <= cache.shards; ++shard) {
            into.push_back({"cache-node-loss",
                            fmt::format("{}/shard-{}/primary", cache.name, shard),
                            {cache.regions.front()},
                            false});
        }
    }
}

}  // namespace

std::vector<Loss> domains_of(const Scenario& scenario) {
    std::vector<Loss> domains;
    add_places(scenario, domains);
    add_nodes(scenario, domains);
    return domains;
}

std::vector<LossSet> single_and_double_losses(const Scenario& scenario) {
    const std::vector<Loss> domains = domains_of(scenario);
    std::vector<LossSet> all;
    for (const Loss& one : domains) all.push_back({one});
    for (std::size_t i = 0; i < domains.size(); ++i) {
        for (std::size_t k = i + 1; k < domains.size(); ++k) {
            const bool nested = takes_along(domains[i], domains[k]) || takes_along(domains[k], domains[i]);
            if (!nested) all.push_back({domains[i], domains[k]});
        }
    }
    return all;
}

std::string name_of(const LossSet& losses) {
    std::string name;
    for (const Loss& loss : losses) name += (name.empty() ? "" : " and ") + loss.target;
    return name;
}

LossTimes default_times(const Scenario& scenario) {
    // In whole seconds, that they can be read.
    const auto third = std::chrono::floor<std::chrono::seconds>(scenario.run.measured / 3);
    const bool exact = third + later_most > scenario.run.measured;
    if (third.count() == 0) return {scenario.run.measured / 3, scenario.run.measured / 3, exact};
    return {third, third, exact};
}

void lose(const LossSet& losses, const LossTimes& times, Json& model) {
    Json faults = Json::object();
    for (const Loss& loss : losses) {
        Json fault = Json::object();
        fault["kind"] = loss.kind;
        fault["target"] = loss.target;
        fault["at"] = scenarios::to_text(times.at);
        if (times.exact) fault["within"] = "0s";
        if (loss.lasts) fault["lasts"] = scenarios::to_text(times.lasts);
        // A target is no name of a fault: it has slashes.
        faults[fmt::format("loss {}", faults.size() + 1)] = std::move(fault);
    }
    model["faults"] = std::move(faults);
    const auto requirements = model.find("requirements");
    if (requirements == model.end() || !requirements->is_object()) return;
    for (auto& requirement : *requirements) {
        if (requirement.is_object()) requirement.erase("after");
    }
}

}  // namespace faultline::planning
