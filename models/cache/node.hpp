// A cache node: one single-threaded server in front of a store of real keys. Its commands (command.hpp) die with it;
// what it held is gone when it comes back. With others it may be a shard (replica_set.hpp), which then says whether it
// is the primary.
//
// Sources of the command's processor time: docs/models/cache.md (Redis "Benchmarks": 72 to 79 thousand unpipelined
// commands a second on one thread, the network's share included).
#pragma once

#include <optional>
#include <string>

#include "engine/queueing/serial_server.hpp"
#include "models/cache/command.hpp"
#include "models/cache/store.hpp"
#include "models/network/transport.hpp"

namespace faultline::models {

struct CacheNodeShape {
    StoreOptions store;
    Duration command_cpu = std::chrono::microseconds{13};  // 1 s / 75'000
    std::optional<Duration> ttl;
    double ttl_jitter = 0.0;  // 0..1: an entry's ttl is shorter by up to this share
    Duration ageing{};        // beyond its ttl an entry is still found for so long, and said to be ageing; needs a ttl
    Bytes value{};            // of every entry
};

class ReplicaSet;

// What a node does with commands for its keys.
enum class CacheDuty : std::uint8_t { serve, redirect, refuse };

class CacheNode {
public:
    CacheNode(engine::Simulation& simulation, std::string path, PlaceId place, CacheNodeShape shape);
    ~CacheNode();

    void crash(engine::Health how);
    void start();  // empty

    // Before the simulation begins. The set outlives the node.
    void join(ReplicaSet& set) { replicas_ = &set; }
    void set_duty(CacheDuty duty) { duty_ = duty; }
    CacheDuty duty() const { return duty_; }

    engine::Component& component() { return component_; }
    PlaceId place() const { return place_; }
    const Store& store() const { return store_; }
    engine::SerialServer& cpu() { return cpu_; }

private:
    friend class CacheExchange;
    friend class LeftCommand;
    friend class ReplicaSet;

    void list(CacheCommand& command);
    void unlist(CacheCommand& command);
    void leave_behind(const CacheOrder& order, Instant arrival);
    // A command that has come: its turn, and what it finds at the end of it.
    engine::SerialServer::Turn execute(const CacheOrder& order, Answer& answer);
    void read(std::uint64_t key, Instant at, Answer& answer);
    void change(const CacheOrder& order, Instant at);
    Duration time_to_live();
    void begin_serving();
    void drop_commands(engine::Health how);
    engine::Process<> expire();

    engine::Simulation& simulation_;
    engine::Component component_;
    PlaceId place_;
    CacheNodeShape shape_;
    engine::SerialServer cpu_;
    engine::RandomStream draws_;
    Store store_;
    ReplicaSet* replicas_ = nullptr;  // null: it is the shard, alone
    std::optional<engine::RandomStream> ttl_draws_;
    CacheDuty duty_ = CacheDuty::serve;
    CacheCommand* newest_ = nullptr;  // of the commands on their way to this node, or in it
};

}  // namespace faultline::models
