// From a scenario's database to the shapes of its storage, failover, replication and custom endpoints.
#pragma once

#include <vector>

#include "models/cluster/custom_endpoint.hpp"
#include "models/cluster/failover_shape.hpp"
#include "models/cluster/replica_apply.hpp"
#include "models/cluster/storage_volume.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

models::VolumeShape volume_shape_of(const scenarios::Database& database);
// Of a commit whose class gives no size. Source: 4 KB is the unit in which Aurora counts log writes.
inline constexpr engine::Bytes log_write{4096};
std::vector<engine::Bytes> log_of_classes(const std::vector<scenarios::QueryClass>& classes);
models::FailoverShape failover_shape_of(const scenarios::Database& database);
models::ReplicationShape replication_shape_of(const scenarios::Database& database);
std::vector<models::CustomEndpointShape> custom_endpoints_of(const scenarios::Database& database);
// Source: Aurora FAQ, I/O units: 16 KB of the MySQL edition, 8 KB of the PostgreSQL edition.
engine::Bytes page_size_of(const scenarios::Database& database);

}  // namespace faultline::planning
