// Caches, warehouses and the application tier.
#include <fmt/format.h>

#include <algorithm>

#include "models/cost/bill_lines.hpp"
#include "scenarios/catalogue.hpp"

namespace faultline::models {
namespace {

using scenarios::hours_a_month;
using scenarios::instance_hour;
using scenarios::InstancePrice;
using scenarios::item_price;

double value_bytes(const scenarios::Scenario& scenario, const std::string& cache) {
    double bytes = 0.0, share = 0.0;
    for (const scenarios::QueryClass& query : scenario.workload.classes) {
        if (query.route.front().name != cache || !query.keys) continue;
        bytes += query.share * static_cast<double>(query.keys->value.count);
        share += query.share;
    }
    return share > 0.0 ? bytes / share : 0.0;
}

// Primaries serve; replicas exist to stand in for them.
void bill_cache(Bill& bill, const scenarios::Cache& cache) {
    for (const std::string& region : cache.regions) {
        const scenarios::Price hour = instance_hour(InstancePrice::redis, cache.class_name, region);
        bill.add({"running", "instances", cache.name, fmt::format("{} x {}", cache.shards, cache.class_name), region},
                 cache.shards * hours_a_month, hour);
        const int replicas = cache.shards * cache.replicas;
        bill.add(
            {"standby", "instances", cache.name, fmt::format("{} x {}, replicas", replicas, cache.class_name), region},
            replicas * hours_a_month, hour);
    }
    if (!cache.global || cache.regions.size() < 2) return;
    const double writes = bill.weight * bill.mean([&](const scenarios::ReplicationResult& one) {
        double sum = 0.0;
        for (const scenarios::CacheResult& of : one.caches) {
            if (of.name == cache.name) sum += static_cast<double>(of.writes_acknowledged);
        }
        return sum;
    });
    const double gb = writes * value_bytes(bill.scenario, cache.name) / bytes_a_gb;
    for (std::size_t i = 1; i < cache.regions.size(); ++i) {
        bill.add({"running", "transfer", cache.name, "writes to " + cache.regions[i], cache.regions.front()}, gb,
                 item_price("data_transfer", "inter_region_out", cache.regions.front(), cache.regions[i]));
    }
}

// Bytes that its loads bring from a database of another region.
void bill_feeds(Bill& bill, const scenarios::Warehouse& warehouse) {
    for (const scenarios::WarehouseTable& table : warehouse.tables) {
        for (const scenarios::Database& database : bill.scenario.databases) {
            if (database.name != table.source || database.region == warehouse.region) continue;
            const double bytes = bill.weight * bill.mean([&](const scenarios::ReplicationResult& one) {
                double sum = 0.0;
                for (const scenarios::WarehouseResult& of : one.warehouses) {
                    for (const scenarios::WarehouseTableResult& seen : of.tables) {
                        if (of.name == warehouse.name && seen.name == table.name) sum += seen.bytes_loaded;
                    }
                }
                return sum;
            });
            bill.add({"running", "transfer", warehouse.name, "loads of " + table.name, database.region},
                     bytes / bytes_a_gb,
                     item_price("data_transfer", "inter_region_out", database.region, warehouse.region));
        }
    }
}

// Both zones of a Multi-AZ one serve. A serverless one that is fed all the time never sleeps.
void bill_warehouse(Bill& bill, const scenarios::Warehouse& warehouse) {
    double paused_s = 0.0;
    for (const scenarios::WarehousePause& pause : warehouse.pauses) paused_s += engine::in_seconds(pause.lasts);
    const double awake = std::max(0.0, 1.0 - paused_s / engine::in_seconds(bill.scenario.run.measured));
    const std::string& region = warehouse.region;
    const bool nodes = warehouse.rpu == 0;
    const int count = warehouse.nodes * (warehouse.multi_az ? 2 : 1);
    if (nodes) {
        bill.add({"running", "instances", warehouse.name, fmt::format("{} x {}", count, warehouse.class_name), region},
                 count * hours_a_month * awake,
                 instance_hour(InstancePrice::warehouse_node, warehouse.class_name, region));
    } else {
        bill.add({"running", "instances", warehouse.name, fmt::format("{} RPU", warehouse.rpu), region},
                 warehouse.rpu * hours_a_month * awake, item_price("redshift", "serverless_rpu", region));
    }
    double bytes = 0.0;
    for (const scenarios::WarehouseTable& table : warehouse.tables) bytes += static_cast<double>(table.data.count);
    const bool managed = !nodes || warehouse.class_name.starts_with("ra3");  // dc2 keeps its data on its own disks
    if (managed) {
        bill.add({"running", "storage", warehouse.name, "managed storage", region}, bytes / bytes_a_gb,
                 item_price("redshift", "managed_storage_ra3", region));
    }
    bill_feeds(bill, warehouse);
}

// The catalogue has no machines of applications: the scenario gives their price, or it is not known.
void bill_service(Bill& bill, const scenarios::Service& service) {
    scenarios::Price hour{.dollars = service.instance_price, .unit = "hour", .date = "", .source = ""};
    hour.source = service.instance_price ? "the scenario, instance_price" : "the scenario gives no instance_price";
    hour.confidence = service.instance_price ? "high" : "none";
    const auto what = [&](int count) { return fmt::format("{} instances of {} vCPUs", count, service.vcpus); };
    for (const auto& [region, count] : service.regions) {
        bill.add({"running", "instances", service.name, what(count), region}, count * hours_a_month, hour);
    }
    for (const scenarios::ServiceStandby& standby : service.standby) {
        bill.add({"standby", "instances", service.name, what(standby.running), standby.region},
                 standby.running * hours_a_month, hour);
    }
}

}  // namespace

void bill_others(Bill& bill) {
    for (const scenarios::Cache& cache : bill.scenario.caches) bill_cache(bill, cache);
    for (const scenarios::Warehouse& warehouse : bill.scenario.warehouses) bill_warehouse(bill, warehouse);
    for (const scenarios::Service& service : bill.scenario.services) bill_service(bill, service);
}

}  // namespace faultline::models
