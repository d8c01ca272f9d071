#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "scenarios/constant_load.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"
#include "scenarios/yearly.hpp"

namespace faultline::scenarios {

namespace {

void check_target(const std::vector<std::string>& targets, const std::string& target, const Pointer& at,
                  const Report& report) {
    if (std::find(targets.begin(), targets.end(), target) != targets.end() || report.full()) return;
    if (is_each(target)) {
        report.add(at, "\"each:\" stands for targets that take turns: it is a \"target\", and none of several");
        return;
    }
    report.add(at, fmt::format("this kind of fault cannot hit {}{}", in_quotes(target),
                               suggestion(target, {targets.begin(), targets.end()})));
}

void check_kind(const Scenario& scenario, const Fault& fault, const Report& report) {
    if (fault.kind == FaultKind::operator_error) check_operator_error(scenario, fault, report);
    if (fault.kind == FaultKind::evacuation) check_evacuation(scenario, fault, report);
    if (fault.kind == FaultKind::zone_cut) check_cut(scenario, fault, report);
    if (fault.kind >= FaultKind::patch) check_planned_work(scenario, fault, report);
}

// Planned work without a `within` of its own is moved by the faults beside it.
Duration moved_by(const Scenario& scenario, const Fault& fault) {
    if (fault.own_within) return fault.within;
    Duration longest{};
    for (const Fault& other : scenario.faults) {
        if (!other.own_within && !is_by_chance(fault)) longest = std::max(longest, other.within);
    }
    return longest;
}

void check_within(const Scenario& scenario, const Fault& fault, const Report& report) {
    const Duration within = moved_by(scenario, fault);
    if (within == Duration{} || fault.at >= scenario.run.measured) return;  // the latter was told
    if (fault.at + within <= scenario.run.measured) return;
    report.add(
        Pointer{} / "faults" / fault.name / "within",
        fmt::format("{} {}after {} is not before the end of the run, {}: some replications would have no fault{}",
                    to_text(within), fault.own_within ? "" : "(the default) ", to_text(fault.at),
                    to_text(scenario.run.measured),
                    fault.own_within ? ""
                                     : "; let it come earlier, or say \"within\", \"0s\" if it must be "
                                       "this instant"));
}

void check_fault(const Scenario& scenario, const Fault& fault, const Report& report) {
    const Pointer at = Pointer{} / "faults" / fault.name;
    if (scenario.run.measured > Duration{} && fault.at >= scenario.run.measured) {
        report.add(at / "at",
                   fmt::format("{} after the warm-up is not before the end of the run, {}: the fault would hit nothing",
                               to_text(fault.at), to_text(scenario.run.measured)));
    }
    check_within(scenario, fault, report);
    if (fault.kind == FaultKind::switchover && fault.lasts) {
        report.add(at / "lasts", "a switchover lasts until the other region serves");
    }
    check_chance(scenario, fault, report);
    for (const std::string& target : fault.at_random ? fault.at_random->targets : std::vector<std::string>{}) {
        Fault at_target = fault;
        at_target.target = target;
        check_kind(scenario, at_target, report);
    }
    if (fault.target.empty()) return;
    check_kind(scenario, fault, report);
    if (fault.targets.empty()) {
        check_target(targets_of(scenario, fault.kind), fault.target, at / "target", report);
        return;
    }
    for (std::size_t i = 0; i < fault.targets.size(); ++i) {
        check_target(targets_of(scenario, fault.kind), fault.targets[i], at / "targets" / i, report);
    }
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

// Of the replicas in a region: the database's own, or one that follows it.
void check_of_lag(const Scenario& scenario, const Requirement& requirement, const Report& report) {
    const Pointer at = Pointer{} / "requirements" / requirement.name;
    std::vector<std::string> known;
    for (const Database& database : scenario.databases) {
        if (!database.replicas.empty()) known.push_back(database.name);
        for (const Secondary& secondary : database.secondaries) {
            if (!secondary.replicas.empty()) known.push_back(database.name + "/" + secondary.region);
        }
    }
    if (requirement.of.empty()) {
        report.add(at / "of", "\"of\" is missing: the database, or its part in a region, whose replicas lag");
    } else if (std::find(known.begin(), known.end(), requirement.of) == known.end()) {
        report.add(at / "of", unknown_name("database or part of one with replicas", requirement.of,
                                           std::vector<std::string_view>{known.begin(), known.end()}));
    }
    if (!requirement.after.empty()) report.add(at / "after", "replica-lag is measured all run, not after a fault");
    if (requirement.phase != Phase::all) report.add(at / "phase", "replica-lag is measured over the whole run");
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
    // A tenant is judged by all of its classes together.
    if (requirement.measure == "latency" || requirement.measure == "availability" || is_of_years(requirement.measure)) {
        for (const Tenant& tenant : scenario.workload.tenants) known.push_back(tenant.name);
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

// Of everything, all the time.
void check_of_cost(const Requirement& requirement, const Report& report) {
    const Pointer at = Pointer{} / "requirements" / requirement.name;
    if (!requirement.of.empty()) report.add(at / "of", "the cost is that of the whole scenario; leave it out");
    if (!requirement.after.empty()) report.add(at / "after", "the cost is of a month, not of an incident");
    if (requirement.phase != Phase::all) report.add(at / "phase", "the cost is of a month, not of a phase");
}

// Of an office: all that is due there, in calm and in trouble.
void check_of_minutes(const Requirement& requirement, const Report& report) {
    const Pointer at = Pointer{} / "requirements" / requirement.name;
    if (!requirement.of.empty())
        report.add(at / "of", "a minute is good or not for all classes together; leave it out");
    if (!requirement.after.empty()) report.add(at / "after", "good minutes are counted all run, not after a fault");
    if (requirement.phase != Phase::all) report.add(at / "phase", "good minutes are counted over the whole run");
}

// Of one part, or of all that there are.
void check_of_security(const Scenario& scenario, const Requirement& requirement, const Report& report) {
    const Pointer at = Pointer{} / "requirements" / requirement.name;
    std::vector<std::string_view> known = names_of(scenario.databases);
    for (const Cache& cache : scenario.caches) known.push_back(cache.name);
    for (const Warehouse& warehouse : scenario.warehouses) known.push_back(warehouse.name);
    if (known.empty()) {
        report.add(at / "measure", "there is no database, cache or warehouse that it could be asked of");
    } else if (!requirement.of.empty() && std::find(known.begin(), known.end(), requirement.of) == known.end()) {
        report.add(at / "of", unknown_name("database, cache or warehouse", requirement.of, known));
    }
    if (!requirement.after.empty()) report.add(at / "after", "what is described does not change with a fault");
    if (requirement.phase != Phase::all) report.add(at / "phase", "what is described is the same in every phase");
}

void check_requirement(const Scenario& scenario, const Requirement& requirement, const Report& report) {
    const Pointer at = Pointer{} / "requirements" / requirement.name;
    if (requirement.measure.empty()) return;
    if (is_money(requirement.measure)) return check_of_cost(requirement, report);
    if (requirement.measure == "good-minutes") return check_of_minutes(requirement, report);
    if (is_of_security(requirement.measure)) return check_of_security(scenario, requirement, report);
    if (is_replica_lag(requirement.measure)) return check_of_lag(scenario, requirement, report);
    if (requirement.measure != "full-recovery") {
        check_of(scenario, requirement, report);
    } else if (!requirement.of.empty()) {
        report.add(at / "of", "full recovery is that of everything: latency, hit rates and redundancy; leave it out");
    }
    if (is_of_sessions(requirement.measure)) check_of_sessions(scenario, requirement, report);
    if (is_of_years(requirement.measure) && requirement.phase != Phase::all) {
        report.add(at / "phase", "years have no phases: faults come in them as they come");
    }
    const bool of_incidents = is_of_incidents(requirement.measure);
    if (!requirement.after.empty() && find_named(scenario.faults, requirement.after) == nullptr) {
        report.add(at / "after", unknown_name("fault", requirement.after, names_of(scenario.faults)));
    } else if (!requirement.after.empty() && !of_incidents) {
        report.add(
            at / "after",
            fmt::format("only rto, rpo, restore and full-recovery are measured after a fault; give {} a \"phase\"",
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

void check_random_targets(const Scenario& scenario, const Fault& fault, const Report& report) {
    const std::vector<std::string> targets = targets_of(scenario, fault.kind);
    for (std::size_t i = 0; i < fault.at_random->targets.size(); ++i) {
        const std::string& target = fault.at_random->targets[i];
        const Pointer at = Pointer{} / "faults" / fault.name / "at_random" / "targets" / i;
        check_target(targets, target, at, report);
        const bool together = fault.at_random->zone_share + fault.at_random->region_share > 0.0;
        const Warehouse* const warehouse = find_named(scenario.warehouses, target.substr(0, target.find('/')));
        if (together && warehouse != nullptr) report.add(at, "a node of a warehouse takes no zone along");
    }
}

// The automatic warm-up needs a minute without a fault and at constant load to look at.
constexpr std::chrono::seconds calm{60};

// With a curve there is one left of every hour.
void check_load_of_warm_up(const Scenario& scenario, const Report& report) {
    if (scenario.run.warm_up || constant_load(scenario) >= calm) return;
    report.add(Pointer{} / "run" / "warm_up",
               "\"auto\" looks at the beginning of a run at constant load, which a trace is not; give a duration");
}

void check_faults(const Scenario& scenario, const Report& report) {
    for (const Fault& fault : scenario.faults) check_fault(scenario, fault, report);
    check_load_of_warm_up(scenario, report);
    // A warm-up that is longer than what it prepares is a slip.
    const Run& run = scenario.run;
    if (run.warm_up && run.measured > Duration{} && *run.warm_up > 10 * run.measured) {
        report.add(Pointer{} / "run" / "warm_up", fmt::format("{} is more than ten times the measured time, {}",
                                                              to_text(*run.warm_up), to_text(run.measured)));
    }
    for (const Fault& fault : scenario.faults) {
        if (run.warm_up || run.measured == Duration{} || fault.follows) continue;
        if (fault.at >= calm && !fault.at_random) continue;
        if (fault.at_random) {
            report.add(Pointer{} / "run" / "warm_up",
                       fmt::format("\"auto\" looks at the time before the first fault, and {} may come at once; give a "
                                   "duration",
                                   in_quotes(fault.name)));
            break;
        }
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
