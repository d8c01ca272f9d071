#include "models/network/wiring.hpp"

#include <algorithm>

namespace faultline::models {
namespace {

using engine::Duration;

class Wiring {
public:
    Wiring(const NetworkProfile& profile, const NetworkPlan& plan, std::vector<UnknownName>& unknown)
        : profile_(profile), plan_(plan), unknown_(unknown), network_{Topology{options()}, {}, {}, {}, {}} {}

    WiredNetwork build() {
        for (const RegionPlan& region : plan_.regions) add_region(region);
        for (std::size_t i = 0; i < plan_.regions.size(); ++i) {
            for (std::size_t j = i + 1; j < plan_.regions.size(); ++j) link_regions(i, j);
        }
        for (const SitePlan& site : plan_.sites) add_site(site);
        network_.topology.seal();
        return std::move(network_);
    }

private:
    TopologyOptions options() const {
        TopologyOptions options;
        options.intra_zone_jitter = profile_.jitter(LinkClass::IntraZone);
        options.intra_zone_bandwidth = profile_.single_flow_bandwidth();
        if (profile_.name() == "zero") {
            options.intra_zone_round_trip = {};
            options.zone_uplink_round_trip = {};
        }
        return options;
    }

    // A figure "to a region" reaches into it, as far as its zones' uplinks do.
    Duration to_border(Duration round_trip, int borders) const {
        return std::max(Duration{}, round_trip - borders * network_.topology.options().zone_uplink_round_trip);
    }

    template <typename T>
    const T* checked(const Lookup<T>& lookup) {
        if (lookup) return &*lookup;
        // One slip in a name is one problem, however many links it touches.
        const auto same = [&](const UnknownName& seen) {
            return seen.kind == lookup.error().kind && seen.name == lookup.error().name;
        };
        if (std::none_of(unknown_.begin(), unknown_.end(), same)) unknown_.push_back(lookup.error());
        return nullptr;
    }

    void add_region(const RegionPlan& region) {
        Topology& topology = network_.topology;
        network_.regions.push_back(topology.add_region(region.code));
        std::vector<PlaceId>& zones = network_.zones.emplace_back();
        for (const std::string& zone : region.zones) {
            zones.push_back(topology.add_zone(network_.regions.back(), region.code + zone));
        }
        for (std::size_t i = 0; i < zones.size(); ++i) {
            for (std::size_t j = i + 1; j < zones.size(); ++j) {
                const auto figure = profile_.zone_round_trip(region.code, static_cast<int>(i), static_cast<int>(j));
                if (const RoundTripEstimate* const known = checked(figure)) {
                    topology.add_link({zones[i], zones[j], known->round_trip, LinkClass::InterZone,
                                       profile_.jitter(LinkClass::InterZone), plan_.inter_zone_bandwidth,
                                       Convergence::Bfd});
                }
            }
        }
    }

    void link_regions(std::size_t i, std::size_t j) {
        const auto figure = profile_.region_round_trip(plan_.regions[i].code, plan_.regions[j].code);
        if (const RoundTripEstimate* const known = checked(figure)) {
            network_.topology.add_link({network_.regions[i], network_.regions[j], to_border(known->round_trip, 2),
                                        LinkClass::Backbone, profile_.jitter(LinkClass::Backbone),
                                        plan_.backbone_bandwidth, Convergence::Bfd});
        }
    }

    // Between two lines BGP chooses. Over a single one routes are static: it carries again as soon as it is there.
    LinkId add_access(PlaceId site, PlaceId exchange, const Access& access, bool one_of_two) {
        return network_.topology.add_link({site, exchange, access.round_trip, access.link_class,
                                           profile_.jitter(access.link_class), access.bandwidth,
                                           one_of_two ? Convergence::Bgp : Convergence::Bfd});
    }

    void add_site(const SitePlan& site) {
        Topology& topology = network_.topology;
        const PlaceId place = topology.add_site(site.name);
        const PlaceId exchange = topology.add_exchange(site.name + "'s exchange");
        network_.sites.push_back(place);
        std::vector<LinkId>& lines = network_.access.emplace_back();
        const auto main = profile_.access(site.access);
        const auto backup = profile_.access(site.backup_access);
        const Access* const line = checked(main);
        const bool two = checked(backup) != nullptr && site.backup_access != "none";
        if (line != nullptr) lines.push_back(add_access(place, exchange, *line, two));
        const bool private_network = line != nullptr && line->private_network;
        link_carriers(site, exchange, private_network);
        if (!two) return;
        Access second = *backup;
        // Latency alone would prefer a faster backup, but a backup is what is used second.
        const Duration tunnel = site.vpn && !private_network ? profile_.vpn_round_trip() : Duration{};
        if (line != nullptr) {
            second.round_trip = std::max(second.round_trip, line->round_trip + tunnel + Duration{1000});
        }
        const PlaceId other = topology.add_exchange(site.name + "'s second exchange");
        lines.push_back(add_access(place, other, second, two));
        link_carriers(site, other, second.private_network);
    }

    // From where one of its lines ends to all regions.
    void link_carriers(const SitePlan& site, PlaceId exchange, bool private_network) {
        const LinkClass carrier = private_network ? LinkClass::Backbone : LinkClass::InternetTypical;
        const bool drawn = !private_network && site.internet_jitter;
        for (std::size_t r = 0; r < plan_.regions.size(); ++r) {
            const auto figure = profile_.site_round_trip(site.city, plan_.regions[r].code);
            const RoundTripEstimate* const known = checked(figure);
            if (known == nullptr) continue;
            LinkSpec link{exchange, network_.regions[r], to_border(known->round_trip, 1), carrier};
            link.jitter = drawn ? *site.internet_jitter : profile_.jitter(carrier);
            if (site.vpn && !private_network) {
                link.round_trip += profile_.vpn_round_trip();
                link.bandwidth = profile_.vpn_bandwidth();
            }
            network_.topology.add_link(link);
        }
    }

    const NetworkProfile& profile_;
    const NetworkPlan& plan_;
    std::vector<UnknownName>& unknown_;
    WiredNetwork network_;
};

}  // namespace

WiredNetwork wire_network(const NetworkProfile& profile, const NetworkPlan& plan, std::vector<UnknownName>& unknown) {
    return Wiring(profile, plan, unknown).build();
}

}  // namespace faultline::models
