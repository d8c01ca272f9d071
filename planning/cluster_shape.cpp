#include "planning/cluster_shape.hpp"

#include <algorithm>

#include "planning/random_duration.hpp"

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

engine::Bytes page_size_of(const scenarios::Database& database) {
    return engine::Bytes{(database.kind == "aurora-postgresql" ? 8 : 16) * 1024};
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
