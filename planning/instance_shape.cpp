#include "planning/instance_shape.hpp"

#include <algorithm>
#include <cmath>

#include "planning/cluster_shape.hpp"
#include "planning/random_duration.hpp"
#include "scenarios/catalogue.hpp"
#include "scenarios/kinds.hpp"

namespace faultline::planning {

namespace {

// Source: Aurora User Guide, Serverless v2: about 2 GiB. The CPU is not published: 0.25 vCPU are what an r6g has for 2
// GiB (scenarios/catalogue/instances.csv).
constexpr double acu_bytes = 2.0 * 1024 * 1024 * 1024;
constexpr double vcpus_an_acu = 0.25;
// Of a PostgreSQL instance that may shrink to 0.5 ACU. An assumption: connections that it refuses depend on it.
constexpr int connections_of_the_smallest = 2000;

bool is_postgresql(const std::string& kind) {
    return kind.find("postgres") != std::string::npos;
}

std::uint64_t pages_of(const scenarios::Database& database, double pool_bytes) {
    constexpr double most = 4e9;  // models/cluster/buffer_pool.hpp
    return static_cast<std::uint64_t>(
        std::clamp(pool_bytes / static_cast<double>(page_size_of(database).count), 1.0, most));
}

double pool_bytes_of(const scenarios::Database& database, double memory) {
    const auto& given = database.buffer_pool.memory;
    return given ? static_cast<double>(given->count) : database.buffer_pool.share * memory;
}

int serverless_connections(const std::string& kind, const scenarios::Serverless& serverless) {
    const auto memory = static_cast<std::int64_t>(serverless.acu_max * acu_bytes);
    const int connections = default_connections(kind, engine::Bytes{memory});
    const bool smallest = is_postgresql(kind) && serverless.acu_min <= 0.5;
    return smallest ? std::min(connections, connections_of_the_smallest) : connections;
}

models::InstanceShape serverless_shape_of(const scenarios::Database& database) {
    SIM_CHECK(database.serverless.has_value());
    const scenarios::Serverless& given = *database.serverless;
    const double pages = pool_bytes_of(database, given.acu_max * acu_bytes) / given.acu_max /
                         static_cast<double>(page_size_of(database).count);
    models::InstanceShape shape;
    shape.vcpus = std::max(1, static_cast<int>(std::ceil(given.acu_max * vcpus_an_acu)));
    shape.connections_max = serverless_connections(database.kind, given);
    shape.pool_pages = pages_of(database, pool_bytes_of(database, given.acu_max * acu_bytes));
    shape.serverless = models::ServerlessShape{.acu_min = given.acu_min,
                                               .acu_max = given.acu_max,
                                               .vcpus_an_acu = vcpus_an_acu,
                                               .pool_pages_an_acu = pages,
                                               .target = given.target,
                                               .up_a_second = given.scale_up,
                                               .down_a_second = given.scale_down};
    return shape;
}

}  // namespace

int default_connections(const std::string& kind, engine::Bytes memory) {
    const double available = 0.96 * static_cast<double>(memory.count);
    if (is_postgresql(kind)) return static_cast<int>(std::min(available / 9'531'392.0, 5000.0));
    const double small = std::round(std::log2(available / 805'306'368.0)) * 45.0;
    const double large = std::round(std::log2(available / 8'187'281'408.0)) * 1000.0;
    return std::max(1, static_cast<int>(std::max(small, large)));
}

models::InstanceShape instance_shape_of(const scenarios::Database& database,
                                        const scenarios::DatabaseInstance& instance) {
    const auto* found = scenarios::find_instance_class(scenarios::CatalogueService::aurora, instance.class_name);
    SIM_CHECK(found != nullptr);
    models::InstanceShape shape;
    if (found->vcpu == 0) {
        shape = serverless_shape_of(database);
    } else {
        const auto& listed = is_postgresql(database.kind) ? found->connections_postgresql : found->connections_mysql;
        shape.vcpus = found->vcpu;
        shape.bandwidth = found->network_baseline;
        shape.connections_max = listed.value_or(1000);
        if (!scenarios::has_standbys(database.kind)) {
            shape.pool_pages = pages_of(database, pool_bytes_of(database, static_cast<double>(found->memory.count)));
        }
    }
    shape.class_name = instance.class_name;
    shape.connections_max = database.connections_max.value_or(shape.connections_max);
    shape.iam_per_s = database.iam_per_s;
    shape.promotion_tier = instance.promotion_tier;
    shape.lock_wait_max = database.lock_wait_timeout;
    return shape;
}

models::PoolRules pool_rules_of(const scenarios::Database& database) {
    return {database.buffer_pool.kept_on_promotion, database.buffer_pool.cache_management};
}

std::optional<models::ReplicaScalingShape> replica_scaling_of(const scenarios::Database& database) {
    if (!database.replica_scaling) return std::nullopt;
    const scenarios::ReplicaScaling& given = *database.replica_scaling;
    return models::ReplicaScalingShape{.replicas_min = given.replicas_min,
                                       .replicas_max = given.replicas_max,
                                       .target = given.target,
                                       .cooldown_out = given.cooldown_out,
                                       .cooldown_in = given.cooldown_in,
                                       .start_up = distribution_of(given.start_up),
                                       .drain = database.dns_ttl,
                                       .instance = instance_shape_of(database, database.writer)};
}

std::uint64_t shared_pages_of(const scenarios::Database& database) {
    const auto& set = database.buffer_pool.working_set;
    if (!set) return 0;
    return static_cast<std::uint64_t>(
        std::ceil(static_cast<double>(set->count) / static_cast<double>(page_size_of(database).count)));
}

std::vector<models::PageUse> page_uses_of(std::size_t database, const scenarios::Scenario& scenario,
                                          const std::vector<models::ClassPlan>& plans) {
    std::vector<models::PageUse> uses;
    for (std::size_t i = 0; i < plans.size(); ++i) {
        const models::ClassPlan& plan = plans[i];
        if (!plan.keys || plan.endpoint == models::nowhere || plan.database != database) continue;
        const scenarios::QueryClass& query_class = scenario.workload.classes[i];
        const bool at_writer = query_class.route.back().role == scenarios::TargetRole::writer;
        uses.push_back({query_class.share, *plan.keys, plan.key_multiplier, plan.pages, at_writer});
    }
    return uses;
}

}  // namespace faultline::planning
