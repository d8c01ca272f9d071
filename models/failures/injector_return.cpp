// The injector's part of what comes back with a zone. Power is there at once; machines may take hours: each has a time
// of its own, for boots and re-mirroring have bottlenecks (docs/models/faults.md).
#include "models/failures/injector.hpp"

namespace faultline::models {

namespace {

void start_again(Instance& instance) {
    instance.set_host_away(false);
    instance.cluster().host_restored(instance);
}
void start_again(CacheNode& node) {
    if (!node.component().up()) node.start();
}
void start_again(ServiceInstance& instance) {
    if (!instance.component().up() && instance.launched()) instance.start();
}
void start_again(Station& station) {
    station.component().revive();
}

void stays_away(Instance& instance) {
    if (!instance.component().up()) instance.set_host_away(true);
}
template <class Machine>
void stays_away(Machine&) {}

}  // namespace

std::uint32_t& Injector::outages_of(PlaceId zone) {
    if (outages_.size() <= zone.value) outages_.resize(zone.value + 1);
    return outages_[zone.value];
}

void Injector::revive_machines(PlaceId zone, Planned& planned) {
    const auto of_zone = [&](const auto& machines) {
        for (const auto& machine : machines) {
            if (machine->place() == zone) come_back(*machine, planned);
        }
    };
    for (const auto& cluster : targets_.clusters) of_zone(cluster->instances());
    for (const auto& cache : targets_.caches) of_zone(cache->nodes());
    for (const auto& service : targets_.services) of_zone(service->instances());
    of_zone(targets_.stations);
}

template <class Machine>
void Injector::come_back(Machine& machine, Planned& planned) {
    const Duration after = planned.times.comes_back.sample_duration(planned.draws);
    if (after <= Duration::zero()) return start_again(machine);
    stays_away(machine);
    simulation_.spawn(component_, come_back_after(machine, after, outages_of(machine.place())));
}

// Not if the zone was lost again meanwhile: then its next return counts.
template <class Machine>
engine::Process<> Injector::come_back_after(Machine& machine, Duration after, std::uint32_t outage) {
    co_await simulation_.delay(after);
    if (outage == outages_of(machine.place())) start_again(machine);
}

}  // namespace faultline::models
