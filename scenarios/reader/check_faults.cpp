#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "scenarios/kinds.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

constexpr std::string_view zone_role = "az-of: ";
constexpr std::string_view region_role = "region-of: ";

bool is_of_links(FaultKind kind) {
    return kind == FaultKind::link_cut || kind == FaultKind::link_gray;
}

// That hit a zone, or the one of a role.
bool is_of_zones(FaultKind kind) {
    return kind == FaultKind::zone_outage || kind == FaultKind::zone_gray;
}

// Of a link: a region stands for its links to all others, and a pair for those between the two, either way round.
void add_regions(const Scenario& scenario, FaultKind kind, std::vector<std::string>& targets) {
    const bool links = is_of_links(kind);
    if (links && scenario.regions.size() < 2) return;
    for (const Region& region : scenario.regions) {
        targets.push_back(region.name);
        for (const Region& other : scenario.regions) {
            if (links && other.name != region.name) targets.push_back(region.name + " - " + other.name);
        }
    }
}

bool is_of_regions(FaultKind kind) {
    return kind == FaultKind::region_outage || is_of_links(kind) || kind == FaultKind::evacuation;
}

std::string_view role_of(FaultKind kind) {
    if (is_of_zones(kind)) return zone_role;
    return is_of_regions(kind) ? region_role : "";
}

// All instances of a service, all nodes of a cache, a station; or what stands in the zone of a role.
void add_named_parts(const Scenario& scenario, std::vector<std::string>& targets) {
    for (const Service& service : scenario.services) targets.push_back(service.name);
    for (const Cache& cache : scenario.caches) targets.push_back(cache.name);
    for (const Station& station : scenario.stations) targets.push_back(station.name);
    for (const Database& database : scenario.databases) {
        targets.push_back(std::string{zone_role} + database.name + "/writer");
    }
}

// By role, or by number: the first one of a shard, then its replicas as they were in the beginning.
std::vector<std::string> cache_nodes(const Scenario& scenario) {
    std::vector<std::string> targets;
    for (const Cache& cache : scenario.caches) {
        for (const std::string& region : cache.regions) {
            const bool first = region == cache.regions.front();
            for (int shard = 1; shard <= cache.shards; ++shard) {
                const std::string at = fmt::format("{}{}/shard-{}/", cache.name, first ? "" : "/" + region, shard);
                targets.push_back(at + "primary");
                if (cache.replicas > 0) targets.push_back(at + "replica");
                for (int node = 1; node <= 1 + cache.replicas; ++node) {
                    targets.push_back(fmt::format("{}node-{}", at, node));
                }
            }
        }
    }
    return targets;
}

// Everything that a fault of this kind may name, in the order of the file.
std::vector<std::string> targets_of(const Scenario& scenario, FaultKind kind) {
    std::vector<std::string> targets;
    if (is_of_zones(kind) || kind == FaultKind::brown_out) {
        for (const Region& region : scenario.regions) {
            for (const std::string& zone : region.zones) targets.push_back(region.name + "/" + zone);
        }
    }
    if (kind == FaultKind::cache_node_loss) return cache_nodes(scenario);
    if (is_of_regions(kind)) add_regions(scenario, kind, targets);
    if (kind == FaultKind::brown_out) add_named_parts(scenario, targets);
    if (is_of_links(kind) && targets.empty()) return targets;  // one region: nothing to cut
    const std::string role{role_of(kind)};
    for (const Warehouse& warehouse : scenario.warehouses) {
        const bool hit = kind == FaultKind::instance_crash && warehouse.rpu == 0;
        const int nodes = hit ? warehouse.nodes * (warehouse.multi_az ? 2 : 1) : 0;
        for (int node = 1; node <= nodes; ++node) targets.push_back(fmt::format("{}/node-{}", warehouse.name, node));
    }
    for (const Database& database : scenario.databases) {
        if (kind == FaultKind::switchover) {
            for (const Secondary& secondary : database.secondaries)
                targets.push_back(database.name + "/" + secondary.region);
            continue;
        }
        if (kind == FaultKind::operator_error) {
            targets.push_back(database.name);
            continue;
        }
        if (kind == FaultKind::storage_node_loss) {
            if (has_standbys(database.kind)) continue;
            const Region* const region = find_named(scenario.regions, database.region);
            for (const std::string& zone : region == nullptr ? std::vector<std::string>{} : region->zones) {
                for (int node = 1; node <= database.storage.nodes_per_zone; ++node) {
                    targets.push_back(fmt::format("{}/storage/{}/{}", database.name, zone, node));
                }
            }
            continue;
        }
        targets.push_back(role + database.name + "/writer");
        for (std::size_t i = 1; i <= database.replicas.size() + 1; ++i) {
            targets.push_back(fmt::format("{}{}/instance-{}", role, database.name, i));
        }
        for (const Secondary& secondary : database.secondaries) {
            for (std::size_t i = 1; i <= secondary.replicas.size(); ++i) {
                targets.push_back(fmt::format("{}{}/{}/instance-{}", role, database.name, secondary.region, i));
            }
        }
    }
    return targets;
}

void check_fault(const Scenario& scenario, const Fault& fault, const Report& report) {
    const Pointer at = Pointer{} / "faults" / fault.name;
    if (scenario.run.measured > Duration{} && fault.at >= scenario.run.measured) {
        report.add(at / "at",
                   fmt::format("{} after the warm-up is not before the end of the run, {}: the fault would hit nothing",
                               to_text(fault.at), to_text(scenario.run.measured)));
    }
    if (fault.kind == FaultKind::switchover && fault.lasts) {
        report.add(at / "lasts", "a switchover lasts until the other region serves");
    }
    if (fault.target.empty()) return;
    if (fault.kind == FaultKind::operator_error) check_operator_error(scenario, fault, report);
    if (fault.kind == FaultKind::evacuation) check_evacuation(scenario, fault, report);
    const std::vector<std::string> targets = targets_of(scenario, fault.kind);
    if (std::find(targets.begin(), targets.end(), fault.target) != targets.end() || report.full()) return;
    if (fault.target.starts_with("each:")) {
        report.add(at / "target",
                   "target \"each:\" is not in this version; it has names, \"az-of: orders/writer\" and \"region-of: "
                   "orders/writer\"");
        return;
    }
    report.add(at / "target", fmt::format("this kind of fault cannot hit {}{}", in_quotes(fault.target),
                                          suggestion(fault.target, {targets.begin(), targets.end()})));
}

// Of a warehouse or one of its tables by time, or of a class by its queries.
void check_of_freshness(const Scenario& scenario, const Requirement& requirement, const Pointer& at,
                        const Report& report) {
    std::vector<std::string> known;
    for (const Warehouse& warehouse : scenario.warehouses) {
        known.push_back(warehouse.name);
        for (const WarehouseTable& table : warehouse.tables) known.push_back(warehouse.name + "/" + table.name);
    }
    for (const QueryClass& query : scenario.workload.classes) {
        if (!query.route.empty() && query.route.back().role == TargetRole::warehouse) known.push_back(query.name);
    }
    const std::vector<std::string_view> views{known.begin(), known.end()};
    if (requirement.of.empty()) {
        report.add(at, "\"of\" is missing: the warehouse, table or class that freshness is measured of");
    } else if (std::find(known.begin(), known.end(), requirement.of) == known.end()) {
        report.add(at, unknown_name("warehouse, table of one, or class that asks one", requirement.of, views));
    }
    if (requirement.phase != Phase::all) {
        report.add(Pointer{} / "requirements" / requirement.name / "phase", "freshness is measured over the whole run");
    }
}

void check_of(const Scenario& scenario, const Requirement& requirement, const Report& report) {
    const Pointer at = Pointer{} / "requirements" / requirement.name / "of";
    std::string_view what = "class";
    std::vector<std::string_view> known = names_of(scenario.workload.classes);
    if (requirement.measure == "rpo" || requirement.measure == "restore") {
        what = "database";
        known = names_of(scenario.databases);
    } else if (requirement.measure == "hit-rate" || requirement.measure == "offload") {
        what = "cache";
        known = names_of(scenario.caches);
    }
    if (is_freshness(requirement.measure)) return check_of_freshness(scenario, requirement, at, report);
    if (what == "class" && known.empty()) return;  // that there are no classes was told
    if (requirement.of.empty()) {
        report.add(at, fmt::format("\"of\" is missing: the {} that {} is measured of", what, requirement.measure));
    } else if (std::find(known.begin(), known.end(), requirement.of) == known.end()) {
        report.add(at, unknown_name(what, requirement.of, known));
    }
}

void check_of_sessions(const Scenario& scenario, const Requirement& requirement, const Report& report) {
    const Pointer at = Pointer{} / "requirements" / requirement.name;
    if (!scenario.workload.sessions) {
        report.add(at / "measure",
                   fmt::format("{} are measured of users; give \"workload\" its \"sessions\"", requirement.measure));
    }
    const QueryClass* const query = find_named(scenario.workload.classes, requirement.of);
    if (query == nullptr || query->route.empty()) return;  // told already
    if (query->writes) {
        report.add(at / "of",
                   fmt::format("{} writes; {} are of a class that reads", in_quotes(query->name), requirement.measure));
    } else if (!query->keys || query->route.back().role == TargetRole::station) {
        report.add(at / "of", fmt::format("{} reads no keys of a database, so nothing says what it shows",
                                          in_quotes(query->name)));
    }
}

void check_requirement(const Scenario& scenario, const Requirement& requirement, const Report& report) {
    const Pointer at = Pointer{} / "requirements" / requirement.name;
    if (requirement.measure.empty()) return;
    check_of(scenario, requirement, report);
    if (is_of_sessions(requirement.measure)) check_of_sessions(scenario, requirement, report);
    const bool of_incidents = is_of_incidents(requirement.measure);
    if (!requirement.after.empty() && find_named(scenario.faults, requirement.after) == nullptr) {
        report.add(at / "after", unknown_name("fault", requirement.after, names_of(scenario.faults)));
    } else if (!requirement.after.empty() && !of_incidents) {
        report.add(at / "after",
                   fmt::format("only rto, rpo and restore are measured after a fault; give {} a \"phase\"",
                               requirement.measure));
    }
    if (of_incidents && requirement.phase != Phase::all) {
        report.add(at / "phase", fmt::format("{} belongs to an incident, not to a phase", requirement.measure));
    }
    // Without a fault an RPO is judged on the exposure alone.
    if (of_incidents && requirement.measure != "rpo" && scenario.faults.empty()) {
        report.add(at / "measure", fmt::format("{} needs a fault, and this scenario has none", requirement.measure));
    }
    const bool after_fault = requirement.phase == Phase::degraded || requirement.phase == Phase::recovering;
    if (after_fault && scenario.faults.empty()) {
        report.add(at / "phase", "this phase needs a fault, and this scenario has none");
    }
}

}  // namespace

void check_faults(const Scenario& scenario, const Report& report) {
    for (const Fault& fault : scenario.faults) check_fault(scenario, fault, report);
    // A warm-up that is longer than what it prepares is a slip; the automatic one needs some calm to look at.
    const Run& run = scenario.run;
    if (run.warm_up && run.measured > Duration{} && *run.warm_up > 10 * run.measured) {
        report.add(Pointer{} / "run" / "warm_up", fmt::format("{} is more than ten times the measured time, {}",
                                                              to_text(*run.warm_up), to_text(run.measured)));
    }
    constexpr std::chrono::seconds calm{60};
    for (const Fault& fault : scenario.faults) {
        if (run.warm_up || fault.at >= calm || run.measured == Duration{}) continue;
        report.add(
            Pointer{} / "run" / "warm_up",
            fmt::format("\"auto\" looks at the time before the first fault, and {} comes after {}; give a duration, or "
                        "let it come after 60s",
                        in_quotes(fault.name), to_text(fault.at)));
        break;
    }
    if (!run.warm_up && run.measured > Duration{} && run.measured < calm) {
        report.add(Pointer{} / "run" / "measured",
                   fmt::format("{} is too short for the automatic warm-up; give at least 60s, or a "
                               "\"warm_up\"",
                               to_text(run.measured)));
    }
}

void check_requirements(const Scenario& scenario, const Report& report) {
    for (const Requirement& requirement : scenario.requirements) check_requirement(scenario, requirement, report);
}

}  // namespace faultline::scenarios
