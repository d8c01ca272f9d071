// World: what caches that start warm hold when the run begins.
#include <algorithm>
#include <cmath>

#include "planning/index_of.hpp"
#include "planning/random_duration.hpp"
#include "planning/world.hpp"

namespace faultline::planning {

using namespace models;

namespace {

// The demand of one region's cache, by shard.
class CacheDemand {
public:
    CacheDemand(const CacheGroup& group, std::uint64_t keys) : by_key_(keys), group_{group} {
        for (std::uint64_t key = 0; key < keys; ++key) by_key_[key].key = key;
    }
    void add(const engine::Zipf& popularity, std::uint64_t key_multiplier, double rate_per_s, bool writes) {
        double mass = 0.0;
        for (std::uint64_t rank = 1; rank <= popularity.ranks(); ++rank) mass += weight_of(popularity, rank);
        for (std::uint64_t rank = 1; rank <= popularity.ranks(); ++rank) {
            KeyDemand& of = by_key_[(rank - 1) * key_multiplier % popularity.ranks()];
            const auto more = static_cast<float>(rate_per_s * weight_of(popularity, rank) / mass);
            (writes ? of.writes_per_s : of.reads_per_s) += more;
        }
    }
    std::vector<KeyDemand> of_shard(std::size_t shard) const {
        std::vector<KeyDemand> keys;
        for (const KeyDemand& of : by_key_) {
            const bool asked = of.reads_per_s > 0.0F || of.writes_per_s > 0.0F;
            if (asked && group_.shard_of_key(of.key) == shard) keys.push_back(of);
        }
        return keys;
    }

private:
    static double weight_of(const engine::Zipf& popularity, std::uint64_t rank) {
        return std::pow(static_cast<double>(rank), -popularity.exponent());
    }
    std::vector<KeyDemand> by_key_;
    const CacheGroup& group_;
};

}  // namespace

// Queries a second that an office is asked when the run begins. Users wait for nothing here but to think.
double World::rate_at_start(std::size_t office) const {
    const OfficeShape& shape = offices_[office]->shape();
    const double thinking_s = shape.users ? shape.users->think.mean() : 0.0;
    const double of_users = thinking_s > 0.0 ? shape.users->users / thinking_s : 0.0;
    return offices_[office]->arrivals().rate_at(simulation_.now()) + of_users;
}

// The cache that a service asks for an office's queries of a class, while all regions are well.
CacheGroup* World::cache_asked(std::size_t office, const ClassPlan& plan) const {
    const std::vector<ServiceRegion*> regions = preferred_regions(plan.service, network_->sites[office]);
    CacheGroup* const own = regions.front()->caches()[plan.cache];
    return own->global() != nullptr ? &own->global()->primary() : own;
}

void World::fill_caches() {
    for (std::size_t c = 0; c < scenario_.caches.size(); ++c) {
        if (scenario_.caches[c].starts != scenarios::CacheStart::warm) continue;
        std::uint64_t keys = 0;
        for (const ClassPlan& plan : classes_) {
            if (plan.cache == c && plan.keys) keys = std::max(keys, plan.keys->ranks());
        }
        for (const auto& group : caches_) fill_cache(c, *group, keys);
    }
}

// One region's, or of all of them if they hold one data set.
void World::fill_cache(std::size_t cache, CacheGroup& group, std::uint64_t keys) {
    CacheDemand demand(group, keys);
    double any_per_s = 0.0;
    std::optional<Duration> ttl = scenario_.caches[cache].ttl;  // of all that fill it: the reader has seen to that
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        const ClassPlan& plan = classes_[i];
        if (plan.cache != cache || plan.service == nowhere || !plan.keys) continue;
        double rate_per_s = 0.0;
        for (std::size_t office = 0; office < offices_.size(); ++office) {
            if (cache_asked(office, plan) == &group) rate_per_s += rate_at_start(office);
        }
        rate_per_s *= scenario_.workload.classes[i].share;
        if (scenario_.workload.classes[i].ttl) ttl = scenario_.workload.classes[i].ttl;
        if (rate_per_s > 0.0) demand.add(*plan.keys, plan.key_multiplier, rate_per_s, plan.writes);
        any_per_s += rate_per_s;
    }
    if (any_per_s <= 0.0) return;
    const bool writes_set = scenario_.caches[cache].writes != scenarios::CacheWrites::invalidate;
    for (std::size_t shard = 0; shard < group.shards(); ++shard) {
        group.node(shard).fill_as_if_long_in_use(demand.of_shard(shard), writes_set, ttl);
        if (group.global() == nullptr) continue;
        for (const auto& other : caches_) {
            if (other.get() == &group || other->global() != group.global()) continue;
            other->sets()[shard]->take_all_of(group.node(shard).store());
        }
    }
}

}  // namespace faultline::planning
