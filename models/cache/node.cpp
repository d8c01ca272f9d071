#include "models/cache/node.hpp"

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

std::size_t CacheGroup::shard_of_key(std::uint64_t key) const {
    if (nodes_.size() == 1) return 0;
    return static_cast<std::size_t>(
        shard_of({.slot = hash_slot_of_id(key), .shards = static_cast<int>(nodes_.size())}));
}

}  // namespace faultline::models
