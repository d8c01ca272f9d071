#include "models/cache/node.hpp"

#include <algorithm>
#include <utility>

#include "models/cache/hash_slots.hpp"

namespace faultline::models {

CacheNode::CacheNode(engine::Simulation& simulation, std::string path, PlaceId place, CacheNodeShape shape)
    : simulation_(simulation),
      component_(simulation, std::move(path)),
      place_(place),
      shape_(shape),
      cpu_(simulation.now()),
      draws_(simulation.stream(component_.path(), "eviction")),
      store_(shape.store, RandomBits(draws_)) {
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
    if (order.verb == CacheVerb::get) {
        const Found found = store_.get(order.key, turn.end);
        const AnswerStatus status = found.outcome == LookupOutcome::Hit ? AnswerStatus::ok : AnswerStatus::miss;
        answer = {Duration::zero(), status, found.version};
    } else if (order.verb == CacheVerb::set) {
        store_.set({.key = order.key, .value = shape_.value, .version = order.version, .ttl = shape_.ttl}, turn.end);
    } else {
        store_.erase(order.key);
    }
    return turn;
}

void CacheNode::crash(engine::Health how) {
    component_.kill(how);
    component_.enter("down");
    cpu_.clear(simulation_.now());
    store_.clear();
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
    component_.enter("serving");
    if (shape_.ttl) simulation_.spawn(component_, expire());
}

engine::Process<> CacheNode::expire() {
    for (;;) {
        co_await simulation_.delay(shape_.store.expiry.period);
        store_.expire_cycle(simulation_.now());
    }
}

std::size_t CacheGroup::hashed_shard(std::uint64_t key) const {
    return static_cast<std::size_t>(
        shard_of({.slot = hash_slot_of_id(key), .shards = static_cast<int>(nodes_.size())}));
}

void CacheGroup::remember_shards(std::uint64_t keys) {
    constexpr std::uint64_t most = 10'000'000;  // 20 MB; the keys beyond are hashed
    shard_of_.clear();
    std::vector<std::uint16_t> shards(std::min(keys, most));
    for (std::uint64_t key = 0; key < shards.size(); ++key) shards[key] = static_cast<std::uint16_t>(hashed_shard(key));
    shard_of_ = std::move(shards);
}

}  // namespace faultline::models
