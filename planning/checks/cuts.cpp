// Cut sets of zones: one zone, one region, and two zones of a region, whose loss stops a class. Only the smallest ones
// are told; that two zones stop what one of them stops alone is no news.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "planning/checks/finder.hpp"
#include "planning/checks/survival.hpp"
#include "scenarios/kinds.hpp"

namespace faultline::planning {
namespace {

using scenarios::Scenario;

using Stopped = std::map<std::string, std::string>;  // class and why

Stopped stopped_by(const Scenario& scenario, const std::vector<ZoneName>& lost) {
    const Survival survival(scenario, lost);
    Stopped stopped;
    for (const scenarios::QueryClass& query : scenario.workload.classes) {
        std::string why = survival.stopped(query);
        if (!why.empty()) stopped.emplace(query.name, std::move(why));
    }
    return stopped;
}

Stopped without(Stopped stopped, const Stopped& known) {
    std::erase_if(stopped, [&](const auto& one) { return known.contains(one.first); });
    return stopped;
}

// "stops update and list: all instances of orders stand there".
std::string told(const Stopped& stopped) {
    std::vector<std::string> classes;
    std::vector<std::string> reasons;
    for (const auto& [query, why] : stopped) {
        classes.push_back(query);
        if (std::find(reasons.begin(), reasons.end(), why) == reasons.end()) reasons.push_back(why);
    }
    return fmt::format("stops {}: {}", listed(classes), fmt::join(reasons, "; "));
}

// Of databases and warehouses others have such a rule.
std::vector<std::string> names_of(const Scenario& scenario, const Stopped& stopped) {
    std::vector<std::string> names;
    const auto told = [&](const std::string& why) {
        return std::any_of(stopped.begin(), stopped.end(), [&](const auto& one) { return one.second == why; });
    };
    const auto add = [&](const std::string& name) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    };
    for (const scenarios::Database& one : scenario.databases) {
        if (!told("all instances of " + one.name + " that may be its writer stand there")) continue;
        for (const std::string& name : multi_az_names(one)) add(name);
    }
    for (const scenarios::Warehouse& one : scenario.warehouses) {
        if (told(one.name + " has no nodes elsewhere")) add("Redshift.18");
    }
    return names;
}

bool stands_by_elsewhere(const scenarios::Service& service, const std::string& region) {
    const auto elsewhere = [&](const auto& name) { return name != region; };
    return std::any_of(service.regions.begin(), service.regions.end(),
                       [&](const auto& at) { return elsewhere(at.first); }) ||
           std::any_of(service.standby.begin(), service.standby.end(),
                       [&](const auto& at) { return elsewhere(at.region); });
}

// People, or a failover by hand, can bring the class back in another region than this one.
bool lives_elsewhere(const Scenario& scenario, const scenarios::QueryClass& query, const std::string& region) {
    for (const scenarios::Service& service : scenario.services) {
        if (service.name == query.via && !stands_by_elsewhere(service, region)) return false;
    }
    return std::any_of(scenario.databases.begin(), scenario.databases.end(), [&](const scenarios::Database& database) {
        const bool copied = database.backups && !database.backups->copy_to.empty();
        const bool follows = !database.secondaries.empty() || database.has_standby_elsewhere();
        return database.name == query.route.back().name && (follows || copied);
    });
}

void check_region(const scenarios::Region& region, const Stopped& by_zones, Finder& finder) {
    Stopped stopped = without(stopped_by(finder.scenario, zones_of(region)), by_zones);
    for (const scenarios::QueryClass& query : finder.scenario.workload.classes) {
        if (lives_elsewhere(finder.scenario, query, region.name)) stopped.erase(query.name);
    }
    if (stopped.empty()) return;
    finder.add("region-is-single-point", check_note,
               {"/regions/" + region.name, fmt::format("losing {} {}", region.name, told(stopped)),
                "let what stands there alone stand in a second region, too"});
}

// All pairs that stop the same are one finding.
void check_pairs(const scenarios::Region& region, const Stopped& by_zones, Finder& finder) {
    std::map<std::string, std::vector<std::string>> pairs;  // what is told, and of which pairs
    const std::vector<ZoneName> zones = zones_of(region);
    for (std::size_t a = 0; a < zones.size(); ++a) {
        for (std::size_t b = a + 1; b < zones.size(); ++b) {
            const Stopped stopped = without(stopped_by(finder.scenario, {zones[a], zones[b]}), by_zones);
            if (!stopped.empty()) pairs[told(stopped)].push_back(region.zones[a] + " with " + region.zones[b]);
        }
    }
    for (const auto& [what, of] : pairs) {
        finder.add("zone-pair-is-single-point", check_note,
                   {"/regions/" + region.name + "/zones",
                    fmt::format("losing two zones of {} ({}) {}", region.name, listed(of), what),
                    "a second region that takes over, or accept it: zones of a region are built to fail apart"});
    }
}

}  // namespace

void check_cuts(Finder& finder) {
    for (const scenarios::Region& region : finder.scenario.regions) {
        Stopped by_zones;
        for (const ZoneName& zone : zones_of(region)) {
            const Stopped stopped = stopped_by(finder.scenario, {zone});
            if (!stopped.empty()) {
                finder.add(
                    "zone-is-single-point", check_warning,
                    {"/regions/" + region.name + "/zones", fmt::format("losing {} {}", zone, told(stopped)),
                     "let what stands there alone stand in a second zone, too", names_of(finder.scenario, stopped)});
            }
            by_zones.insert(stopped.begin(), stopped.end());
        }
        if (region.zones.size() > 2) check_pairs(region, by_zones, finder);
        if (region.zones.size() > 1 || by_zones.empty()) check_region(region, by_zones, finder);
    }
}

}  // namespace faultline::planning
