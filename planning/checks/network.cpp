// Articulation points and bridges of the network (models/topology, the only place that knows Boost.Graph), in the
// architect's words.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "models/network/wiring.hpp"
#include "planning/checks/finder.hpp"

namespace faultline::planning {
namespace {

using namespace models;
using scenarios::Scenario;

// The same graph as in a run, but for jitter and bandwidth, which cut nothing. None: it has no distances, or the
// profile does not know its places.
std::optional<WiredNetwork> network_of(const Scenario& scenario) {
    if (scenario.network.profile == "zero" || scenario.regions.empty()) return std::nullopt;
    const Lookup<NetworkProfile> profile = NetworkProfile::named(scenario.network.profile);
    if (!profile) return std::nullopt;
    NetworkPlan plan;
    for (const scenarios::Region& region : scenario.regions) plan.regions.push_back({region.name, region.zones});
    for (const scenarios::Office& office : scenario.offices) {
        plan.sites.push_back(
            {.name = office.name, .city = office.city, .access = office.access, .backup_access = office.backup_access});
    }
    std::vector<UnknownName> unknown;
    WiredNetwork network = wire_network(*profile, plan, unknown);
    if (!unknown.empty()) return std::nullopt;
    return network;
}

using Regions = std::set<std::string>;

// Regions that talk to each other all along: those of one database or one data set of a cache, and those of services
// that ask a database elsewhere.
std::vector<Regions> dependent_regions(const Scenario& scenario) {
    std::vector<Regions> all;
    for (const scenarios::Database& database : scenario.databases) {
        Regions& together = all.emplace_back(Regions{database.region});
        for (const scenarios::Secondary& secondary : database.secondaries) together.insert(secondary.region);
        for (const auto& replica : database.replicas) {
            if (!replica.region.empty()) together.insert(replica.region);
        }
        for (const scenarios::QueryClass& query : scenario.workload.classes) {
            if (query.route.empty() || query.route.back().name != database.name) continue;
            for (const scenarios::Service& service : scenario.services) {
                if (service.name != query.via) continue;
                for (const auto& [region, count] : service.regions) together.insert(region);
            }
        }
    }
    for (const scenarios::Cache& cache : scenario.caches) {
        if (cache.global) all.emplace_back(cache.regions.begin(), cache.regions.end());
    }
    return all;
}

// Zones of one region are cut off together: "us-east-1 from us-west-2 and us-east-2", once.
std::vector<std::string> separated_regions(const Topology& topology, const SinglePoint& point) {
    const auto called = [&](PlaceId place) {
        return topology.name(topology.kind(place) == PlaceKind::Site ? place : topology.region_of(place));
    };
    const auto add_new = [](std::vector<std::string>& to, std::string text) {
        if (std::find(to.begin(), to.end(), text) == to.end()) to.push_back(std::move(text));
    };
    std::vector<std::string> all;
    for (const SinglePoint::Separation& separation : point.separates) {
        std::vector<std::string> others;
        for (const PlaceId other : separation.others) add_new(others, called(other));
        add_new(all, called(separation.from) + " from " + listed(others));
    }
    return all;
}

// By place of the network: the office whose own it is, a site or where its lines end; none of regions and zones.
std::vector<std::optional<std::size_t>> offices_of_places(const WiredNetwork& network) {
    std::vector<std::optional<std::size_t>> office(network.topology.place_count());
    for (std::size_t i = 0; i < network.sites.size(); ++i) {
        for (const LinkId line : network.access[i]) {
            const LinkSpec& spec = network.topology.link(line);
            office[spec.from.value] = office[spec.to.value] = i;
        }
    }
    return office;
}

}  // namespace

// Two regions hang on the link between them, three on none: the third one is a way around.
void check_network(Finder& finder) {
    const std::optional<WiredNetwork> network = network_of(finder.scenario);
    if (!network) return;
    const Topology& topology = network->topology;
    const std::vector<Regions> together = dependent_regions(finder.scenario);
    const auto matters = [&](PlaceId from, PlaceId to) {
        if (topology.kind(from) == PlaceKind::Site) return true;
        const std::string& a = topology.name(topology.region_of(from));
        const std::string& b = topology.name(topology.region_of(to));
        return a != b && std::any_of(together.begin(), together.end(),
                                     [&](const Regions& one) { return one.contains(a) && one.contains(b); });
    };
    const std::vector<SinglePoint> points = topology.single_points(matters);
    const auto office_of = offices_of_places(*network);
    std::vector<char> told(finder.scenario.offices.size(), 0);
    std::vector<std::string> offices;
    for (const SinglePoint& point : points) {
        if (!point.link) continue;  // what of places is one is told by the cuts, and by the lines
        if (const auto office = office_of[topology.link(*point.link).from.value]) {
            if (!std::exchange(told[*office], 1)) offices.push_back(finder.scenario.offices[*office].name);
        } else {
            finder.add("network-is-single-point", check_warning,
                       {"/regions",
                        fmt::format("losing the {} cuts off {}: no log, read or call gets through, and who follows "
                                    "falls behind",
                                    topology.words(point), listed(separated_regions(topology, point), 3)),
                        "a third region that both are linked to, or a second line between them"});
        }
    }
    if (offices.empty()) return;
    finder.add(
        "office-on-one-line", check_note,
        {"/offices",
         fmt::format("{} of {} offices hang on one line each ({}): if it is cut, such an office works no more, and "
                     "no other part can help it",
                     offices.size(), finder.scenario.offices.size(), listed(offices, 4)),
         "a second line, by another carrier: \"backup_access\""});
}

}  // namespace faultline::planning
