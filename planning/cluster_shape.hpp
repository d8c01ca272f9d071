// From a scenario's database to the shapes of its storage and replication.
#pragma once

#include "models/cluster/replica_apply.hpp"
#include "models/cluster/storage_volume.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

models::VolumeShape volume_shape_of(const scenarios::Database& database);
models::ReplicationShape replication_shape_of(const scenarios::Database& database);
// Source: Aurora FAQ, I/O units: 16 KB of the MySQL edition, 8 KB of the PostgreSQL edition.
engine::Bytes page_size_of(const scenarios::Database& database);

}  // namespace faultline::planning
