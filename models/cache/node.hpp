// A cache node: one single-threaded server in front of a store of real keys. Its commands (command.hpp) die with it;
// what it held is gone when it comes back.
//
// Sources of the command's processor time: docs/models/cache.md (Redis "Benchmarks": 72 to 79 thousand unpipelined
// commands a second on one thread, the network's share included).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/queueing/serial_server.hpp"
#include "models/cache/command.hpp"
#include "models/cache/store.hpp"
#include "models/network/transport.hpp"

namespace faultline::models {

struct CacheNodeShape {
    StoreOptions store;
    Duration command_cpu = std::chrono::microseconds{13};  // 1 s / 75'000
    std::optional<Duration> ttl;
    Bytes value{};  // of every entry
};

class CacheNode {
public:
    CacheNode(engine::Simulation& simulation, std::string path, PlaceId place, CacheNodeShape shape);
    ~CacheNode();

    void crash(engine::Health how);
    void start();  // empty

    engine::Component& component() { return component_; }
    PlaceId place() const { return place_; }
    const Store& store() const { return store_; }
    engine::SerialServer& cpu() { return cpu_; }

private:
    friend class CacheExchange;
    friend class LeftCommand;

    void list(CacheCommand& command);
    void unlist(CacheCommand& command);
    void leave_behind(const CacheOrder& order, Instant arrival);
    // A command that has come: its turn, and what it finds at the end of it.
    engine::SerialServer::Turn execute(const CacheOrder& order, Answer& answer);
    void drop_commands(engine::Health how);
    engine::Process<> expire();

    engine::Simulation& simulation_;
    engine::Component component_;
    PlaceId place_;
    CacheNodeShape shape_;
    engine::SerialServer cpu_;
    engine::RandomStream draws_;
    Store store_;
    CacheCommand* newest_ = nullptr;  // of the commands on their way to this node, or in it
};

// How long clients wait for an answer to a command, and how long they leave a node alone that gave none.
struct CachePatience {
    Duration timeout = std::chrono::seconds{2};  // > 0
    Duration reconnect = std::chrono::seconds{1};
};

// A cache as its clients see it: nodes that share the keys by hash slot.
class CacheGroup {
public:
    CacheGroup(std::string name, const CachePatience& patience) : name_(std::move(name)), patience_(patience) {}
    const CachePatience& patience() const { return patience_; }
    void add(std::unique_ptr<CacheNode> node) { nodes_.push_back(std::move(node)); }
    // Keys below `keys` are looked up from now on instead of hashed: 2 bytes a key. After the last add().
    void remember_shards(std::uint64_t keys);
    void prefetch_shard(std::uint64_t key) const {
        if (key < shard_of_.size()) __builtin_prefetch(&shard_of_[key]);
    }
    std::size_t shard_of_key(std::uint64_t key) const {
        return key < shard_of_.size() ? shard_of_[key] : hashed_shard(key);
    }
    CacheNode& node(std::size_t shard) { return *nodes_[shard]; }
    std::size_t shards() const { return nodes_.size(); }
    const std::string& name() const { return name_; }
    const std::vector<std::unique_ptr<CacheNode>>& nodes() const { return nodes_; }

private:
    std::size_t hashed_shard(std::uint64_t key) const;

    std::string name_;
    CachePatience patience_;
    std::vector<std::unique_ptr<CacheNode>> nodes_;
    std::vector<std::uint16_t> shard_of_;  // by key
};

}  // namespace faultline::models
