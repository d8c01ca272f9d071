// The injector's part of zones that are cut off and go on: nothing ends with it, and each side has its own clients.
#include <algorithm>

#include "models/failures/injector.hpp"

namespace faultline::models {

PlaceId Injector::site_named(const std::string& office) const {
    const Topology& topology = targets_.topology;
    for (std::uint32_t i = 0; i < topology.place_count(); ++i) {
        if (topology.kind({i}) == PlaceKind::Site && topology.name({i}) == office) return {i};
    }
    SIM_CHECK(false);  // the reader has checked the name
    return {};
}

engine::Process<> Injector::cut_zones(std::size_t index, const scenarios::Fault& fault) {
    std::vector<PlaceId> inside{zone_named(fault.target)};
    for (const std::string& zone : fault.zones) inside.push_back(zone_named(zone));
    std::sort(inside.begin(), inside.end());
    inside.erase(std::unique(inside.begin(), inside.end()), inside.end());
    for (const std::string& office : fault.offices) inside.push_back(site_named(office));
    const std::size_t cut = targets_.topology.cut_off(inside);
    for (const PlaceId place : inside) {
        const auto zone = std::find_if(targets_.zones.begin(), targets_.zones.end(),
                                       [place](const auto& one) { return one.second == place; });
        targets_.measures.fault_hit(index, zone != targets_.zones.end() ? zone->first : targets_.topology.name(place));
    }
    tell_of_reach();
    routes_change();
    co_await simulation_.delay(time_away(fault));
    targets_.topology.join(cut);
    tell_of_reach();
    routes_change();
    start_what_was_out_of_reach(inside);
}

void Injector::tell_of_reach() {
    for (const auto& cluster : targets_.clusters) cluster->reach_changed();
    for (const auto& cache : targets_.caches) {
        for (const auto& set : cache->sets()) set->reach_changed();
    }
    for (const auto& warehouse : targets_.warehouses) warehouse->reach_changed();
}

// Instances that ended there meanwhile, and that nobody could start.
void Injector::start_what_was_out_of_reach(const std::vector<PlaceId>& places) {
    for (const auto& cluster : targets_.clusters) {
        for (const auto& instance : cluster->instances()) {
            const bool inside = std::find(places.begin(), places.end(), instance->place()) != places.end();
            if (inside && !instance->component().up()) cluster->host_restored(*instance);
        }
    }
}

}  // namespace faultline::models
