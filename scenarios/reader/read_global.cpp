// A database over several regions: "secondaries" or "logical_replicas", "binlog" and "global".
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/engine_versions.hpp"
#include "scenarios/kinds.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

constexpr std::size_t secondaries_most = 10;      // Source: Aurora User Guide, Global databases (2026)
constexpr std::size_t readers_most = 16;          // of a secondary cluster. Source: the same
constexpr std::size_t primary_readers_most = 15;  // less one a secondary. Source: the same, Getting started
constexpr Duration rpo_limit_least = std::chrono::seconds{20};  // Source: the same, rds.global_db_rpo

Secondary read_secondary(const Child& child, const Database& database, const Report& report) {
    ObjectReader object(child, "secondary", report);
    Secondary secondary;
    secondary.region = child.name;
    const std::string& of_writer = database.writer.class_name;
    for (const Child& replica : object.list("replicas")) {
        secondary.replicas.push_back(read_instance(replica, of_writer.empty() ? "the writer's" : of_writer, report));
    }
    if (secondary.replicas.size() > readers_most) {
        object.problem("replicas",
                       fmt::format("expected at most {}, found {}", readers_most, secondary.replicas.size()));
    }
    if (database.logical && secondary.replicas.empty()) {
        object.problem("replicas", "a logical replica executes transactions: it needs an instance");
    }
    object.finish();
    return secondary;
}

BinaryLog read_binlog(const Child& child, const std::string& version, const Report& report) {
    ObjectReader object(child, "binlog", report);
    BinaryLog binlog;
    binlog.apply_threads = object.maybe_integer("apply_threads").value_or(binlog_apply_threads(version));
    binlog.apply_time = object.duration("apply_time");
    binlog.promoted_with = object.one_of("promoted_with") == "applied" ? PromotedWith::applied : PromotedWith::received;
    object.finish();
    return binlog;
}

GlobalOperation read_operation(const Child& child, const Database& database, const Report& report) {
    ObjectReader object(child, "global", report);
    if (database.logical) object.use_preset("binlog");
    GlobalOperation global;
    global.bandwidth = object.maybe_bandwidth("bandwidth");
    if (global.bandwidth && global.bandwidth->value <= 0.0) object.problem("bandwidth", "expected a bandwidth above 0");
    global.rpo_limit = object.maybe_duration("rpo_limit");
    if (global.rpo_limit && database.kind != "aurora-postgresql") {
        object.problem("rpo_limit", "only aurora-postgresql limits the RPO (rds.global_db_rpo)");
    } else if (global.rpo_limit && *global.rpo_limit < rpo_limit_least) {
        object.problem("rpo_limit", fmt::format("expected at least {}, found {}", to_text(rpo_limit_least),
                                                to_text(*global.rpo_limit)));
    }
    global.staleness_bound = object.maybe_duration("staleness_bound");
    global.alarm_after = object.duration("alarm_after");
    global.decision = object.random("decision");
    global.fence_timeout = object.duration("fence_timeout");
    global.fence_fails = object.share("fence_fails");
    global.promotion = object.random("promotion");
    global.switchover = object.random("switchover");
    global.dns_update = object.random("dns_update");
    global.add_instance = object.random("add_instance");
    global.step_fails = object.share("step_fails", 0.0, 0.9);
    global.retry = object.random("retry");
    global.copy_rate = object.maybe_bandwidth("copy_rate").value_or(engine::BitsPerSecond{});
    if (object.has("copy_rate") && global.copy_rate.value <= 0.0) {
        object.problem("copy_rate", "expected a bandwidth above 0");
    }
    global.recovers_by =
        object.one_of("recovers_by") == "restore" ? RegionRecovery::restore : RegionRecovery::promotion;
    if (global.recovers_by == RegionRecovery::restore && database.logical) {
        object.problem("recovers_by", "not in this version for \"logical_replicas\": they are promoted");
    } else if (global.recovers_by == RegionRecovery::restore && !database.backups) {
        object.problem("recovers_by", "there are no \"backups\" to restore from");
    }
    global.health_interval = object.positive_duration("health_interval");
    global.health_failures = object.integer("health_failures");
    object.finish();
    return global;
}

// What of it the kind has not, and what does not go together.
void check_followers(ObjectReader& object, const Database& database) {
    const bool both = object.has("secondaries") && !database.secondaries.empty();
    if (database.logical && both) {
        object.problem("logical_replicas", "a database has either \"secondaries\" or \"logical_replicas\"");
    } else if (database.logical && database.kind != "aurora-mysql") {
        object.problem("logical_replicas", fmt::format("only the kind aurora-mysql has them, and the kind is {}",
                                                       in_quotes(database.kind)));
    } else if (!database.logical && object.has("binlog")) {
        object.problem("binlog", "there are no \"logical_replicas\" that would follow by it");
    }
}

// What a database without "secondaries" may say of its operator: who has a writer made in another zone, or a standby in
// another region promoted.
bool only_of_the_operator(const ObjectReader& object, const Database& database) {
    const Json& given = *object.given("global");
    if (!given.is_object()) return false;
    const bool standbys = has_standbys(database.kind);
    if (standbys && !database.has_standby_elsewhere()) return false;
    return std::all_of(given.items().begin(), given.items().end(), [standbys](const auto& item) {
        if (item.key() == "alarm_after" || item.key() == "decision") return true;
        if (standbys) return item.key() == "fence_timeout" || item.key() == "dns_update";
        return item.key() == "add_instance";
    });
}

WriteForwarding read_write_forwarding(ObjectReader& object, const Database& database) {
    const std::string mode = object.one_of("write_forwarding");
    if (mode != "off" && (database.secondaries.empty() || database.logical)) {
        object.problem("write_forwarding", "only a global database, one with \"secondaries\", forwards writes");
    }
    if (mode == "eventual") return WriteForwarding::eventual;
    if (mode == "session") return WriteForwarding::session;
    return mode == "global" ? WriteForwarding::global : WriteForwarding::off;
}

}  // namespace

void read_global(ObjectReader& object, Database& database) {
    for (const Child& child : object.map("secondaries")) {
        database.secondaries.push_back(read_secondary(child, database, object.report()));
    }
    const std::vector<Child> logical = object.map("logical_replicas");
    database.logical = !logical.empty();
    check_followers(object, database);
    for (const Child& child : logical) {
        database.secondaries.push_back(read_secondary(child, database, object.report()));
    }
    database.write_forwarding = read_write_forwarding(object, database);
    database.binlog = read_binlog(*object.child("binlog"), database.version, object.report());
    if (database.secondaries.size() > secondaries_most) {
        object.problem("secondaries", fmt::format("expected at most {} regions, found {}", secondaries_most,
                                                  database.secondaries.size()));
    }
    const std::size_t primary_most = primary_readers_most - std::min(database.secondaries.size(), secondaries_most);
    if (!database.logical && !database.secondaries.empty() && database.replicas.size() > primary_most) {
        object.problem("replicas", fmt::format("expected at most {}, 15 less one for each secondary region, found {}",
                                               primary_most, database.replicas.size()));
    }
    if (has_standbys(database.kind) && !database.secondaries.empty() && !database.logical) {
        object.problem("secondaries",
                       fmt::format("a global database is Aurora's; a standby of the kind {} stands in another region "
                                   "with \"region\" of its replica",
                                   database.kind));
    } else if (database.secondaries.empty() && object.has("global") && !only_of_the_operator(object, database)) {
        object.problem(
            "global",
            "there are no \"secondaries\": a database of one region has nobody to do this with; of the Aurora "
            "kinds it may have \"alarm_after\", \"decision\" and \"add_instance\", of a lost zone, and with a standby "
            "in "
            "another region \"alarm_after\", \"decision\", \"fence_timeout\" and \"dns_update\"");
    }
    database.global = read_operation(*object.child("global"), database, object.report());
}

void check_global(const Scenario& scenario, const Database& database, const Report& report) {
    const std::string_view key = database.logical ? "logical_replicas" : "secondaries";
    for (const Secondary& secondary : database.secondaries) {
        const Pointer at = Pointer{} / "databases" / database.name / key / secondary.region;
        const Region* const region = find_named(scenario.regions, secondary.region);
        if (region == nullptr) {
            report.add(at, unknown_name("region", secondary.region, names_of(scenario.regions)));
            continue;
        }
        if (secondary.region == database.region) {
            report.add(at, "this is the database's own region");
            continue;
        }
        check_quorum(database, *region, report);
        for (std::size_t i = 0; i < secondary.replicas.size(); ++i) {
            const DatabaseInstance& replica = secondary.replicas[i];
            check_zone(region, replica.zone, at / "replicas" / i / "zone", report);
            if (replica.region.empty() || replica.region == secondary.region) continue;
            report.add(at / "replicas" / i / "region", "it stands in the region that it is listed under");
        }
    }
}

}  // namespace faultline::scenarios
