// World's construction, the part of caches; and what is told of them in the end.
#include <algorithm>
#include <cmath>

#include "planning/index_of.hpp"
#include "planning/random_duration.hpp"
#include "planning/world.hpp"
#include "scenarios/catalogue.hpp"

namespace faultline::planning {

using namespace models;

namespace {

// Nodes of a region in turn over its zones.
const std::string& in_turn(const std::vector<std::string>& zones, std::size_t i) {
    return zones[i % zones.size()];
}

// Hash slots deal the keys out as if by chance: four standard deviations above the mean is once in 30,000.
std::uint64_t most_keys_of_a_shard(std::uint64_t keys, int shards) {
    if (shards == 1) return keys;
    const double mean = static_cast<double>(keys) / shards;
    return static_cast<std::uint64_t>(mean + 4.0 * std::sqrt(mean));
}

ReplicaSetShape replica_set_shape(const scenarios::Cache& cache) {
    ReplicaSetShape shape;
    shape.by_cluster = cache.failover.by == scenarios::FailoverBy::cluster;
    shape.detection = distribution_of(cache.failover.detection);
    shape.promotion = distribution_of(cache.failover.promotion);
    shape.node_timeout = cache.failover.node_timeout;
    shape.fork_per_gib = cache.resync.fork_per_gib;
    shape.sync_delay = cache.resync.delay;
    shape.backlog = cache.resync.backlog;
    shape.output_buffer = cache.resync.output_buffer;
    return shape;
}

}  // namespace

void World::build_caches() {
    for (std::size_t c = 0; c < scenario_.caches.size(); ++c) {
        const scenarios::Cache& cache = scenario_.caches[c];
        const auto* found = scenarios::find_instance_class(scenarios::CatalogueService::elasticache, cache.class_name);
        SIM_CHECK(found != nullptr);
        CacheNodeShape shape;
        shape.ttl = cache.ttl;
        shape.ttl_jitter = cache.ttl_jitter;
        shape.ageing = cache.stale_while_revalidate.value_or(Duration::zero());
        std::uint64_t keys = 0;
        for (const auto& query_class : scenario_.workload.classes) {
            const ClassPlan& plan = classes_[index_of(classes_, query_class.name)];
            if (plan.cache != c || plan.writes || !query_class.keys) continue;
            shape.value = query_class.keys->value;
            keys = std::max(keys, query_class.keys->count);
        }
        shape.store.maxmemory = cache.memory.value_or(found->data_memory);
        shape.store.eviction = {.policy = *eviction_policy_named(cache.policy), .samples = cache.samples};
        for (const std::string& region : cache.regions) build_cache(cache, region, shape, keys);
    }
}

// One region's. The first region's path has no region in it, as a database's.
void World::build_cache(const scenarios::Cache& cache, const std::string& region, const CacheNodeShape& shape,
                        std::uint64_t keys) {
    const bool first = region == cache.regions.front();
    const std::string path = "caches/" + cache.name + (first ? "" : "/" + region) + "/";
    const auto& zones =
        cache.zones.empty() ? scenario_.regions[index_of(scenario_.regions, region)].zones : cache.zones;
    caches_.push_back(std::make_unique<CacheGroup>(
        cache.name + (first ? "" : "/" + region),
        CachePatience{cache.command_timeout, cache.reconnect_after, cache.topology_refresh, cache.refresh_on_error}));
    CacheGroup& group = *caches_.back();
    group.use({.coalescing = cache.coalescing, .write_through = cache.writes == scenarios::CacheWrites::write_through});
    if (shape.ageing > Duration::zero()) group.entries_age();
    if (cache.require_full_coverage) group.require_full_coverage();
    for (int shard = 0; shard < cache.shards; ++shard) {
        const auto number = static_cast<std::size_t>(shard);
        CacheNodeShape own = shape;
        own.store.keys_expected = most_keys_of_a_shard(keys, cache.shards);
        own.store.hash_seed = engine::stable_hash(cache.name) + number;
        const std::string name = path + std::to_string(shard + 1);
        group.add(std::make_unique<CacheNode>(simulation_, name, place_of(region, in_turn(zones, number)), own));
        if (cache.replicas == 0 && !cache.require_full_coverage) continue;
        group.add_set(std::make_unique<ReplicaSet>(simulation_, *transport_, *transfers_, name + "/shard",
                                                   replica_set_shape(cache), group, number));
        own.store.keys_expected = 0;  // its keys are those of its primary
        for (int replica = 1; replica <= cache.replicas; ++replica) {
            const PlaceId place = place_of(region, in_turn(zones, number + static_cast<std::size_t>(replica)));
            const std::string node = name + "/node-" + std::to_string(replica + 1);
            group.add_replica(std::make_unique<CacheNode>(simulation_, node, place, own));
        }
    }
    group.remember_shards(keys);
}

// By cache of the scenario: the region's own, or the first one where it has none.
std::vector<CacheGroup*> World::caches_of(const std::string& region) const {
    std::vector<CacheGroup*> caches;
    std::size_t first = 0;
    for (const scenarios::Cache& cache : scenario_.caches) {
        const auto own = std::find(cache.regions.begin(), cache.regions.end(), region);
        const auto number = own == cache.regions.end() ? 0 : static_cast<std::size_t>(own - cache.regions.begin());
        caches.push_back(caches_[first + number].get());
        first += cache.regions.size();
    }
    return caches;
}

// In the whole run, the warm-up included; of all regions together.
void World::describe_caches(scenarios::ReplicationResult& result) const {
    std::size_t group = 0;
    for (std::size_t c = 0; c < scenario_.caches.size(); ++c) {
        scenarios::CacheResult& told = result.caches[c];
        for (std::size_t region = 0; region < scenario_.caches[c].regions.size(); ++region, ++group) {
            for (const auto& set : caches_[group]->sets()) {
                told.writes_acknowledged += set->counters().acknowledged;
                told.writes_lost += set->counters().lost;
                told.keys_lost += set->counters().keys_lost;
                told.failovers += set->counters().failovers;
                told.full_syncs += set->counters().full_syncs;
            }
        }
    }
}

}  // namespace faultline::planning
