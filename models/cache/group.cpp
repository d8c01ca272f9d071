#include "models/cache/group.hpp"

#include <algorithm>

#include "models/cache/global_datastore.hpp"
#include "models/cache/hash_slots.hpp"

namespace faultline::models {

void CacheGroup::add(std::unique_ptr<CacheNode> node) {
    first_nodes_.push_back(nodes_.size());
    primaries_.push_back(node.get());
    unserved_.push_back(false);
    nodes_.push_back(std::move(node));
}

void CacheGroup::add_set(std::unique_ptr<ReplicaSet> set) {
    set->add(*nodes_.back());
    sets_.push_back(std::move(set));
}

void CacheGroup::add_replica(std::unique_ptr<CacheNode> node) {
    sets_.back()->add(*node);
    nodes_.push_back(std::move(node));
}

BackingStore& CacheGroup::add_database(std::unique_ptr<BackingStore> database) {
    databases_.push_back(std::move(database));
    return *databases_.back();
}

WriteBehind& CacheGroup::add_queue(std::unique_ptr<WriteBehind> queue) {
    queues_.push_back(std::move(queue));
    return *queues_.back();
}

void CacheGroup::belongs_to(GlobalDatastore& global) {
    global_ = &global;
    for (const auto& set : sets_) set->belongs_to(global);
}

CacheGroup& CacheGroup::writable() {
    return global_ != nullptr ? global_->primary() : *this;
}

Duration CacheGroup::exposure(Instant now) const {
    Duration most{};
    for (std::size_t shard = 0; shard < queues_.size(); ++shard) {
        const bool kept = !sets_.empty() && sets_[shard]->replicas_in_sync() > 0;
        if (!kept) most = std::max(most, queues_[shard]->exposure(now));
    }
    return most;
}

void CacheGroup::clients_changed(bool there) {
    for (const auto& node : nodes_) node->change_connections(there ? use_.connections : -use_.connections);
}

CacheNode* CacheGroup::node_named(const std::string& target) const {
    const auto slash = target.rfind('/');
    const std::string role = target.substr(slash + 1);
    for (std::size_t shard = 0; shard < primaries_.size(); ++shard) {
        if (target.substr(0, slash) != name_ + "/shard-" + std::to_string(shard + 1)) continue;
        if (role == "primary") return primaries_[shard];
        if (role == "replica") return sets_[shard]->a_replica();
        const std::size_t number = std::stoul(role.substr(role.find('-') + 1));  // the reader has checked it
        return nodes_[first_nodes_[shard] + number - 1].get();
    }
    return nullptr;
}

std::size_t CacheGroup::hashed_shard(std::uint64_t key) const {
    return static_cast<std::size_t>(
        shard_of({.slot = hash_slot_of_id(key / keys_per_tag_), .shards = static_cast<int>(primaries_.size())}));
}

void CacheGroup::remember_shards(std::uint64_t keys) {
    constexpr std::uint64_t most = 10'000'000;  // 20 MB; the keys beyond are hashed
    shard_of_.clear();
    std::vector<std::uint16_t> shards(std::min(keys, most));
    for (std::uint64_t key = 0; key < shards.size(); ++key) shards[key] = static_cast<std::uint16_t>(hashed_shard(key));
    shard_of_ = std::move(shards);
}

void CacheGroup::scale_shard(std::size_t shard, Bytes memory) {
    const std::size_t end = shard + 1 < first_nodes_.size() ? first_nodes_[shard + 1] : nodes_.size();
    for (std::size_t i = first_nodes_[shard]; i < end; ++i) nodes_[i]->set_memory(memory);
}

void CacheGroup::serves(std::size_t shard, CacheNode& primary) {
    primaries_[shard] = &primary;
    unserved_[shard] = false;
    stop_or_go_on();
    if (stopped_) primary.set_duty(CacheDuty::refuse);
}

void CacheGroup::serves_no_longer(std::size_t shard) {
    unserved_[shard] = true;
    stop_or_go_on();
}

// The state of the cluster is news that every node has within a heartbeat; here at once.
void CacheGroup::stop_or_go_on() {
    const bool stop = full_coverage_ && std::find(unserved_.begin(), unserved_.end(), true) != unserved_.end();
    if (stop == stopped_) return;
    stopped_ = stop;
    for (CacheNode* const primary : primaries_) {
        if (primary->component().up()) primary->set_duty(stop ? CacheDuty::refuse : CacheDuty::serve);
    }
}

}  // namespace faultline::models
