// From a scenario's database to its instances: CPUs, connections, memory, rows, and how many there are.
#pragma once

#include <optional>
#include <vector>

#include "models/class_plan.hpp"
#include "models/cluster/cluster.hpp"
#include "scenarios/scenario.hpp"

namespace faultline::planning {

// max_connections by the formula of the engine's default parameters, for an instance with so much memory.
//   MySQL        the greater of round(log2(m / 805306368)) * 45 and round(log2(m / 8187281408)) * 1000
//   PostgreSQL   the lesser of m / 9531392 and 5000
// m, DBInstanceClassMemory, is 96 % of the memory: derived from the documented values of db.r6g.large and xlarge.
// Sources: Aurora User Guide, Managing Aurora PostgreSQL; Maximum connections to an Aurora MySQL DB instance (from
// memory; that the logarithms are rounded follows from its table: tests/planning/instance_shape_test.cpp).
int default_connections(const std::string& kind, engine::Bytes memory);

models::InstanceShape instance_shape_of(const scenarios::Database& database,
                                        const scenarios::DatabaseInstance& instance);
models::PoolRules pool_rules_of(const scenarios::Database& database);
std::optional<models::ReplicaScalingShape> replica_scaling_of(const scenarios::Database& database);

// Of the classes that end at the database of this number.
// Pages of the working set that classes without keys touch; 0: they find all in memory.
std::uint64_t shared_pages_of(const scenarios::Database& database);
std::vector<models::PageUse> page_uses_of(std::size_t database, const scenarios::Scenario& scenario,
                                          const std::vector<models::ClassPlan>& plans);

}  // namespace faultline::planning
