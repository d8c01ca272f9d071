// World's warehouses: from their description to the models, whose commits they show, and what was seen of them.
#include <algorithm>

#include "models/measures/histogram_data.hpp"
#include "planning/index_of.hpp"
#include "planning/warehouse_shape.hpp"
#include "planning/world.hpp"

namespace faultline::planning {

using namespace models;

void World::build_warehouses() {
    for (const scenarios::Warehouse& warehouse : scenario_.warehouses) {
        const auto region = index_of(scenario_.regions, warehouse.region);
        WarehousePlaces places{network_->regions[region], network_->zones[region], std::nullopt};
        if (!warehouse.zone.empty()) {
            const PlaceId own = place_of(warehouse.region, warehouse.zone);
            std::rotate(places.zones.begin(), std::find(places.zones.begin(), places.zones.end(), own),
                        places.zones.end());
        }
        const std::string& copy_to = warehouse.snapshots.copy_to;
        if (!copy_to.empty()) places.copy_to = network_->regions[index_of(scenario_.regions, copy_to)];
        warehouses_.push_back(
            std::make_unique<Warehouse>(simulation_, *transfers_, network_->topology,
                                        warehouse_shape_of(warehouse, scenario_, places, warm_up_end_)));
        for (const scenarios::WarehouseTable& table : warehouse.tables) {
            TableShape shape = table_shape_of(warehouse, table, scenario_);
            const std::size_t database = shape.database;
            warehouses_.back()->add_table(
                std::move(shape), [this, database, storage = places.region] { return way_from(database, storage); });
            TableFeed& feed = *warehouses_.back()->tables().back();
            for (const auto& recorder : recorders_) {
                if (recorder->database() == database) recorder->add_feed(feed);
            }
        }
    }
}

// From the region that serves now, and a zone of it that is alive.
FeedWay World::way_from(std::size_t database, PlaceId storage) const {
    Cluster* serving = clusters_[database].get();
    if (globals_[database] != nullptr) serving = &globals_[database]->primary();
    if (region_restores_[database] != nullptr) serving = &region_restores_[database]->serving();
    const auto& zones = serving->zones();
    const auto alive =
        std::find_if(zones.begin(), zones.end(), [this](PlaceId zone) { return network_->topology.alive(zone); });
    return {alive == zones.end() ? zones.front() : *alive, serving->region(), storage};
}

namespace {

scenarios::WarehouseTableResult describe_table(TableFeed& table, Instant now) {
    const TableStatistics& seen = table.statistics();
    const bool any = seen.load_s.count() > 0;
    return {.name = table.shape().name,
            .freshness = table.freshness().by_time(now),
            .loads = seen.loads,
            .overdue = seen.overdue,
            .skipped = seen.skipped,
            .retried = seen.retried,
            .commits_visible = table.visible(),
            .commits_hidden = table.hidden(),
            .commits_ahead = seen.ahead,
            .load_s_mean = any ? seen.load_s.mean() : 0.0,
            .load_s_max = any ? seen.load_s.max() : 0.0,
            .bytes_loaded = seen.bytes};
}

}  // namespace

void World::describe_warehouses(scenarios::ReplicationResult& result) const {
    const Instant now = simulation_.now();
    for (const auto& warehouse : warehouses_) {
        scenarios::WarehouseResult& of = result.warehouses.emplace_back();
        of.name = warehouse->component().path();
        of.freshness = warehouse->freshness().by_time(now);
        for (const auto& table : warehouse->tables()) of.tables.push_back(describe_table(*table, now));
        for (std::size_t i = 0; i < classes_.size(); ++i) {
            if (classes_[i].warehouse == nowhere || warehouses_[classes_[i].warehouse] != warehouse) continue;
            of.answers.push_back({classes_[i].name, histogram_data(warehouse->answers(i))});
        }
        of.waited = warehouse->queues().waited();
        of.waiting_most = warehouse->queues().waiting_most();
        of.scaled = warehouse->queues().scaled();
        of.scaling_clusters = warehouse->scaling().started();
        of.refused = warehouse->refused();
        of.snapshots = warehouse->snapshots().taken();
        of.snapshots_copied = warehouse->snapshots().copied();
        of.copy_age_max_ns = warehouse->snapshots().copy_age_most(now).count();
        for (const auto& compute : warehouse->mains()) {
            const engine::ServerPool& slices = compute->slices();
            result.queues.push_back({compute->component().path() + "/slices", slices.utilisation(),
                                     slices.mean_waiting(), slices.completed(), slices.refused()});
        }
    }
}

}  // namespace faultline::planning
