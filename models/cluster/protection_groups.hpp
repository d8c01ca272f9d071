// Which storage nodes hold what: a volume is a row of protection groups of 10 GB, each with a segment on two nodes of
// every zone. A lost node takes the segments that it holds, and no others; a group keeps its quorums by itself.
//
// A change of a group's members is two steps, each an epoch: the new member is taken in while the old one is still
// named, then the old one is dropped. Neither stops a read or a write.
//
// Sources: SIGMOD 2017 (storage_volume.hpp), section 2.2; the epochs after A. Verbitski et al., SIGMOD 2018, as
// summarised in The Morning Paper, 2019.
// Leaves out: full and tail segments, the epochs' own quorum writes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/random/stream.hpp"
#include "engine/simulation.hpp"
#include "models/cluster/storage_node.hpp"

namespace faultline::models {

using engine::Bytes;
using engine::Duration;
using engine::Instant;

inline constexpr std::size_t copies_max = 12;
inline constexpr Bytes group_size{10'000'000'000};
inline constexpr std::uint32_t no_node = 0xffff'ffff;
inline constexpr std::uint64_t no_batch = ~std::uint64_t{0};

struct Segment {
    std::uint32_t node = no_node;
    std::uint32_t replacement = no_node;  // the node that is being given what was lost
    Instant died = engine::end_of_time;   // end_of_time: alive and complete but for log under way
};

struct ProtectionGroup {
    std::array<Segment, copies_max> segments;
    std::uint16_t alive = 0;  // bit i: segment i
    std::uint32_t epoch = 1;
    std::uint64_t newest_batch = no_batch;    // of log, sent to this group (log_batches.hpp)
    Instant newest_departs = Instant::min();  // that of it
};

struct GroupShape {
    int copies_per_zone = 2;  // copies_per_zone * zones <= copies_max
    int nodes_per_zone = 2;   // >= copies_per_zone
    int write_quorum = 4;
    int read_quorum = 3;
};

class ProtectionGroups {
public:
    ProtectionGroups(engine::Simulation& simulation, const std::string& path, const std::vector<PlaceId>& zones,
                     const std::vector<std::string>& zone_names, const GroupShape& shape);

    // The volume has `size` bytes, at least one: groups are added, never taken away.
    void grow_to(Bytes size);
    Bytes size() const { return size_; }
    Bytes bytes_in(std::uint32_t group) const;

    std::uint32_t count() const { return static_cast<std::uint32_t>(groups_.size()); }
    std::size_t copies() const { return copies_; }
    ProtectionGroup& operator[](std::uint32_t group) { return groups_[group]; }
    const ProtectionGroup& operator[](std::uint32_t group) const { return groups_[group]; }
    const std::vector<std::unique_ptr<StorageNode>>& nodes() const { return nodes_; }
    StorageNode& node_of(const Segment& segment) { return *nodes_[segment.node]; }
    const StorageNode& node_of(const Segment& segment) const { return *nodes_[segment.node]; }
    static bool alive(const ProtectionGroup& group, std::size_t copy) { return (group.alive >> copy & 1U) != 0; }

    void lose_segment(std::uint32_t group, std::size_t copy, Instant now);
    // Names who will replace a lost segment: a node of its zone that is up, holds none of the group's and is given
    // nothing else now; the one with the fewest segments. no_node: there is none.
    std::uint32_t candidate_for(std::uint32_t group, std::size_t copy) const;
    void begin_replacement(std::uint32_t group, std::size_t copy, std::uint32_t node);
    void cancel_replacement(std::uint32_t group, std::size_t copy);
    void finish_replacement(std::uint32_t group, std::size_t copy);

    int fewest_alive() const;  // of all groups
    bool whole() const { return segments_lost_ == 0; }
    bool can_write() const { return groups_without_write_ == 0; }
    bool can_read() const { return groups_without_read_ == 0; }
    std::uint32_t groups_lost() const;  // with no segment left: their data is gone

private:
    void add_group();
    std::uint32_t deal(std::size_t zone, const ProtectionGroup& group);
    void set_alive(ProtectionGroup& group, std::size_t copy, bool alive);

    GroupShape shape_;
    std::size_t zones_;
    std::size_t copies_;
    engine::RandomStream placement_;
    std::vector<std::unique_ptr<StorageNode>> nodes_;  // zone by zone
    std::vector<std::vector<std::uint32_t>> order_;    // of each zone: a shuffled deck of its nodes, dealt from the end
    std::vector<ProtectionGroup> groups_;
    Bytes size_{};
    std::uint32_t segments_lost_ = 0;
    std::uint32_t groups_without_write_ = 0;
    std::uint32_t groups_without_read_ = 0;
};

}  // namespace faultline::models
