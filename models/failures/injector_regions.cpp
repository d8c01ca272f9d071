#include <string_view>

#include "models/failures/injector.hpp"

namespace faultline::models {

using engine::Health;

namespace {
constexpr std::string_view region_of_role = "region-of: ";
constexpr std::string_view between = " - ";  // of a pair, as Topology::link_name writes it
}  // namespace

void Injector::strike_region(std::size_t index, PlaceId region, Health how) {
    for (const auto& [name, zone] : targets_.zones) {
        if (targets_.topology.region_of(zone) == region) strike_machines(index, zone, how);
    }
    for (const auto& cluster : targets_.clusters) {
        if (cluster->region() != region || !cluster->component().up()) continue;
        cut(index, cluster->component().path(), [&] { cluster->region_lost(how); });
    }
}

void Injector::revive_region(PlaceId region, Planned& planned) {
    for (const auto& cluster : targets_.clusters) {
        if (cluster->region() == region && !cluster->component().up()) cluster->region_back();
    }
    for (const auto& [name, zone] : targets_.zones) {
        if (targets_.topology.region_of(zone) == region && targets_.topology.alive(zone))
            revive_machines(zone, planned);
    }
}

engine::Process<> Injector::cut_links(std::size_t index, const scenarios::Fault& fault) {
    const std::vector<LinkId> links = links_named(fault.target);
    for (const LinkId link : links) {
        targets_.topology.fail_link(link, simulation_.now());
        targets_.measures.fault_hit(index, targets_.topology.link_name(link));
    }
    for (const auto& cluster : targets_.clusters) cluster->reach_changed();
    routes_change();
    co_await simulation_.delay(time_away(fault));
    for (const LinkId link : links) targets_.topology.restore_link(link, simulation_.now());
    routes_change();
}

engine::Process<> Injector::switch_over(std::size_t index, const scenarios::Fault& fault) {
    for (const auto& database : targets_.globals) {
        if (database == nullptr) continue;
        for (std::size_t region = 0; region < database->regions().size(); ++region) {
            if (database->regions()[region]->component().path() != fault.target) continue;
            const std::string old = database->primary().component().path();
            const bool begun = co_await database->begin_switchover(region);
            if (!begun) continue;
            targets_.measures.fault_hit(index, old);
            co_await database->finish_switchover(region);
        }
    }
}

PlaceId Injector::region_named(const std::string& target) const {
    if (target.starts_with(region_of_role)) {
        return targets_.topology.region_of(instance_named(target.substr(region_of_role.size()))->place());
    }
    for (const auto& [name, place] : targets_.regions) {
        if (name == target) return place;
    }
    SIM_CHECK(false);  // the reader has checked the name
    return {};
}

// One line of an office. Its links are in the order of the wiring: its line, and the second one.
std::optional<LinkId> Injector::line_named(const std::string& target) const {
    const bool second = target.ends_with(scenarios::backup_of_office);
    if (!second && !target.ends_with(scenarios::line_of_office)) return std::nullopt;
    const PlaceId site = site_named(target.substr(0, target.rfind('/')));
    return targets_.topology.links_of(site)[second ? 1 : 0];
}

// A line of an office; or the links of the backbone between two regions, or from one to all others, and offices keep
// their own lines.
std::vector<LinkId> Injector::links_named(const std::string& target) const {
    if (const std::optional<LinkId> line = line_named(target)) return {*line};
    const std::size_t pair = target.find(between);
    const PlaceId one = region_named(target.substr(0, pair));
    std::vector<LinkId> links;
    for (const LinkId id : targets_.topology.links_of(one)) {
        const LinkSpec& link = targets_.topology.link(id);
        const PlaceId other = link.from == one ? link.to : link.from;
        if (targets_.topology.kind(other) != PlaceKind::Region) continue;
        const bool wanted = pair == std::string::npos || other == region_named(target.substr(pair + between.size()));
        if (wanted) links.push_back(id);
    }
    return links;
}

}  // namespace faultline::models
