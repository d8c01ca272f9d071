// The members of every struct of result.hpp, each named once for writing and reading alike. A member that is added
// there and not here is not in the file; tests/scenarios/result_file_test.cpp sets every member and compares.
#pragma once

#include <type_traits>

#include "scenarios/result.hpp"

namespace faultline::scenarios {

// An archive that writes sees const structs, one that reads fills them.
template <typename Archive, typename T>
using Part = std::conditional_t<Archive::writes, const T, T>;

template <typename Archive>
void fields(Archive& a, Part<Archive, HistogramData>& x) {
    a("buckets", x.buckets), a("counts", x.counts), a("failed", x.failed), a("sum_ns", x.sum_ns);
    a("min_ns", x.min_ns), a("max_ns", x.max_ns);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, Outcomes>& x) {
    a("due", x.due), a("answered", x.answered), a("refused", x.refused), a("timed_out", x.timed_out);
    a("failed", x.failed), a("in_flight", x.in_flight), a("good", x.good), a("undecided", x.undecided);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, ClassAtOffice>& x) {
    a("outcomes", x.outcomes), a("latency", x.latency);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, SessionReadCounts>& x) {
    a("reads", x.reads), a("stale", x.stale), a("of_own_write", x.of_own_write);
    a("missed_own_write", x.missed_own_write), a("of_seen", x.of_seen), a("went_back", x.went_back);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, SessionReadsResult>& x) {
    a("steady", x.steady), a("degraded", x.degraded), a("recovering", x.recovering);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, OfficeTimeline>& x) {
    a("office", x.office), a("due_per_s", x.due_per_s), a("good_per_s", x.good_per_s);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, UnansweredResult>& x) {
    a("outcome", x.outcome), a("reason", x.reason), a("count", x.count);
    a("steady", x.steady), a("degraded", x.degraded), a("recovering", x.recovering);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, ClassResult>& x) {
    a("name", x.name), a("steady", x.steady), a("degraded", x.degraded), a("recovering", x.recovering);
    a("stage_ns", x.stage_ns), a("stage_slow_ns", x.stage_slow_ns), a("stage_slow_count", x.stage_slow_count);
    a("attempts", x.attempts), a("unknown", x.unknown), a("unknown_durable", x.unknown_durable);
    a("unknown_absent", x.unknown_absent), a("duplicates", x.duplicates);
    a("due_per_s", x.due_per_s), a("good_per_s", x.good_per_s), a("latency_mean_ms_per_s", x.latency_mean_ms_per_s);
    a("session_reads", x.session_reads), a("repeats_per_s", x.repeats_per_s), a("hedges", x.hedges),
        a("by_office", x.by_office), a("unanswered", x.unanswered);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, FaultResult>& x) {
    a("name", x.name), a("target", x.target), a("started", x.started), a("ended", x.ended);
    a("start_ns", x.start_ns), a("end_ns", x.end_ns);
    a("hit", x.hit), a("operations_cut", x.operations_cut);
    a("data_wrong", x.data_wrong), a("noticed_ns", x.noticed_ns), a("mended_ns", x.mended_ns);
    a("kind", x.kind), a("planned", x.planned), a("by_chance", x.by_chance), a("caused_by", x.caused_by);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, Recovery>& x) {
    a("of", x.of), a("office", x.office), a("canary", x.canary), a("recovered", x.recovered), a("any_bad", x.any_bad);
    a("first_impact_ns", x.first_impact_ns), a("rto_ns", x.rto_ns), a("bad_time_ns", x.bad_time_ns);
    a("bad_until_ns", x.bad_until_ns), a("relapses", x.relapses), a("normal_share", x.normal_share),
        a("driver", x.driver);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, StormResult>& x) {
    a("of", x.of), a("trigger", x.trigger), a("since_ns", x.since_ns), a("until_ns", x.until_ns);
    a("ended", x.ended), a("attempts_per_due", x.attempts_per_due), a("good_share", x.good_share);
    a("loop", x.loop), a("overloaded", x.overloaded), a("cache", x.cache);
    a("hit_rate_before", x.hit_rate_before), a("hit_rate", x.hit_rate);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, LostAtOffice>& x) {
    a("office", x.office), a("commits", x.commits);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, DataLoss>& x) {
    a("database", x.database), a("commits_lost", x.commits_lost), a("gap_ns", x.gap_ns);
    a("unknown_durable", x.unknown_durable), a("unknown_absent", x.unknown_absent);
    a("commits_estimated", x.commits_estimated), a("unbounded", x.unbounded), a("lost_at", x.lost_at);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, std::pair<std::string, std::int64_t>>& x) {
    a("stage", x.first), a("ns", x.second);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, IncidentResult>& x) {
    a("faults", x.faults), a("start_ns", x.start_ns), a("full_recovery_ns", x.full_recovery_ns);
    a("recoveries", x.recoveries), a("losses", x.losses), a("waterfall", x.waterfall);
    a("rewarmed", x.rewarmed), a("skipped_ns", x.skipped_ns), a("planned", x.planned);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, FutureResult>& x) {
    a("number", x.number), a("fingerprint", x.fingerprint), a("events", x.events), a("from_ns", x.from_ns);
    a("end_ns", x.end_ns), a("failure", x.failure), a("faults", x.faults), a("incidents", x.incidents);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, CacheShare>& x) {
    a("reads", x.reads), a("fresh_hits", x.fresh_hits), a("offloaded", x.offloaded);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, CacheResult>& x) {
    a("name", x.name), a("reads", x.reads), a("fresh_hits", x.fresh_hits), a("stale_hits", x.stale_hits);
    a("misses", x.misses), a("bypassed", x.bypassed), a("coalesced", x.coalesced), a("evicted", x.evicted);
    a("resident_keys", x.resident_keys), a("used_bytes", x.used_bytes), a("hit_rate_per_s", x.hit_rate_per_s);
    a("offloaded", x.offloaded), a("steady", x.steady), a("degraded", x.degraded), a("recovering", x.recovering);
    a("writes_acknowledged", x.writes_acknowledged), a("writes_lost", x.writes_lost), a("keys_lost", x.keys_lost);
    a("failovers", x.failovers), a("full_syncs", x.full_syncs), a("writes_behind", x.writes_behind);
    a("writes_behind_transactions", x.writes_behind_transactions), a("writes_behind_lost", x.writes_behind_lost);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, ReplicaLagResult>& x) {
    a("of", x.of), a("lag", x.lag);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, ExposureResult>& x) {
    a("database", x.database), a("p99_ns", x.p99_ns), a("max_ns", x.max_ns);
    a("zone_p99_ns", x.zone_p99_ns), a("zone_max_ns", x.zone_max_ns);
    a("replica_lag_ms_mean", x.replica_lag_ms_mean), a("replica_lag_ms_max", x.replica_lag_ms_max);
    a("lags", x.lags);
    a("commit_latency", x.commit_latency), a("commits_acknowledged", x.commits_acknowledged);
    a("commits_durable_unacknowledged", x.commits_durable_unacknowledged);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, StateChange>& x) {
    a("at_ns", x.at_ns), a("component", x.component), a("state", x.state);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, QueueResult>& x) {
    a("name", x.name), a("utilisation", x.utilisation), a("mean_length", x.mean_length), a("served", x.served);
    a("refused", x.refused);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, InstanceResult>& x) {
    a("name", x.name), a("pool_pages", x.pool_pages), a("pool_pages_used", x.pool_pages_used);
    a("page_hits", x.page_hits), a("page_misses", x.page_misses), a("lock_waits", x.lock_waits);
    a("lock_timeouts", x.lock_timeouts), a("connections_refused", x.connections_refused);
    a("connections_peak", x.connections_peak), a("connections_max", x.connections_max), a("acu_mean", x.acu_mean);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, SessionsResult>& x) {
    a("office", x.office), a("sessions", x.sessions), a("active", x.active);
    a("missed_own_write", x.missed_own_write), a("went_back", x.went_back), a("keys_forgotten", x.keys_forgotten);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, WarehouseTableResult>& x) {
    a("name", x.name), a("freshness", x.freshness), a("loads", x.loads), a("overdue", x.overdue);
    a("skipped", x.skipped), a("retried", x.retried), a("commits_visible", x.commits_visible);
    a("commits_hidden", x.commits_hidden), a("commits_ahead", x.commits_ahead), a("load_s_mean", x.load_s_mean);
    a("load_s_max", x.load_s_max), a("bytes_loaded", x.bytes_loaded);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, WarehouseAnswersResult>& x) {
    a("of", x.of), a("freshness", x.freshness);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, WarehouseResult>& x) {
    a("name", x.name), a("freshness", x.freshness), a("tables", x.tables), a("answers", x.answers);
    a("waited", x.waited), a("waiting_most", x.waiting_most), a("scaled", x.scaled);
    a("scaling_clusters", x.scaling_clusters), a("refused", x.refused), a("snapshots", x.snapshots);
    a("snapshots_copied", x.snapshots_copied), a("copy_age_max_ns", x.copy_age_max_ns);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, TransferResult>& x) {
    a("name", x.name), a("due", x.due), a("completed", x.completed), a("failed", x.failed);
    a("overlapped", x.overlapped), a("moving_at_end", x.moving_at_end), a("durations_ns", x.durations_ns);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, ResourceUse>& x) {
    a("seconds", x.seconds), a("mean", x.mean), a("worst_second", x.worst_second), a("worst_minute", x.worst_minute);
    a("worst_at_ns", x.worst_at_ns), a("waiting", x.waiting);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, ResourceResult>& x) {
    a("name", x.name), a("kind", x.kind), a("of", x.of), a("words", x.words), a("capacity", x.capacity);
    a("steady", x.steady), a("incidents", x.incidents), a("aftermaths", x.aftermaths);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, Stall>& x) {
    a("at_ns", x.at_ns), a("waiting", x.waiting);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, OfficeMinutes>& x) {
    a("office", x.office), a("minutes", x.minutes), a("good", x.good);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, MemoryResult>& x) {
    a("fixed_bytes", x.fixed_bytes), a("in_flight_peak", x.in_flight_peak), a("bytes_per_query", x.bytes_per_query);
    a("resident_keys", x.resident_keys), a("bytes_per_key", x.bytes_per_key);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, TracedQuery>& x) {
    a("number", x.number), a("class", x.query_class), a("office", x.office), a("due_ns", x.due_ns);
    a("ended", x.ended), a("answered", x.answered), a("stages", x.stages), a("lengths_ns", x.lengths_ns);
    a("by", x.by);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, ReplicationResult>& x) {
    a("replication", x.replication), a("fingerprint", x.fingerprint), a("events", x.events);
    a("queries", x.queries), a("warm_up_ns", x.warm_up_ns), a("end_ns", x.end_ns),
        a("waits_without_timer", x.waits_without_timer), a("stall", x.stall);
    a("classes", x.classes), a("faults", x.faults), a("incidents", x.incidents), a("caches", x.caches);
    a("databases", x.databases), a("queues", x.queues), a("states", x.states), a("memory", x.memory),
        a("office_minutes", x.office_minutes);
    a("instances", x.instances), a("sessions", x.sessions), a("warehouses", x.warehouses);
    a("transfers", x.transfers), a("storms", x.storms), a("resources", x.resources), a("traced", x.traced);
    a("traffic", x.traffic), a("futures", x.futures);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, TargetVerdict>& x) {
    a("fault", x.fault), a("target", x.target), a("verdict", x.verdict), a("estimate", x.estimate), a("low", x.low);
    a("high", x.high), a("replications", x.replications);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, RequirementResult>& x) {
    a("name", x.name), a("text", x.text), a("verdict", x.verdict), a("estimate", x.estimate), a("low", x.low);
    a("high", x.high), a("limit", x.limit), a("unit", x.unit), a("worst_at", x.worst_at), a("why", x.why);
    a("observations", x.observations), a("replications_needed", x.replications_needed);
    a("worst_target", x.worst_target), a("targets", x.targets);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, FailedReplication>& x) {
    a("replication", x.replication), a("why", x.why), a("repeat_command", x.repeat_command), a("future", x.future);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, Look>& x) {
    a("replications", x.replications), a("undecided", x.undecided);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, InputFile>& x) {
    a("name", x.name), a("sha256", x.sha256), a("bytes", x.bytes), a("requests", x.requests);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, Shard>& x) {
    a("index", x.index), a("of", x.of), a("replications", x.replications);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, CheckFinding>& x) {
    a("id", x.id), a("also", x.also), a("severity", x.severity), a("where", x.where), a("why", x.why);
    a("mend", x.mend), a("suppressed", x.suppressed);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, CostLine>& x) {
    a("group", x.group), a("kind", x.kind), a("of", x.of), a("what", x.what), a("region", x.region);
    a("amount", x.amount), a("unit", x.unit), a("price", x.price), a("per_month", x.per_month);
    a("price_date", x.price_date), a("source", x.source), a("confidence", x.confidence);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, CostLoss>& x) {
    a("fault", x.fault), a("incidents", x.incidents), a("downtime_h", x.downtime_h), a("lost_min", x.lost_min);
    a("per_incident", x.per_incident), a("incidents_a_year", x.incidents_a_year);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, CostResult>& x) {
    a("lines", x.lines), a("per_month", x.per_month), a("unknown", x.unknown), a("low", x.low), a("high", x.high);
    a("weight", x.weight), a("losses", x.losses), a("loss_a_year", x.loss_a_year);
}

template <typename Archive>
void fields(Archive& a, Part<Archive, RunResult>& x) {
    a("schema_version", x.schema_version), a("tool_version", x.tool_version), a("scenario_name", x.scenario_name);
    a("variant", x.variant), a("scenario_source", x.scenario_source), a("seed", x.seed), a("confidence", x.confidence);
    a("numeric_fingerprint", x.numeric_fingerprint), a("offices", x.offices), a("replications", x.replications);
    a("failed", x.failed), a("requirements", x.requirements), a("joint", x.joint), a("looks", x.looks);
    a("input_files", x.input_files), a("shard", x.shard), a("checks", x.checks), a("cost", x.cost);
}

}  // namespace faultline::scenarios
