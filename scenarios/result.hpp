// What runs leave behind: the one file that reports and the GUI need. Plain structs; write_result and read_result are
// in result_file.hpp. Durations are nanoseconds, instants nanoseconds after the start of the run.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/check_result.hpp"
#include "scenarios/cost_result.hpp"
#include "scenarios/office_results.hpp"
#include "scenarios/outcomes.hpp"
#include "scenarios/resource_result.hpp"

namespace faultline::scenarios {

// 2: queries of a replication, target groups, futures, resources and what else became mandatory since 1.
inline constexpr int result_schema_version = 2;

// Bucket b, with octave o = b / 128 and part p = b % 128, holds the values [v, v + w) ns: for o = 0, v = p and w = 1;
// else w = 2^(o - 1) and v = (128 + p) * w.
struct HistogramData {
    std::vector<std::uint32_t> buckets;  // index of each non-empty bucket, ascending
    std::vector<std::uint64_t> counts;
    std::uint64_t failed = 0;  // ranked slower than any answer
    std::int64_t sum_ns = 0;   // of the answers
    std::int64_t max_ns = 0;
    std::int64_t min_ns = 0;  // of the answers
};

// One class at one office in one phase of the measured part of a run.
struct ClassAtOffice {
    Outcomes outcomes;
    HistogramData latency;
};

// Answered reads of users' sessions: of one class at one office in one phase.
struct SessionReadCounts {
    std::uint64_t reads = 0;
    std::uint64_t stale = 0;             // of what was replaced longer ago than the class's bound
    std::uint64_t of_own_write = 0;      // of a key that the session had written
    std::uint64_t missed_own_write = 0;  // a part of these: they showed something older
    std::uint64_t of_seen = 0;           // of a key that the session had read
    std::uint64_t went_back = 0;         // a part of these: they showed something older
};
struct SessionReadsResult {
    std::vector<SessionReadCounts> steady, degraded, recovering;  // by office; empty: there are no sessions
};

struct ClassResult {
    std::string name;
    std::vector<ClassAtOffice> steady, degraded, recovering;  // by office
    std::array<std::int64_t, stage_count> stage_ns{};         // of all offices and phases, answered queries
    std::array<std::int64_t, stage_count> stage_slow_ns{};    // of those slower than the p99 seen so far
    std::uint64_t stage_slow_count = 0;
    std::uint64_t attempts = 0;
    std::uint64_t unknown = 0;                              // writes that timed out: durable or absent
    std::uint64_t duplicates = 0;                           // applied twice in a class that is not idempotent
    std::vector<std::uint32_t> due_per_s, good_per_s;       // timelines from the start of the run
    std::vector<float> latency_mean_ms_per_s;               // of the answered, by due time; NaN: none
    std::uint64_t unknown_durable = 0, unknown_absent = 0;  // what was found out later
    SessionReadsResult session_reads{};
    std::vector<std::uint32_t> repeats_per_s{};  // attempts besides the first, by their own time: retries and copies
    std::uint64_t hedges = 0;                    // of these, copies of what was not answered soon
    std::vector<OfficeTimeline> by_office{};     // only if they were asked for
    std::vector<UnansweredResult> unanswered{};  // what stood in their way, each reason that there was
};

// What a fault did, and to what.
struct FaultResult {
    std::string name, target;
    std::int64_t start_ns = 0, end_ns = 0;
    std::vector<std::string> hit;         // nodes that went down or were degraded
    std::uint64_t operations_cut = 0;     // in flight on them
    bool started = false, ended = false;  // within the run
    // An operator error: instants within the run, 0 if it came to that later or never.
    bool data_wrong = false;
    std::int64_t noticed_ns = 0, mended_ns = 0;
    std::string kind{};       // "zone-outage"
    bool planned = false;     // work that somebody has ordered
    bool by_chance = false;   // need not come in every run
    std::string caused_by{};  // the fault that it followed
};

// RTO of one class at one office, or of its canary.
struct Recovery {
    std::string of;
    std::string office;
    bool canary = false;
    bool recovered = true;  // false: the run ended too early after the last bad window to say
    bool any_bad = false;
    std::int64_t first_impact_ns = 0;  // after the incident's start
    std::int64_t rto_ns = 0;           // the largest there is, if not recovered: no limit is met by mistake
    std::int64_t bad_time_ns = 0;      // sum of all bad windows
    int relapses = 0;                  // bad again after a window that was not
    std::int64_t bad_until_ns = 0;     // end of the last bad window after the incident's start, recovered or not
    double normal_share = 1.0;         // good share before the incident; 0: it answered nobody, so nothing can recover
    // Preset of the driver whose connections the class uses; empty: it ends at no database, or a canary's own
    // connections.
    std::string driver{};
};

// Overload that went on after what had set it off, because it sustains itself: a metastable failure.
struct StormResult {
    std::string of, trigger;                       // a class; a fault or a surge
    std::int64_t since_ns = 0;                     // the trigger was over
    std::int64_t until_ns = 0;                     // end of the storm's last ten seconds, or of what was seen
    bool ended = false;                            // within the run
    double attempts_per_due = 0.0;                 // from since to until
    double good_share = 0.0;                       // of the operations due from since to until
    std::string loop{};                            // what sustains it: "retries", "cold cache", "work nobody waits for"
    std::string overloaded{};                      // the words of the resource that has no room; empty: none is known
    std::string cache{};                           // of a cold one
    double hit_rate_before = 0.0, hit_rate = 0.0;  // its, before the trigger and from since to until
};

// Commits that clients of an office were told of and that are lost.
struct LostAtOffice {
    std::string office;
    std::uint64_t commits = 0;
};

struct DataLoss {
    std::string database;
    std::uint64_t commits_lost = 0;
    std::int64_t gap_ns = 0;            // RPO; the largest there is, if unbounded
    std::uint64_t unknown_durable = 0;  // writes that timed out and are there
    std::uint64_t unknown_absent = 0;
    std::uint64_t commits_estimated = 0;  // a part of commits_lost: of time that was not simulated, at the run's rate
    bool unbounded = false;               // nothing that is kept is as old as what was lost
    // Of commits_lost, those whose office is known: not what a server asked for itself, nor what is estimated.
    std::vector<LostAtOffice> lost_at{};
};

struct IncidentResult {
    std::vector<std::string> faults;
    std::int64_t start_ns = 0;
    std::int64_t full_recovery_ns = 0;  // an instant, in steps of 10 s after the start; 0: not within the run
    std::vector<Recovery> recoveries;
    std::vector<DataLoss> losses;
    std::vector<std::pair<std::string, std::int64_t>> waterfall;   // stage and its length
    std::vector<std::pair<std::string, std::int64_t>> rewarmed{};  // cache; its hit rate was back after
    // Time between the start and the recovery that was not simulated. RTO, gap and waterfall include it; instants and
    // bad_time_ns do not.
    std::int64_t skipped_ns = 0;
    bool planned = false;  // all of its faults are planned work
};

// Reads of one phase.
struct CacheShare {
    std::uint64_t reads = 0, fresh_hits = 0, offloaded = 0;
};
struct CacheResult {
    std::string name;
    std::uint64_t reads = 0;  // of cacheable classes, bypassed and timed-out ones included
    std::uint64_t fresh_hits = 0, stale_hits = 0, misses = 0, bypassed = 0, coalesced = 0, evicted = 0, refused = 0;
    std::uint64_t resident_keys = 0, used_bytes = 0;  // at the end, of all nodes; evicted, refused: in the whole run
    std::vector<float> hit_rate_per_s{};              // fresh hits over reads; NaN: no reads
    std::uint64_t offloaded = 0;  // reads that never reached the database: hits of both kinds and coalesced
    CacheShare steady{}, degraded{}, recovering{};
    // Of shards with replicas, in the whole run: writes that were acknowledged, and of these lost at a failover; keys
    // of which no other node had a copy.
    std::uint64_t writes_acknowledged = 0, writes_lost = 0, keys_lost = 0, failovers = 0, full_syncs = 0;
    // Of write-behind, in the whole run: writes that the cache has taken, how many transactions they became, and writes
    // that were acknowledged and that the database never had.
    std::uint64_t writes_behind = 0, writes_behind_transactions = 0, writes_behind_lost = 0;
};

struct ReplicaLagResult {
    std::string of;       // the replicas of a region: "orders", "orders/us-west-2"
    HistogramData lag{};  // of each of them once a second
};

struct ExposureResult {
    std::string database;
    std::int64_t p99_ns = 0, max_ns = 0;            // of the gap that any one loss would leave
    std::int64_t zone_p99_ns = 0, zone_max_ns = 0;  // that the loss of a zone, or of less, would leave
    double replica_lag_ms_mean = 0.0, replica_lag_ms_max = 0.0;
    std::vector<ReplicaLagResult> lags{};
    HistogramData commit_latency{};
    std::uint64_t commits_acknowledged = 0, commits_durable_unacknowledged = 0;
};

// A state that the timeline shows: "orders/instance-1" entered "promoting" at some instant.
struct StateChange {
    std::int64_t at_ns = 0;
    std::string component, state;
};

struct QueueResult {
    std::string name;
    double utilisation = 0.0, mean_length = 0.0;
    std::uint64_t served = 0, refused = 0;
};

// A database instance in the measured part of a run.
struct InstanceResult {
    std::string name;
    std::uint64_t pool_pages = 0, pool_pages_used = 0;  // of its buffer pool, at the end; 0: it has none
    std::uint64_t page_hits = 0, page_misses = 0;
    std::uint64_t lock_waits = 0, lock_timeouts = 0;  // statements that waited for a row, and that gave up
    std::uint64_t connections_refused = 0, connections_peak = 0, connections_max = 0;
    double acu_mean = 0.0;  // of a serverless instance
};

// The sessions of one office in the measured part of a run.
struct SessionsResult {
    std::string office;
    std::uint64_t sessions = 0, active = 0;             // active: that read
    std::uint64_t missed_own_write = 0, went_back = 0;  // of the active, at least once
    std::uint64_t keys_forgotten = 0;                   // for want of memory, in the whole run
};

// A table of a warehouse in the measured part of a run.
struct WarehouseTableResult {
    std::string name;
    HistogramData freshness{};  // counts are milliseconds of time
    std::uint64_t loads = 0, overdue = 0, skipped = 0, retried = 0;
    std::uint64_t commits_visible = 0;           // of the whole run, as the next two
    std::uint64_t commits_hidden = 0;            // acknowledged, and not visible at the end
    std::uint64_t commits_ahead = 0;             // that the source has lost and the table has
    double load_s_mean = 0.0, load_s_max = 0.0;  // from the cut of a batch until it is visible
    double bytes_loaded = 0.0;
};
// How fresh what a class was shown was, when its queries began.
struct WarehouseAnswersResult {
    std::string of;
    HistogramData freshness{};
};
struct WarehouseResult {
    std::string name;
    HistogramData freshness{};  // of its worst table, as of a table
    std::vector<WarehouseTableResult> tables;
    std::vector<WarehouseAnswersResult> answers;
    std::uint64_t waited = 0, waiting_most = 0;         // queries that found no slot
    std::uint64_t scaled = 0, scaling_clusters = 0;     // queries that other clusters took, and how often one came
    std::uint64_t refused = 0;                          // for want of connections
    std::uint64_t snapshots = 0, snapshots_copied = 0;  // taken, and arrived in another region
    std::int64_t copy_age_max_ns = 0;                   // of the newest copy there, at most
};

// Bulk data that are moved at fixed times, in the measured part of a run.
struct TransferResult {
    std::string name;
    std::uint64_t due = 0, completed = 0;
    std::uint64_t failed = 0;                  // a link was cut, or there was no way
    std::uint64_t overlapped = 0;              // due while the one before went on: left out
    bool moving_at_end = false;                // one was under way
    std::vector<std::int64_t> durations_ns{};  // of the completed, in their order
};

// One query of a sample, for a picture of its way: which stage held it for how long, one after the other from its due
// time on. Not in result files.
struct TracedQuery {
    std::uint64_t number = 0;  // of its office
    std::uint32_t query_class = 0, office = 0;
    std::int64_t due_ns = 0;
    bool ended = false, answered = false;
    std::vector<std::uint32_t> stages{};
    std::vector<std::uint64_t> lengths_ns{};
    std::string by{};  // a cache node that asks the database by itself; empty: the office
};

// From an instant before the end of the run on nothing was left to happen, though processes still waited.
struct Stall {
    std::int64_t at_ns = 0;              // known to the second; 0: there was none
    std::vector<std::string> waiting{};  // paths of their components, each once
};

struct MemoryResult {
    std::uint64_t fixed_bytes = 0, in_flight_peak = 0, bytes_per_query = 0, resident_keys = 0, bytes_per_key = 0;
};

// One of several futures of a replication's history: what broke in it, and what came of it. The first one is the
// replication itself: its faults and incidents stand there.
struct FutureResult {
    std::uint32_t number = 1;
    std::uint64_t fingerprint = 0;         // of the history and this future
    std::uint64_t events = 0;              // after the history
    std::int64_t from_ns = 0, end_ns = 0;  // the history's end, and its own
    std::string failure{};                 // why there is nothing of it; empty: there is
    std::vector<FaultResult> faults{};     // as of a replication
    std::vector<IncidentResult> incidents{};
};

struct ReplicationResult {
    std::uint32_t replication = 0;
    std::uint64_t fingerprint = 0, events = 0;
    std::uint64_t queries = 0;  // that became due, from the start of the warm-up on; of several futures the first
    std::int64_t warm_up_ns = 0, end_ns = 0;
    std::uint64_t waits_without_timer = 0;  // for a silent peer, at the end of the run
    Stall stall{};
    std::vector<ClassResult> classes;
    std::vector<FaultResult> faults;
    std::vector<IncidentResult> incidents;
    std::vector<CacheResult> caches;
    std::vector<ExposureResult> databases;
    std::vector<QueueResult> queues;
    std::vector<InstanceResult> instances{};
    std::vector<SessionsResult> sessions{};  // by office; empty: there are none
    std::vector<WarehouseResult> warehouses{};
    std::vector<TransferResult> transfers{};
    std::vector<StormResult> storms{};
    std::vector<ResourceResult> resources{};
    // Bytes a second of messages between places: `of` sends to `words`. Retransmissions and bulk flows are left out.
    std::vector<ResourceResult> traffic{};
    std::vector<StateChange> states;
    MemoryResult memory;
    std::vector<OfficeMinutes> office_minutes{};  // by office
    std::vector<FutureResult> futures{};          // by number; empty: there is one. Fingerprint and events are of all
    std::vector<TracedQuery> traced{};            // on its way from a worker, if it was asked for
};

enum class Verdict { met, violated, undecided };
// By the replications in which a fault that hits each of a domain hit this one.
struct TargetVerdict {
    std::string fault, target;
    Verdict verdict = Verdict::undecided;
    double estimate = 0.0, low = 0.0, high = 0.0;
    std::uint64_t replications = 0;
};
struct RequirementResult {
    std::string name, text;  // text: "latency p99 of update at worst office <= 250ms"
    Verdict verdict = Verdict::undecided;
    double estimate = 0.0, low = 0.0, high = 0.0, limit = 0.0;
    std::string unit;      // "s", "$/month" or ""
    std::string worst_at;  // the office that decides
    std::string why;       // one sentence
    std::uint64_t observations = 0;
    std::optional<int> replications_needed;  // more, if undecided
    // Of a fault that hits each of a domain: the target that decides. What else is said is of it. Empty: there is none.
    std::string worst_target{};
    std::vector<TargetVerdict> targets{};  // in their order
};

struct FailedReplication {
    std::uint32_t replication = 0;
    std::string why, repeat_command;
    std::uint32_t future = 0;  // that alone died of it; 0: the replication as a whole
};

// Of a run that goes on until its requirements are decided: when it looked, and how many were still undecided then.
struct Look {
    std::uint32_t replications = 0;
    std::uint32_t undecided = 0;
};

// A file besides the scenario that the result depends on.
struct InputFile {
    std::string name, sha256;
    std::uint64_t bytes = 0;
    std::uint64_t requests = 0;  // of a trace, that a replay would play
};

// A part of a run that several machines share without talking: every `of`-th replication from the `index`-th on.
struct Shard {
    std::uint32_t index = 1, of = 1;  // of 1: the whole
    std::uint32_t replications = 0;   // of all shards together; unused by the whole
};

struct RunResult {
    int schema_version = result_schema_version;
    std::string tool_version;
    std::string scenario_name, variant;
    std::string scenario_source;  // the JSON text that was run
    std::vector<InputFile> input_files{};
    std::uint64_t seed = 0;
    double confidence = 0.95;
    bool joint = false;                     // of all requirements together
    std::vector<Look> looks;                // empty: the number of replications was given
    std::uint64_t numeric_fingerprint = 0;  // of log, exp, pow and sin on this machine
    Shard shard{};
    std::vector<std::string> offices;
    std::vector<ReplicationResult> replications;  // in order of their number
    std::vector<FailedReplication> failed;
    std::vector<RequirementResult> requirements;
    std::vector<CheckFinding> checks{};  // of the scenario, suppressed ones too
    CostResult cost{};
};

}  // namespace faultline::scenarios
