#include "planning/standby_shape.hpp"

#include "planning/random_duration.hpp"

namespace faultline::planning {

namespace {

// A commit whose class gives no size. Source: measured, a row of 100 bytes with its index entry and its commit record
// takes 278 bytes of log (tests/oracles/data/pg_replication_lag.csv).
constexpr engine::Bytes small_record{278};

models::CommitMode mode_of(scenarios::SynchronousCommit mode) {
    using scenarios::SynchronousCommit;
    if (mode == SynchronousCommit::off) return models::CommitMode::off;
    if (mode == SynchronousCommit::local) return models::CommitMode::local;
    if (mode == SynchronousCommit::remote_write) return models::CommitMode::remote_write;
    return mode == SynchronousCommit::on ? models::CommitMode::on : models::CommitMode::remote_apply;
}

}  // namespace

models::StandbyShape standby_shape(const scenarios::Database& database,
                                   const std::vector<scenarios::QueryClass>& classes) {
    const scenarios::Replication& replication = database.replication;
    models::StandbyShape shape;
    shape.log.mode = mode_of(replication.synchronous_commit);
    shape.log.synchronous = replication.synchronous_standbys;
    shape.log.log_writer_delay = replication.log_writer_delay;
    shape.log.flush = distribution_of(replication.flush);
    shape.log.stream = {replication.bandwidth.value_or(models::unlimited_bandwidth), shape.log.flush,
                        replication.apply};
    shape.log.under_way_lost = replication.under_way_lost;
    shape.log.record = small_record;
    for (const scenarios::QueryClass& query_class : classes) {
        shape.log.record_of_class.push_back(query_class.log == engine::Bytes{} ? small_record : query_class.log);
    }
    const scenarios::Monitor& monitor = database.monitor;
    shape.monitor = {monitor.interval, monitor.timeout, monitor.failures, monitor.fence_fails};
    const scenarios::GlobalOperation& people = database.global;
    shape.operation = {people.alarm_after, distribution_of(people.decision), people.fence_timeout,
                       distribution_of(people.dns_update)};
    shape.goes_on_without_standby = replication.goes_on_without_standby;
    return shape;
}

}  // namespace faultline::planning
