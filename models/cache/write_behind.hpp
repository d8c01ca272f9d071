// Write-behind: a write is set in the cache and answered; the database has it later, from a queue that lies beside the
// keys in the shard's memory and shares their fate. Writes of a key that still waits are one transaction.
//
// What the database lacks when the shard's memory is lost was acknowledged, and is lost: with a node that nobody
// follows all that waits; at a takeover what the successor had not received. What is being written just then counts as
// lost unless its commit is durable already.
//
// Workers, which run with the primary, take the oldest that has waited for `delay`, and try again what the database
// refused. Leaves out: batches of several keys in one transaction, a bound on the queue, writes of a key past the cache
// while it waits (their order), the queue's own memory.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/ring.hpp"
#include "engine/simulation.hpp"
#include "engine/waits.hpp"
#include "models/cache/backing_store.hpp"
#include "models/cache/command.hpp"
#include "models/cluster/number_index.hpp"

namespace faultline::models {

struct WriteBehindShape {
    Duration delay{};        // a write waits at least so long
    int workers = 8;         // >= 1; transactions at a time
    Duration retry_after{};  // > 0; what the database refused
};

struct WriteBehindCounters {
    std::uint64_t accepted = 0;      // writes
    std::uint64_t transactions = 0;  // that the database committed
    std::uint64_t lost = 0;          // writes that were acknowledged
};

class WriteBehind {
public:
    WriteBehind(engine::Simulation& simulation, const WriteBehindShape& shape)
        : simulation_(simulation), shape_(shape) {}

    // The node is the primary from now on: its workers take up what waits. It is lost, or gives way to another one:
    // what they had in hand waits again, unless it is durable, and they take nothing more.
    void serve_from(engine::Component& node, BackingStore& database);
    void stop();

    // A write of this key, if it is accepted now, is in the cache with this version.
    std::uint32_t next_version(std::uint64_t key);
    // `at`: when it is executed and answered. `change`: the number after its changes in the shard's log.
    void accept(const CacheOrder& order, Instant at, std::uint64_t change);

    // While nobody works: the shard's memory is gone, or what is in its log beyond a number, of a primary lost then.
    void lose_all(Instant lost_at) { lose(nullptr, lost_at); }
    void lose_beyond(std::uint64_t change, Instant lost_at) { lose(&change, lost_at); }

    // How far the database is behind what was answered.
    Duration exposure(Instant now) const;
    std::size_t unwritten() const { return waiting_.size() + again_.size() + in_hand_.size(); }  // transactions
    const WriteBehindCounters& counters() const { return counters_; }

private:
    // Writes of one key that one transaction will write.
    struct Entry {
        std::uint64_t key = 0;
        std::uint64_t change = 0;  // of the last
        std::uint32_t writes = 0;
        ClassId by = 0;  // the last
        Instant first{}, last{};
    };
    // What a worker has taken, in its frame.
    struct InHand {
        Entry entry;
        RequestRef request;
    };
    engine::Process<> work();
    Entry take();
    void done(InHand& hand);
    Entry* waiting_for(std::uint64_t key);
    void wait(const Entry& entry);
    void lose(const std::uint64_t* beyond, Instant lost_at);
    auto key_of() {
        return [this](NumberIndex::Place place) { return entry_at(place)->key; };
    }
    // Tickets of what waits, modulo 2^32: it is less than that.
    Entry* entry_at(NumberIndex::Place place) {
        const auto first = static_cast<NumberIndex::Place>(waiting_.first_ticket());
        return waiting_.find(waiting_.first_ticket() + static_cast<NumberIndex::Place>(place - first));
    }

    engine::Simulation& simulation_;
    WriteBehindShape shape_;
    BackingStore* database_ = nullptr;  // of the primary
    engine::Ring<Entry> waiting_;       // the oldest first
    NumberIndex by_key_;                // of what waits
    std::vector<Entry> again_;          // was in hand when the primary was lost: before all others
    std::vector<InHand*> in_hand_;
    engine::Condition arrived_;
    std::uint32_t shift_ = 0;  // of workers: those of one that is over end
    WriteBehindCounters counters_;
};

}  // namespace faultline::models
