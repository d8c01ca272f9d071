#include "models/cache/replica_set.hpp"

#include <algorithm>

#include "models/cache/global_datastore.hpp"
#include "models/cache/group.hpp"
#include "models/cache/write_behind.hpp"
#include "models/class_plan.hpp"

namespace faultline::models {

using engine::Health;

namespace {
constexpr Duration look_again_after = std::chrono::seconds{1};
}  // namespace

ReplicaSet::ReplicaSet(engine::Simulation& simulation, const Transport& transport, Transfers& transfers,
                       std::string path, const ReplicaSetShape& shape, CacheGroup& group, std::size_t shard)
    : simulation_(simulation),
      transport_(transport),
      transfers_(transfers),
      component_(simulation, std::move(path)),
      shape_(shape),
      group_(group),
      shard_(shard),
      stream_draws_(simulation.stream(component_.path(), "replication")),
      failover_draws_(simulation.stream(component_.path(), "failover")) {}

void ReplicaSet::add(CacheNode& node) {
    members_.push_back({.node = &node, .in_sync = !members_.empty()});
    node.join(*this);
    if (members_.size() == 1) return;
    node.set_duty(CacheDuty::redirect);
    node.component().enter("replica");
    record();
}

std::size_t ReplicaSet::number_of(const CacheNode& node) const {
    const auto found =
        std::find_if(members_.begin(), members_.end(), [&](const Member& member) { return member.node == &node; });
    return static_cast<std::size_t>(found - members_.begin());
}

CacheNode* ReplicaSet::a_replica() const {
    for (const Member& member : members_) {
        if (member.node != &primary() && member.node->component().up()) return member.node;
    }
    return nullptr;
}

std::size_t ReplicaSet::replicas_in_sync() const {
    return static_cast<std::size_t>(
        std::count_if(members_.begin(), members_.end(), [](const Member& member) { return member.in_sync; }));
}

void ReplicaSet::enter(State state, std::string_view name) {
    state_ = state;
    component_.enter(name);
}

// ---- the stream

void ReplicaSet::end_write(Instant at, Bytes value) {
    if (counted_ == changes_.next()) return;  // nothing changed, nothing to tell, or nobody to tell it to
    if (global_ != nullptr) tell_other_regions(std::max(counted_, changes_.first()), at, value);
    for (std::uint64_t number = std::max(counted_, changes_.first()); number < changes_.next(); ++number) {
        if (changes_.change(number).by == ChangedBy::command && !follows()) ++counters_.acknowledged;
    }
    counted_ = changes_.next();
    streamed_bytes_ += value.count + command_bytes;
    for (std::size_t i = 0; i < members_.size(); ++i) {
        if (members_[i].in_sync) send(members_[i], at, value);
    }
    forget_what_all_have();
}

// In order, as in any TCP connection; then executed over there, on the replica's own thread.
void ReplicaSet::send(Member& member, Instant at, Bytes value) {
    const Payload payload{{value.count + command_bytes}, {command_bytes}};
    const Delays legs = transport_.round_trip(primary().stand(), member.node->stand(), payload, stream_draws_);
    if (!legs.delivered) return leave_behind(member);
    engine::SerialServer::Turn sent{at, at};
    primary().send(value, sent);
    member.last_arrival = std::max(member.last_arrival, engine::saturating_add(sent.end, legs.forward));
    member.under_way.push({member.last_arrival, changes_.next()});
    receive(member, simulation_.now());
}

void ReplicaSet::receive(Member& member, Instant now) const {
    while (!member.under_way.empty() && member.under_way.front().arrives <= now) {
        const Sent arrived = member.under_way.pop();
        member.received = arrived.end;
        member.node->cpu_.take(arrived.arrives, member.node->shape_.command_cpu);
    }
}

void ReplicaSet::forget_what_all_have() {
    std::uint64_t all = changes_.next();
    for (const Member& member : members_) {
        if (member.in_sync) all = std::min(all, member.received);
    }
    changes_.forget_before(all);
}

void ReplicaSet::drop(std::size_t number) {
    Member& member = members_[number];
    member.in_sync = false;
    member.under_way.clear();
    record();
    if (member.node->component().up()) simulation_.spawn(member.node->component(), fill(number));
}

// ---- loss and takeover

bool ReplicaSet::lost(CacheNode& node, Health how) {
    const std::size_t number = number_of(node);
    if (number != primary_) {
        if (members_[number].in_sync) drop(number);
        if (state_ != State::serving) tell_of_loss();
        return false;
    }
    if (state_ != State::serving) return replicas_in_sync() > 0;  // it was back, but its successor is being made
    ++epoch_;
    lost_at_ = simulation_.now();
    lost_how_ = how;
    // Of a process that dies its kernel sends what it had executed; of a host, what is under way is lost.
    for (Member& member : members_) {
        if (how == Health::silent) receive(member, lost_at_);
        while (how == Health::crash && !member.under_way.empty()) {
            const std::uint64_t last = member.under_way.pop().end - 1;
            if (last >= changes_.first() && changes_.change(last).at > lost_at_) break;
            member.received = last + 1;
        }
        member.under_way.clear();
    }
    tell_of_loss();
    enter(State::detecting, "detecting");
    simulation_.spawn(component_, fail_over(epoch_));
    if (replicas_in_sync() > 0) return true;
    counters_.keys_lost += node.store_.resident_keys();
    return false;
}

engine::Process<> ReplicaSet::fail_over(std::uint32_t epoch) {
    const Duration detection =
        shape_.by_cluster ? found_dead_after(lost_how_) : shape_.detection.sample_duration(failover_draws_);
    co_await simulation_.delay(detection);
    while (!shape_.by_cluster && epoch == epoch_ && transport_.topology().control_plane_ill(primary().place())) {
        co_await simulation_.delay(look_again_after);
    }
    if (epoch != epoch_) co_return;  // it is back
    if (cut_off_ && !out_of_reach(primary()) && primary().component().up()) {
        cut_off_ = false;
        enter(State::serving, "serving");
        co_return;
    }
    group_.serves_no_longer(shard_);
    if (cut_off_ && successor() == nowhere) {
        co_await wait_for_reach(epoch);
        if (epoch != epoch_ || state_ == State::serving) co_return;
    }
    if (successor() != nowhere) {
        enter(State::replacing, shape_.by_cluster ? "electing" : "promoting");
        if (shape_.by_cluster) {
            co_await elect(epoch);
        } else {
            const Duration promotion = shape_.promotion.sample_duration(failover_draws_);
            co_await simulation_.delay(promotion);
        }
    }
    if (successor() != nowhere) {
        take_over(successor());
        co_return;
    }
    enter(State::lost, "lost");
    const auto there = std::find_if(members_.begin(), members_.end(),
                                    [](const Member& member) { return member.node->component().up(); });
    if (there != members_.end()) serve_empty(number_of(*there->node));
}

// A ping is sent to each peer once in a while, and counts from then. A majority of the primaries must have missed its
// answer, and one of them must have heard it of the others.
Duration ReplicaSet::found_dead_after(Health how) {
    const Duration heartbeat =
        std::min(shape_.node_timeout / 2, look_again_after * std::int64_t(group_.nodes().size() - 1));
    constexpr Duration cron = std::chrono::milliseconds{100};
    std::vector<Duration> missed;
    for (std::size_t shard = 0; shard < group_.shards(); ++shard) {
        if (!group_.node(shard).component().up() || out_of_reach(group_.node(shard))) continue;
        const Duration ping = how == Health::crash ? cron : heartbeat;
        missed.push_back(shape_.node_timeout +
                         engine::duration_from_seconds(failover_draws_.uniform() * engine::in_seconds(ping)));
    }
    const std::size_t majority = group_.shards() / 2 + 1;
    if (missed.size() < majority) return engine::end_of_time - simulation_.now();
    Duration first = Duration::max();
    for (std::size_t i = 0; i < missed.size(); ++i) {
        std::vector<Duration> heard;
        for (std::size_t j = 0; j < missed.size(); ++j) {
            if (j == i) continue;
            const double gossip = failover_draws_.uniform() * engine::in_seconds(heartbeat) / 2.0;
            heard.push_back(missed[j] + engine::duration_from_seconds(gossip));
        }
        std::sort(heard.begin(), heard.end());
        first = std::min(first, majority < 2 ? missed[i] : std::max(missed[i], heard[majority - 2]));
    }
    return first;
}

// Cluster specification, "Replica election and promotion": 500 ms, as much again at random, and 1 s for each better
// replica; here the better ones are those that did not live to win.
engine::Process<> ReplicaSet::elect(std::uint32_t epoch) {
    constexpr Duration fixed = std::chrono::milliseconds{500};
    const std::size_t needed = group_.shards() / 2 + 1;
    for (std::int64_t rank = 0;; ++rank) {
        const std::size_t candidate = successor();
        if (candidate == nowhere) co_return;
        const Duration random = engine::duration_from_seconds(failover_draws_.uniform() * engine::in_seconds(fixed));
        co_await simulation_.delay(fixed + random + rank * look_again_after);
        if (epoch != epoch_) co_return;
        const Duration votes = votes_after(*members_[candidate].node, needed);
        if (votes >= Duration::zero() && candidate == successor()) {
            co_await simulation_.delay(votes);
            if (candidate == successor()) co_return;
        } else if (votes < Duration::zero()) {
            co_await simulation_.delay(std::max(4 * shape_.node_timeout, 4 * look_again_after));
            rank = -1;
        }
    }
}

Duration ReplicaSet::votes_after(const CacheNode& candidate, std::size_t needed) {
    std::vector<Duration> votes;
    for (std::size_t shard = 0; shard < group_.shards(); ++shard) {
        CacheNode& voter = group_.node(shard);
        if (!voter.component().up()) continue;
        const Payload vote{Bytes{command_bytes}, Bytes{command_bytes}};
        const Delays legs = transport_.round_trip(candidate.stand(), voter.stand(), vote, failover_draws_);
        if (legs.delivered) votes.push_back(legs.forward + legs.back);
    }
    if (votes.size() < needed) return Duration{-1};
    std::sort(votes.begin(), votes.end());
    return votes[needed - 1];
}

// The one that has received most.
std::size_t ReplicaSet::successor() const {
    std::size_t best = nowhere;
    for (std::size_t i = 0; i < members_.size(); ++i) {
        if (!members_[i].in_sync || out_of_reach(*members_[i].node)) continue;
        if (best == nowhere || members_[i].received > members_[best].received) best = i;
    }
    return best;
}

void ReplicaSet::take_over(std::size_t number) {
    Member& next = members_[number];
    CacheNode& old = primary();
    const bool old_goes_on = cut_off_ && old.component().up();
    if (old_goes_on) lost_at_ = simulation_.now();
    if (old_goes_on) receive(next, lost_at_);
    cut_off_ = false;
    const std::size_t old_number = primary_;
    if (follows()) next.received = changes_.next();  // what it lacks it is sent again by the primary's region
    const std::uint64_t first_undone = std::max(next.received, changes_.first());
    std::vector<std::uint64_t> undone;
    for (std::uint64_t change = first_undone; leads() && change < changes_.next(); ++change)
        undone.push_back(changes_.change(change).before.hash);
    for (std::uint64_t change = changes_.next(); change > std::max(next.received, changes_.first()); --change) {
        const KeyChange& last = changes_.change(change - 1);
        old.store_.undo(last.before);
        if (last.by != ChangedBy::command) continue;
        if (last.at <= lost_at_) ++counters_.lost;
        if (last.at > lost_at_) --counters_.acknowledged;  // it was in the queue, and nobody was answered
    }
    std::swap(old.store_, next.node->store_);
    const std::uint64_t received = next.received;
    if (next.node->behind_ != nullptr) {
        if (old_goes_on) next.node->behind_->stop();
        next.node->behind_->lose_beyond(received, lost_at_);
    }
    changes_.clear();
    next.in_sync = false;
    primary_ = number;
    ++epoch_;
    ++counters_.failovers;
    next.node->cpu_.clear(simulation_.now());
    enter(State::serving, "serving");
    next.node->begin_serving();
    group_.serves(shard_, *next.node);
    told_.clear();
    for (const std::uint64_t hash : undone) told_.push_back({next.node->store_.entry_of(hash), false});
    if (!told_.empty()) global_->changed(group_, shard_, simulation_.now(), next.node->shape_.value, told_);
    for (Member& member : members_) {
        if (member.in_sync) follow(member, received);
    }
    record();
    if (!old_goes_on) return;
    old.set_duty(CacheDuty::redirect);
    old.component().enter("replica, empty");
    simulation_.spawn(old.component(), fill(old_number));
}

// After a takeover: partial, if it lacks little and has nothing that the new primary has not.
void ReplicaSet::follow(Member& member, std::uint64_t received_by_primary) {
    const bool ahead = member.received > received_by_primary;
    const auto lacks = static_cast<std::int64_t>(ahead ? 0 : received_by_primary - member.received);
    const std::int64_t bytes_each = member.node->shape_.value.count + command_bytes;
    if (ahead || lacks * bytes_each > shape_.backlog.count) return drop(number_of(*member.node));
    member.received = changes_.next();
}

// ---- a node is there again

void ReplicaSet::back(CacheNode& node) {
    if (members_.empty() || (members_.size() == 1 && state_ == State::serving)) return node.begin_serving();
    const std::size_t number = number_of(node);
    const bool not_missed = state_ == State::detecting && number == primary_;
    if (not_missed || state_ == State::lost) return serve_empty(number);
    node.set_duty(CacheDuty::redirect);
    node.component().enter("replica, empty");
    simulation_.spawn(node.component(), fill(number));
}

void ReplicaSet::serve_empty(std::size_t number) {
    CacheNode& old = primary();
    counters_.keys_lost += old.store_.resident_keys();  // none, if nobody had them: crash() has cleared them
    old.store_.record_changes(nullptr);
    old.store_.clear();
    if (old.behind_ != nullptr) old.behind_->lose_all(lost_at_);
    changes_.clear();
    primary_ = number;
    ++epoch_;
    enter(State::serving, "serving");
    primary().begin_serving();
    group_.serves(shard_, primary());
    for (std::size_t i = 0; i < members_.size(); ++i) {
        if (members_[i].in_sync) drop(i);
    }
    if (global_ == nullptr) return;
    record();
    global_->emptied(group_, shard_);
}

engine::Process<> ReplicaSet::fill(std::size_t number) {
    Member& member = members_[number];
    for (;;) {
        co_await simulation_.delay(std::max(shape_.sync_delay, look_again_after / 10));
        if (number == primary_) co_return;
        if (state_ != State::serving) continue;
        if (transport_.topology().apart(primary().place(), member.node->place())) continue;
        const std::uint32_t epoch = epoch_;
        const std::int64_t streamed = streamed_bytes_;
        CacheNode& source = primary();
        const Bytes size{std::max<std::int64_t>(1, source.store_.used_memory().count)};
        source.fork(shape_.fork_per_gib);
        member.node->component().enter("filling");
        const TransferSpec spec{.from = source.place(), .to = member.node->place(), .size = size};
        const FlowOutcome end = co_await transfers_.transfer(spec);
        if (epoch != epoch_ || end != FlowOutcome::Completed) continue;
        if (streamed_bytes_ - streamed > shape_.output_buffer.count) continue;
        break;
    }
    ++counters_.full_syncs;
    member.in_sync = true;
    member.received = changes_.next();
    record();
    member.node->component().enter("replica");
}

}  // namespace faultline::models
