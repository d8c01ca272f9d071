// How due operations end, and what stood in the way of those that were not answered.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace faultline::scenarios {

// Where a query's time went (design section 5). The sum over all stages is its latency, to the nanosecond.
enum class Stage : std::uint8_t { dns, connect, network, pool, queue, cpu, lock, storage, cache, retry_wait };
inline constexpr std::size_t stage_count = 10;
inline constexpr std::array<const char*, stage_count> stage_names{"dns", "connect", "network", "pool",  "queue",
                                                                  "cpu", "lock",    "storage", "cache", "retry wait"};

// How every due operation ended; each ends exactly once, so the six add up to `due`.
struct Outcomes {
    std::uint64_t due = 0;
    std::uint64_t answered = 0;   // correctly, in time or late
    std::uint64_t refused = 0;    // on the last attempt, by what: UnansweredResult
    std::uint64_t timed_out = 0;  // the client's last attempt
    std::uint64_t failed = 0;     // reset, or an error of the server, on the last attempt
    std::uint64_t in_flight = 0;  // at the end of the run
    std::uint64_t good = 0;       // answered within the deadline (a part of `answered`)
    // A part of `in_flight`: due so late that they say nothing yet. The others rank slower than any answer.
    std::uint64_t undecided = 0;
};

// What ended the last attempt of an operation that was refused, failed or timed out. The last ten are the stages in
// which its client's timer found it, in the order of Stage.
enum class FailureReason : std::uint8_t {
    none,  // it was answered
    // refused
    queue,
    shed,
    concurrency_limit,
    quota,
    breaker,
    client_connections,
    pool,
    connection_limit,
    login_rate,
    cancelled,  // nobody waits for it: of a copy, and never how an operation ends
    // failed
    name,
    credentials,
    no_server,
    unreachable,
    connection_lost,
    read_only,
    lock,
    not_durable,
    wrong_data,
    // timed out
    own_rate,
    in_stage,
};
inline constexpr std::size_t failure_reason_count = static_cast<std::size_t>(FailureReason::in_stage) + stage_count;

inline constexpr FailureReason timed_out_in(Stage stage) {
    return static_cast<FailureReason>(static_cast<std::size_t>(FailureReason::in_stage) +
                                      static_cast<std::size_t>(stage));
}

// `name` in results; `words` end "were refused ...", "failed ..." or "timed out ...".
struct FailureReasonText {
    const char* name;
    const char* words;
};
inline constexpr std::array<FailureReasonText, failure_reason_count> failure_reason_texts{{
    {"none", ""},
    {"queue", "by a server whose queue was full"},
    {"load-shedding", "by load shedding: no thread was free within the wait that it allows"},
    {"concurrency-limit", "by admission control: a service's limit on calls at once"},
    {"tenant-quota", "by the quota of their tenant"},
    {"circuit-breaker", "by an open circuit breaker"},
    {"client-connections", "for want of a free connection from the office to the service"},
    {"pool", "for want of a free connection in the pool within its wait"},
    {"connection-limit", "by the limit on open connections of a database"},
    {"login-rate", "by the limit on new connections a second (IAM)"},
    {"cancelled", "as nobody waited for them any more"},
    {"name", "at a name that was not resolved (DNS)"},
    {"credentials", "at a certificate or credential that was not accepted"},
    {"no-server", "for want of any server to ask"},
    {"unreachable", "at a connection that could not be opened"},
    {"connection-lost", "with a lost connection or an error of the server"},
    {"read-only", "at a server that takes no writes"},
    {"lock", "waiting for a locked row longer than the database lets them"},
    {"not-durable", "at a commit that its storage did not confirm"},
    {"wrong-data", "on data that an operator's error had made wrong"},
    {"client-rate", "waiting for the client's own adaptive rate"},
    {"dns", "looking a name up (DNS)"},
    {"connect", "opening a connection"},
    {"network", "on the network, or without a word from the server"},
    {"pool-wait", "waiting for a free connection in the pool"},
    {"server-queue", "waiting for a busy server"},
    {"cpu", "while they were computed"},
    {"lock-wait", "waiting for a lock"},
    {"storage", "waiting for the storage's quorum"},
    {"cache", "at the cache"},
    {"retry-wait", "pausing before another attempt"},
}};

// Operations of a class that ended so for one reason.
struct UnansweredResult {
    std::string outcome;  // "refused", "timed out", "failed"
    std::string reason;   // FailureReasonText::name
    std::uint64_t count = 0;
    std::vector<std::uint64_t> steady, degraded, recovering;  // by office
};

}  // namespace faultline::scenarios
