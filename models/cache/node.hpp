// A cache node: one single-threaded server in front of a store of real keys. Its commands (command.hpp) die with it;
// what it held is gone when it comes back. With others it may be a shard (replica_set.hpp), which then says whether it
// is the primary.
//
// What a node carries: a command's processor time grows with the connections that its thread watches, and values leave
// through a network card of the class's sustained bandwidth. So it is bound by its thread while values are small, and
// by its card beyond. Sources: docs/models/cache.md (Redis "Benchmarks": 72 to 79 thousand unpipelined commands a
// second on one thread, the network's share included; half of that with 30,000 connections). Leaves out: what comes in.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/queueing/serial_server.hpp"
#include "engine/roster.hpp"
#include "models/cache/backing_store.hpp"
#include "models/cache/command.hpp"
#include "models/cache/steady_contents.hpp"
#include "models/cache/store.hpp"
#include "models/network/transport.hpp"

namespace faultline::models {

struct CacheNodeShape {
    StoreOptions store;
    Duration command_cpu = std::chrono::microseconds{13};  // 1 s / 75'000
    std::optional<Duration> ttl;
    std::vector<std::optional<Duration>> ttl_of_class{};  // by ClassId: of what it fills in; none, or not there: `ttl`
    double ttl_jitter = 0.0;                              // 0..1: an entry's ttl is shorter by up to this share
    Duration ageing{};  // beyond its ttl an entry is still found for so long, and said to be ageing; needs a ttl
    Bytes value{};      // of every entry
    engine::BitsPerSecond bandwidth{};  // of its card; 0: it is no limit
};

class ReplicaSet;
class WriteBehind;

// What an empty node is given before it is asked: keys of a class that reads, the most popular first.
struct WarmUpShape {
    std::vector<std::uint64_t> keys{};
    Duration every{};  // > 0; one is fetched from the database
    ClassId by = 0;
};

// What a node does with commands for its keys.
enum class CacheDuty : std::uint8_t { serve, redirect, refuse };

class CacheNode {
public:
    CacheNode(engine::Simulation& simulation, std::string path, PlaceId place, CacheNodeShape shape);
    ~CacheNode();

    void crash(engine::Health how);
    void start();  // empty
    // It stands still while it forks, as long as its page tables need: so long.
    Duration fork(Duration per_gib);
    // Another takes its place, with all that it held, and answers nobody for so long.
    void give_way(Duration pause);
    void set_memory(Bytes data) { store_.set_maxmemory(data); }  // of another class

    // Before the simulation begins. The set outlives the node.
    void join(ReplicaSet& set) { replicas_ = &set; }
    // Also before the simulation begins, after join(). Where it is the primary, or becomes it.
    void write_behind(WriteBehind& queue, BackingStore& database);
    void warm_up(WarmUpShape shape, BackingStore& database);
    // Also before: it holds what it would after a long time of this demand. `writes_set`: a write sets its key.
    // `ttls`: of those who fill it in; one is that of all, none: nothing expires.
    void fill_as_if_long_in_use(const SteadyDemand& demand, bool writes_set, const std::vector<Duration>& ttls);
    void set_duty(CacheDuty duty) { duty_ = duty; }
    CacheDuty duty() const { return duty_; }
    // Of clients, which come and go: so many more, or fewer.
    void change_connections(int by);

    engine::Component& component() { return component_; }
    PlaceId place() const { return place_; }
    Stand stand() const { return {place_, component_.number()}; }
    const Store& store() const { return store_; }
    engine::SerialServer& cpu() { return cpu_; }
    const engine::SerialServer& card() const { return card_; }
    void reset_statistics(Instant now) {
        cpu_.reset_statistics(now);
        card_.reset_statistics(now);
    }

private:
    friend class CacheExchange;
    friend class CacheRehearsal;
    friend class LeftCommand;
    friend class ReplicaSet;

    void list(CacheCommand& command);
    void unlist(CacheCommand& command);
    void leave_behind(const CacheOrder& order, Instant arrival);
    // A command that has come: its turn, and what it finds at the end of it.
    engine::SerialServer::Turn execute(const CacheOrder& order, Answer& answer);
    void read(std::uint64_t key, Instant at, Answer& answer);
    // false: refused, for lack of memory.
    bool change(const CacheOrder& order, Instant at, std::uint32_t version);
    bool put(const CacheOrder& order, Instant at, Answer& answer);
    bool holds_queue() const;
    void send(Bytes size, engine::SerialServer::Turn& turn);
    std::optional<Duration> time_to_live(ClassId by);
    bool entries_expire() const;
    void begin_serving();
    void drop_commands(engine::Health how);
    engine::Process<> expire();
    engine::Process<> fetch_popular_keys();
    engine::Process<> fetch(std::uint64_t key);

    engine::Simulation& simulation_;
    engine::Component component_;
    PlaceId place_;
    CacheNodeShape shape_;
    engine::SerialServer cpu_;
    engine::SerialServer card_;
    Duration command_cpu_;
    int connections_ = 0;
    engine::RandomStream draws_;
    Store store_;
    ReplicaSet* replicas_ = nullptr;  // null: it is the shard, alone
    WriteBehind* behind_ = nullptr;   // of the shard; null: it writes nothing to a database
    std::optional<WarmUpShape> warm_up_;
    BackingStore* database_ = nullptr;  // null: it asks none
    std::optional<engine::RandomStream> ttl_draws_;
    CacheDuty duty_ = CacheDuty::serve;
    engine::Roster<CacheCommand> commands_;  // on their way to this node, or in it
};

}  // namespace faultline::models
