// Caches.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/catalogue.hpp"
#include "scenarios/nearest_name.hpp"
#include "scenarios/reader/read_parts.hpp"

namespace faultline::scenarios {

namespace {

void read_regions(ObjectReader& object, const Child& child, Cache& cache) {
    cache.regions = object.names("regions");
    const std::string region = object.text("region");
    if (object.has("region") && object.has("regions")) {
        object.problem("regions", "a cache has either a \"region\" or \"regions\"");
    } else if (object.has("regions") && cache.regions.empty()) {
        object.problem("regions", "expected at least one region");
    } else if (!object.has("region") && !object.has("regions") && child.value->is_object()) {
        object.report().add(child.at, "\"region\" is missing: where it stands");
    }
    if (cache.regions.empty()) cache.regions.push_back(region);
}

CacheFailover read_failover(const Child& child, const Report& report) {
    ObjectReader object(child, "cache-failover", report);
    CacheFailover failover;
    failover.by = object.one_of("by") == "cluster" ? FailoverBy::cluster : FailoverBy::service;
    failover.detection = object.random("detection");
    failover.promotion = object.random("promotion");
    failover.node_timeout = object.positive_duration("node_timeout");
    const bool by_cluster = failover.by == FailoverBy::cluster;
    for (const std::string_view key : {"detection", "promotion"}) {
        if (by_cluster && object.has(key)) object.problem(key, "is of a failover by the service; a cluster elects");
    }
    if (!by_cluster && object.has("node_timeout")) object.problem("node_timeout", "is of a failover by the cluster");
    object.finish();
    return failover;
}

CacheResync read_resync(const Child& child, const Report& report) {
    ObjectReader object(child, "cache-resync", report);
    const CacheResync resync{object.duration("fork_per_gib"), object.duration("delay"), object.bytes("backlog"),
                             object.bytes("output_buffer")};
    object.finish();
    return resync;
}

// Its nodes: how many, and what becomes of them.
void read_nodes(ObjectReader& object, Cache& cache) {
    cache.replicas = object.integer("replicas");
    cache.require_full_coverage = object.flag("require_full_coverage");
    cache.failover = read_failover(*object.child("failover"), object.report());
    cache.resync = read_resync(*object.child("resync"), object.report());
    cache.topology_refresh = object.positive_duration("topology_refresh");
    cache.refresh_on_error = object.flag("refresh_on_error");
    if (cache.replicas > 0) return;
    if (object.has("resync")) object.problem("resync", "needs \"replicas\"");
    if (object.has("failover") && !cache.require_full_coverage) object.problem("failover", "needs \"replicas\"");
}

CacheWriteBehind read_write_behind(const Child& child, const Report& report) {
    ObjectReader object(child, "cache-write-behind", report);
    const CacheWriteBehind behind{object.duration("delay"), object.integer("workers"),
                                  object.positive_duration("retry_after")};
    object.finish();
    return behind;
}

CacheWarmUp read_warm_up(const Child& child, const Report& report) {
    ObjectReader object(child, "cache-warm-up", report);
    const CacheWarmUp warm_up{static_cast<std::uint64_t>(object.integer("keys")), object.rate("rate")};
    if (warm_up.rate_per_s <= 0.0) object.problem("rate", "expected a rate above 0");
    object.finish();
    return warm_up;
}

CacheGlobal read_global(const Child& child, const Report& report) {
    ObjectReader object(child, "cache-global", report);
    const CacheGlobal global{object.positive_duration("alarm_after"), object.random("decision"),
                             object.random("promotion")};
    object.finish();
    return global;
}

CacheWrites read_writes(ObjectReader& object) {
    const std::string writes = object.one_of("writes");
    if (writes == "write-through") return CacheWrites::write_through;
    return writes == "write-behind" ? CacheWrites::write_behind : CacheWrites::invalidate;
}

// What services do with it.
void read_use(ObjectReader& object, Cache& cache) {
    cache.coalescing = object.flag("coalescing");
    cache.stale_while_revalidate = object.maybe_duration("stale_while_revalidate");
    cache.writes = read_writes(object);
    cache.write_behind = read_write_behind(*object.child("write_behind"), object.report());
    if (object.has("write_behind") && cache.writes != CacheWrites::write_behind)
        object.problem("write_behind", R"(needs "writes": "write-behind")");
    cache.connections = object.integer("connections");
    if (const auto child = object.child("global")) cache.global = read_global(*child, object.report());
    cache.starts = object.one_of("starts") == "warm" ? CacheStart::warm : CacheStart::empty;
    if (const auto child = object.child("warm_up")) cache.warm_up = read_warm_up(*child, object.report());
    for (const std::string_view key : {"ttl_jitter", "stale_while_revalidate"}) {
        if (object.has(key) && !cache.ttl) object.problem(key, "needs a \"ttl\"");
    }
}

// Of LFU policies alone: said of another one they would do nothing.
void read_lfu(ObjectReader& object, Cache& cache) {
    cache.lfu_log_factor = object.integer("lfu_log_factor");
    const Duration decay = object.duration("lfu_decay_time");
    constexpr Duration step = std::chrono::minutes{1};
    constexpr Duration longest = 65'535 * step;  // a counter of minutes has 16 bits
    cache.lfu_decay_minutes = static_cast<int>(std::min(decay, longest) / step);
    if (decay % step != Duration{} || decay > longest)
        object.problem("lfu_decay_time", "expected whole minutes, at most 65535: Redis counts no shorter ones");
    const bool lfu = cache.policy.ends_with("-lfu");
    for (const std::string_view key : {"lfu_log_factor", "lfu_decay_time"}) {
        if (object.has(key) && !lfu)
            object.problem(key, fmt::format("only \"allkeys-lfu\" and \"volatile-lfu\" have it; found \"policy\" {}",
                                            in_quotes(cache.policy)));
    }
}

void read_cache(const Child& child, Cache& cache, const Report& report) {
    ObjectReader object(child, "cache", report);
    cache.name = child.name;
    cache.kind = object.one_of("kind");
    read_regions(object, child, cache);
    if (child.value->is_object() && object.has("class")) {
        cache.class_name = read_instance_class(object, CatalogueService::elasticache, "");
    } else {
        cache.class_name = object.text("class");
    }
    cache.shards = object.integer("shards");
    cache.keys_per_tag = object.integer("keys_per_tag");
    cache.zones = object.names("zones");
    cache.policy = object.one_of("policy");
    cache.samples = object.integer("samples");
    read_lfu(object, cache);
    cache.command_time = object.positive_duration("command_time");
    cache.memory = object.maybe_bytes("memory");
    if (cache.memory && *cache.memory == Bytes{}) object.problem("memory", "expected a size above 0");
    const bool has_ttl = object.has("ttl");
    cache.ttl = object.maybe_duration("ttl");
    if (has_ttl && cache.ttl == Duration{}) object.problem("ttl", "expected a duration above 0");
    cache.ttl_jitter = object.share("ttl_jitter");
    object.use_preset(object.one_of("client"));
    cache.command_timeout = object.positive_duration("command_timeout");
    cache.reconnect_after = object.duration("reconnect_after");
    read_nodes(object, cache);
    read_use(object, cache);
    cache.security = read_security(object, SecurityOf::cache_or_warehouse);
    object.finish();
}

}  // namespace

void read_caches(ObjectReader& file, Scenario& scenario) {
    for (const Child& child : file.map("caches")) read_cache(child, scenario.caches.emplace_back(), file.report());
}

}  // namespace faultline::scenarios
