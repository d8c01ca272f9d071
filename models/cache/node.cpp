#include "models/cache/node.hpp"

#include <algorithm>
#include <utility>

#include "models/cache/replica_set.hpp"

namespace faultline::models {

CacheNode::CacheNode(engine::Simulation& simulation, std::string path, PlaceId place, CacheNodeShape shape)
    : simulation_(simulation),
      component_(simulation, std::move(path)),
      place_(place),
      shape_(shape),
      cpu_(simulation.now()),
      draws_(simulation.stream(component_.path(), "eviction")),
      store_(shape.store, RandomBits(draws_)) {
    if (shape_.ttl_jitter > 0.0) ttl_draws_.emplace(simulation.stream(component_.path(), "ttl"));
    start();
}

CacheNode::~CacheNode() {
    drop_commands(engine::Health::silent);
}

void CacheNode::list(CacheCommand& command) {
    store_.prefetch(command.order_.key);
    command.older_ = newest_;
    if (newest_ != nullptr) newest_->newer_ = &command;
    newest_ = &command;
}

void CacheNode::unlist(CacheCommand& command) {
    (command.newer_ != nullptr ? command.newer_->older_ : newest_) = command.older_;
    if (command.older_ != nullptr) command.older_->newer_ = command.newer_;
    command.newer_ = command.older_ = nullptr;
}

void CacheNode::leave_behind(const CacheOrder& order, Instant arrival) {
    if (simulation_.closing()) return;
    auto* const command = new LeftCommand(*this, order);
    list(*command);
    simulation_.schedule(*command, arrival);
}

engine::SerialServer::Turn CacheNode::execute(const CacheOrder& order, Answer& answer) {
    const engine::SerialServer::Turn turn = cpu_.take(simulation_.now(), shape_.command_cpu);
    if (duty_ != CacheDuty::serve) [[unlikely]] {
        answer.status = duty_ == CacheDuty::redirect ? AnswerStatus::moved : AnswerStatus::refused;
    } else if (order.verb == CacheVerb::get) {
        read(order.key, turn.end, answer);
    } else {
        change(order, turn.end);
    }
    return turn;
}

void CacheNode::read(std::uint64_t key, Instant at, Answer& answer) {
    const Found found = store_.get(key, at);
    answer = {Duration::zero(), found.outcome == LookupOutcome::Hit ? AnswerStatus::ok : AnswerStatus::miss,
              found.version};
    if (shape_.ageing == Duration::zero() || answer.status != AnswerStatus::ok) return;
    const Instant expires = engine::start_of_time + std::chrono::milliseconds{found.expires_ms};
    if (at > expires - shape_.ageing) answer.status = AnswerStatus::ageing;
}

void CacheNode::change(const CacheOrder& order, Instant at) {
    if (replicas_ != nullptr) replicas_->begin_write(at);
    if (order.verb == CacheVerb::set) {
        const std::optional<Duration> ttl = shape_.ttl ? std::optional{time_to_live()} : std::nullopt;
        store_.set({.key = order.key, .value = shape_.value, .version = order.version, .ttl = ttl}, at);
    } else {
        store_.erase(order.key);
    }
    if (replicas_ != nullptr) replicas_->end_write(at, order.verb == CacheVerb::set ? shape_.value : Bytes{});
}

// Jitter is the client's in truth; of one node's entries it is drawn in the order of their commands either way.
Duration CacheNode::time_to_live() {
    Duration ttl = *shape_.ttl;
    if (ttl_draws_)
        ttl -= engine::duration_from_seconds(engine::in_seconds(ttl) * shape_.ttl_jitter * ttl_draws_->uniform());
    return std::max(ttl, Duration{1}) + shape_.ageing;
}

void CacheNode::crash(engine::Health how) {
    component_.kill(how);
    component_.enter("down");
    cpu_.clear(simulation_.now());
    const bool kept = replicas_ != nullptr && replicas_->lost(*this, how);
    if (!kept) store_.clear();
    drop_commands(how);
}

// In the order in which they were sent. After a reset their clients wait for its way back; after silence, for nothing.
void CacheNode::drop_commands(engine::Health how) {
    CacheCommand* command = newest_;
    while (command != nullptr && command->older_ != nullptr) command = command->older_;
    while (command != nullptr) {
        CacheCommand& dropped = *std::exchange(command, command->newer_);
        unlist(dropped);
        if (!dropped.left_) {
            static_cast<CacheExchange&>(dropped).node_died(how);
            continue;
        }
        simulation_.cancel(dropped);
        delete &static_cast<LeftCommand&>(dropped);
    }
}

void CacheNode::start() {
    component_.revive();
    if (replicas_ != nullptr) return replicas_->back(*this);
    begin_serving();
}

void CacheNode::begin_serving() {
    duty_ = CacheDuty::serve;
    component_.enter("serving");
    if (shape_.ttl) simulation_.spawn(component_, expire());
}

engine::Process<> CacheNode::expire() {
    for (;;) {
        co_await simulation_.delay(shape_.store.expiry.period);
        store_.expire_cycle(simulation_.now());
    }
}

}  // namespace faultline::models
