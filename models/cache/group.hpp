// A cache as its clients see it: shards that hold the keys by hash slot, each a node, or a primary and its replicas.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "models/cache/replica_set.hpp"
#include "models/cache/write_behind.hpp"
#include "scenarios/cache.hpp"

namespace faultline::models {

// How long clients wait for an answer to a command, and how long they leave a node alone that gave none.
struct CachePatience {
    Duration timeout = std::chrono::seconds{2};  // > 0
    Duration reconnect = std::chrono::seconds{1};
    Duration topology_refresh = std::chrono::seconds{60};  // who is primary is asked again; with replicas only
    bool refresh_on_error = true;                          // and when a node failed them
};

// What services do with a cache beyond looking aside.
struct CacheUse {
    bool coalescing = false;  // an instance fetches a key once at a time
    scenarios::CacheWrites writes = scenarios::CacheWrites::invalidate;
    int connections = 1;  // of an instance, to each node
};

class GlobalDatastore;

class CacheGroup {
public:
    CacheGroup(std::string name, const CachePatience& patience) : name_(std::move(name)), patience_(patience) {}
    const CachePatience& patience() const { return patience_; }
    const std::string& name() const { return name_; }  // "hot", or "hot/us-west-2"

    // Building: the first node of the next shard; the last shard's nodes get a set, and a replica.
    void add(std::unique_ptr<CacheNode> node);
    void add_set(std::unique_ptr<ReplicaSet> set);
    void add_replica(std::unique_ptr<CacheNode> node);
    // A shard that nobody serves stops all the others. Needs a set for each.
    void require_full_coverage() { full_coverage_ = true; }
    void use(const CacheUse& use) { use_ = use; }
    const CacheUse& use() const { return use_; }
    // Its clients do more than look aside into nodes that never change (services/cache_client.hpp).
    bool needs_a_client() const {
        const bool invalidates = use_.writes == scenarios::CacheWrites::invalidate;
        return global_ != nullptr || !sets_.empty() || use_.coalescing || !invalidates || ageing_;
    }
    void entries_age() { ageing_ = true; }
    // Building: what a node asks of a database; and the queue of the next shard.
    BackingStore& add_database(std::unique_ptr<BackingStore> database);
    WriteBehind& add_queue(std::unique_ptr<WriteBehind> queue);
    // Building: it is one of several regions' copies of one data set.
    void belongs_to(GlobalDatastore& global);
    // Where its keys are written; itself, if it is alone or the primary.
    CacheGroup& writable();
    GlobalDatastore* global() const { return global_; }  // null: its data are its own
    // How far the database is behind what was answered, where the loss of a node would leave it there.
    Duration exposure(Instant now) const;
    // An instance of a service is there, or gone.
    void clients_changed(bool there);

    // Building: so many keys, one after the other by number, carry one hash tag ("{7}:3"), and share a slot. Above 0.
    void tag_keys(std::uint64_t keys) { keys_per_tag_ = keys; }
    // Keys below `keys` are looked up from now on instead of hashed: 2 bytes a key. After the last add().
    void remember_shards(std::uint64_t keys);
    void prefetch_shard(std::uint64_t key) const {
        if (key < shard_of_.size()) __builtin_prefetch(&shard_of_[key]);
    }
    std::size_t shard_of_key(std::uint64_t key) const {
        return key < shard_of_.size() ? shard_of_[key] : hashed_shard(key);
    }

    // Who is the primary of a shard, as the cache's nodes have it among themselves.
    CacheNode& node(std::size_t shard) { return *primaries_[shard]; }
    std::size_t shards() const { return primaries_.size(); }
    const std::vector<std::unique_ptr<CacheNode>>& nodes() const { return nodes_; }
    const std::vector<std::unique_ptr<ReplicaSet>>& sets() const { return sets_; }       // empty: no replicas
    const std::vector<std::unique_ptr<WriteBehind>>& queues() const { return queues_; }  // empty: no write-behind
    // All nodes of a shard, whoever is its primary, are of another class: for data of each.
    void scale_shard(std::size_t shard, Bytes memory);
    // "hot/shard-1/primary", "hot/shard-1/replica", "hot/shard-1/node-2"; null: it has none of that name now.
    CacheNode* node_named(const std::string& target) const;

private:
    friend class ReplicaSet;

    std::size_t hashed_shard(std::uint64_t key) const;
    void serves(std::size_t shard, CacheNode& primary);
    void serves_no_longer(std::size_t shard);
    void stop_or_go_on();

    GlobalDatastore* global_ = nullptr;  // null: its data are its own
    std::string name_;
    CachePatience patience_;
    CacheUse use_;
    std::vector<std::unique_ptr<WriteBehind>> queues_;  // by shard
    std::vector<std::unique_ptr<BackingStore>> databases_;
    std::vector<std::unique_ptr<ReplicaSet>> sets_;  // by shard
    std::vector<std::unique_ptr<CacheNode>> nodes_;  // in the order in which they were added
    std::vector<std::size_t> first_nodes_;           // by shard: its first one's place among them
    std::vector<CacheNode*> primaries_;              // by shard
    std::vector<bool> unserved_;                     // by shard: known to be
    std::vector<std::uint16_t> shard_of_;            // by key
    std::uint64_t keys_per_tag_ = 1;
    bool full_coverage_ = false;
    bool ageing_ = false;
    bool stopped_ = false;
};

}  // namespace faultline::models
