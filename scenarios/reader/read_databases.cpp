#include <fmt/format.h>

#include <algorithm>

#include "scenarios/catalogue.hpp"
#include "scenarios/engine_versions.hpp"
#include "scenarios/kinds.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

std::string read_instance_class(ObjectReader& object, CatalogueService service, const std::string& otherwise) {
    std::optional<std::string> name = object.maybe_text("class");
    if (!name && !object.has("class")) {
        if (otherwise.empty()) object.problem("class", "\"class\" is missing: an instance class of the catalogue");
        return otherwise;
    }
    if (!name || object.report().full()) return otherwise;
    const InstanceClass* const entry = find_instance_class(service, *name);
    if (entry == nullptr) {
        object.problem("class", unknown_name("instance class", *name, instance_class_names(service)));
    } else if (entry->vcpu == 0 && service != CatalogueService::aurora) {
        object.problem("class", fmt::format("class {} is not in this version; name one with vCPUs", in_quotes(*name)));
    }
    return *name;
}

DatabaseInstance read_instance(const Child& child, const std::string& default_class, const Report& report) {
    ObjectReader object(child, "database-instance", report);
    DatabaseInstance instance;
    if (child.value->is_object()) {
        instance.class_name = read_instance_class(object, CatalogueService::aurora, default_class);
    } else {
        object.raw("class");
    }
    instance.zone = object.text("zone");
    instance.region = object.text("region");
    instance.promotion_tier = object.integer("promotion_tier");
    object.finish();
    return instance;
}

namespace {

// A node takes at most so many segments of one volume, 1 TB of its disks, if the fleet is not the smallest. Source: an
// assumption; so the largest volume is filled in about two hours at restore.node_rate.
constexpr std::int64_t segments_of_a_node = 100;
constexpr int nodes_least = 20;
constexpr std::int64_t segment_bytes = 10'000'000'000;  // Verbitski et al., SIGMOD 2017, section 2.2

int nodes_for(Bytes data, int copies_per_zone) {
    const std::int64_t groups = (data.count + segment_bytes - 1) / segment_bytes;
    const std::int64_t nodes = (groups * copies_per_zone + segments_of_a_node - 1) / segments_of_a_node;
    return std::max({nodes_least, copies_per_zone, static_cast<int>(nodes)});
}

StorageVolume read_storage(const Child& child, Bytes data, const Report& report) {
    ObjectReader object(child, "storage", report);
    StorageVolume storage;
    storage.copies_per_zone = object.integer("copies_per_zone");
    storage.write_quorum = object.integer("write_quorum");
    storage.read_quorum = object.integer("read_quorum");
    storage.persist = object.random("persist");
    storage.page_read = object.random("page_read");
    storage.nodes_per_zone = object.maybe_integer("nodes_per_zone").value_or(nodes_for(data, storage.copies_per_zone));
    storage.send_time = object.duration("send_time");
    storage.groups_per_commit = object.integer("groups_per_commit");
    storage.growth_per_commit = object.bytes("growth_per_commit");
    object.finish();
    return storage;
}

ReplicaStream read_replica_stream(const Child& child, const Report& report) {
    ObjectReader object(child, "replica-stream", report);
    const ReplicaStream stream{object.positive_duration("interval"), object.duration("apply_time")};
    object.finish();
    return stream;
}

FailoverFails read_failover_fails(const Child& child, const Report& report) {
    ObjectReader object(child, "failover-fails", report);
    FailoverFails fails{object.share("probability"), object.random("noticed_after"), object.random("by_hand")};
    object.finish();
    return fails;
}

Failover read_failover(const Child& child, const std::string& kind, const Report& report) {
    ObjectReader object(child, "failover", report);
    object.use_preset(kind);
    if (has_standbys(kind) && object.has("detection")) {
        object.problem("detection", fmt::format("of the kind {} it follows from \"monitor\"", kind));
    }
    Failover failover{object.random("detection"),
                      object.random("promotion"),
                      object.random("dns_update"),
                      object.random("restart"),
                      object.random("rebuild"),
                      read_failover_fails(*object.child("fails"), report),
                      std::nullopt};
    const std::optional<std::string> readers = object.maybe_one_of("readers");
    if (readers) failover.readers_restart = *readers == "restart";
    if (has_standbys(kind) && object.has("readers")) {
        object.problem("readers", fmt::format("standbys of the kind {} go on", kind));
    }
    object.finish();
    return failover;
}

void read_authentication(ObjectReader& object, Database& database) {
    const bool iam = object.one_of("authentication") == "iam";
    const double limit_per_s = object.rate("iam_limit");
    if (object.has("iam_limit") && !iam) object.problem("iam_limit", "expected \"authentication\": \"iam\" beside it");
    if (object.has("iam_limit") && limit_per_s < 1.0) object.problem("iam_limit", "expected at least 1/s");
    if (iam) database.iam_per_s = limit_per_s;
    if (iam && has_standbys(database.kind)) {
        object.problem("authentication", "only the Aurora kinds are authenticated by IAM");
    }
}

void read_database(const Child& child, Database& database, const Report& report) {
    ObjectReader object(child, "database", report);
    database.name = child.name;
    database.kind = object.one_of("kind");
    object.use_preset(database.kind);
    database.version = object.text("version");
    if (!database.version.empty() && !version_parts(database.version)) {
        object.problem("version", fmt::format("expected numbers with points, such as \"3.08\", found {}",
                                              in_quotes(database.version)));
        database.version.clear();
    }
    database.region = object.text("region");
    database.data = object.bytes("data");
    constexpr Bytes largest{std::int64_t{128} << 40};
    if (object.has("data") && (database.data > largest)) {
        object.problem("data", "expected at most 128TiB, the largest volume");
    }
    read_backups(object, database);
    if (const std::optional<Child> writer = object.child("writer"))
        database.writer = read_instance(*writer, "", report);
    for (const Child& replica : object.list("replicas")) {
        // Without a class of the writer there is one problem already; any text keeps replicas from repeating it.
        const std::string& of_writer = database.writer.class_name;
        database.replicas.push_back(read_instance(replica, of_writer.empty() ? "the writer's" : of_writer, report));
    }
    if (database.replicas.size() > 15) {
        object.problem("replicas", fmt::format("expected at most 15 replicas, found {}", database.replicas.size()));
    }
    read_global(object, database);
    database.storage = read_storage(*object.child("storage"), database.data, report);
    database.replica_stream = read_replica_stream(*object.child("replica_stream"), report);
    database.failover = read_failover(*object.child("failover"), database.kind, report);
    read_standbys(object, database);
    database.dns_ttl = object.duration("dns_ttl");
    database.connections_max = object.maybe_integer("connections_max");
    read_authentication(object, database);
    read_instance_rules(object, database);
    read_endpoints(object, database);
    database.security = read_security(object, SecurityOf::database);
    database.io_optimized = object.one_of("storage_price") == "io-optimized";
    if (object.has("storage_price") && has_standbys(database.kind)) {
        object.problem("storage_price", "only the Aurora kinds have this choice");
    }
    object.finish();
}

}  // namespace

void read_databases(ObjectReader& file, Scenario& scenario) {
    for (const Child& child : file.map("databases")) {
        read_database(child, scenario.databases.emplace_back(), file.report());
    }
}

}  // namespace faultline::scenarios
