// The parts of read_scenario, one file each. Each reads its part into the scenario, whole or not: names are kept even
// of entries with mistakes, so that references to them are not reported as well.
#pragma once

#include "scenarios/catalogue.hpp"
#include "scenarios/reader/object_reader.hpp"

namespace faultline::scenarios {

void read_run(ObjectReader& file, Scenario& scenario);
void read_topology(ObjectReader& file, Scenario& scenario);  // network, regions, offices, stations
void read_databases(ObjectReader& file, Scenario& scenario);
void read_caches(ObjectReader& file, Scenario& scenario);
void read_services(ObjectReader& file, Scenario& scenario);
void read_warehouses(ObjectReader& file, Scenario& scenario);
void read_workload(ObjectReader& file, Scenario& scenario);
void read_transfers(ObjectReader& file, Scenario& scenario);
void read_faults(ObjectReader& file, Scenario& scenario);
void read_requirements(ObjectReader& file, Scenario& scenario);
void read_growth(ObjectReader& file, Scenario& scenario);
void read_checks(ObjectReader& file, Scenario& scenario);  // security of all, and suppressions
// Of one part, or of all that say nothing of their own.
enum class SecurityOf { all, database, cache_or_warehouse };
std::optional<Security> read_security(ObjectReader& holder, SecurityOf of);

// The bandwidth of a kind of links; none: no limit.
std::optional<engine::BitsPerSecond> read_link_bandwidth(ObjectReader& network, std::string_view key);

// The parts of a database that only the kinds with standbys have, and what these kinds have not.
void read_standbys(ObjectReader& object, Database& database);

// Its regions besides the first, and what they have to obey.
void read_global(ObjectReader& object, Database& database);
void check_global(const Scenario& scenario, const Database& database, const Report& report);

// What its instances have, and how many there are.
void read_instance_rules(ObjectReader& object, Database& database);

// Custom endpoints: read when all instances are known.
void read_endpoints(ObjectReader& object, Database& database);

// A class of the catalogue, by its key "class"; `otherwise` where that is left out.
std::string read_instance_class(ObjectReader& object, CatalogueService service, const std::string& otherwise);
// One instance; an empty default class means that it must be given.
DatabaseInstance read_instance(const Child& child, const std::string& default_class, const Report& report);
void check_zone(const Region* region, const std::string& zone, const Pointer& at, const Report& report);
void check_quorum(const Database& database, const Region& region, const Report& report);
// Backups of a database; what only an operator error has, and what it has not.
void read_backups(ObjectReader& object, Database& database);
void read_operator_error(ObjectReader& object, Fault& fault);
// The same of an evacuation.
void read_runbook(ObjectReader& object, Fault& fault);
// The same of planned work and certificates; whose defaults depend on kind and method.
void read_planned_work(ObjectReader& object, Fault& fault);
std::string fault_preset(const ObjectReader& object, FaultKind kind, const std::string& kind_name);
// When it comes, if not once at a given time. `fault` has its kind.
void read_chance(ObjectReader& object, Fault& fault);

// What a class asks of a warehouse, if its route ends there.
void read_warehouse_work(ObjectReader& object, QueryClass& into);
// What is wrong with so many nodes of a class; none: nothing, or there is no such class.
std::optional<std::string> problem_of_nodes(std::string_view node_class, int nodes, bool multi_az);

// How clients behave (read_clients.cpp): of a class, and of the workload.
RetryPolicy read_retry(const Child& child, const Report& report);
std::optional<Breaker> read_breaker(ObjectReader& object);  // its key "breaker", also of a service
std::optional<Hedge> read_hedge(const std::optional<Child>& child, const Report& report);
Priority read_priority(ObjectReader& object);
std::optional<Shedding> read_shedding(const std::optional<Child>& child, const Report& report);
std::optional<OutlierEjection> read_outliers(const std::optional<Child>& child, const Report& report);
// Who asks how often (read_demand.cpp).
void read_demand(ObjectReader& workload, Workload& into);
void read_tenants(ObjectReader& workload, Workload& into);
Storm read_storm(const Child& child, const Report& report);

// A driver's preset or object at this key.
Driver read_driver(ObjectReader& object, std::string_view key);

// What only the whole can show: references, quorums, shares, times.
void check_topology(const Scenario& scenario, const Report& report);
void check_standbys(const Database& database, const Pointer& at, const Report& report);
void check_backups(const Scenario& scenario, const Database& database, const Pointer& at, const Report& report);
void check_operator_error(const Scenario& scenario, const Fault& fault, const Report& report);
void check_evacuation(const Scenario& scenario, const Fault& fault, const Report& report);
void check_planned_work(const Scenario& scenario, const Fault& fault, const Report& report);
void read_gray(ObjectReader& object, Fault& fault);
void read_cut(ObjectReader& object, Fault& fault);
void check_cut(const Scenario& scenario, const Fault& fault, const Report& report);
void check_chance(const Scenario& scenario, const Fault& fault, const Report& report);
void check_random_targets(const Scenario& scenario, const Fault& fault, const Report& report);
// Of those who ask the last step of its route.
const Driver& driver_of(const Scenario& scenario, const QueryClass& query);
// The classes that a fault of a database names.
void check_classes_of(const Scenario& scenario, const Fault& fault, const Report& report);
// Everything that a fault of this kind may name, in the order of the file.
std::vector<std::string> targets_of(const Scenario& scenario, FaultKind kind);
// "each: zone", "each: instance of orders".
bool is_each(const std::string& target);
// What stands for it, in the order of the file; empty: it is wrong, and said so.
std::vector<std::string> read_each_target(const Scenario& scenario, const Fault& fault, const Pointer& at,
                                          const Report& report);
void check_warehouses(const Scenario& scenario, const Report& report);
// A class whose route ends at a warehouse.
void check_warehouse_class(const Scenario& scenario, const QueryClass& query, const Pointer& at, const Report& report);
void check_workload(const Scenario& scenario, const Report& report);
void check_clients(const Scenario& scenario, const Report& report);
// Reads the file of the workload's trace, if it has one, to its end, and notes what is known of it then.
void check_trace(Scenario& scenario, const Report& report);
void check_transfers(const Scenario& scenario, const Report& report);
void check_faults(const Scenario& scenario, const Report& report);
void check_requirements(const Scenario& scenario, const Report& report);
void check_security(const Scenario& scenario, const Report& report);

// The names of a list of named things.
template <typename Named>
std::vector<std::string_view> names_of(const std::vector<Named>& things) {
    std::vector<std::string_view> names;
    for (const Named& thing : things) names.push_back(thing.name);
    return names;
}

template <typename Named>
const Named* find_named(const std::vector<Named>& things, std::string_view name) {
    for (const Named& thing : things) {
        if (thing.name == name) return &thing;
    }
    return nullptr;
}

}  // namespace faultline::scenarios
