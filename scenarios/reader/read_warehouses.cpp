#include <fmt/format.h>

#include "scenarios/catalogue.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

TableLoad load_named(std::string_view name) {
    if (name == "streaming") return TableLoad::streaming;
    return name == "zero-etl" ? TableLoad::zero_etl : TableLoad::copy;
}

BitsPerSecond positive_bandwidth(ObjectReader& object, std::string_view key) {
    const BitsPerSecond rate = object.maybe_bandwidth(key).value_or(BitsPerSecond{1.0});
    if (object.has(key) && !(rate.value > 0.0)) object.problem(key, "expected a bandwidth above 0");
    return rate;
}

void read_table(const Child& child, WarehouseTable& table, const Report& report) {
    ObjectReader object(child, "warehouse-table", report);
    table.name = child.name;
    table.source = object.text("source");
    const std::string load = object.one_of("load");
    table.load = load_named(load);
    object.use_preset(load.empty() ? "copy" : load);
    table.interval = object.positive_duration("interval");
    table.data = object.bytes("data");
    if (object.has("data") && table.data == Bytes{}) object.problem("data", "expected a size above 0");
    table.capture = object.random("capture");
    table.export_rate = positive_bandwidth(object, "export_rate");
    table.files = object.maybe_integer("files");
    for (const char* const key : {"export_rate", "files"}) {
        if (object.has(key) && table.load != TableLoad::copy)
            object.problem(key, fmt::format("only \"copy\" goes over files; this table is fed by {}", in_quotes(load)));
    }
    table.change_bytes = object.maybe_bytes("change_bytes");
    if (table.change_bytes == Bytes{} && object.has("change_bytes"))
        object.problem("change_bytes", "expected a size above 0");
    object.finish();
}

WarehouseQueue read_queue(const Child& child, const Report& report) {
    ObjectReader object(child, "warehouse-queue", report);
    WarehouseQueue queue{child.name, object.integer("slots"), object.flag("concurrency_scaling")};
    object.finish();
    return queue;
}

WarehouseRecovery read_recovery(const Child& child, const Report& report) {
    ObjectReader object(child, "warehouse-recovery", report);
    WarehouseRecovery recovery{object.random("detection"), object.random("node_replacement"),
                               object.flag("relocation"),  object.random("relocating"),
                               object.random("resume"),    object.share("cold_speed", 0.01)};
    object.finish();
    return recovery;
}

WarehouseSnapshots read_snapshots(const Child& child, const Report& report) {
    ObjectReader object(child, "warehouse-snapshots", report);
    WarehouseSnapshots snapshots{object.positive_duration("interval"), object.bytes("changes"), object.text("copy_to")};
    if (snapshots.changes == Bytes{} && object.has("changes")) object.problem("changes", "expected a size above 0");
    object.finish();
    return snapshots;
}

WarehousePause read_pause(const Child& child, const Report& report) {
    ObjectReader object(child, "warehouse-pause", report);
    const WarehousePause pause{object.duration("at"), object.positive_duration("lasts")};
    object.finish();
    return pause;
}

// Of the class's slices there is one column in the catalogue; a serverless warehouse counts one for each RPU.
void read_machines(ObjectReader& object, Warehouse& warehouse) {
    const std::optional<std::string> name = object.maybe_text("class");
    const int nodes = object.integer("nodes");
    const int rpu = object.integer("rpu");
    if (!name) {
        constexpr int rpu_step = 8;
        warehouse.nodes = 1;
        warehouse.rpu = warehouse.slices = rpu;
        if (rpu % rpu_step != 0) object.problem("rpu", fmt::format("expected a multiple of 8, found {}", rpu));
        if (object.has("nodes")) {
            object.problem("nodes", "a warehouse without a \"class\" is serverless; give it \"rpu\", or a class");
        }
        return;
    }
    warehouse.class_name = *name;
    warehouse.nodes = nodes;
    if (object.has("rpu")) object.problem("rpu", "is the capacity of a serverless warehouse, which has no \"class\"");
    const InstanceClass* const entry = find_instance_class(CatalogueService::redshift, *name);
    if (entry == nullptr || entry->slices == 0) {
        std::vector<std::string_view> known;
        for (const InstanceClass& one : instance_classes()) {
            if (one.slices > 0) known.push_back(one.name);
        }
        object.problem("class", unknown_name("node class", *name, known));
        return;
    }
    warehouse.slices = nodes * entry->slices;
    if (const auto wrong = problem_of_nodes(*name, nodes, warehouse.multi_az)) object.problem("nodes", *wrong);
    if (warehouse.multi_az && entry->family != "ra3")
        object.problem("multi_az", "only ra3 nodes keep their data where both zones can");
}

void read_warehouse(const Child& child, Warehouse& warehouse, const Report& report) {
    ObjectReader object(child, "warehouse", report);
    warehouse.name = child.name;
    warehouse.region = object.text("region");
    warehouse.zone = object.text("zone");
    warehouse.multi_az = object.flag("multi_az");
    read_machines(object, warehouse);
    if (warehouse.multi_az && warehouse.rpu > 0 && child.value->is_object())
        object.problem("multi_az", "a serverless warehouse is not deployed by zones; give it a \"class\"");
    warehouse.slice_scan = positive_bandwidth(object, "slice_scan");
    warehouse.slice_load = positive_bandwidth(object, "slice_load");
    warehouse.node_network = positive_bandwidth(object, "node_network");
    warehouse.commit = object.random("commit");
    const InstanceClass* const entry = find_instance_class(CatalogueService::redshift, warehouse.class_name);
    constexpr int serverless_connections = 2000;  // Redshift Management Guide, quotas
    const int of_class =
        entry == nullptr ? serverless_connections : entry->connections.value_or(serverless_connections);
    warehouse.connections_max = object.maybe_integer("connections_max").value_or(of_class);
    for (const Child& table : object.map("tables")) read_table(table, warehouse.tables.emplace_back(), report);
    if (object.has("tables") && warehouse.tables.empty() && object.raw("tables")->is_object())
        object.problem("tables", "expected at least one table");
    int slots = 0;
    for (const Child& queue : object.map("queues")) {
        warehouse.queues.push_back(read_queue(queue, report));
        slots += warehouse.queues.back().slots;
    }
    constexpr std::size_t queues_most = 8;  // Redshift Database Developer Guide, WLM
    if (warehouse.queues.size() > queues_most) {
        object.problem("queues", fmt::format("expected at most 8 queues, found {}", warehouse.queues.size()));
    }
    if (warehouse.queues.empty() && child.value->is_object()) object.problem("queues", "expected at least one queue");
    constexpr int slots_most = 50;  // Redshift Database Developer Guide, WLM
    if (slots > slots_most)
        object.problem("queues", fmt::format("expected at most 50 slots over all queues, found {}", slots));
    ObjectReader scaling(*object.child("concurrency_scaling"), "concurrency-scaling", report);
    warehouse.scaling = {scaling.integer("limit"), scaling.random("start_up"), scaling.positive_duration("idle")};
    scaling.finish();
    warehouse.recovery = read_recovery(*object.child("recovery"), report);
    warehouse.snapshots = read_snapshots(*object.child("snapshots"), report);
    for (const Child& pause : object.list("pauses")) warehouse.pauses.push_back(read_pause(pause, report));
    warehouse.security = read_security(object, SecurityOf::cache_or_warehouse);
    object.finish();
}

}  // namespace

void read_warehouses(ObjectReader& file, Scenario& scenario) {
    for (const Child& child : file.map("warehouses")) {
        read_warehouse(child, scenario.warehouses.emplace_back(), file.report());
    }
}

// Of a class of queries; the keys that only a warehouse knows.
void read_warehouse_work(ObjectReader& object, QueryClass& into) {
    const bool at_warehouse = !into.route.empty() && into.route.back().role == TargetRole::warehouse;
    into.warehouse.queue = object.text("queue");
    into.warehouse.tables = object.names("tables");
    into.warehouse.scan = object.share("scan");
    into.warehouse.redistribute = object.share("redistribute");
    if (into.kind == QueryKind::analytic && !at_warehouse && !into.route.empty())
        object.problem("kind",
                       "\"analytic\" is of a warehouse; where a database answers, \"complex-join\" comes closest");
    for (const char* const key : {"queue", "tables", "scan", "redistribute"}) {
        if (object.has(key) && !at_warehouse && !into.route.empty())
            object.problem(key, "only a class whose route ends at a warehouse has it");
    }
}

}  // namespace faultline::scenarios
