// A cache as data: its nodes, how replicas stand in for a lost primary, and what services do with it. The defaults and
// their sources: scenarios/reader/shape_tables_caches.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/time.hpp"
#include "scenarios/random_duration.hpp"
#include "scenarios/security.hpp"

namespace faultline::scenarios {

using engine::Bytes;
using engine::Duration;

// Who finds that a primary is lost, and makes a replica its successor.
enum class FailoverBy { service, cluster };  // the vendor's control plane; the nodes among themselves
struct CacheFailover {
    FailoverBy by = FailoverBy::service;
    RandomDuration detection;  // service: lost, until a replica is chosen
    RandomDuration promotion;  // service: chosen, until it takes writes
    Duration node_timeout{};   // cluster: without an answer, until a node looks dead to another
};

// How a replica that has nothing, or too little, is filled from its primary.
struct CacheResync {
    Duration fork_per_gib{};  // the primary stands still while it forks
    Duration delay{};         // before the fork, for other replicas that may want the same
    Bytes backlog{};          // a replica that lacks no more than this of the stream goes on from there
    Bytes output_buffer{};    // writes of that long a fill; more and it begins anew
};

// Its regions hold one data set: the first takes writes, the others follow it; promoted by hand.
struct CacheGlobal {
    Duration alarm_after{};    // nobody of the primary's region answers for so long, until an operator is paged
    RandomDuration decision;   // of the operator
    RandomDuration promotion;  // ordered, until another region takes writes
};

// What a service does with a write of a key that the cache may hold.
enum class CacheWrites { invalidate, write_through, write_behind };
// The cache answers a write, and the database hears of it later.
struct CacheWriteBehind {
    Duration delay{};  // a write waits at least so long
    int workers = 8;   // of a shard: transactions at a time
    Duration retry_after{};
};

// What a cache holds when the run begins: nothing, or what it would after a long time of the load of that hour.
enum class CacheStart { empty, warm };

// A node that comes back empty is given the most popular keys before anybody asks.
struct CacheWarmUp {
    std::uint64_t keys = 0;   // of the cache, by popularity
    double rate_per_s = 0.0;  // of each node
};

// One in each of its regions: a service looks into that of its own region, or the first where it has none.
struct Cache {
    std::string name;
    std::string kind = "redis";
    std::vector<std::string> regions;  // at least one
    std::string class_name;
    int shards = 1;                  // by hash slot; shard k stands in zone k modulo the zones
    int keys_per_tag = 1;            // so many keys, one after the other by number, carry one hash tag
    int replicas = 0;                // of each shard, in the zones that follow its primary's
    std::vector<std::string> zones;  // of each region; empty: all of it, in order
    std::string policy = "allkeys-lru";
    int samples = 5;
    int lfu_log_factor = 10;
    int lfu_decay_minutes = 1;    // 0: never
    Duration command_time{};      // of a node's thread, above 0
    std::optional<Bytes> memory;  // for data; none: what the class has, less the reserve
    std::optional<Duration> ttl;  // of every entry
    double ttl_jitter = 0.0;      // 0..1: an entry's ttl is shorter by up to this share
    Duration command_timeout{};
    Duration reconnect_after{};  // a node that failed is tried again after this
    bool require_full_coverage = false;
    CacheFailover failover;
    CacheResync resync;
    Duration topology_refresh{};   // clients of a cache with replicas ask again who is primary
    bool refresh_on_error = true;  // and at once when a node fails them
    // What services do with it.
    bool coalescing = false;                         // one fetch at a time for a key, in one instance
    std::optional<Duration> stale_while_revalidate;  // beyond its ttl an entry is still served, while it is fetched
    CacheWrites writes = CacheWrites::invalidate;
    CacheWriteBehind write_behind;  // where writes are that
    int connections = 1;            // of an instance of a service, to each node
    CacheStart starts = CacheStart::empty;
    std::optional<CacheWarmUp> warm_up;
    std::optional<CacheGlobal> global;  // none: each region's data are its own
    std::optional<Security> security;   // of its own; none: what holds for all
};

}  // namespace faultline::scenarios
