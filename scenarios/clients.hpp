// How clients and services behave when answers are late or missing, and when queries come: retries and their budget,
// circuit breakers, hedged requests, load shedding, arrivals with their curves and surges, closed users, tenants. Plain
// structs as in scenario.hpp; defaults and their sources stand in reader/shape_tables_clients.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/time.hpp"
#include "scenarios/random_duration.hpp"

namespace faultline::scenarios {

using engine::Duration;

enum class BackoffJitter { none, full };
// What bounds the retries of one office's queries of a class together: a bucket of tokens that retries take from, and
// answers put back into. An empty one means no retry.
struct RetryBudget {
    int tokens = 0;        // a full bucket, as at the beginning
    int cost = 0;          // of a retry after an error
    int timeout_cost = 0;  // of a retry after a timeout
    int refund = 0;        // by an answer
};
struct RetryPolicy {
    int attempts = 1;  // all in all
    Duration base{};
    Duration cap{};
    BackoffJitter jitter = BackoffJitter::full;
    std::optional<RetryBudget> budget{};  // none: unbounded
    bool adaptive = false;                // attempts wait for a rate that falls where they are refused
};

// Stops asking who fails: closed -> open -> half-open -> closed or open again.
struct Breaker {
    double failures = 0.5;                // share of the calls seen from which on it opens, above 0
    int window = 100;                     // calls that it looks back on
    std::optional<Duration> sampling{};   // time that it looks back on instead
    int calls_least = 100;                // seen, before it judges
    std::optional<Duration> slow_call{};  // an answer later than this counts as a failure; none: no answer does
    Duration open{};                      // it refuses everything so long, above 0
    int probes = 1;                       // calls of the half-open state, which decide
};

// A second copy of a request that has not been answered soon, to another instance.
struct Hedge {
    std::optional<Duration> delay{};  // after which it is sent; none: after the quantile of the answers seen
    double quantile = 0.95;
    double budget = 0.05;  // copies for each query, at most, in the long run
    int burst = 10;        // copies at once, at most
    bool cancel = true;    // the loser is told, and is not begun if it still waits for a thread
};

// A balancer's own judgement of the instances that it sends calls to: one that fails often is left out for a while.
struct OutlierEjection {
    int failures = 5;          // in a row, from which on it is one, at least 1
    Duration interval{};       // between two looks at those that are out, above 0
    Duration ejection{};       // the first time, above 0; the n-th time n times as long
    Duration ejection_most{};  // but no longer than this
    double share_most = 0.1;   // of the instances, that are out at once; one may always be
};

enum class Priority : std::uint8_t { sheddable, normal, critical };
enum class LimitKind { none, fixed, aimd, gradient };
// What an instance of a service does with calls that it cannot serve in time.
struct Shedding {
    LimitKind limit = LimitKind::none;
    int concurrency = 20;  // calls in the instance, at most: fixed, or to begin with
    int concurrency_least = 20, concurrency_most = 200;
    Duration slow_call{};            // aimd: an answer later than this shrinks the limit
    double backoff = 0.9;            // aimd: to this share of it
    double normal_share = 1.0;       // of the limit, that calls of the priority normal may fill
    double sheddable_share = 1.0;    // and those of the priority sheddable
    bool newest_first = false;       // of the calls that wait for a thread
    std::optional<Duration> wait{};  // a call waits for a thread at most so long; none: for ever
    bool controlled_delay = false;
    Duration delay_target{};    // that wait while the queue has not been empty for `delay_interval`
    Duration delay_interval{};  // and that wait otherwise
};

// A flash crowd: arrivals on top of the usual ones, up to `times` as many together. It begins `at`, grows evenly over
// `ramp`, stays for `lasts` and goes away evenly over `fall`.
struct Surge {
    std::string name{};
    Duration at{};  // after the warm-up's end
    Duration ramp{}, lasts{}, fall{};
    double times = 1.0;                  // above 1
    std::vector<std::string> offices{};  // empty: all
    std::vector<std::string> classes{};  // that are asked for, by their shares; empty: all
    Duration length() const { return ramp + lasts + fall; }
};

// What is known of a trace's file when it has been read through.
struct TraceFacts {
    std::uint64_t bytes = 0;
    std::string sha256{};
    std::uint64_t requests = 0;  // from `from` on
    double span_s = 0.0;         // from the first of them to the last, as recorded
    std::uint64_t at_once = 0;   // of one instant, at most
    std::vector<std::uint64_t> of_classes{};
    std::int64_t changed_ns = 0;  // the file's time of change
};

// Arrivals as they were recorded (trace_file.hpp), from the beginning of the run on.
struct TraceReplay {
    std::string file{};   // relative: to the scenario's folder
    double speed = 1.0;   // 2: in half the time, so twice the rate; above 0
    Duration from{};      // what was recorded earlier than this after the first request is passed over
    bool repeat = false;  // at its end it begins anew; else nothing more arrives
    TraceFacts facts{};   // only of a scenario that was read from a file
};

struct Arrivals {
    double rate_per_s = 0.0;      // of all offices together, where the curve is 1; 0: only closed users, or a trace
    std::vector<double> curve{};  // by local hour, 24 factors; empty: flat
    std::vector<double> week{};   // by local day, Monday first, 7 factors; empty: flat
    std::vector<Surge> surges{};
    std::optional<TraceReplay> trace{};  // in place of a rate
};

// Users who wait for their answer, think, and ask again.
struct ClosedUsers {
    int per_office = 1;
    RandomDuration think{};
};

// Classes that belong to one customer, and what he may ask of a region of a service.
struct Tenant {
    std::string name{};
    std::vector<std::string> classes{};
    std::optional<double> quota_per_s{};  // calls, of all its classes together; none: no limit
    double burst = 0.0;                   // calls at once
};

// When retries that go on after their trigger are called a metastable failure.
struct Storm {
    Duration outlives{};    // its trigger by more than this
    double attempts = 1.0;  // for each due operation, at least
};

// One statement a second on a new connection at each site (design section 5).
struct Canary {
    bool enabled = true;
    Duration timeout{};
};

// The users of an office, each a session that remembers what it has written and seen.
struct Sessions {
    int per_office = 1;
    int keys = 1;  // that one remembers, those that it used last
};

}  // namespace faultline::scenarios
