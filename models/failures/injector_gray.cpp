// The injector's part of what is slow or loses packets, and not down: nothing ends with it, and no model is told.
#include <algorithm>
#include <string_view>

#include "models/failures/injector.hpp"

namespace faultline::models {

namespace {
constexpr std::string_view zone_of_role = "az-of: ";
constexpr PlaceId no_place{~std::uint32_t{0}};
}  // namespace

template <class Told>
void Injector::change_speed(const scenarios::Fault& fault, PlaceId zone, double factor, Told&& told) {
    for (const auto& cluster : targets_.clusters) {
        for (const auto& instance : cluster->instances()) {
            if (instance->component().path() != fault.target && instance->place() != zone) continue;
            instance->change_speed(factor);
            told(instance->component().path());
        }
    }
    for (const auto& cache : targets_.caches) {
        for (const auto& node : cache->nodes()) {
            if (cache->name() != fault.target && node->place() != zone) continue;
            node->cpu().set_speed(node->cpu().speed() * factor);
            told(node->component().path());
        }
    }
    for (const auto& service : targets_.services) {
        const bool whole = service->component().path().starts_with("services/" + fault.target + "/");
        for (const auto& instance : service->instances()) {
            if (!whole && instance->place() != zone) continue;
            instance->cpu().set_speed(instance->cpu().speed() * factor);
            told(instance->component().path());
        }
    }
    for (const auto& station : targets_.stations) {
        if (station->component().path() != "stations/" + fault.target && station->place() != zone) continue;
        station->pool().set_speed(station->pool().speed() * factor);
        told(station->component().path());
    }
}

// Whoever is the writer now, or stands in the zone now, gets its speed back, whatever its role is then.
engine::Process<> Injector::brown_out(std::size_t index, const scenarios::Fault& fault) {
    scenarios::Fault hit = fault;
    const Instance* const named = instance_named(fault.target);
    if (named != nullptr) hit.target = named->component().path();
    const bool of_zone = fault.target.starts_with(zone_of_role) ||
                         std::any_of(targets_.zones.begin(), targets_.zones.end(),
                                     [&fault](const auto& zone) { return zone.first == fault.target; });
    const PlaceId zone = of_zone ? zone_named(fault.target) : no_place;
    change_speed(hit, zone, fault.speed,
                 [this, index](const std::string& name) { targets_.measures.fault_hit(index, name); });
    co_await simulation_.delay(time_away(fault));
    change_speed(hit, zone, 1.0 / fault.speed, [](const std::string&) {});
}

engine::Process<> Injector::go_gray(std::size_t index, const scenarios::Fault& fault) {
    const bool of_zone = fault.kind == scenarios::FaultKind::zone_gray;
    const std::vector<LinkId> links =
        of_zone ? targets_.topology.links_of(zone_named(fault.target)) : links_named(fault.target);
    for (const LinkId link : links) {
        gray_.push_back({index, link, {fault.latency, fault.loss}});
        degrade(link);
        targets_.measures.fault_hit(index, targets_.topology.link_name(link));
    }
    co_await simulation_.delay(time_away(fault));
    std::erase_if(gray_, [index](const Gray& gray) { return gray.fault == index; });
    for (const LinkId link : links) degrade(link);
}

void Injector::degrade(LinkId link) {
    Degradation all;
    for (const Gray& gray : gray_) {
        if (gray.link != link) continue;
        all.latency_multiplier *= gray.degradation.latency_multiplier;
        all.extra_loss += (1.0 - all.extra_loss) * gray.degradation.extra_loss;
    }
    targets_.topology.degrade_link(link, all);
}

}  // namespace faultline::models
