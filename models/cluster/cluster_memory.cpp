// Cluster: what its instances hold in memory, at the start and after a failover.
#include <algorithm>

#include "models/cluster/cluster.hpp"

namespace faultline::models {

namespace {
// Until cluster cache management is fully operational. Source: Aurora User Guide, Cluster cache management.
constexpr Duration managed_after = std::chrono::minutes{1};
}  // namespace

// The largest pool is filled; a smaller one holds the newest pages of it, as any LRU list does.
void Cluster::fill_pools() {
    if (!storage_) return;
    const bool has_replicas = instances_.size() > 1 || writer_ >= instances_.size();
    engine::RandomStream draws = simulation_.stream(shape_.path, "buffer pools");
    const PageOfKey page_of_key = [this](std::uint64_t key, std::uint64_t behind) {
        return storage_->page_of_key(key, behind);
    };
    for (const bool of_writer : {true, false}) {
        std::vector<PageUse> uses = shape_.page_uses;
        std::erase_if(uses, [&](const PageUse& use) { return use.at_writer != of_writer && has_replicas; });
        std::vector<BufferPool*> pools;
        for (std::size_t i = 0; i < instances_.size(); ++i) {
            if ((i == writer_) == of_writer && instances_[i]->pool() != nullptr) pools.push_back(instances_[i]->pool());
        }
        if (pools.empty()) continue;
        BufferPool& largest = **std::max_element(
            pools.begin(), pools.end(), [](const auto* a, const auto* b) { return a->pages_max() < b->pages_max(); });
        fill_as_if_long_in_use(largest, uses, page_of_key, draws);
        for (BufferPool* const pool : pools) {
            pool->copy_from(largest);
            pool->fill_shared();
        }
    }
}

void Cluster::lose_memories() {
    for (const auto& instance : instances_) instance->lose_memory();
}

void Cluster::hand_over_memory(Instance& lost, Instance& successor) {
    const Instant ready = simulation_.now() - managed_after;
    const bool managed = shape_.pools.cache_management && &lost != &successor &&
                         successor.shape().promotion_tier == 0 &&
                         successor.shape().class_name == lost.shape().class_name &&
                         successor.incarnation_since() <= ready && lost.pool() != nullptr;
    if (managed) {
        successor.pool()->copy_from(*lost.pool());
    } else if (!shape_.pools.kept_on_promotion) {
        successor.lose_memory();
    }
    lost.lose_memory();
}

std::size_t Cluster::memory_bytes() const {
    std::size_t bytes = own_versions_.memory_bytes();
    for (const auto& instance : instances_) {
        if (const BufferPool* const pool = instance->pool()) bytes += pool->memory_bytes();
    }
    return bytes;
}

}  // namespace faultline::models
