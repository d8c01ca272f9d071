#include "planning/cluster_shape.hpp"

#include <algorithm>

#include "planning/random_duration.hpp"
#include "scenarios/engine_versions.hpp"

namespace faultline::planning {

models::VolumeShape volume_shape_of(const scenarios::Database& database) {
    const scenarios::StorageVolume& storage = database.storage;
    return {.groups = {storage.copies_per_zone, storage.nodes_per_zone, storage.write_quorum, storage.read_quorum},
            .persist = distribution_of(storage.persist),
            .page_read = distribution_of(storage.page_read),
            .send_time = storage.send_time,
            .groups_per_commit = storage.groups_per_commit,
            .size = database.data,
            .growth_per_commit = storage.growth_per_commit,
            .page_size = page_size_of(database)};
}

std::vector<engine::Bytes> log_of_classes(const std::vector<scenarios::QueryClass>& classes) {
    std::vector<engine::Bytes> sizes;
    for (const scenarios::QueryClass& query : classes) sizes.push_back(query.log.count == 0 ? log_write : query.log);
    return sizes;
}

engine::Bytes page_size_of(const scenarios::Database& database) {
    return engine::Bytes{(database.kind == "aurora-postgresql" ? 8 : 16) * 1024};
}

models::FailoverShape failover_shape_of(const scenarios::Database& database) {
    const scenarios::Failover& failover = database.failover;
    const scenarios::GlobalOperation& by_people = database.global;
    const scenarios::FailoverFails& fails = failover.fails;
    return {.detection = distribution_of(failover.detection),
            .promotion = distribution_of(failover.promotion),
            .dns_update = distribution_of(failover.dns_update),
            .restart = distribution_of(failover.restart),
            .rebuild = distribution_of(failover.rebuild),
            .stuck = {fails.probability, distribution_of(fails.noticed_after), distribution_of(fails.by_hand)},
            .elsewhere = {by_people.alarm_after, distribution_of(by_people.decision),
                          distribution_of(by_people.add_instance)},
            .readers_restart = failover.readers_restart.value_or(
                !scenarios::readers_outlive_failover(database.kind, database.version))};
}

models::ReplicationShape replication_shape_of(const scenarios::Database& database) {
    return {.stream_interval = database.replica_stream.interval, .apply_time = database.replica_stream.apply_time};
}

std::vector<models::CustomEndpointShape> custom_endpoints_of(const scenarios::Database& database) {
    std::vector<models::CustomEndpointShape> shapes;
    for (const scenarios::CustomEndpoint& endpoint : database.endpoints) {
        const bool excludes = endpoint.members.empty();
        models::CustomEndpointShape shape{endpoint.name, endpoint.readers_only, excludes, {}};
        for (std::size_t i = 0; i <= database.replicas.size(); ++i) {
            const auto& named = excludes ? endpoint.excluded : endpoint.members;
            const std::string instance = scenarios::instance_name(i);
            if (std::find(named.begin(), named.end(), instance) != named.end()) shape.listed.push_back(i);
        }
        shapes.push_back(std::move(shape));
    }
    return shapes;
}

}  // namespace faultline::planning
