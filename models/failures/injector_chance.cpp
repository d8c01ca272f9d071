// The injector's part of what comes by chance: again and again at each of several targets, with a common cause now and
// then; and after another fault. Each target draws from a stream of its own, so that one more shifts nobody's times.
#include <algorithm>

#include "models/failures/injector.hpp"

namespace faultline::models {

using engine::Instant;

namespace {

// No target breaks twice at one instant.
constexpr Duration least_whole = std::chrono::seconds{1};

std::string name_of(const std::vector<std::pair<std::string, PlaceId>>& names, PlaceId place) {
    const auto found =
        std::find_if(names.begin(), names.end(), [place](const auto& one) { return one.second == place; });
    SIM_CHECK(found != names.end());
    return found->first;
}

}  // namespace

engine::Process<> Injector::run_again_and_again(Planned& planned, std::size_t target, Instant from) {
    const std::string& name = planned.fault->at_random->targets[target];
    engine::RandomStream draws = simulation_.stream("faults/" + planned.fault->name + "/" + name, "times");
    const std::uint32_t moved = planned.moved;
    co_await simulation_.delay(from - simulation_.now());
    for (;;) {
        const Duration whole = std::max(least_whole, planned.times.every.sample_duration(draws));
        co_await simulation_.delay(whole);
        if (planned.moved != moved) co_return;
        const scenarios::Fault event = next_of(planned, name, draws);
        const std::string home = primary_beside(event);
        const std::size_t index = new_index(event);
        co_await run(planned, event, index);
        if (scenarios::goes_back(event.kind)) co_await go_back(planned, event, home);
    }
}

// What people have ordered stays for a time; then they order what was before. `home`: of a switchover, who was the
// primary; whoever did not move has no way back.
engine::Process<> Injector::go_back(Planned& planned, scenarios::Fault event, std::string home) {
    if (event.kind == scenarios::FaultKind::switchover) {
        if (home == event.target || primary_beside(event) != event.target) co_return;
        event.target = home;
    }
    co_await simulation_.delay(*event.lasts);
    const std::size_t index = new_index(event);
    co_await run(planned, event, index, true);
}

// The primary of the database over several regions in which a switchover has its target; else empty.
std::string Injector::primary_beside(const scenarios::Fault& fault) const {
    if (fault.kind != scenarios::FaultKind::switchover) return {};
    for (const auto& database : targets_.globals) {
        if (database == nullptr) continue;
        const auto& regions = database->regions();
        const auto named = [&](const RegionalCluster* one) { return one->component().path() == fault.target; };
        if (std::any_of(regions.begin(), regions.end(), named)) return database->primary().component().path();
    }
    return {};
}

// What breaks this time, and for how long. Equal numbers of draws, whatever it is.
scenarios::Fault Injector::next_of(Planned& planned, const std::string& target, engine::RandomStream& draws) const {
    const scenarios::RandomFaults& random = *planned.fault->at_random;
    scenarios::Fault event = *planned.fault;
    event.target = target;
    const double share = draws.uniform();
    const Duration alone = planned.times.lasts.sample_duration(draws);
    const Duration together = planned.times.zone_lasts.sample_duration(draws);
    event.lasts = alone;
    if (share >= random.zone_share + random.region_share) return event;
    const PlaceId zone = zone_of_target(event);
    const bool region = share < random.region_share;
    event.kind = region ? scenarios::FaultKind::region_outage : scenarios::FaultKind::zone_outage;
    event.target =
        region ? name_of(targets_.regions, targets_.topology.region_of(zone)) : name_of(targets_.zones, zone);
    event.lasts = together;
    return event;
}

PlaceId Injector::zone_of_target(const scenarios::Fault& fault) const {
    if (fault.kind == scenarios::FaultKind::storage_node_loss) {
        const auto [cluster, node] = storage_node_named(fault.target);
        return cluster->storage().nodes()[node]->place;
    }
    if (const CacheNode* const node = cache_node_named(fault.target)) return node->place();
    if (const ServiceInstance* const instance = service_instance_named(fault.target)) return instance->place();
    return instance_named(fault.target)->place();
}

std::size_t Injector::new_index(const scenarios::Fault& fault) {
    const bool follows = fault.follows.has_value();
    return targets_.measures.add_fault({fault.name, fault.target, std::string{scenarios::fault_kind_name(fault.kind)},
                                        scenarios::is_planned(fault.kind), true,
                                        follows ? fault.follows->fault : std::string{}});
}

void Injector::begin_followers(const std::string& started) {
    for (const auto& planned : planned_) {
        const auto& follows = planned->fault->follows;
        if (!follows || follows->fault != started) continue;
        const bool comes = planned->draws.uniform() < follows->probability;
        const Duration after = planned->times.follows_after.sample_duration(planned->draws);
        if (comes) simulation_.spawn(component_, run_after(*planned, after));
    }
}

engine::Process<> Injector::run_after(Planned& planned, Duration after) {
    co_await simulation_.delay(after);
    const std::size_t index = new_index(*planned.fault);
    co_await run(planned, *planned.fault, index);
}

}  // namespace faultline::models
