#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "scenarios/kinds.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

// Redshift Management Guide, Clusters and nodes: how many nodes of a class may stand together (after a resize), and
// what each may hold of the data; ra3.large from memory.
struct NodeLimits {
    std::string_view node_class;
    int least = 1, most = 128;
    double node_tb = 0.0;
    double alone_tb = 0.0;  // of a single node
};
constexpr std::array node_limits{
    NodeLimits{"ra3.large", 1, 16, 8.0, 1.0},       NodeLimits{"ra3.xlplus", 1, 32, 32.0, 4.0},
    NodeLimits{"ra3.4xlarge", 2, 64, 128.0, 128.0}, NodeLimits{"ra3.16xlarge", 2, 128, 128.0, 128.0},
    NodeLimits{"dc2.large", 1, 32, 0.16, 0.16},     NodeLimits{"dc2.8xlarge", 2, 128, 2.56, 2.56},
};
const NodeLimits* limits_of(std::string_view node_class) {
    const auto found = std::find_if(node_limits.begin(), node_limits.end(),
                                    [&](const NodeLimits& one) { return one.node_class == node_class; });
    return found != node_limits.end() ? &*found : nullptr;
}

void check_capacity(const Warehouse& warehouse, const Report& report) {
    const NodeLimits* const limits = limits_of(warehouse.class_name);
    if (limits == nullptr) return;
    constexpr double tb = 1e12;
    double data_tb = 0.0;
    for (const WarehouseTable& table : warehouse.tables) data_tb += static_cast<double>(table.data.count) / tb;
    const double room_tb = warehouse.nodes == 1 ? limits->alone_tb : limits->node_tb * warehouse.nodes;
    if (data_tb <= room_tb) return;
    report.add(Pointer{} / "warehouses" / warehouse.name / "tables",
               fmt::format("{:.4g} TB are more than {} of {} hold, {:.4g} TB", data_tb,
                           warehouse.nodes == 1 ? "one node" : fmt::format("{} nodes", warehouse.nodes),
                           warehouse.class_name, room_tb));
}

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
    check_capacity(warehouse, report);
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

std::optional<std::string> problem_of_nodes(std::string_view node_class, int nodes, bool multi_az) {
    const NodeLimits* const limits = limits_of(node_class);
    if (limits == nullptr) return std::nullopt;
    const int least = multi_az ? std::max(2, limits->least) : limits->least;
    if (nodes >= least && nodes <= limits->most) return std::nullopt;
    return fmt::format("expected {} to {} of {}{}, found {}", least, limits->most, node_class,
                       multi_az ? " in a zone" : "", nodes);
}

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
