// Every kind that a scenario may name, one line each. A list rather than objects that register themselves: it prints as
// `faultline kinds`, it is in one order, and a linker cannot drop an entry of a static library.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace faultline::scenarios {

struct Kind {
    std::string_view group;  // "fault"
    std::string_view name;   // "zone-outage"
    std::string_view about;
    std::string_view shape;   // whose keys are its parameters; empty: none
    std::string_view preset;  // of these defaults; empty: none
};

inline constexpr auto kinds = std::to_array<Kind>({
    {"network profile", "aws-2025", "measured round trips, jitter and loss between regions, zones and cities",
     "network", ""},
    {"network profile", "zero", "no round trip takes time and nothing is lost", "network", ""},
    {"access", "fibre", "a business line over the internet", "office", ""},
    {"access", "cable", "a cable line over the internet", "office", ""},
    {"access", "dsl", "a telephone line over the internet", "office", ""},
    {"access", "lte", "mobile, over the internet", "office", ""},
    {"access", "leo-satellite", "low orbit, over the internet", "office", ""},
    {"access", "mpls", "a carrier's private network", "office", ""},
    {"access", "direct-connect", "a private line into the region", "office", ""},
    {"access", "none", "no last mile at all", "office", ""},
    {"station", "fcfs", "c servers, first come first served", "station", ""},
    {"station", "processor-sharing", "c servers, all present share them", "station", ""},
    {"database", "aurora-mysql", "one writer, up to 15 readers, a shared storage volume", "database", "aurora-mysql"},
    {"database", "aurora-postgresql", "the same with the PostgreSQL engine", "database", "aurora-postgresql"},
    {"database", "postgresql", "a primary with its own log disk, streaming standbys, a monitor that promotes one",
     "database", "postgresql"},
    {"database", "mysql", "the same with MySQL's defaults", "database", "mysql"},
    {"followers", "secondaries", "regions follow by the log of the volume: a global database", "global", ""},
    {"followers", "logical_replicas", "regions execute the binary log again", "global", "binlog"},
    {"custom endpoint", "reader", "members that are readers now, chosen when a connection is made", "endpoint", ""},
    {"custom endpoint", "any", "members in whatever role", "endpoint", ""},
    {"cache", "redis", "hash slots, eviction, expiry; looked aside by a service", "cache", ""},
    {"cache failover", "service", "the vendor's control plane chooses the replica that lags least", "cache-failover",
     ""},
    {"cache failover", "cluster", "a majority of the primaries elects a replica", "cache-failover", ""},
    {"service", "service", "instances in the zones of its regions, with threads and connection pools", "service", ""},
    {"warehouse", "provisioned", "nodes of a class with slices, queues of workload management", "warehouse", ""},
    {"warehouse", "serverless", "the same by its capacity in RPU", "warehouse", ""},
    {"table load", "copy", "micro-batches: export, transfer, load by slices, commit", "warehouse-table", "copy"},
    {"table load", "streaming", "a stream, read by a view that refreshes itself", "warehouse-table", "streaming"},
    {"table load", "zero-etl", "the changes of the source's storage, applied in short turns", "warehouse-table",
     "zero-etl"},
    {"driver", "plain", "a driver as it comes: no socket timeout, no keepalive", "driver", "plain"},
    {"driver", "with-timeouts", "connect and socket timeouts set", "driver", "with-timeouts"},
    {"driver", "fast-failover", "timeouts, keepalive of 5 s, DNS kept for 1 s", "driver", "fast-failover"},
    {"driver", "aws-wrapper", "asks the instances for the writer instead of DNS; monitors its server", "driver",
     "aws-wrapper"},
    {"driver", "rds-proxy", "a proxy that holds connections and requests over a failover", "driver", "rds-proxy"},
    {"arrivals", "flat", "the same rate at every hour", "arrivals", ""},
    {"arrivals", "office-day", "by the local hour of each office: two humps, a dip at noon", "arrivals", ""},
    {"class", "point-read", "one row by its key", "class", "point-read"},
    {"class", "range-read", "a list of 20 to 100 rows", "class", "range-read"},
    {"class", "update", "a change, durable before it is answered", "class", "update"},
    {"class", "complex-join", "a report over 100,000 rows", "class", "complex-join"},
    {"class", "analytic", "an aggregation by branch, in a warehouse", "class", "analytic"},
    {"class", "other", "anything else: its demand is given", "class", "other"},
    {"distribution", "constant", "\"2ms\"", "", ""},
    {"distribution", "exponential", "{\"exponential\": \"10ms\"}: its mean", "random-duration", ""},
    {"distribution", "lognormal", "mean and coefficient of variation", "lognormal", ""},
    {"distribution", "gamma", "mean and shape", "gamma", ""},
    {"distribution", "uniform", "from low to high", "uniform", ""},
    {"distribution", "pareto", "heavy tail from a minimum, cut at a cap", "pareto", ""},
    {"distribution", "hyperexponential", "mean and squared coefficient of variation of 1 or more", "hyperexponential",
     ""},
    {"distribution", "quantiles", "{\"0\": \"1ms\", \"0.5\": \"2ms\", \"1\": \"9ms\"}, linear between",
     "random-duration", ""},
    {"transfer", "transfer", "bulk data that are moved at fixed times: a nightly load", "transfer", ""},
    {"fault", "instance-crash", "a database instance dies", "fault", ""},
    {"fault", "storage-node-loss", "one copy of the storage volume is lost", "fault", ""},
    {"fault", "zone-outage", "everything in a zone is gone", "fault", ""},
    {"fault", "region-outage", "everything in a region is gone, its control plane too", "fault", ""},
    {"fault", "link-cut", "the links between two regions, or between one and all others, carry nothing", "fault", ""},
    {"fault", "brown-out", "instances, services, caches or stations work at a share of their speed", "fault", ""},
    {"fault", "zone-gray", "the links of a zone are slow and lose packets; health checks may not see it", "fault", ""},
    {"fault", "link-gray", "the links between two regions, or between one and all others, do so", "fault", ""},
    {"fault", "switchover", "planned: another region of a global database takes over, and nothing is lost", "fault",
     ""},
    {"fault", "evacuation", "planned: people move offices and databases out of a region by shares, and back", "fault",
     ""},
    {"fault", "cache-node-loss", "a node of a cache is gone, with all that it held", "fault", ""},
    {"fault", "operator-error", "a database's data are wrong until it is restored or rewound", "fault", ""},
    {"measure", "latency", "\"latency p99\" or \"latency mean\" of a class, from due to the last answer", "requirement",
     ""},
    {"measure", "rto", "from an incident's start to the end of its last bad window, of a class", "requirement", ""},
    {"measure", "rpo", "commits acknowledged and lost, as a gap in time, of a database", "requirement", ""},
    {"measure", "restore", "an operator error noticed, until the database serves what is right again", "requirement",
     ""},
    {"measure", "freshness", "age of the oldest commit not yet visible, of a warehouse, a table or a class",
     "requirement", ""},
    {"measure", "availability", "good over due operations of a class", "requirement", ""},
    {"measure", "read-your-writes-violations",
     "reads that miss what their own session wrote, out of those of a key that it wrote, of a class", "requirement",
     ""},
    {"measure", "monotonic-read-violations",
     "reads older than what their own session saw, out of those of a key that it saw, of a class", "requirement", ""},
    {"measure", "stale-reads", "reads of what was replaced longer ago than the class's bound, of a class",
     "requirement", ""},
    {"measure", "hit-rate", "fresh hits over all reads of cacheable classes, of a cache", "requirement", ""},
    {"measure", "offload", "reads that never reach the database, of a cache", "requirement", ""},
});

// Of these kinds of database, every instance has its own disks and a copy of everything.
constexpr bool has_standbys(std::string_view kind) {
    return kind == "postgresql" || kind == "mysql";
}

// What `faultline kinds` prints: each kind in its group, then every key with its type, default and source.
std::string kinds_text();

}  // namespace faultline::scenarios
