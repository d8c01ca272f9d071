// What the instances of a database have, and how many there are: "buffer_pool", "lock_wait_timeout", "serverless",
// "replica_scaling".
#include <fmt/format.h>

#include <cmath>

#include "scenarios/kinds.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

void read_buffer_pool(ObjectReader& database_object, Database& database) {
    const Report& report = database_object.report();
    if (has_standbys(database.kind)) {
        if (database_object.has("buffer_pool")) {
            database_object.problem("buffer_pool", "only the Aurora kinds read pages over a network; of the kind " +
                                                       database.kind + " all pages are in memory");
        }
        database_object.raw("buffer_pool");
        return;
    }
    ObjectReader object(*database_object.child("buffer_pool"), "buffer-pool", report);
    object.use_preset(database.kind);
    BufferPool& pool = database.buffer_pool;
    pool.memory = object.maybe_bytes("memory");
    constexpr Bytes least{std::int64_t{1} << 20};
    if (pool.memory && *pool.memory < least) object.problem("memory", "expected at least 1MiB");
    constexpr double least_share = 0.01;
    pool.share = object.share("share", least_share);
    if (object.has("share") && object.has("memory")) {
        object.problem("share", "\"memory\" is given as well; give one of the two");
    }
    pool.kept_on_promotion = object.flag("kept_on_promotion");
    pool.cache_management = object.flag("cache_management");
    pool.working_set = object.maybe_bytes("working_set");
    if (pool.working_set && (pool.working_set->count < 1 || *pool.working_set > database.data)) {
        object.problem("working_set", "expected at least 1 B, and no more than \"data\"");
    }
    if (pool.cache_management && database.kind != "aurora-postgresql") {
        object.problem("cache_management", "only aurora-postgresql has cluster cache management");
    } else if (pool.cache_management && !database.secondaries.empty()) {
        object.problem("cache_management", "a global database has no cluster cache management");
    }
    object.finish();
}

double read_acu(ObjectReader& object, std::string_view key) {
    const double acu = object.number(key);
    if (2.0 * acu != std::floor(2.0 * acu)) {
        object.problem(key, fmt::format("expected a multiple of 0.5 ACU, found {}", acu));
    }
    return acu;
}

Serverless read_serverless(const Child& child, const Report& report) {
    ObjectReader object(child, "serverless", report);
    Serverless serverless;
    serverless.acu_min = read_acu(object, "min");
    serverless.acu_max = read_acu(object, "max");
    if (object.has("max") && serverless.acu_max < serverless.acu_min) {
        object.problem(
            "max", fmt::format("expected at least the minimum, {}, found {}", serverless.acu_min, serverless.acu_max));
    }
    constexpr double least_share = 0.01;
    serverless.target = object.share("target", least_share);
    serverless.scale_up = object.share("scale_up", least_share);
    serverless.scale_down = object.share("scale_down", least_share / 10.0);
    object.finish();
    return serverless;
}

ReplicaScaling read_replica_scaling(const Child& child, const Database& database, const Report& report) {
    ObjectReader object(child, "replica-scaling", report);
    ReplicaScaling scaling;
    scaling.replicas_min = object.integer("min");
    scaling.replicas_max = object.integer("max");
    constexpr double least_share = 0.01;
    scaling.target = object.share("target", least_share);
    scaling.cooldown_out = object.duration("cooldown_out");
    scaling.cooldown_in = object.duration("cooldown_in");
    scaling.start_up = object.random("start_up");
    const auto named = static_cast<int>(database.replicas.size());
    if (object.has("max") && scaling.replicas_max < scaling.replicas_min) {
        object.problem("max", fmt::format("expected at least the minimum, {}, found {}", scaling.replicas_min,
                                          scaling.replicas_max));
    } else if (object.has("max") && scaling.replicas_max < named) {
        object.problem("max", fmt::format("{} replicas are named, so expected at least {}, found {}", named, named,
                                          scaling.replicas_max));
    }
    object.finish();
    return scaling;
}

bool of_class(const Database& database, std::string_view name) {
    bool any = database.writer.class_name == name;
    for (const DatabaseInstance& replica : database.replicas) any = any || replica.class_name == name;
    for (const Secondary& secondary : database.secondaries) {
        for (const DatabaseInstance& replica : secondary.replicas) any = any || replica.class_name == name;
    }
    return any;
}

void read_capacity(ObjectReader& object, Database& database) {
    constexpr std::string_view serverless_class = "db.serverless";
    const bool any = of_class(database, serverless_class);
    const bool standbys = has_standbys(database.kind);
    if (const std::optional<Child> child = object.child("serverless")) {
        database.serverless = read_serverless(*child, object.report());
        if (!any) object.problem("serverless", "no instance of this database is of the class db.serverless");
    } else if (any && !standbys) {
        object.report().add(object.at("serverless"),
                            "\"serverless\" is missing: the capacity of the class db.serverless");
    }
    if (any && standbys) {
        object.problem("writer", "only the Aurora kinds have the class db.serverless");
    }
    if (const std::optional<Child> child = object.child("replica_scaling")) {
        database.replica_scaling = read_replica_scaling(*child, database, object.report());
        if (standbys) object.problem("replica_scaling", "only the Aurora kinds scale their replicas");
        if (!database.secondaries.empty()) {
            object.problem("replica_scaling", "not in this version for a database with \"secondaries\"");
        }
    }
}

}  // namespace

void read_instance_rules(ObjectReader& object, Database& database) {
    read_buffer_pool(object, database);
    database.lock_wait_timeout = object.maybe_duration("lock_wait_timeout");
    if (database.lock_wait_timeout && *database.lock_wait_timeout < std::chrono::milliseconds{1}) {
        object.problem("lock_wait_timeout", "expected at least 1ms");
    }
    read_capacity(object, database);
}

}  // namespace faultline::scenarios
