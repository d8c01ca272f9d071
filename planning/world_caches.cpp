// World's construction, the part of caches; and what is told of them in the end.
#include <algorithm>
#include <cmath>

#include "models/services/node_database.hpp"
#include "planning/index_of.hpp"
#include "planning/protocol.hpp"
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

bool goes_through(const ClassPlan& plan, std::size_t cache) {
    return plan.cache == cache && plan.database != nowhere;
}

// By popularity, those of one shard: ranks are spread over key numbers as offices do it (models/clients/office.cpp).
std::vector<std::uint64_t> popular_keys(const ClassPlan& plan, std::uint64_t ranks, const CacheGroup& group,
                                        std::size_t shard) {
    std::vector<std::uint64_t> keys;
    for (std::uint64_t rank = 0; rank < std::min(ranks, plan.keys->ranks()); ++rank) {
        const std::uint64_t key = rank * plan.key_multiplier % plan.keys->ranks();
        if (group.shard_of_key(key) == shard) keys.push_back(key);
    }
    return keys;
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
        shape.ttl_of_class.resize(classes_.size());
        std::uint64_t keys = 0;
        for (const auto& query_class : scenario_.workload.classes) {
            const std::size_t number = index_of(classes_, query_class.name);
            const ClassPlan& plan = classes_[number];
            shape.ttl_of_class[number] = query_class.ttl;
            if (plan.cache != c || plan.writes || !query_class.keys) continue;
            shape.value = query_class.keys->value;
            keys = std::max(keys, query_class.keys->count);
        }
        shape.bandwidth = found->network_baseline;
        shape.store.maxmemory = cache.memory.value_or(found->data_memory);
        shape.command_cpu = cache.command_time;
        shape.store.eviction = {.policy = *eviction_policy_named(cache.policy),
                                .samples = cache.samples,
                                .lfu_log_factor = cache.lfu_log_factor,
                                .lfu_decay_minutes = cache.lfu_decay_minutes};
        for (const std::string& region : cache.regions) build_cache(cache, region, shape, keys);
        if (cache.global) join_regions(cache);
    }
}

// Its groups are the last ones.
void World::join_regions(const scenarios::Cache& cache) {
    const ReplicaSetShape shape = replica_set_shape(cache);
    const GlobalDatastoreShape global{cache.global->alarm_after, distribution_of(cache.global->decision),
                                      distribution_of(cache.global->promotion), shape.fork_per_gib, shape.sync_delay};
    global_caches_.push_back(std::make_unique<GlobalDatastore>(simulation_, *transport_, *transfers_,
                                                               "caches/" + cache.name + "/global", global));
    const std::size_t first = caches_.size() - cache.regions.size();
    for (std::size_t r = 0; r < cache.regions.size(); ++r) {
        const PlaceId region = network_->regions[index_of(scenario_.regions, cache.regions[r])];
        global_caches_.back()->add(*caches_[first + r], region);
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
    group.use({.coalescing = cache.coalescing, .writes = cache.writes, .connections = cache.connections});
    if (shape.ageing > Duration::zero()) group.entries_age();
    if (cache.require_full_coverage) group.require_full_coverage();
    for (int shard = 0; shard < cache.shards; ++shard) {
        const auto number = static_cast<std::size_t>(shard);
        CacheNodeShape own = shape;
        own.store.keys_expected = cache.keys_per_tag > 1 ? keys : most_keys_of_a_shard(keys, cache.shards);
        own.store.hash_seed = engine::stable_hash(cache.name) + number;
        const std::string name = path + std::to_string(shard + 1);
        group.add(std::make_unique<CacheNode>(simulation_, name, place_of(region, in_turn(zones, number)), own));
        if (cache.replicas == 0 && !cache.require_full_coverage && !cache.global) continue;
        group.add_set(std::make_unique<ReplicaSet>(simulation_, *transport_, *transfers_, name + "/shard",
                                                   replica_set_shape(cache), group, number));
        own.store.keys_expected = 0;  // its keys are those of its primary
        for (int replica = 1; replica <= cache.replicas; ++replica) {
            const PlaceId place = place_of(region, in_turn(zones, number + static_cast<std::size_t>(replica)));
            const std::string node = name + "/node-" + std::to_string(replica + 1);
            group.add_replica(std::make_unique<CacheNode>(simulation_, node, place, own));
        }
    }
    group.tag_keys(static_cast<std::uint64_t>(cache.keys_per_tag));
    group.remember_shards(keys);
    if (cache.warm_up || cache.writes == scenarios::CacheWrites::write_behind) connect_to_database(cache, group);
}

// What it writes is of all classes that write through it; what it is given is of the one that reads most.
void World::connect_to_database(const scenarios::Cache& cache, CacheGroup& group) {
    const std::size_t number = index_of(scenario_.caches, cache.name);
    const bool behind = cache.writes == scenarios::CacheWrites::write_behind;
    const ClassPlan* popular = nullptr;
    double most = -1.0;
    std::vector<std::size_t> asked;  // classes
    for (std::size_t c = 0; c < classes_.size(); ++c) {
        if (!goes_through(classes_[c], number)) continue;
        const double share = scenario_.workload.classes[c].share;
        if (!classes_[c].writes && cache.warm_up && share > most) {
            popular = &classes_[c];
            most = share;
        }
        if (classes_[c].writes && behind) asked.push_back(c);
    }
    if (popular != nullptr) asked.push_back(static_cast<std::size_t>(popular - classes_.data()));
    const std::size_t nodes_of_shard = static_cast<std::size_t>(cache.replicas) + 1;
    for (std::size_t n = 0; n < group.nodes().size(); ++n) {
        CacheNode& node = *group.nodes()[n];
        const std::size_t shard = n / nodes_of_shard;
        BackingStore& database = group.add_database(database_of(cache, node, asked));
        if (behind && n % nodes_of_shard == 0) {
            group.add_queue(std::make_unique<WriteBehind>(
                simulation_, WriteBehindShape{cache.write_behind.delay, cache.write_behind.workers,
                                              cache.write_behind.retry_after}));
        }
        if (popular != nullptr) {
            const Duration every = engine::duration_from_seconds(1.0 / cache.warm_up->rate_per_s);
            node.warm_up({popular_keys(*popular, cache.warm_up->keys, group, shard), every,
                          static_cast<ClassId>(popular - classes_.data())},
                         database);
        }
        if (behind) node.write_behind(*group.queues()[shard], database);
    }
    if (behind) caches_ahead_[classes_[asked.front()].database].push_back(&group);
}

std::unique_ptr<NodeDatabase> World::database_of(const scenarios::Cache& cache, CacheNode& node,
                                                 const std::vector<std::size_t>& asked) {
    const std::size_t number = classes_[asked.front()].database;
    auto database =
        std::make_unique<NodeDatabase>(simulation_, node.component(), *requests_, classes_, *clusters_[number],
                                       [this, number](std::uint64_t writes, Duration gap) {
                                           measures_->commits_lost(number, writes, gap, simulation_.now());
                                       });
    const std::string words = node.component().path().substr(std::string("caches/").size());
    for (const std::size_t c : asked) {
        const std::size_t endpoint = classes_[c].endpoint;
        const scenarios::Service& service = scenario_.services[classes_[c].service];
        std::unique_ptr<DatabaseClient> made =
            client(endpoint, node.component(),
                   {.place = node.place(),
                    .name = endpoints_[endpoint].name,
                    .driver = service.driver,
                    .protocol = protocol_of(scenario_.databases[number]),
                    .connections = std::max(service.pool, cache.write_behind.workers),
                    .wait = service.pool_wait,
                    .max_lifetime = service.max_lifetime});
        note_pool(made->pool(), {node.component().path(), cache.name, words + ", " + place_words(node.place())});
        database->set_client(endpoint, std::move(made));
    }
    return database;
}

Duration World::behind_caches(std::size_t database) const {
    Duration most{};
    for (const CacheGroup* const group : caches_ahead_[database])
        most = std::max(most, group->exposure(simulation_.now()));
    return most;
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
            for (const auto& node : caches_[group]->nodes()) {
                const Store& store = node->store();
                told.evicted += store.counters().evicted;
                told.refused += store.counters().refused;
                told.resident_keys += store.resident_keys();
                told.used_bytes += static_cast<std::uint64_t>(store.used_memory().count);
            }
            for (const auto& set : caches_[group]->sets()) {
                told.writes_acknowledged += set->counters().acknowledged;
                told.writes_lost += set->counters().lost;
                told.keys_lost += set->counters().keys_lost;
                told.failovers += set->counters().failovers;
                told.full_syncs += set->counters().full_syncs;
            }
            if (GlobalDatastore* const global = caches_[group]->global(); global != nullptr && region == 0) {
                told.writes_lost += global->counters().lost;
                told.failovers += global->counters().promotions;
                told.full_syncs += global->counters().full_syncs;
            }
            for (const auto& queue : caches_[group]->queues()) {
                told.writes_behind += queue->counters().accepted;
                told.writes_behind_lost += queue->counters().lost;
                told.writes_behind_transactions += queue->counters().transactions;
            }
        }
    }
}

}  // namespace faultline::planning
