// The tables of shapes.cpp on clients and what protects their servers: retries, breakers, hedges, shedding, arrivals.
#pragma once

#include <array>

#include "scenarios/reader/shapes.hpp"

namespace faultline::scenarios {

inline constexpr const char* tail_at_scale =
    "J. Dean, L. Barroso, The Tail at Scale, CACM 56(2), 2013: after the 95th percentile, some 5 % more load";
inline constexpr const char* concurrency_limits = "Netflix concurrency-limits, Gradient2Limit";
inline constexpr const char* aimd_limit = "Netflix concurrency-limits, AIMDLimit";
inline constexpr const char* fail_at_scale = "B. Maurer, Fail at Scale, ACM Queue 13(8), 2015: 5 ms and 100 ms";

inline constexpr std::array arrivals_keys{
    Key{"rate", "rate", "of all offices together, where the curves are 1; left out: only closed users ask"},
    Key{"curve", "curve", "by local hour: \"flat\", \"office-day\" or 24 factors", R"("flat")", "-"},
    Key{"week", "week", "by local day: \"flat\", \"office-week\" or 7 factors, Monday first", R"("flat")", "-"},
    Key{"surges", "map:surge", "flash crowds: arrivals on top of these, by name", "{}", "-"},
    Key{"trace", "object:trace", "recorded arrivals in place of a rate"},
};

inline constexpr std::array trace_keys{
    Key{.name = "file",
        .type = "text",
        .about = "CSV with the columns time (seconds, ascending), class, key and office; beside the scenario, unless "
                 "its path is absolute",
        .required = true},
    Key{"speed", "number", "how many recorded seconds pass in one of the run; above 0", "1", "as recorded", false, 0,
        1e6},
    Key{"from", "duration", "of what was recorded, that is passed over", R"("0s")", "from the first request on"},
    Key{"repeat", "flag", "at its end it begins anew; else nothing more arrives then", "false", "-"},
};

inline constexpr std::array surge_keys{
    Key{.name = "at", .type = "duration", .about = "it begins, after the end of the warm-up", .required = true},
    Key{.name = "times",
        .type = "number",
        .about = "the usual arrivals and these together, as a multiple of the usual ones; above 1",
        .required = true,
        .least = 1,
        .most = 10'000},
    Key{"ramp", "duration", "it grows evenly so long", R"("0s")", "at once: the worst case"},
    Key{.name = "lasts", .type = "duration", .about = "then it stays so long", .required = true},
    Key{"fall", "duration", "and goes away evenly so long", R"("0s")", "-"},
    Key{"offices", "names", "where; left out: at all", "[]", "-"},
    Key{"classes", "names", "that are asked for, by their shares; left out: all", "[]", "-"},
};

inline constexpr std::array users_keys{
    Key{.name = "per_office",
        .type = "integer",
        .about = "users of one office who wait for their answer before they think again",
        .required = true,
        .least = 1,
        .most = 1'000'000},
    Key{.name = "think", .type = "random", .about = "from an answer, or failure, to the next query", .required = true},
};

inline constexpr std::array tenant_keys{
    Key{.name = "classes",
        .type = "names",
        .about = "that are its queries; a class is of one tenant",
        .required = true},
    Key{"quota", "rate", "calls of all its classes that one region of a service takes; left out: no limit"},
    Key{"burst", "number", "calls at once, a bucket that the quota fills; left out: the quota of a second", "0", "-",
        false, 0, 1e9},
};

inline constexpr std::array storm_keys{
    Key{"outlives", "duration", "its trigger by more than this", R"("1min")",
        "assumption: longer than any client's timers here, far below the shortest incident of L. Huang et al., "
        "Metastable Failures in the Wild, OSDI 2022: 10 min"},
    Key{"attempts", "number", "for each due operation, at least, while too few are good", "1.5",
        "assumption: half of the operations tried again; a share of failures that is no storm stays below", false, 1.01,
        1'000},
};

inline constexpr std::array retry_keys{
    Key{"preset", "one-of:plain|aws-sdk-standard|aws-sdk-adaptive|envoy|resilience4j|polly",
        "what the other keys default to", R"("plain")", "-"},
    Key{"attempts", "integer", "all in all", "3",
        "AWS SDKs and Tools Reference Guide, Retry behavior: standard mode, 3", false, 1, 100},
    Key{"base", "duration", "before the second attempt; doubles", R"("50ms")",
        "assumption, 20 to 200 ms: as SDKs have it, after full jitter; load after a failure depends on it"},
    Key{"cap", "duration", "the longest pause", R"("2s")", "assumption (AWS SDK: 20 s, beyond any deadline here)"},
    Key{"jitter", "one-of:none|full", "of the pause", R"("full")",
        "AWS Architecture Blog, Exponential Backoff And Jitter"},
    Key{"budget", "object:retry-budget",
        "tokens that the retries of an office's queries of this class take, and answers give back; left out: no limit"},
    Key{"adaptive", "flag",
        "attempts of an office wait for a rate that falls while servers refuse them, and grows again", "false",
        "AWS SDKs and Tools Reference Guide, Retry behavior: only of the adaptive mode"},
};

inline constexpr const char* sdk_bucket =
    "AWS SDK for JavaScript, @aws-sdk/middleware-retry, constants.ts: INITIAL_RETRY_TOKENS and the next ones";
inline constexpr std::array retry_budget_keys{
    Key{"tokens", "integer", "of a full bucket, as at the beginning", "500", sdk_bucket, false, 1, 1e9},
    Key{"cost", "integer", "of a retry after an error", "5", sdk_bucket, false, 0, 1e9},
    Key{"timeout_cost", "integer", "of a retry after a timeout", "10", sdk_bucket, false, 0, 1e9},
    Key{"refund", "integer", "by an answer", "1", sdk_bucket, false, 0, 1e9},
};

inline constexpr std::array breaker_keys{
    Key{"preset", "one-of:resilience4j|polly", "what the other keys default to", R"("resilience4j")", "-"},
    Key{"failures", "share", "of the calls that it looks back on, from which on it opens"},
    Key{"window", "integer", "calls that it looks back on, unless \"sampling\" is given", "100",
        "Resilience4j documentation, CircuitBreaker: slidingWindowSize", false, 1, 1'000'000},
    Key{"sampling", "duration", "time that it looks back on; left out: the calls of \"window\""},
    Key{"calls_least", "integer", "calls seen before it judges", "100",
        "Resilience4j documentation, minimumNumberOfCalls; Polly documentation, MinimumThroughput", false, 1,
        1'000'000},
    Key{"slow_call", "duration", "an answer later than this counts as a failure; left out: none does"},
    Key{"open", "duration", "it refuses all calls so long"},
    Key{"probes", "integer", "calls that it then lets through, and that decide", "10",
        "Resilience4j documentation, permittedNumberOfCallsInHalfOpenState", false, 1, 1'000'000},
};

inline constexpr std::array hedge_keys{
    Key{"delay", "duration", "until a copy is sent; left out: the quantile of the answers seen so far"},
    Key{"quantile", "share", "of these answers, 50% to 99.9%", R"("95%")", tail_at_scale},
    Key{"budget", "share", "copies for each query, in the long run, at most", R"("5%")", tail_at_scale},
    Key{"burst", "integer", "copies at once, a bucket that the budget fills", "10", "assumption", false, 1, 1'000'000},
    Key{"cancel", "flag", "the slower one is told, and is not begun if it still waits for a thread", "true",
        "gRPC documentation, Request Hedging: cancels any outstanding requests"},
};

inline constexpr const char* envoy_outliers = "Envoy documentation, Outlier detection, config.cluster.v3: defaults";
inline constexpr std::array outliers_keys{
    Key{"failures", "integer", "in a row, of calls to one instance, from which on it is left out", "5", envoy_outliers,
        false, 1, 1'000'000},
    Key{"interval", "duration", "between two looks at those that are left out", R"("10s")", envoy_outliers},
    Key{"ejection", "duration", "it is left out so long, the n-th time n times", R"("30s")", envoy_outliers},
    Key{"ejection_most", "duration", "but no longer", R"("5min")", envoy_outliers},
    Key{"share_most", "share", "of the instances of a region, that are left out at once; one always may be", R"("10%")",
        envoy_outliers},
};

inline constexpr std::array shedding_keys{
    Key{"limit", "one-of:none|fixed|aimd|gradient", "on the calls in one instance; more are refused", R"("none")", "-"},
    Key{"concurrency", "integer", "that limit: fixed, or to begin with", "20", concurrency_limits, false, 1, 1'000'000},
    Key{"concurrency_least", "integer", "of the limits aimd and gradient", "20", concurrency_limits, false, 1,
        1'000'000},
    Key{"concurrency_most", "integer", "of the same", "200", concurrency_limits, false, 1, 1'000'000},
    Key{"slow_call", "duration", "aimd: an answer later than this shrinks the limit, as a failure does", R"("5s")",
        aimd_limit},
    Key{"backoff", "share", "aimd: to this share of it", R"("90%")", aimd_limit},
    Key{"normal_share", "share", "of the limit, that calls of the priority normal may fill", R"("100%")", "-"},
    Key{"sheddable_share", "share", "of the limit, that calls of the priority sheddable may fill", R"("70%")",
        "assumption: below what the rest needs at its peak"},
    Key{"order", "one-of:fifo|lifo", "in which calls that wait are given a thread: lifo, the newest first", R"("fifo")",
        "-"},
    Key{"wait", "duration", "a call waits for a thread at most so long; left out: for ever"},
    Key{"controlled_delay", "flag",
        "a call waits at most \"delay_target\" if the queue has not been empty for \"delay_interval\", else that long",
        "false", "-"},
    Key{"delay_target", "duration", "see there", R"("5ms")", fail_at_scale},
    Key{"delay_interval", "duration", "see there", R"("100ms")", fail_at_scale},
};

}  // namespace faultline::scenarios
