// The tables of shapes.cpp about caches.
#pragma once

#include <array>

#include "scenarios/reader/shapes.hpp"

namespace faultline::scenarios {

inline constexpr std::array cache_failover_keys{
    Key{"by", "one-of:service|cluster", "the vendor's control plane, or the nodes among themselves", R"("service")",
        "ElastiCache User Guide, Minimizing downtime: Multi-AZ"},
    Key{"detection", "random", "by the service: lost, until a replica is chosen",
        R"({"uniform": {"low": "10s", "high": "40s"}})",
        "assumption: a failover takes 15 to 60 s in all (from memory; no vendor figure)"},
    Key{"promotion", "random", "by the service: chosen, until it takes writes",
        R"({"uniform": {"low": "2s", "high": "5s"}})",
        "ElastiCache User Guide, Minimizing downtime: typically a few seconds"},
    Key{"node_timeout", "duration", "by the cluster: no answer, until a node looks dead to another", R"("15s")",
        "valkey.conf, cluster-node-timeout"},
};

inline constexpr std::array cache_resync_keys{
    Key{"fork_per_gib", "duration", "the primary stands still while it forks, for each GiB of data", R"("10ms")",
        "Redis documentation, Latency: 9 to 13 ms a GB on modern hosts"},
    Key{"delay", "duration", "before the fork, for others that may want the same", R"("5s")",
        "valkey.conf, repl-diskless-sync-delay"},
    Key{"backlog", "bytes", "a replica that lacks no more than this goes on from there", R"("10MB")",
        "valkey.conf, repl-backlog-size"},
    Key{"output_buffer", "bytes", "writes during a fill; more, and it begins anew", R"("256MB")",
        "valkey.conf, client-output-buffer-limit replica"},
};

inline constexpr std::array cache_write_behind_keys{
    Key{"delay", "duration", "a write waits at least so long, and later writes of its key go with it", R"("1s")",
        "assumption; Hazelcast's and Coherence's examples write after some seconds (from memory)"},
    Key{"workers", "integer", "of a shard: transactions at a time", "8", "assumption", false, 1, 1000},
    Key{"retry_after", "duration", "what the database refused is tried again after this", R"("1s")", "assumption"},
};

inline constexpr std::array cache_warm_up_keys{
    Key{.name = "keys",
        .type = "integer",
        .about = "of the cache, the most popular first",
        .required = true,
        .least = 1,
        .most = 100'000'000},
    Key{"rate", "rate", "of a node: keys that it is given", R"("1000/s")", "assumption"},
};

inline constexpr std::array cache_global_keys{
    Key{"alarm_after", "duration", "nobody of the primary's region answers for so long, until an operator is paged",
        R"("1min")", "assumption: an alarm over one period of a minute"},
    Key{"decision", "random", "of the operator, from the page to the promotion",
        R"({"lognormal": {"mean": "10min", "cv": 0.5}})",
        "assumption; promotion is by hand (ElastiCache User Guide, Global datastores)"},
    Key{"promotion", "random", "ordered, until another region takes writes",
        R"({"uniform": {"low": "45s", "high": "75s"}})", "ElastiCache User Guide, Global datastores: about a minute"},
};

inline constexpr std::array cache_keys{
    Key{"kind", "one-of:redis", "the engine", R"("redis")", "-"},
    Key{"region", "text", "where it stands; or \"regions\"", R"("")", "-"},
    Key{"regions", "names", "one in each of these; a service looks into its own region's, or the first", "[]", "-"},
    Key{.name = "class", .type = "text", .about = "of the catalogue, \"cache.r6g.large\"", .required = true},
    Key{"shards", "integer", "by hash slot; shard k stands in zone k modulo the zones", "1", "-", false, 1, 500},
    Key{"keys_per_tag", "integer",
        "so many keys, one after the other by number, carry one hash tag (\"{7}:3\"), and so share a shard", "1",
        "no tags", false, 1, 1'000'000'000},
    Key{"replicas", "integer", "of each shard, in the zones that follow its primary's", "0", "-", false, 0, 5},
    Key{"zones", "names", "of each region; left out: all of its zones, in order", "[]", "-"},
    Key{"policy",
        "one-of:allkeys-lru|allkeys-lfu|allkeys-random|volatile-lru|volatile-lfu|volatile-random|volatile-ttl|"
        "noeviction",
        "whom a full node evicts", R"("allkeys-lru")",
        "Redis documentation, Key eviction: the choice for power-law access (Redis itself: noeviction; ElastiCache: "
        "volatile-lru)"},
    Key{"samples", "integer", "candidates for an eviction", "5", "redis.conf 7.0, maxmemory-samples", false, 1, 64},
    Key{"lfu_log_factor", "integer", "LFU: how many more accesses each step of the counter takes than the one before",
        "10", "redis.conf 7.0, lfu-log-factor", false, 0, 255},
    Key{"lfu_decay_time", "duration", "LFU: of each such time without an access the counter loses one; 0s: never",
        R"("1min")", "redis.conf 7.0, lfu-decay-time: 1 (minute)"},
    Key{"command_time", "duration",
        "of the node's thread, for a command while few are connected; less where I/O threads read and write",
        R"("13us")", "Redis documentation, Benchmarks: 72 to 79 thousand unpipelined commands a second"},
    Key{"memory", "bytes", "for data, of one node; left out: the class's, less the reserve of 25 %"},
    Key{"ttl", "duration", "of every entry; left out: for ever"},
    Key{"ttl_jitter", "share", "an entry's ttl is shorter by up to this share, evenly", R"("0%")", "-"},
    Key{"client", "one-of:jedis|lettuce|redis-py|go-redis|stackexchange-redis",
        "the library whose default \"command_timeout\" has", R"("jedis")", "-"},
    Key{"command_timeout", "duration", "until a command is given up", R"("2s")",
        "Jedis, Protocol.DEFAULT_TIMEOUT (from memory)"},
    Key{"reconnect_after", "duration", "until a failed node is tried again", R"("1s")", "assumption"},
    Key{"require_full_coverage", "flag", "a shard that nobody serves stops all the others", "false",
        "ElastiCache parameters, cluster-require-full-coverage no (from memory); valkey.conf: yes"},
    Key{"failover", "object:cache-failover", "how a replica takes over from a lost primary", "{}", "-"},
    Key{"resync", "object:cache-resync", "how a replica is filled", "{}", "-"},
    Key{"topology_refresh", "duration", "clients ask again who is primary", R"("60s")",
        "Lettuce, ClusterTopologyRefreshOptions: refreshPeriod"},
    Key{"refresh_on_error", "flag", "and at once when a node fails them", "true",
        "Jedis, JedisClusterCommand: a failed connection renews the slots (from memory); Lettuce: adaptive triggers"},
    Key{"coalescing", "flag", "an instance of a service fetches a key once at a time, and others wait for it", "false",
        "-"},
    Key{"stale_while_revalidate", "duration",
        "beyond its ttl an entry is still served for so long, while one caller fetches it; needs a ttl"},
    Key{"writes", "one-of:invalidate|write-through|write-behind",
        "after a commit the key is deleted, or set; or the cache answers, and the database hears of it later",
        R"("invalidate")", "ElastiCache User Guide, Caching strategies: lazy loading"},
    Key{"write_behind", "object:cache-write-behind", "how the database hears of what the cache has taken", "{}", "-"},
    Key{"connections", "integer", "of an instance of a service, to each node", "1",
        "Lettuce, Connection pooling: one connection, shared by threads", false, 1, 10'000},
    Key{"global", "object:cache-global",
        "its regions hold one data set: the first takes writes, the others follow it; left out: each has its own"},
    Key{"starts", "one-of:empty|warm", "what it holds when the run begins: nothing, or what it would after a long time",
        R"("empty")", "-"},
    Key{"warm_up", "object:cache-warm-up", "a node that comes back empty is given keys before anybody asks"},
    Key{"security", "object:security", "what protects it; what is left out: as at the top of the file"},
};

}  // namespace faultline::scenarios
