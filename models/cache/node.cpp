#include "models/cache/node.hpp"

#include <algorithm>

#include "models/cache/hash_slots.hpp"

namespace faultline::models {

CacheNode::CacheNode(engine::Simulation& simulation, std::string path, PlaceId place, CacheNodeShape shape)
    : simulation_(simulation),
      component_(simulation, std::move(path)),
      place_(place),
      shape_(shape),
      cpu_(simulation, component_.number(), {.servers = 1}),
      draws_(simulation.stream(component_.path(), "eviction")),
      store_(shape.store, RandomBits(draws_)) {
    start();
}

engine::Process<Answer> CacheNode::get(RequestRef request, std::uint64_t key, Duration travel) {
    store_.prefetch(key);
    request.charge(Stage::queue, simulation_.now());
    const engine::Served served = co_await cpu_.serve(shape_.command_cpu);
    request.charge(Stage::cache, served.started);
    const Found found = store_.get(key, simulation_.now());
    request.charge(Stage::network, simulation_.now());
    const AnswerStatus status = found.outcome == LookupOutcome::Hit ? AnswerStatus::ok : AnswerStatus::miss;
    co_return Answer{travel, status, found.version};
}

engine::Process<Answer> CacheNode::set(std::uint64_t key, std::uint32_t version, Duration travel) {
    co_await cpu_.serve(shape_.command_cpu);
    store_.set({.key = key, .value = shape_.value, .version = version, .ttl = shape_.ttl}, simulation_.now());
    co_return Answer{travel, AnswerStatus::ok, version};
}

engine::Process<Answer> CacheNode::erase(std::uint64_t key, Duration travel) {
    co_await cpu_.serve(shape_.command_cpu);
    store_.erase(key);
    co_return Answer{travel, AnswerStatus::ok, 0};
}

void CacheNode::crash(engine::Health how) {
    component_.kill(how);
    component_.enter("down");
    cpu_.clear();
    store_.clear();
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
