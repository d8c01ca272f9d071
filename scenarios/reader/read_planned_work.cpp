// Planned work, and what only a certificate has: keys of a fault that belong to some kinds, and to no other.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/catalogue.hpp"
#include "scenarios/kinds.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

struct Method {
    FaultKind kind;
    std::string_view name;
    WorkMethod method;
};
// The first one of a kind is its default.
constexpr Method methods[] = {
    {FaultKind::patch, "restart", WorkMethod::restart},
    {FaultKind::patch, "no-restart", WorkMethod::no_restart},
    {FaultKind::patch, "zero-downtime", WorkMethod::zero_downtime},
    {FaultKind::patch, "rolling", WorkMethod::rolling},
    {FaultKind::upgrade, "in-place", WorkMethod::in_place},
    {FaultKind::upgrade, "blue-green", WorkMethod::blue_green},
    {FaultKind::upgrade, "rolling", WorkMethod::rolling},
    {FaultKind::class_change, "failover", WorkMethod::failover},
    {FaultKind::class_change, "in-place", WorkMethod::in_place},
    {FaultKind::schema_change, "online", WorkMethod::online},
    {FaultKind::schema_change, "instant", WorkMethod::instant},
    {FaultKind::schema_change, "copy", WorkMethod::copy},
};

const Method* method_of(FaultKind kind, std::string_view name) {
    const auto found = std::find_if(std::begin(methods), std::end(methods), [&](const Method& one) {
        return one.kind == kind && (name.empty() || one.name == name);
    });
    return found == std::end(methods) ? nullptr : &*found;
}

std::string methods_of(FaultKind kind) {
    std::string names;
    for (const Method& one : methods) {
        if (one.kind == kind) names += (names.empty() ? "" : ", ") + std::string{one.name};
    }
    return names;
}

// A key that only some kinds have.
void only_of(const ObjectReader& object, std::string_view key, bool has_it, std::string_view who) {
    if (!has_it && object.has(key)) object.problem(key, fmt::format("only {} has this", who));
}

void check_class(const Scenario& scenario, const Fault& fault, const Report& report) {
    const Pointer at = Pointer{} / "faults" / fault.name / "class";
    const bool of_cache = fault.kind == FaultKind::cache_scaling;
    const CatalogueService service = of_cache ? CatalogueService::elasticache : CatalogueService::aurora;
    const InstanceClass* const found = find_instance_class(service, fault.planned.class_name);
    if (found == nullptr) {
        report.add(at, fmt::format("the catalogue has no class {}", in_quotes(fault.planned.class_name)));
    } else if (!of_cache && found->vcpu == 0) {
        report.add(at, "a change to or from a serverless class is not in this version");
    }
    const Database* const database = find_named(scenario.databases, fault.target.substr(0, fault.target.find('/')));
    if (!of_cache && database != nullptr && database->serverless) {
        report.add(at, "a change to or from a serverless class is not in this version");
    }
}

// Of a database, what its kind cannot do so. Sources: PostgreSQL 15 documentation, 27.2.5 (a standby has the primary's
// major version) and 19.6; MySQL 8.0 Reference Manual, 17.5.2 (a replica may be one version newer than its source).
void check_method(const Database& database, const Fault& fault, const Report& report) {
    const Pointer at = Pointer{} / "faults" / fault.name / "method";
    const bool standbys = has_standbys(database.kind);
    const bool rolls = fault.planned.method == WorkMethod::rolling;
    if (fault.planned.method == WorkMethod::zero_downtime && standbys) {
        report.add(at, "sessions are spooled by Aurora; of this kind: restart, no-restart, rolling");
    } else if (rolls && !standbys) {
        report.add(at,
                   "\"rolling\" is for the kinds postgresql and mysql; Aurora's instances share one volume, and are "
                   "patched together");
    } else if (rolls && fault.kind == FaultKind::upgrade && database.kind == "postgresql") {
        report.add(at, "a standby of PostgreSQL has the major version of its primary: \"in-place\" or \"blue-green\"");
    } else if (rolls && database.replicas.empty()) {
        report.add(at, fmt::format("{} has no standby that could take over", in_quotes(database.name)));
    }
}

}  // namespace

std::string fault_preset(const ObjectReader& object, FaultKind kind, const std::string& kind_name) {
    const Json* const given = object.given("method");
    const std::string name = given != nullptr && given->is_string() ? given->get<std::string>() : "";
    const Method* method = method_of(kind, name);
    if (method == nullptr) method = method_of(kind, "");
    return method == nullptr ? kind_name : kind_name + " " + std::string{method->name};
}

void read_planned_work(ObjectReader& object, Fault& fault) {
    PlannedWork& work = fault.planned;
    const std::string method = object.maybe_one_of("method").value_or("");
    const Method* const known = method_of(fault.kind, method);
    if (known != nullptr) work.method = known->method;
    const std::string has = methods_of(fault.kind);
    if (known == nullptr && !method.empty()) {
        object.problem("method", has.empty() ? "only patch, upgrade, class-change and schema-change have this"
                                             : fmt::format("this kind is done by one of: {}", has));
    }
    work.preparation = object.random("preparation");
    work.work = object.random("work");
    work.long_query = object.random("long_query");
    work.fails = object.share("work_fails");
    work.rollback = object.random("rollback");
    work.class_name = object.text("class");
    work.nodes = object.maybe_integer("nodes").value_or(0);
    fault.renewal = object.random("renewal");

    const bool ordered = fault.kind >= FaultKind::patch;
    const bool moves = fault.kind == FaultKind::zone_evacuation;
    only_of(object, "preparation", ordered, "planned work besides switchover and evacuation");
    only_of(object, "work", ordered && !moves && fault.kind != FaultKind::cache_snapshot,
            "planned work that takes something down or copies it");
    only_of(object, "long_query", fault.kind == FaultKind::schema_change, "a schema-change");
    const bool may_fail = fault.kind == FaultKind::patch || fault.kind == FaultKind::upgrade;
    for (const char* const key : {"work_fails", "rollback"}) only_of(object, key, may_fail, "a patch or an upgrade");
    const bool has_class = fault.kind == FaultKind::class_change || fault.kind == FaultKind::cache_scaling;
    only_of(object, "class", has_class, "a class-change or cache-scaling");
    only_of(object, "nodes", fault.kind == FaultKind::warehouse_resize, "a warehouse-resize");
    only_of(object, "renewal", fault.kind == FaultKind::certificate_expiry, "a certificate-expiry");
    if (has_class && work.class_name.empty()) object.problem("class", "the new class is missing");
    if (fault.kind == FaultKind::warehouse_resize && !object.has("nodes")) {
        object.problem("nodes", "the new number of nodes is missing");
    }
    if (ordered && object.has("mode")) object.problem("mode", "planned work is no crash");
    const bool ends_itself = (ordered && !moves) || fault.kind == FaultKind::certificate_expiry;
    if (ends_itself && object.has("lasts")) {
        object.problem("lasts", ordered ? "planned work lasts as long as its \"preparation\" and \"work\""
                                        : "it lasts until it is noticed and renewed: \"noticed_after\", \"renewal\"");
    }
}

void check_planned_work(const Scenario& scenario, const Fault& fault, const Report& report) {
    const Pointer at = Pointer{} / "faults" / fault.name;
    if (!fault.planned.class_name.empty()) check_class(scenario, fault, report);
    if (fault.kind == FaultKind::schema_change) check_classes_of(scenario, fault, report);
    const Warehouse* const warehouse = find_named(scenario.warehouses, fault.target);
    if (warehouse != nullptr && fault.planned.nodes == warehouse->nodes) {
        report.add(at / "nodes", "so many it has: the resize would change nothing");
    }
    if (warehouse != nullptr && fault.planned.nodes > 0) {
        const auto wrong = problem_of_nodes(warehouse->class_name, fault.planned.nodes, warehouse->multi_az);
        if (wrong) report.add(at / "nodes", *wrong);
    }
    const Database* const database = find_named(scenario.databases, fault.target);
    const bool has_method = fault.kind == FaultKind::patch || fault.kind == FaultKind::upgrade;
    const Database* const owner = find_named(scenario.databases, fault.target.substr(0, fault.target.find('/')));
    if (has_method && owner != nullptr) check_method(*owner, fault, report);
    if (fault.kind == FaultKind::upgrade && database != nullptr && database->global.rpo_limit) {
        // Source: Aurora User Guide, Upgrading an Amazon Aurora global database, Major version upgrades.
        report.add(at / "target", fmt::format("{} has an \"rpo_limit\", and a global database with one takes no major "
                                              "upgrade: it is turned off before",
                                              in_quotes(database->name)));
    }
}

}  // namespace faultline::scenarios
