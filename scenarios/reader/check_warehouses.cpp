#include <fmt/format.h>

#include <algorithm>

#include "scenarios/kinds.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

const Region* region_named(const Scenario& scenario, const std::string& name, const Pointer& at, const Report& report) {
    const Region* const region = find_named(scenario.regions, name);
    if (region == nullptr && !name.empty()) report.add(at, unknown_name("region", name, names_of(scenario.regions)));
    return region;
}

void check_table(const Scenario& scenario, const Warehouse& warehouse, const WarehouseTable& table,
                 const Report& report) {
    const Pointer at = Pointer{} / "warehouses" / warehouse.name / "tables" / table.name;
    if (table.source.empty()) return;  // told already
    const Database* const source = find_named(scenario.databases, table.source);
    if (source == nullptr) {
        report.add(at / "source", unknown_name("database", table.source, names_of(scenario.databases)));
        return;
    }
    const bool written =
        std::any_of(scenario.workload.classes.begin(), scenario.workload.classes.end(), [&](const QueryClass& one) {
            return one.writes && !one.route.empty() && one.route.back().name == source->name;
        });
    const bool told = std::any_of(scenario.workload.classes.begin(), scenario.workload.classes.end(),
                                  [](const QueryClass& one) { return one.route.empty(); });
    if (!written && !told) {
        report.add(at / "source",
                   fmt::format("no class writes to {}, so nothing would ever be loaded", in_quotes(source->name)));
    }
    if (table.load != TableLoad::zero_etl) return;
    if (has_standbys(source->kind)) {
        report.add(at / "load", fmt::format("zero-etl follows the storage of an Aurora kind, and {} is {}; expected "
                                            "\"copy\" or \"streaming\"",
                                            in_quotes(source->name), source->kind));
    }
    if (source->region != warehouse.region) {
        report.add(at / "load", fmt::format("zero-etl stays in one region: the source is in {} and the warehouse in "
                                            "{}; expected \"copy\" or \"streaming\"",
                                            in_quotes(source->region), in_quotes(warehouse.region)));
    }
    if (warehouse.class_name.starts_with("dc2")) {
        report.add(at / "load", "zero-etl needs ra3 nodes or a serverless warehouse");
    }
}

void check_warehouse(const Scenario& scenario, const Warehouse& warehouse, const Report& report) {
    const Pointer at = Pointer{} / "warehouses" / warehouse.name;
    const Region* const region = region_named(scenario, warehouse.region, at / "region", report);
    if (region != nullptr && !warehouse.zone.empty()) check_zone(region, warehouse.zone, at / "zone", report);
    if (region != nullptr && warehouse.multi_az && region->zones.size() < 2) {
        report.add(at / "multi_az", fmt::format("{} has one zone; two are needed", in_quotes(region->name)));
    }
    for (const WarehouseTable& table : warehouse.tables) check_table(scenario, warehouse, table, report);
    const std::string& copy_to = warehouse.snapshots.copy_to;
    if (!copy_to.empty()) region_named(scenario, copy_to, at / "snapshots" / "copy_to", report);
    if (!copy_to.empty() && copy_to == warehouse.region) {
        report.add(at / "snapshots" / "copy_to", "it stands in this region itself: a copy elsewhere survives its loss");
    }
    for (std::size_t i = 0; i < warehouse.pauses.size(); ++i) {
        const WarehousePause& pause = warehouse.pauses[i];
        if (scenario.run.measured > Duration{} && pause.at >= scenario.run.measured)
            report.add(at / "pauses" / i / "at", "is not before the end of the run: it would never sleep");
        if (i > 0 && pause.at < warehouse.pauses[i - 1].at + warehouse.pauses[i - 1].lasts)
            report.add(at / "pauses" / i / "at", "expected after the end of the pause before it");
    }
}

}  // namespace

void check_warehouses(const Scenario& scenario, const Report& report) {
    for (const Warehouse& warehouse : scenario.warehouses) check_warehouse(scenario, warehouse, report);
}

void check_warehouse_class(const Scenario& scenario, const QueryClass& query, const Pointer& at, const Report& report) {
    const Warehouse* const warehouse = find_named(scenario.warehouses, query.route.back().name);
    if (warehouse == nullptr) return;
    const WarehouseWork& work = query.warehouse;
    if (!work.queue.empty() && find_named(warehouse->queues, work.queue) == nullptr)
        report.add(at / "queue", unknown_name("queue of this warehouse", work.queue, names_of(warehouse->queues)));
    for (std::size_t i = 0; i < work.tables.size(); ++i) {
        if (find_named(warehouse->tables, work.tables[i]) != nullptr) continue;
        report.add(at / "tables" / i,
                   unknown_name("table of this warehouse", work.tables[i], names_of(warehouse->tables)));
    }
    if (query.writes) report.add(at / "route", "this class writes; a warehouse is fed by its tables' loads alone");
    if (query.transaction) report.add(at / "transaction", "a warehouse answers one statement by itself here");
    if (query.statements > 1) report.add(at / "statements", "a warehouse answers one statement by itself here");
    if (query.keys) report.add(at / "keys", "a warehouse has no keys; give \"tables\" and \"scan\"");
}

}  // namespace faultline::scenarios
