// Repair of lost segments: each is copied, over the network, from a node that holds one of the same group to another
// node of its zone. A node sends one segment and takes one at a time, at the rate of its network card; many nodes do
// so side by side, so a lost node is made good in about the time of one segment if its segments lie on many others.
//
//   lost --noticed--> waiting for nodes --> copied --> restored
//                            ^-- the source or the new node died --/
//
// A segment whose zone has no node for it waits for one. A group with no segment left cannot be repaired.
// Sources: SIGMOD 2017 (storage_volume.hpp), section 2.2.
// Leaves out: moving segments from hot nodes; a zone that is gone for good.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "models/cluster/storage_volume.hpp"
#include "models/network/transfers.hpp"

namespace faultline::models {

struct RepairShape {
    // By missed heartbeats. Source: an assumption, of the order of the 10 s that the repair itself takes.
    Duration noticed_after = std::chrono::seconds{3};
    // Of a storage node's network card. Source: SIGMOD 2017, section 2.2: 10 GB in 10 s.
    engine::BitsPerSecond node_rate{10e9};
};

class SegmentRepair {
public:
    SegmentRepair(engine::Simulation& simulation, const std::string& path, Transfers& transfers,
                  const Transport& transport, StorageVolume& volume, RepairShape shape = {});

    // The volume has lost this node (StorageVolume::lose), or has it back: repairs that wait may go on.
    void node_lost(std::uint32_t node);
    void node_back();
    // Ends when all that this node held has been restored.
    engine::Process<> all_restored(std::uint32_t node);

    // Told after each segment restored.
    std::function<void()> on_restored;
    std::uint64_t restored() const { return restored_; }

private:
    struct Copied {
        Duration travel{};
        bool completed = false;
    };
    engine::Process<> repair(std::uint32_t group, std::size_t segment, std::uint32_t lost);
    engine::Process<> fill(std::uint32_t group, std::uint32_t to);
    engine::Process<Copied> copy(std::uint32_t source, std::uint32_t target, Bytes size);
    std::uint32_t source_for(std::uint32_t group, PlaceId to) const;

    engine::Simulation& simulation_;
    Transfers& transfers_;
    const Transport& transport_;
    StorageVolume& volume_;
    RepairShape shape_;
    engine::Component component_;
    engine::Condition changed_;              // a node is free, lost or back
    std::vector<std::uint32_t> unrestored_;  // segments, of each lost node
    std::uint64_t restored_ = 0;
};

}  // namespace faultline::models
