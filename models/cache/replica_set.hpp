// The nodes of one shard: a primary and replicas that follow it asynchronously, one of which takes over when it is
// lost.
//
//   serving --primary lost--> detecting --> promoting (by the service) or electing (by the cluster) --> serving
//                                      \--> lost (nobody has the data): the first node that is there serves, empty
//
// The data stay in one store, the primary's. A write goes out to each replica with its answer, and is there half a
// round trip later, in order; the set knows when, with neither an event nor a second store (change_log.hpp). At a
// takeover what the successor had not received is undone: acknowledged, and lost. A process that dies has handed all to
// its kernel, so that only the loss of a host or zone loses writes; packets then under way are lost with it (the worse
// assumption, as for standbys).
//
// A node that returns is a replica: after a pause of the primary, which forks, all its data go over the network. A
// primary that returns before anybody has missed it is the primary still, and empty; so are its replicas then. One that
// follows another primary after a takeover goes on where it was, unless it has what the new one has not, or lacks more
// than the backlog.
//
// Sources: Redis documentation, Cluster specification and Replication; valkey.conf; docs/models/cache.md.
// A primary that is cut off from its region is taken for lost: whoever is with it goes on to write until the successor
// serves, and all that is undone. Then it redirects, as one that has lost the majority does, and comes back as a
// replica. Leaves out: reads from replicas, min-replicas-to-write, a service's primary that goes on behind a cut, split
// votes, access clocks of a successor, which has seen no reads (here it has the old primary's).
#pragma once

#include <string>
#include <vector>

#include "engine/random/distributions.hpp"
#include "models/cache/node.hpp"
#include "models/network/transfers.hpp"

namespace faultline::models {

class CacheGroup;
class GlobalDatastore;

struct ReplicaSetShape {
    bool by_cluster = false;                                               // else by the vendor's service
    engine::Distribution detection = engine::Distribution::constant(0.0);  // seconds; by the service
    engine::Distribution promotion = engine::Distribution::constant(0.0);  // seconds; by the service
    Duration node_timeout = std::chrono::seconds{15};                      // > 0; by the cluster
    Duration fork_per_gib = std::chrono::milliseconds{10};
    Duration sync_delay = std::chrono::seconds{5};
    Bytes backlog{10'000'000};
    Bytes output_buffer{256'000'000};
};

struct ReplicaSetCounters {
    std::uint64_t acknowledged = 0;  // writes that changed something
    std::uint64_t lost = 0;          // of these, at takeovers
    std::uint64_t keys_lost = 0;     // whole data sets, by keys: nobody else had them
    std::uint64_t failovers = 0;
    std::uint64_t full_syncs = 0;
};

class ReplicaSet {
public:
    ReplicaSet(engine::Simulation& simulation, const Transport& transport, Transfers& transfers, std::string path,
               const ReplicaSetShape& shape, CacheGroup& group, std::size_t shard);

    // Building: the first one is the primary.
    void add(CacheNode& node);

    // Its nodes tell it: of a command that changes keys and is executed then; that they are lost (true: keep the data,
    // somebody has them); that they are there again, empty.
    void begin_write(Instant at) { changes_.begin_command(at); }
    void end_write(Instant at, Bytes value);
    std::uint64_t changes() const { return changes_.next(); }  // so far
    bool lost(CacheNode& node, engine::Health how);
    void back(CacheNode& node);
    // A cut has come or gone that may keep the primary, which is well, from those who decide.
    void reach_changed();

    // For a data set of several regions (global_datastore.hpp): it is a part of one; before a command; its log is kept
    // while somebody follows it; what it takes from the primary's region, one key, nothing, or all.
    void belongs_to(GlobalDatastore& global);
    void catch_up();
    void record();
    void take(const CacheEntry& entry, Instant at);
    void take_nothing();
    void take_all_of(const Store& other);

    CacheNode& primary() const { return *members_[primary_].node; }
    CacheNode* a_replica() const;  // that is there, the first; null: none
    std::size_t replicas_in_sync() const;
    const ReplicaSetCounters& counters() const { return counters_; }
    std::size_t memory_bytes() const { return (changes_.next() - changes_.first()) * sizeof(KeyChange); }

private:
    enum class State : std::uint8_t { serving, detecting, replacing, lost };
    // One write on its way to a replica.
    struct Sent {
        Instant arrives{};
        std::uint64_t end = 0;  // the number after its last change
    };
    struct Member {
        CacheNode* node = nullptr;
        bool in_sync = false;        // follows the primary
        std::uint64_t received = 0;  // changes below this number
        engine::Ring<Sent> under_way{};
        Instant last_arrival{};
    };

    engine::Process<> fail_over(std::uint32_t epoch);
    engine::Process<> elect(std::uint32_t epoch);
    engine::Process<> wait_for_reach(std::uint32_t epoch);
    bool out_of_reach(const CacheNode& node) const;  // of those who decide
    void leave_behind(Member& member);
    engine::Process<> fill(std::size_t number);

    void send(Member& member, Instant at, Bytes value);
    void receive(Member& member, Instant now) const;
    void forget_what_all_have();
    void tell_other_regions(std::uint64_t first, Instant at, Bytes value);
    void tell_of_loss();
    void forget_changes();
    bool leads() const;             // other regions follow it
    bool follows() const;           // it follows another region
    void drop(std::size_t number);  // a replica that has lost the thread: filled anew, if it is there
    Duration found_dead_after(engine::Health how);
    Duration votes_after(const CacheNode& candidate, std::size_t needed);  // negative: too few are there
    std::size_t successor() const;                                         // nowhere: nobody has the data
    void take_over(std::size_t number);
    void serve_empty(std::size_t number);
    void follow(Member& member, std::uint64_t received_by_primary);
    void enter(State state, std::string_view name);
    std::size_t number_of(const CacheNode& node) const;

    engine::Simulation& simulation_;
    const Transport& transport_;
    Transfers& transfers_;
    engine::Component component_;
    ReplicaSetShape shape_;
    CacheGroup& group_;
    GlobalDatastore* global_ = nullptr;  // null: of one region
    std::vector<ToldChange> told_;       // reused
    std::size_t shard_;
    engine::RandomStream stream_draws_;
    engine::RandomStream failover_draws_;
    std::vector<Member> members_;
    std::size_t primary_ = 0;
    State state_ = State::serving;
    std::uint32_t epoch_ = 0;  // of the primary: another one, or lost
    Instant lost_at_{};
    engine::Health lost_how_ = engine::Health::silent;
    bool cut_off_ = false;  // the primary is taken for lost, and is not
    ChangeLog changes_;
    std::uint64_t counted_ = 0;        // changes below this number are in the counters
    std::int64_t streamed_bytes_ = 0;  // to replicas, so far
    ReplicaSetCounters counters_;
};

}  // namespace faultline::models
