#include "planning/growth/resources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/queueing/erlang.hpp"
#include "planning/checks/load.hpp"
#include "planning/checks/survival.hpp"
#include "planning/cluster_shape.hpp"
#include "planning/instance_shape.hpp"
#include "planning/random_duration.hpp"
#include "planning/requirement.hpp"
#include "scenarios/catalogue.hpp"

namespace faultline::planning {
namespace {

using scenarios::Cache;
using scenarios::Database;
using scenarios::QueryClass;
using scenarios::Scenario;
using scenarios::TargetRole;

constexpr double gib = 1024.0 * 1024.0 * 1024.0;

double demand_s(const QueryClass& query) {
    return distribution_of(query.demand).mean();
}

// The instances that answer reads: the writer, where there is no other.
std::vector<const scenarios::DatabaseInstance*> readers_of(const Scenario& scenario, const Database& database) {
    auto all = Survival(scenario, {}).all_of(database);
    std::erase(all, &database.writer);
    return all;
}

double vcpus_of(const Database& database, const std::vector<const scenarios::DatabaseInstance*>& instances) {
    double sum = 0.0;
    for (const auto* const one : instances) sum += instance_shape_of(database, *one).vcpus;
    // Replicas by load are copies of the writer.
    if (database.replica_scaling) {
        const auto more = database.replica_scaling->replicas_max - static_cast<int>(database.replicas.size());
        sum += std::max(0, more) * instance_shape_of(database, database.writer).vcpus;
    }
    return sum;
}

class Estimates {
public:
    explicit Estimates(const Scenario& scenario) : scenario_{scenario}, rate_per_s_{peak_rate_per_s(scenario)} {}

    std::vector<ResourceEstimate> run() {
        stations();
        services();
        for (const Database& database : scenario_.databases) {
            processors_of(database);
            cards_of(database);
            connections_of(database);
            memory_of_pools(database);
            log_streams_of(database);
        }
        caches();
        warehouses();
        transfers();
        return std::move(all_);
    }

private:
    void add(ResourceKind kind, const std::string& of, std::string words, const char* unit, double wanted,
             double there) {
        if (wanted <= 0.0 || there <= 0.0) return;
        all_.push_back({kind, of, std::move(words), unit, wanted, there});
    }

    void stations() {
        for (const scenarios::Station& station : scenario_.stations) {
            double busy = 0.0;
            for (const QueryClass& query : scenario_.workload.classes) {
                if (query.route.back().name == station.name) busy += rate_per_s_ * query.share * demand_s(query);
            }
            add(ResourceKind::servers, station.name, "servers of " + station.name, "servers", busy, station.servers);
        }
    }

    // A thread is taken while its call computes, here and at what it asks: at least so many, by Little's law.
    void services() {
        for (const scenarios::Service& service : scenario_.services) {
            const int instances = Survival(scenario_, {}).instances_of(service);
            const double cores = service_cores(scenario_, service.name);
            add(ResourceKind::service_cpu, service.name, "CPU of " + service.name, "vCPUs", cores,
                static_cast<double>(instances) * service.vcpus);
            double threads = cores;
            for (const QueryClass& query : scenario_.workload.classes) {
                if (query.via != service.name || query.route.front().role == TargetRole::cache) continue;
                threads += rate_per_s_ * query.share * query.statements * demand_s(query);
            }
            add(ResourceKind::threads, service.name, "threads of " + service.name, "threads", threads,
                static_cast<double>(instances) * service.threads);
        }
    }

    void processors_of(const Database& database) {
        const auto readers = readers_of(scenario_, database);
        const double reads = warm_cores(scenario_, database, TargetRole::reader);
        const double writes = warm_cores(scenario_, database, TargetRole::writer);
        const double writer = instance_shape_of(database, database.writer).vcpus;
        const double reader = vcpus_of(database, readers);
        add(ResourceKind::writer_cpu, database.name, "CPU of the writer of " + database.name, "vCPUs",
            writes + (reader > 0.0 ? 0.0 : reads), writer);
        add(ResourceKind::reader_cpu, database.name, "CPU of the readers of " + database.name, "vCPUs", reads, reader);
    }

    // What an instance sends. Of a class whose bandwidth is not known the card is no limit, as in a run.
    void cards_of(const Database& database) {
        const auto card = [&](const scenarios::DatabaseInstance& one) {
            return instance_shape_of(database, one).bandwidth.value;
        };
        const double reads = warm_sends(scenario_, database, TargetRole::reader);
        const double writes = warm_sends(scenario_, database, TargetRole::writer);
        double readers = 0.0;
        bool known = !database.replica_scaling;
        const auto all = readers_of(scenario_, database);
        for (const auto* const one : all) {
            known = known && card(*one) > 0.0;
            readers += card(*one);
        }
        add(ResourceKind::writer_card, database.name, "network card of the writer of " + database.name, "Gbps",
            (writes + (all.empty() ? reads : 0.0)) / 1e9, card(database.writer) / 1e9);
        if (!known) return;
        add(ResourceKind::reader_card, database.name, "network cards of the readers of " + database.name, "Gbps",
            reads / 1e9, readers / 1e9);
    }

    // Reads go to the primary of a shard.
    void card_of(const Cache& cache) {
        const auto* const found =
            scenarios::find_instance_class(scenarios::CatalogueService::elasticache, cache.class_name);
        if (found == nullptr) return;
        double bits_per_s = 0.0;
        const double hits = estimated_hit_ratio(scenario_, cache);
        for (const QueryClass& query : scenario_.workload.classes) {
            if (!reads_through(query, cache)) continue;
            bits_per_s += 8.0 * rate_per_s_ * query.share * static_cast<double>(query.keys->value.count) * hits;
        }
        add(ResourceKind::cache_card, cache.name, "network cards of " + cache.name, "Gbps", bits_per_s / 1e9,
            found->network_baseline.value * cache.shards / 1e9);
    }

    void connections_of(const Database& database) {
        const auto readers = readers_of(scenario_, database);
        const double each = instance_shape_of(database, database.writer).connections_max;
        double all = 0.0;
        for (const auto* const one : readers) all += instance_shape_of(database, *one).connections_max;
        const auto to_writer = static_cast<double>(pooled_connections(scenario_, database, TargetRole::writer));
        const auto to_readers = static_cast<double>(pooled_connections(scenario_, database, TargetRole::reader));
        add(ResourceKind::connections, database.name, "connections to the writer of " + database.name, "connections",
            to_writer + (all > 0.0 ? 0.0 : to_readers), each);
        add(ResourceKind::connections, database.name, "connections to the readers of " + database.name, "connections",
            to_readers, all);
    }

    // The keys of classes are spread over all pages of the database.
    void memory_of_pools(const Database& database) {
        const auto page = static_cast<double>(page_size_of(database).count);
        const double pages = std::max(1.0, static_cast<double>(database.data.count) / page);
        double touched = static_cast<double>(shared_pages_of(database));
        for (const QueryClass& query : scenario_.workload.classes) {
            if (!query.keys || query.route.back().name != database.name) continue;
            touched += pages * -std::expm1(-static_cast<double>(query.keys->count) * query.pages / pages);
        }
        const double held = static_cast<double>(instance_shape_of(database, database.writer).pool_pages);
        add(ResourceKind::memory, database.name, "buffer pool of " + database.name, "GiB",
            std::min(pages, touched) * page / gib, held * page / gib);
    }

    // One stream to each other region.
    void log_streams_of(const Database& database) {
        if (database.secondaries.empty()) return;
        double bits_per_s = 0.0;
        for (const QueryClass& query : scenario_.workload.classes) {
            const auto& last = query.route.back();
            if (last.name != database.name || last.role != TargetRole::writer || !query.writes) continue;
            bits_per_s += rate_per_s_ * query.share * 8.0 * static_cast<double>(query.log.count);
        }
        double there = std::numeric_limits<double>::infinity();
        if (database.global.bandwidth) there = database.global.bandwidth->value;
        if (scenario_.network.backbone_bandwidth) there = std::min(there, scenario_.network.backbone_bandwidth->value);
        if (std::isinf(there)) return;
        add(ResourceKind::link, database.name, "log stream of " + database.name + " to another region", "Gbps",
            bits_per_s / 1e9, there / 1e9);
    }

    void caches() {
        for (const Cache& cache : scenario_.caches) {
            double bytes = 0.0;
            for (const QueryClass& query : scenario_.workload.classes) {
                if (!reads_through(query, cache)) continue;
                bytes += static_cast<double>(query.keys->count) * static_cast<double>(query.keys->value.count);
            }
            add(ResourceKind::memory, cache.name, "memory of " + cache.name, "GiB", bytes / gib,
                memory_of(cache) / gib);
            card_of(cache);
        }
    }

    // Data grow, and so does what each query scans.
    void warehouses() {
        for (const scenarios::Warehouse& warehouse : scenario_.warehouses) {
            double bits_per_s = 0.0;
            for (const QueryClass& query : scenario_.workload.classes) {
                if (query.route.back().name != warehouse.name) continue;
                double bytes = 0.0;
                for (const scenarios::WarehouseTable& table : warehouse.tables) {
                    const auto& some = query.warehouse.tables;
                    const bool read = some.empty() || std::find(some.begin(), some.end(), table.name) != some.end();
                    if (read) bytes += static_cast<double>(table.data.count);
                }
                bits_per_s += rate_per_s_ * query.share * query.warehouse.scan * bytes * 8.0;
            }
            const double zones = warehouse.multi_az ? 2.0 : 1.0;
            add(ResourceKind::scans, warehouse.name, "scans of " + warehouse.name, "Gbps", bits_per_s / 1e9,
                zones * warehouse.slices * warehouse.slice_scan.value / 1e9);
        }
    }

    // What comes again must be through before it is due again.
    void transfers() {
        for (const scenarios::BulkTransfer& one : scenario_.transfers) {
            if (!one.every || one.every->count() == 0) continue;
            const auto region = [](const std::string& place) { return place.substr(0, place.find('/')); };
            const auto& link = region(one.from) == region(one.to) ? scenario_.network.inter_zone_bandwidth
                                                                  : scenario_.network.backbone_bandwidth;
            double there = std::numeric_limits<double>::infinity();
            if (one.rate) there = one.rate->value;
            if (link) there = std::min(there, link->value);
            if (std::isinf(there)) continue;
            const double every_s = std::chrono::duration<double>(*one.every).count();
            add(ResourceKind::link, one.name, "transfer " + one.name, "Gbps",
                static_cast<double>(one.size.count) * 8.0 / every_s / 1e9, there / 1e9);
        }
    }

    const Scenario& scenario_;
    const double rate_per_s_;
    std::vector<ResourceEstimate> all_;
};

// c servers with this mean demand each, `busy` of them on average.
double pool_latency_s(double busy, double servers, double each_s, const std::string& statistic) {
    if (each_s <= 0.0 || busy <= 0.0) return each_s;
    if (busy >= servers) return std::numeric_limits<double>::infinity();
    const engine::Mmc queue{busy / each_s, 1.0 / each_s, std::max(1, static_cast<int>(servers))};
    const std::optional<double> p = quantile_of(statistic, 0.5);
    if (statistic == "mean" || !p) return engine::means(queue).response_time_s;
    return engine::response_time_quantile_s(queue, *p);
}

}  // namespace

std::vector<ResourceEstimate> estimate_resources(const Scenario& scenario) {
    return Estimates{scenario}.run();
}

bool is_on_the_way(const ResourceEstimate& resource, const QueryClass& query) {
    const auto& last = query.route.back();
    if (resource.of == query.via) return !query.via.empty();
    if (resource.of != last.name) return resource.of == query.route.front().name;  // a cache
    const bool of_readers = resource.kind == ResourceKind::reader_cpu || resource.kind == ResourceKind::reader_card;
    if (of_readers) return last.role != TargetRole::writer;
    if (resource.kind == ResourceKind::link) return query.writes;
    return true;  // readers may be missing: the writer's do their work, then
}

double estimated_latency_s(const std::vector<ResourceEstimate>& resources, const Scenario& scenario,
                           const QueryClass& query, const std::string& statistic) {
    const bool reads = query.route.back().role != TargetRole::writer;
    const auto is_read_elsewhere = [&](const ResourceEstimate& one) {
        return one.kind == ResourceKind::reader_cpu && one.of == query.route.back().name;
    };
    const bool readers = reads && std::any_of(resources.begin(), resources.end(), is_read_elsewhere);
    double latency_s = 0.0;
    for (const ResourceEstimate& one : resources) {
        const bool of_writes =
            (one.kind == ResourceKind::writer_cpu || one.kind == ResourceKind::writer_card) && readers;
        if (!one.saturates() || of_writes || !is_on_the_way(one, query)) continue;
        if (one.share() >= 1.0) return std::numeric_limits<double>::infinity();
        double each_s = demand_s(query);
        if (one.kind == ResourceKind::service_cpu) {
            for (const scenarios::Service& service : scenario.services) {
                if (one.of == service.name) each_s = distribution_of(service.demand).mean();
            }
        } else if (one.kind == ResourceKind::writer_cpu || one.kind == ResourceKind::reader_cpu) {
            each_s *= query.statements;
        } else if (one.kind != ResourceKind::servers) {
            continue;
        }
        latency_s += pool_latency_s(one.wanted, one.there, each_s, statistic);
    }
    return latency_s;
}

}  // namespace faultline::planning
