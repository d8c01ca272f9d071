// A shard that is a part of one data set over several regions (global_datastore.hpp).
#include "models/cache/global_datastore.hpp"
#include "models/cache/replica_set.hpp"

namespace faultline::models {

void ReplicaSet::belongs_to(GlobalDatastore& global) {
    global_ = &global;
    record();
}

bool ReplicaSet::leads() const {
    return global_ != nullptr && global_->is_primary(group_);
}

bool ReplicaSet::follows() const {
    return global_ != nullptr && !global_->is_primary(group_);
}

void ReplicaSet::catch_up() {
    if (global_ != nullptr) global_->catch_up(group_, shard_);
}

void ReplicaSet::record() {
    const bool kept = replicas_in_sync() > 0 || leads();
    primary().store_.record_changes(kept ? &changes_ : nullptr);
}

void ReplicaSet::tell_other_regions(std::uint64_t first, Instant at, Bytes value) {
    if (!leads()) return;
    told_.clear();
    for (std::uint64_t number = first; number < changes_.next(); ++number) {
        const KeyChange& change = changes_.change(number);
        told_.push_back({primary().store_.entry_of(change.before.hash), change.by == ChangedBy::command});
    }
    global_->changed(group_, shard_, at, value, told_);
}

void ReplicaSet::tell_of_loss() {
    if (global_ != nullptr && replicas_in_sync() == 0) global_->lost(group_, shard_, lost_at_, lost_how_);
}

void ReplicaSet::take(const CacheEntry& entry, Instant at) {
    CacheNode& node = primary();
    if (!node.component().up()) return;
    node.cpu_.take(at, node.command_cpu_);
    begin_write(at);
    node.store_.assign(entry);
    end_write(at, node.shape_.value);
}

void ReplicaSet::take_nothing() {
    primary().store_.clear();
    forget_changes();
}

void ReplicaSet::take_all_of(const Store& other) {
    primary().store_.assign_all(other);
    forget_changes();
}

// Its replicas have all, at once: their own filling is left out.
void ReplicaSet::forget_changes() {
    changes_.clear();
    for (Member& member : members_) {
        member.under_way.clear();
        member.received = changes_.next();
    }
}

}  // namespace faultline::models
