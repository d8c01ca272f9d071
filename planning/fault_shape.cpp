#include "planning/fault_shape.hpp"

#include <algorithm>

#include "planning/instance_shape.hpp"
#include "planning/random_duration.hpp"
#include "scenarios/catalogue.hpp"

namespace faultline::planning {

namespace {

// None named: all whose route ends at the database.
std::vector<char> classes_of(const scenarios::Fault& fault, const scenarios::Scenario& scenario) {
    std::vector<char> chosen;
    for (const scenarios::QueryClass& query : scenario.workload.classes) {
        const bool named = std::find(fault.classes.begin(), fault.classes.end(), query.name) != fault.classes.end();
        const bool ends_there = !query.route.empty() && query.route.back().name == fault.target;
        chosen.push_back(named || (fault.classes.empty() && ends_there) ? 1 : 0);
    }
    return chosen;
}

// Of a database, or of what belongs to one.
const scenarios::Database* database_of(const scenarios::Fault& fault, const scenarios::Scenario& scenario) {
    const std::string name = fault.target.substr(0, fault.target.find('/'));
    const auto found = std::find_if(scenario.databases.begin(), scenario.databases.end(),
                                    [&name](const scenarios::Database& one) { return one.name == name; });
    return found == scenario.databases.end() ? nullptr : &*found;
}

models::InstanceShape new_instance(const scenarios::Fault& fault, const scenarios::Scenario& scenario) {
    const scenarios::Database* const database = database_of(fault, scenario);
    SIM_CHECK(database != nullptr);
    scenarios::DatabaseInstance instance = database->writer;
    instance.class_name = fault.planned.class_name;
    return instance_shape_of(*database, instance);
}

// How much later at most those come that move together.
engine::Duration longest_shared(const std::vector<scenarios::Fault>& faults) {
    engine::Duration longest{};
    for (const scenarios::Fault& fault : faults) {
        if (!fault.own_within) longest = std::max(longest, fault.within);
    }
    return longest;
}

engine::Duration drawn_start(const engine::Simulation& simulation, const std::string& path, engine::Duration within) {
    if (within == engine::Duration{}) return within;
    engine::RandomStream draws = simulation.stream(path, "start");
    return engine::duration_from_seconds(engine::in_seconds(within) * draws.uniform());
}

}  // namespace

std::vector<scenarios::Fault> faults_of(const scenarios::Scenario& scenario, const engine::Simulation& simulation,
                                        std::uint32_t turn) {
    std::vector<scenarios::Fault> faults = scenario.faults;
    const engine::Duration together = drawn_start(simulation, "faults", longest_shared(faults));
    for (scenarios::Fault& fault : faults) {
        if (!fault.targets.empty()) fault.target = fault.targets[turn % fault.targets.size()];
        if (scenarios::is_by_chance(fault)) continue;
        fault.at += fault.own_within ? drawn_start(simulation, "faults/" + fault.name, fault.within) : together;
    }
    return faults;
}

models::FaultShape fault_shape_of(const scenarios::Fault& fault) {
    return {fault.name,
            fault.target,
            std::string{scenarios::fault_kind_name(fault.kind)},
            scenarios::is_planned(fault.kind),
            scenarios::is_by_chance(fault),
            {}};
}

models::FaultTimes fault_times_of(const scenarios::Fault& fault) {
    models::FaultTimes times;
    times.comes_back = distribution_of(fault.comes_back);
    times.noticed_after = distribution_of(fault.noticed_after);
    times.renewal = distribution_of(fault.renewal);
    if (fault.at_random) {
        times.every = distribution_of(fault.at_random->every);
        times.lasts = distribution_of(fault.at_random->lasts);
        times.zone_lasts = distribution_of(fault.at_random->zone_lasts);
    }
    if (fault.follows) times.follows_after = distribution_of(fault.follows->after);
    return times;
}

models::WorkOrder work_order_of(const scenarios::Fault& fault, const scenarios::Scenario& scenario,
                                const NamedPlaces& zones) {
    models::WorkOrder order;
    order.kind = fault.kind;
    order.method = fault.planned.method;
    order.target = fault.target;
    order.preparation = distribution_of(fault.planned.preparation);
    order.work = distribution_of(fault.planned.work);
    order.long_query = distribution_of(fault.planned.long_query);
    order.nodes = fault.planned.nodes;
    order.there_and_back = fault.at_random && scenarios::goes_back(fault.kind);
    order.fails = fault.planned.fails;
    order.rollback = distribution_of(fault.planned.rollback);
    for (const auto& [name, place] : zones) {
        if (fault.kind == scenarios::FaultKind::zone_evacuation && name == fault.target) order.zone = place;
    }
    if (fault.kind == scenarios::FaultKind::class_change) order.instance = new_instance(fault, scenario);
    if (fault.kind == scenarios::FaultKind::schema_change) {
        order.classes = classes_of(fault, scenario);
        order.lock_is_logged = database_of(fault, scenario)->kind.ends_with("postgresql");
    }
    for (const scenarios::Cache& cache : scenario.caches) {
        if (cache.name != fault.target) continue;
        order.fork_per_gib = cache.resync.fork_per_gib;
        if (fault.kind != scenarios::FaultKind::cache_scaling) continue;
        const auto* found =
            scenarios::find_instance_class(scenarios::CatalogueService::elasticache, fault.planned.class_name);
        SIM_CHECK(found != nullptr);
        order.cache_memory = found->data_memory;
    }
    return order;
}

}  // namespace faultline::planning
