// World's bill of bytes: what messages carry between zones, between regions, and between regions and offices, once a
// second. One sum for each pair of places and way; all offices of a region together.
#include <cmath>
#include <map>

#include "planning/world.hpp"
#include "scenarios/traffic_kinds.hpp"

namespace faultline::planning {

using namespace models;

namespace {

// A way over one link, away from its end `from`.
struct Way {
    LinkId link;
    PlaceId from;
};

const char* traffic_kind(const Topology& topology, const LinkSpec& link) {
    if (topology.kind(link.from) == PlaceKind::Zone && topology.kind(link.to) == PlaceKind::Zone) {
        return scenarios::traffic_between_zones;
    }
    if (topology.kind(link.from) == PlaceKind::Region && topology.kind(link.to) == PlaceKind::Region) {
        return scenarios::traffic_between_regions;
    }
    const bool to_offices =
        topology.kind(link.from) == PlaceKind::Exchange && topology.kind(link.to) == PlaceKind::Region;
    if (!to_offices) return nullptr;  // inside of one zone or office: nobody is billed for it
    return link.link_class == LinkClass::Backbone ? scenarios::traffic_private_lines : scenarios::traffic_internet;
}

}  // namespace

// "us-east-1/a", as files name it.
std::string World::place_name(PlaceId place) const {
    for (const auto& [name, zone] : zones_) {
        if (zone == place) return name;
    }
    for (const auto& [name, region] : regions_) {
        if (region == place) return name;
    }
    return scenarios::traffic_offices;
}

void World::gauge_traffic() {
    Topology& topology = network_->topology;
    std::map<std::vector<std::string>, std::vector<Way>> ways;  // by kind, from and to
    for (std::uint32_t i = 0; i < topology.link_count(); ++i) {
        const LinkSpec& link = topology.link(LinkId{i});
        const char* const kind = traffic_kind(topology, link);
        if (kind == nullptr) continue;
        ways[{kind, place_name(link.from), place_name(link.to)}].push_back({LinkId{i}, link.from});
        ways[{kind, place_name(link.to), place_name(link.from)}].push_back({LinkId{i}, link.to});
    }
    for (const auto& [key, links] : ways) {
        const std::size_t group = topology.add_carried_group();
        for (const Way& way : links) topology.count_into(group, way.link, way.from);
        const auto read = [&topology, group] {
            return ResourceReading{static_cast<double>(topology.carried_in(group).count), 0.0, 1.0};
        };
        traffic_.push_back(read);
        scenarios::ResourceResult described;
        described.name = "network/" + key[1] + " to " + key[2] + "/" + key[0];
        described.kind = key[0];
        described.of = key[1];
        described.words = key[2];
        measures_->traffic().add(std::move(described), read());
    }
}

void World::read_traffic() {
    for (std::size_t i = 0; i < traffic_.size(); ++i) measures_->traffic().read(i, traffic_[i]());
}

}  // namespace faultline::planning
