#include "planning/cluster_shape.hpp"

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

}  // namespace faultline::planning
