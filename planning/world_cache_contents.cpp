// World: what caches that start warm hold when the run begins.
#include <algorithm>
#include <cmath>

#include "planning/index_of.hpp"
#include "planning/random_duration.hpp"
#include "planning/world.hpp"

namespace faultline::planning {

using namespace models;

namespace {

// The demand of one region's cache, by shard; of each key also by the time to live for which it is filled in, where
// there are several.
class CacheDemand {
public:
    CacheDemand(const CacheGroup& group, std::uint64_t keys, std::size_t ttls)
        : by_key_(keys), ttls_{ttls > 1 ? ttls : 0}, fills_(keys * ttls_), group_{group} {
        for (std::uint64_t key = 0; key < keys; ++key) by_key_[key].key = key;
    }
    // `ttl`: by its number.
    void add(const ClassPlan& plan, double rate_per_s, std::size_t ttl) {
        const engine::Zipf& popularity = *plan.keys;
        double mass = 0.0;
        for (std::uint64_t rank = 1; rank <= popularity.ranks(); ++rank) mass += weight_of(popularity, rank);
        for (std::uint64_t rank = 1; rank <= popularity.ranks(); ++rank) {
            const std::uint64_t key = (rank - 1) * plan.key_multiplier % popularity.ranks();
            KeyDemand& of = by_key_[key];
            const auto more = static_cast<float>(rate_per_s * weight_of(popularity, rank) / mass);
            (plan.writes ? of.writes_per_s : of.reads_per_s) += more;
            if (ttls_ == 0) continue;
            FillRate& fill = fills_[key * ttls_ + ttl];
            (plan.writes ? fill.writes_per_s : fill.reads_per_s) += more;
        }
    }
    SteadyDemand of_shard(std::size_t shard) const {
        SteadyDemand demand;
        for (std::size_t key = 0; key < by_key_.size(); ++key) {
            const KeyDemand& of = by_key_[key];
            const bool asked = of.reads_per_s > 0.0F || of.writes_per_s > 0.0F;
            if (!asked || group_.shard_of_key(of.key) != shard) continue;
            demand.keys.push_back(of);
            for (std::size_t i = 0; i < ttls_; ++i) demand.fills.push_back(fills_[key * ttls_ + i]);
        }
        return demand;
    }

private:
    static double weight_of(const engine::Zipf& popularity, std::uint64_t rank) {
        return std::pow(static_cast<double>(rank), -popularity.exponent());
    }
    std::vector<KeyDemand> by_key_;
    std::size_t ttls_;
    std::vector<FillRate> fills_;
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

std::uint64_t World::keys_of_cache(std::size_t cache) const {
    std::uint64_t keys = 0;
    for (const ClassPlan& plan : classes_) {
        if (plan.cache == cache && plan.keys) keys = std::max(keys, plan.keys->ranks());
    }
    return keys;
}

bool World::writes_set(std::size_t cache) const {
    return scenario_.caches[cache].writes != scenarios::CacheWrites::invalidate;
}

// Where one data set is in several regions.
void World::give_to_other_regions(CacheGroup& group) {
    if (group.global() == nullptr) return;
    for (const auto& other : caches_) {
        if (other.get() == &group || other->global() != group.global()) continue;
        for (std::size_t shard = 0; shard < group.shards(); ++shard)
            other->sets()[shard]->take_all_of(group.node(shard).store());
    }
}

void World::fill_caches() {
    if (scenario_.workload.arrivals.trace) return rehearse_caches();
    for (std::size_t c = 0; c < scenario_.caches.size(); ++c) {
        if (scenario_.caches[c].starts != scenarios::CacheStart::warm) continue;
        const std::uint64_t keys = keys_of_cache(c);
        for (const auto& group : caches_) fill_cache(c, *group, keys);
    }
}

// The times to live of those who fill a cache in, and whose each class's is: for ever too, unless all do so. None:
// nothing in it expires.
World::FillTimes World::fill_times(std::size_t cache) const {
    const scenarios::Cache& of = scenario_.caches[cache];
    FillTimes times{{}, std::vector<std::size_t>(classes_.size(), 0)};
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        const bool deletes = classes_[i].writes && of.writes == scenarios::CacheWrites::invalidate;
        if (classes_[i].cache != cache || deletes) continue;
        const std::optional<Duration> own = scenario_.workload.classes[i].ttl;
        const Duration ttl = own ? *own : of.ttl.value_or(lasting_ttl);
        const auto known = std::find(times.ttls.begin(), times.ttls.end(), ttl);
        times.of_class[i] = static_cast<std::size_t>(known - times.ttls.begin());
        if (known == times.ttls.end()) times.ttls.push_back(ttl);
    }
    if (times.ttls == std::vector{lasting_ttl}) times.ttls.clear();
    return times;
}

// One region's, or of all of them if they hold one data set.
void World::fill_cache(std::size_t cache, CacheGroup& group, std::uint64_t keys) {
    const FillTimes times = fill_times(cache);
    CacheDemand demand(group, keys, times.ttls.size());
    double any_per_s = 0.0;
    for (std::size_t i = 0; i < classes_.size(); ++i) {
        const ClassPlan& plan = classes_[i];
        if (plan.cache != cache || plan.service == nowhere || !plan.keys) continue;
        double rate_per_s = 0.0;
        for (std::size_t office = 0; office < offices_.size(); ++office) {
            if (cache_asked(office, plan) == &group) rate_per_s += rate_at_start(office);
        }
        rate_per_s *= scenario_.workload.classes[i].share;
        if (rate_per_s > 0.0) demand.add(plan, rate_per_s, times.of_class[i]);
        any_per_s += rate_per_s;
    }
    if (any_per_s <= 0.0) return;
    for (std::size_t shard = 0; shard < group.shards(); ++shard)
        group.node(shard).fill_as_if_long_in_use(demand.of_shard(shard), writes_set(cache), times.ttls);
    give_to_other_regions(group);
}

}  // namespace faultline::planning
