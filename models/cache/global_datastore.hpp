// One data set of a cache over several regions: the primary region's nodes take writes, those of the others follow
// asynchronously and are read. A promotion to another region is by hand.
//
//   following --nobody of the primary's region answers--> alarm --> deciding --> promoting --> following
//                                                                        \--> following (it is back)
//
// A change goes out to each region with its answer, and is there half a round trip later, in order; a region applies
// what has arrived before its next command, so that a change costs no event. Evictions go with it, as deletions do.
// What is under way when a region is lost is lost with it, and acknowledged; after a promotion the other regions, the
// old one too when it is back, throw away what they have and are filled anew over the network, refusing commands
// meanwhile. So is a node that comes back, and one whose stream broke.
//
// Services read in their own region and write in the primary's; they hear of a promotion when it is done.
// Sources: docs/models/cache.md. Leaves out: a partial resynchronisation over regions, adding and removing regions,
// what a promoted region's local replicas have not received.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/random/distributions.hpp"
#include "models/cache/group.hpp"
#include "models/network/transfers.hpp"

namespace faultline::models {

struct GlobalDatastoreShape {
    Duration alarm_after{};  // nobody answers for so long, until an operator is paged
    engine::Distribution decision = engine::Distribution::constant(0.0);   // seconds; of the operator
    engine::Distribution promotion = engine::Distribution::constant(0.0);  // seconds; ordered, until it takes writes
    Duration fork_per_gib = std::chrono::milliseconds{10};
    Duration sync_delay = std::chrono::seconds{5};
};

struct GlobalDatastoreCounters {
    std::uint64_t lost = 0;  // acknowledged writes that the promoted region did not have
    std::uint64_t promotions = 0;
    std::uint64_t full_syncs = 0;
};

class GlobalDatastore {
public:
    GlobalDatastore(engine::Simulation& simulation, const Transport& transport, Transfers& transfers, std::string path,
                    const GlobalDatastoreShape& shape);

    // Building: the first is the primary. A set for each shard, the same number of shards in each.
    void add(CacheGroup& group, PlaceId region);
    void begin();

    CacheGroup& primary() { return *regions_[primary_].group; }
    bool is_primary(const CacheGroup& group) const { return regions_[primary_].group == &group; }
    const GlobalDatastoreCounters& counters() const { return counters_; }

    // The sets tell it. What keys of a shard are now, after a command that was executed then.
    void changed(const CacheGroup& group, std::size_t shard, Instant at, Bytes value,
                 std::span<const ToldChange> changes);
    // Its node serves, and has nothing.
    void emptied(const CacheGroup& group, std::size_t shard);
    // Nobody there has it any more. With a host what is under way is lost; of a process what was executed arrives.
    void lost(const CacheGroup& group, std::size_t shard, Instant at, engine::Health how);
    // A command is about to be executed.
    void catch_up(const CacheGroup& group, std::size_t shard);

private:
    struct Sent {
        Instant executed{};
        Instant arrives{};
        ToldChange change;
        bool clear = false;
    };
    // To one shard of a region.
    struct Stream {
        engine::Ring<Sent> under_way{};
        Instant last_arrival{};
        bool follows = true;
        std::uint64_t lacks =
            0;  // acknowledged writes that it will not have: lost under way, or kept back since it broke
    };
    struct Region {
        CacheGroup* group = nullptr;
        PlaceId place{};
        std::vector<Stream> streams{};  // by shard
    };

    engine::Process<> watch();
    engine::Process<bool> primary_answers();
    engine::Process<> fill(std::size_t region, std::size_t shard, std::uint32_t epoch);

    std::size_t region_of(const CacheGroup& group) const;
    std::size_t successor() const;  // nowhere: no region can be reached
    void promote(std::size_t region);
    static void prefetch_next(const Region& region, std::size_t shard);
    static std::uint64_t writes_under_way(Stream& stream);
    void begin_anew(std::size_t region, std::size_t shard);
    void deliver(std::size_t region, std::size_t shard, Instant now);
    void send(std::size_t region, std::size_t shard, Instant at, Bytes value, std::span<const ToldChange> changes);

    engine::Simulation& simulation_;
    const Transport& transport_;
    Transfers& transfers_;
    engine::Component component_;
    GlobalDatastoreShape shape_;
    engine::RandomStream stream_draws_;
    engine::RandomStream operator_draws_;
    std::vector<Region> regions_;
    std::size_t primary_ = 0;
    std::uint32_t epoch_ = 0;  // of the primary
    GlobalDatastoreCounters counters_;
};

}  // namespace faultline::models
