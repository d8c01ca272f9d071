#include "models/cache/global_datastore.hpp"

#include <algorithm>

#include "models/alarm.hpp"
#include "models/class_plan.hpp"
#include "models/cluster/probe.hpp"

namespace faultline::models {

namespace {
constexpr Duration asked_every = std::chrono::seconds{10};
constexpr Duration node_probe_timeout = std::chrono::seconds{2};
constexpr Duration sync_again_after = std::chrono::milliseconds{100};

std::uint64_t writes_in(std::span<const ToldChange> changes) {
    return static_cast<std::uint64_t>(
        std::count_if(changes.begin(), changes.end(), [](const ToldChange& change) { return change.write; }));
}

}  // namespace

GlobalDatastore::GlobalDatastore(engine::Simulation& simulation, const Transport& transport, Transfers& transfers,
                                 std::string path, const GlobalDatastoreShape& shape)
    : simulation_(simulation),
      transport_(transport),
      transfers_(transfers),
      component_(simulation, std::move(path)),
      shape_(shape),
      stream_draws_(simulation.stream(component_.path(), "replication")),
      operator_draws_(simulation.stream(component_.path(), "operator")) {}

void GlobalDatastore::add(CacheGroup& group, PlaceId region) {
    regions_.push_back({&group, region, std::vector<Stream>(group.shards())});
    group.belongs_to(*this);
}

void GlobalDatastore::begin() {
    component_.enter("following");
    simulation_.spawn(component_, watch());
}

std::size_t GlobalDatastore::region_of(const CacheGroup& group) const {
    const auto found =
        std::find_if(regions_.begin(), regions_.end(), [&](const Region& one) { return one.group == &group; });
    return static_cast<std::size_t>(found - regions_.begin());
}

// ---- the streams

void GlobalDatastore::changed(const CacheGroup& group, std::size_t shard, Instant at, Bytes value,
                              std::span<const ToldChange> changes) {
    if (!is_primary(group)) return;
    for (std::size_t region = 0; region < regions_.size(); ++region) {
        if (region == primary_) continue;
        Stream& stream = regions_[region].streams[shard];
        if (stream.follows) {
            send(region, shard, at, value, changes);
        } else {
            stream.lacks += writes_in(changes);
        }
    }
}

void GlobalDatastore::send(std::size_t region, std::size_t shard, Instant at, Bytes value,
                           std::span<const ToldChange> changes) {
    Stream& stream = regions_[region].streams[shard];
    CacheNode& from = primary().node(shard);
    const CacheNode& to = regions_[region].group->node(shard);
    const Payload payload{{value.count + command_bytes}, {command_bytes}};
    const Delays legs = transport_.round_trip(from.place(), to.place(), payload, stream_draws_);
    if (!legs.delivered) {
        begin_anew(region, shard);
        stream.lacks += writes_in(changes);
        return;
    }
    stream.last_arrival = std::max(stream.last_arrival, engine::saturating_add(at, legs.forward));
    if (changes.empty()) {
        stream.under_way.push({at, stream.last_arrival, {}, true});
        stream.lacks = 0;
    }
    for (const ToldChange& change : changes) stream.under_way.push({at, stream.last_arrival, change, false});
    deliver(region, shard, simulation_.now());
}

// The slot of the key that is delivered next: as a rule it is in no cache of the processor's.
void GlobalDatastore::prefetch_next(const Region& region, std::size_t shard) {
    const auto& under_way = region.streams[shard].under_way;
    if (!under_way.empty()) region.group->node(shard).store().prefetch_bucket(under_way.front().change.entry.hash);
}

void GlobalDatastore::deliver(std::size_t region, std::size_t shard, Instant now) {
    Stream& stream = regions_[region].streams[shard];
    ReplicaSet& set = *regions_[region].group->sets()[shard];
    while (!stream.under_way.empty() && stream.under_way.front().arrives <= now) {
        const Sent sent = stream.under_way.pop();
        prefetch_next(regions_[region], shard);
        if (!stream.follows) continue;
        if (sent.clear) {
            set.take_nothing();
        } else {
            set.take(sent.change.entry, now);
        }
    }
}

void GlobalDatastore::catch_up(const CacheGroup& group, std::size_t shard) {
    if (!is_primary(group)) deliver(region_of(group), shard, simulation_.now());
}

void GlobalDatastore::emptied(const CacheGroup& group, std::size_t shard) {
    const std::size_t region = region_of(group);
    if (region != primary_) return begin_anew(region, shard);
    changed(group, shard, simulation_.now(), Bytes{}, {});
}

void GlobalDatastore::lost(const CacheGroup& group, std::size_t shard, Instant at, engine::Health how) {
    if (!is_primary(group)) return;
    for (std::size_t region = 0; region < regions_.size(); ++region) {
        if (region == primary_) continue;
        deliver(region, shard, at);
        Stream& stream = regions_[region].streams[shard];
        for (std::size_t left = stream.under_way.size(); left > 0; --left) {
            const Sent sent = stream.under_way.pop();
            if (sent.executed > at) continue;  // it was in the node's queue
            if (how == engine::Health::crash) {
                stream.under_way.push(sent);
            } else {
                stream.lacks += sent.change.write ? 1U : 0U;
            }
        }
    }
}

std::uint64_t GlobalDatastore::writes_under_way(Stream& stream) {
    std::uint64_t writes = 0;
    for (std::uint64_t i = 0; i < stream.under_way.size(); ++i)
        writes += stream.under_way.find(stream.under_way.first_ticket() + i)->change.write ? 1U : 0U;
    return writes;
}

// ---- a region is filled anew

void GlobalDatastore::begin_anew(std::size_t region, std::size_t shard) {
    Stream& stream = regions_[region].streams[shard];
    if (!stream.follows) return;  // it is being filled
    stream.follows = false;
    stream.lacks += writes_under_way(stream);
    stream.under_way.clear();
    simulation_.spawn(component_, fill(region, shard, epoch_));
}

engine::Process<> GlobalDatastore::fill(std::size_t region, std::size_t shard, std::uint32_t epoch) {
    for (;;) {
        co_await simulation_.delay(std::max(shape_.sync_delay, sync_again_after));
        if (epoch != epoch_) co_return;
        CacheNode& source = primary().node(shard);
        CacheNode& target = regions_[region].group->node(shard);
        if (!source.component().up() || !target.component().up()) continue;
        target.set_duty(CacheDuty::refuse);
        const Bytes size{std::max<std::int64_t>(1, source.store().used_memory().count)};
        source.fork(shape_.fork_per_gib);
        const TransferSpec spec{.from = source.place(), .to = target.place(), .size = size};
        const FlowOutcome end = co_await transfers_.transfer(spec);
        if (epoch != epoch_) co_return;
        const bool same = &source == &primary().node(shard) && &target == &regions_[region].group->node(shard);
        if (end == FlowOutcome::Completed && same && source.component().up() && target.component().up()) {
            ++counters_.full_syncs;
            regions_[region].streams[shard].follows = true;
            regions_[region].streams[shard].lacks = 0;
            regions_[region].group->sets()[shard]->take_all_of(source.store());
            target.set_duty(CacheDuty::serve);
            co_return;
        }
    }
}

// ---- promotion

engine::Process<> GlobalDatastore::watch() {
    const auto ask = [this] { return primary_answers(); };
    for (;;) {
        co_await long_silence(simulation_, asked_every, shape_.alarm_after, ask);
        component_.enter("deciding");
        const Duration decision = shape_.decision.sample_duration(operator_draws_);
        co_await simulation_.delay(decision);
        const bool back = co_await primary_answers();
        const std::size_t next = successor();
        if (!back && next != nowhere) {
            component_.enter("promoting");
            const Duration promotion = shape_.promotion.sample_duration(operator_draws_);
            co_await simulation_.delay(promotion);
            promote(next);
        }
        component_.enter("following");
    }
}

// As its other regions see it: does any node there answer? While no other one stands, nobody asks.
engine::Process<bool> GlobalDatastore::primary_answers() {
    bool asked = false;
    for (std::size_t region = 0; region < regions_.size(); ++region) {
        const PlaceId from = regions_[region].place;
        if (region == primary_ || !transport_.topology().alive(from)) continue;
        asked = true;
        for (const auto& node : primary().nodes()) {
            const Question question{from, node->stand(), node_probe_timeout};
            const bool answered =
                co_await answers(simulation_, transport_, node->component(), question, operator_draws_);
            if (answered) co_return true;
        }
    }
    co_return !asked;
}

// The first that stands, in the order of the scenario: which one is the operator's choice.
std::size_t GlobalDatastore::successor() const {
    for (std::size_t region = 0; region < regions_.size(); ++region) {
        if (region != primary_ && transport_.topology().alive(regions_[region].place)) return region;
    }
    return nowhere;
}

void GlobalDatastore::promote(std::size_t region) {
    const Instant now = simulation_.now();
    for (std::size_t shard = 0; shard < primary().shards(); ++shard) {
        Stream& stream = regions_[region].streams[shard];
        deliver(region, shard, now);
        counters_.lost += stream.lacks + writes_under_way(stream);
        stream = {};
        regions_[region].group->node(shard).set_duty(CacheDuty::serve);  // with what it has
    }
    ++counters_.promotions;
    primary_ = region;
    ++epoch_;
    for (std::size_t other = 0; other < regions_.size(); ++other) {
        for (std::size_t shard = 0; shard < primary().shards(); ++shard) {
            regions_[other].group->sets()[shard]->record();
            if (other == primary_) continue;
            regions_[other].streams[shard].follows = true;  // of the old primary, no more
            regions_[other].streams[shard].lacks = 0;
            begin_anew(other, shard);
        }
    }
}

}  // namespace faultline::models
