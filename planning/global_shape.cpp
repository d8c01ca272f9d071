#include "planning/global_shape.hpp"

#include "planning/cluster_shape.hpp"
#include "planning/random_duration.hpp"
#include "scenarios/engine_versions.hpp"

namespace faultline::planning {

namespace {

// Of a health check. Source: Route 53 Developer Guide, How Route 53 determines health: 2 s to answer (from memory).
constexpr engine::Duration health_timeout = std::chrono::seconds{2};

}  // namespace

models::GlobalShape global_shape(const scenarios::Database& database,
                                 const std::vector<scenarios::QueryClass>& classes) {
    const scenarios::GlobalOperation& global = database.global;
    models::GlobalShape shape;
    shape.path = database.name;
    shape.log.stream = {global.bandwidth.value_or(models::unlimited_bandwidth),
                        distribution_of(database.storage.persist), database.replica_stream.apply_time};
    if (database.logical) {
        const bool applied = database.binlog.promoted_with == scenarios::PromotedWith::applied;
        shape.log.stream.apply = database.binlog.apply_time;
        shape.log.stream.logical = true;
        shape.log.stream.apply_threads = database.binlog.apply_threads;
        shape.log.promoted_with = applied ? models::Reached::applied : models::Reached::flushed;
        shape.operation.logical = true;
        shape.operation.applies_first = !applied;
    }
    shape.log.record = log_write;
    shape.log.record_of_class = log_of_classes(classes);
    shape.log.rpo_limit = global.rpo_limit;
    shape.log.sessions = database.write_forwarding == scenarios::WriteForwarding::session;
    models::OperatorShape& operation = shape.operation;
    operation.alarm_after = global.alarm_after;
    operation.decision = distribution_of(global.decision);
    operation.fence_timeout = global.fence_timeout;
    operation.fence_fails = global.fence_fails;
    operation.promotion = distribution_of(global.promotion);
    operation.switchover = distribution_of(global.switchover);
    operation.dns_update = distribution_of(global.dns_update);
    operation.add_instance = distribution_of(global.add_instance);
    operation.step_fails = global.step_fails;
    operation.retry = distribution_of(global.retry);
    operation.recovers_by_restore = global.recovers_by == scenarios::RegionRecovery::restore;
    if (database.backups) operation.repointing = distribution_of(database.backups->restore.repointing);
    shape.routes = {global.health_interval, health_timeout, global.health_failures, global.staleness_bound,
                    database.dns_ttl};
    shape.data = database.data;
    shape.copy_rate = global.copy_rate;
    shape.writer_time_to_live = database.dns_ttl;
    return shape;
}

models::Runbook runbook_of(const scenarios::Fault& fault) {
    const scenarios::Runbook& runbook = fault.runbook;
    return {distribution_of(runbook.decision), distribution_of(runbook.step), runbook.step_fails,
            distribution_of(runbook.retry), runbook.shares};
}

bool stops_without_stream(const scenarios::Database& database) {
    return !database.logical && !scenarios::secondaries_keep_serving(database.kind, database.version);
}

std::optional<models::ReadConsistency> forwarding_of(const scenarios::Database& database) {
    switch (database.write_forwarding) {
        case scenarios::WriteForwarding::off:
            return std::nullopt;
        case scenarios::WriteForwarding::eventual:
            return models::ReadConsistency::eventual;
        case scenarios::WriteForwarding::session:
            return models::ReadConsistency::session;
        case scenarios::WriteForwarding::global:
            break;
    }
    return models::ReadConsistency::global;
}

}  // namespace faultline::planning
