#include "planning/warehouse_shape.hpp"

#include <algorithm>

#include "planning/backup_shape.hpp"
#include "planning/index_of.hpp"
#include "planning/random_duration.hpp"

namespace faultline::planning {

models::WarehouseShape warehouse_shape_of(const scenarios::Warehouse& warehouse, const scenarios::Scenario& scenario,
                                          const WarehousePlaces& places, engine::Instant warm_up_end) {
    models::WarehouseShape shape;
    shape.path = warehouse.name;
    shape.storage = places.region;
    shape.zones = places.zones;
    shape.computes = warehouse.multi_az ? 2 : 1;
    shape.compute = {.nodes = warehouse.nodes,
                     .slices = warehouse.slices,
                     .slice_scan = warehouse.slice_scan,
                     .slice_load = warehouse.slice_load,
                     .node_network = warehouse.node_network,
                     .cold_speed = warehouse.recovery.cold_speed,
                     .slots = {}};
    for (const scenarios::WarehouseQueue& queue : warehouse.queues) {
        shape.compute.slots.push_back(queue.slots);
        shape.may_scale.push_back(queue.concurrency_scaling);
    }
    shape.scaling = {warehouse.scaling.limit, distribution_of(warehouse.scaling.start_up), warehouse.scaling.idle};
    shape.commit = distribution_of(warehouse.commit);
    shape.connections_max = warehouse.connections_max;
    shape.classes = scenario.workload.classes.size();
    const scenarios::WarehouseRecovery& recovery = warehouse.recovery;
    shape.recovery = {distribution_of(recovery.detection), distribution_of(recovery.node_replacement),
                      distribution_of(recovery.relocating), distribution_of(recovery.resume), recovery.relocation};
    const double nodes = static_cast<double>(warehouse.nodes * shape.computes);
    shape.snapshots = {warehouse.snapshots.interval, nodes * static_cast<double>(warehouse.snapshots.changes.count),
                       places.copy_to};
    for (const scenarios::WarehousePause& pause : warehouse.pauses)
        shape.pauses.push_back({warm_up_end + pause.at, pause.lasts});
    return shape;
}

models::TableShape table_shape_of(const scenarios::Warehouse& warehouse, const scenarios::WarehouseTable& table,
                                  const scenarios::Scenario& scenario) {
    models::TableShape shape;
    shape.name = table.name;
    shape.database = index_of(scenario.databases, table.source);
    shape.load = table.load;
    shape.interval = table.interval;
    shape.capture = distribution_of(table.capture);
    shape.export_rate = table.export_rate;
    shape.files = table.files.value_or(warehouse.slices);
    const double log = mean_log_of_commits(scenario.databases[shape.database], scenario);
    shape.bytes_per_commit = table.change_bytes ? static_cast<double>(table.change_bytes->count) : log;
    shape.bytes = static_cast<double>(table.data.count);
    return shape;
}

models::WarehouseQuery warehouse_query_of(const scenarios::QueryClass& query_class,
                                          const scenarios::Warehouse& warehouse) {
    const scenarios::WarehouseWork& work = query_class.warehouse;
    models::WarehouseQuery query;
    if (!work.queue.empty()) query.queue = index_of(warehouse.queues, work.queue);
    for (std::size_t i = 0; i < warehouse.tables.size(); ++i) {
        const bool named =
            std::find(work.tables.begin(), work.tables.end(), warehouse.tables[i].name) != work.tables.end();
        if (named || work.tables.empty()) query.tables.push_back(i);
    }
    query.scan = work.scan;
    query.redistribute = work.redistribute;
    return query;
}

}  // namespace faultline::planning
