// Databases: hours of instances, storage, I/O, and backups beyond what is free.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "models/cost/bill_lines.hpp"
#include "scenarios/kinds.hpp"

namespace faultline::models {
namespace {

using scenarios::Database;
using scenarios::hours_a_month;
using scenarios::InstancePrice;
using scenarios::item_price;
using scenarios::TargetRole;

constexpr double million = 1e6;

InstancePrice price_kind(const Database& database) {
    if (database.kind == "postgresql") return InstancePrice::postgresql;
    if (database.kind == "mysql") return InstancePrice::mysql;
    return database.io_optimized ? InstancePrice::aurora_io_optimized : InstancePrice::aurora;
}

// Mean capacity of the serverless instances of one region, in ACUs.
double mean_acus(const Bill& bill, const Database& database, const std::string& region) {
    const std::string prefix = database.name + "/" + (region == database.region ? "" : region + "/") + "instance-";
    return bill.mean([&](const scenarios::ReplicationResult& one) {
        double acus = 0.0;
        for (const scenarios::InstanceResult& instance : one.instances) {
            if (instance.name.starts_with(prefix)) acus += instance.acu_mean;
        }
        return acus;
    });
}

// Instances of one class in one region, all running or all standing by.
void add_instances(Bill& bill, const Database& database, const std::string& region, const char* group,
                   const std::map<std::string, int>& classes) {
    for (const auto& [class_name, count] : classes) {
        if (class_name == "db.serverless") {
            const char* const item =
                database.io_optimized ? "serverless_v2_acu_io_optimized" : "serverless_v2_acu_standard";
            bill.add({group, "instances", database.name, fmt::format("{} x {}, mean ACUs", count, class_name), region},
                     mean_acus(bill, database, region) * hours_a_month, item_price("aurora", item, region));
        } else {
            bill.add({group, "instances", database.name, fmt::format("{} x {}", count, class_name), region},
                     count * hours_a_month, scenarios::instance_hour(price_kind(database), class_name, region));
        }
    }
}

void add_storage(Bill& bill, const Database& database, const std::string& region, const char* group, int copies) {
    const double gb = static_cast<double>(database.data.count) / bytes_a_gb * copies;
    const bool plain = scenarios::has_standbys(database.kind);
    const char* const item = plain                   ? "storage_gp3_single_az"
                             : database.io_optimized ? "storage_io_optimized"
                                                     : "storage_standard";
    const std::string what = copies == 1 ? std::string{"volume"} : fmt::format("{} volumes", copies);
    bill.add({group, "storage", database.name, what, region}, gb, item_price(plain ? "rds" : "aurora", item, region));
}

double commits_a_month(const Bill& bill, const Database& database) {
    return bill.weight * bill.mean([&](const scenarios::ReplicationResult& one) {
        double commits = 0.0;
        for (const scenarios::ExposureResult& of : one.databases) {
            if (of.database == database.name) commits += static_cast<double>(of.commits_acknowledged);
        }
        return commits;
    });
}

// Pages that were not in memory, of one region's instances.
double page_reads_a_month(const Bill& bill, const Database& database, const std::string& region) {
    const std::string prefix = database.name + "/" + (region == database.region ? "" : region + "/") + "instance-";
    return bill.weight * bill.mean([&](const scenarios::ReplicationResult& one) {
        double pages = 0.0;
        for (const scenarios::InstanceResult& instance : one.instances) {
            if (instance.name.starts_with(prefix)) pages += static_cast<double>(instance.page_misses);
        }
        return pages;
    });
}

// Log is counted in units of 4 KB (Aurora FAQ); commits that share a unit are not looked for, so this is the most.
void add_io(Bill& bill, const Database& database, const std::string& region, const char* group) {
    if (scenarios::has_standbys(database.kind) || database.io_optimized) return;
    bill.add({group, "I/O", database.name, "pages read", region}, page_reads_a_month(bill, database, region) / million,
             item_price("aurora", "io_requests", region));
    constexpr double unit_bytes = 4096.0;
    const double units = std::ceil(mean_log_bytes(bill.scenario, database.name) / unit_bytes);
    const double writes = commits_a_month(bill, database) * units / million;
    const bool own = region == database.region;
    bill.add(
        {group, "I/O", database.name, own ? "log writes" : "replicated writes", region}, writes,
        own ? item_price("aurora", "io_requests", region) : item_price("aurora", "global_replicated_write_io", region));
}

// Beyond 100 % of the volume, which is free: the log of the retention. A copy elsewhere is paid for as a whole, and its
// changes travel.
void add_backups(Bill& bill, const Database& database) {
    if (!database.backups) return;
    const char* const service = scenarios::has_standbys(database.kind) ? "rds" : "aurora";
    const double log_gb_a_month =
        commits_a_month(bill, database) * mean_log_bytes(bill.scenario, database.name) / bytes_a_gb;
    const double months_kept = engine::in_seconds(database.backups->retention) / 3600.0 / hours_a_month;
    bill.add({"standby", "backup", database.name, "log kept beyond the volume's size", database.region},
             log_gb_a_month * months_kept, item_price(service, "backup_storage", database.region));
    const std::string& copy = database.backups->copy_to;
    if (copy.empty()) return;
    bill.add({"standby", "backup", database.name, "copy of the snapshots", copy},
             static_cast<double>(database.data.count) / bytes_a_gb, item_price(service, "backup_storage", copy));
    bill.add({"standby", "transfer", database.name, "changes to the copy in " + copy, database.region}, log_gb_a_month,
             item_price("data_transfer", "inter_region_out", database.region, copy));
}

void bill_database(Bill& bill, const Database& database) {
    const bool plain = scenarios::has_standbys(database.kind);
    const char* const readers = serves_reads(bill.scenario, database, "") ? "running" : "standby";
    add_instances(bill, database, database.region, "running", {{database.writer.class_name, 1}});
    std::map<std::string, std::map<std::string, int>> by_region;
    std::map<std::string, int> copies;
    for (const auto& replica : database.replicas) {
        const std::string& region = replica.region.empty() ? database.region : replica.region;
        ++by_region[region][replica.class_name];
        ++copies[region];
    }
    for (const auto& [region, classes] : by_region) add_instances(bill, database, region, readers, classes);
    add_storage(bill, database, database.region, "running", 1);
    if (plain) {
        for (const auto& [region, count] : copies) add_storage(bill, database, region, readers, count);
    }
    add_io(bill, database, database.region, "running");
    for (const scenarios::Secondary& secondary : database.secondaries) {
        const char* const group = serves_reads(bill.scenario, database, secondary.region) ? "running" : "standby";
        std::map<std::string, int> classes;
        for (const auto& replica : secondary.replicas) ++classes[replica.class_name];
        add_instances(bill, database, secondary.region, group, classes);
        add_storage(bill, database, secondary.region, group, 1);
        if (!database.logical) add_io(bill, database, secondary.region, group);
    }
    add_backups(bill, database);
}

bool ends_at_readers(const scenarios::QueryClass& query, const std::string& database) {
    const scenarios::RouteStep& end = query.route.back();
    return end.name == database && (end.role == TargetRole::reader || end.role == TargetRole::custom);
}

}  // namespace

double mean_log_bytes(const scenarios::Scenario& scenario, const std::string& database) {
    double bytes = 0.0, share = 0.0;
    for (const scenarios::QueryClass& query : scenario.workload.classes) {
        if (!query.writes || query.route.back().name != database) continue;
        bytes += query.share * static_cast<double>(query.log.count);
        share += query.share;
    }
    return share > 0.0 ? bytes / share : 0.0;
}

// `region` empty: anywhere.
bool serves_reads(const scenarios::Scenario& scenario, const Database& database, const std::string& region) {
    return std::any_of(scenario.workload.classes.begin(), scenario.workload.classes.end(), [&](const auto& query) {
        if (!ends_at_readers(query, database.name)) return false;
        if (query.via.empty() || region.empty()) return true;
        return std::any_of(scenario.services.begin(), scenario.services.end(), [&](const auto& service) {
            return service.name == query.via && std::any_of(service.regions.begin(), service.regions.end(),
                                                            [&](const auto& at) { return at.first == region; });
        });
    });
}

void bill_databases(Bill& bill) {
    for (const Database& database : bill.scenario.databases) bill_database(bill, database);
}

// A copy of each database that has backups: one instance like the writer, and the volume.
void bill_drills(Bill& bill) {
    const auto& drills = bill.scenario.cost.drills;
    if (!drills) return;
    constexpr double months_a_year = 12.0;
    const double hours = drills->per_year / months_a_year * engine::in_seconds(drills->lasts) / 3600.0;
    for (const Database& database : bill.scenario.databases) {
        if (!database.backups || database.writer.class_name == "db.serverless") continue;
        const bool plain = scenarios::has_standbys(database.kind);
        bill.add(
            {"drills", "instances", database.name, "restored copy, " + database.writer.class_name, database.region},
            hours, scenarios::instance_hour(price_kind(database), database.writer.class_name, database.region));
        bill.add({"drills", "storage", database.name, "its volume", database.region},
                 static_cast<double>(database.data.count) / bytes_a_gb * hours / hours_a_month,
                 item_price(plain ? "rds" : "aurora", plain ? "storage_gp3_single_az" : "storage_standard",
                            database.region));
    }
}

}  // namespace faultline::models
