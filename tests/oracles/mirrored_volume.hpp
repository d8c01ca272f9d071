// A block volume that is mirrored to another zone, as plain MySQL has it in a deployment over two zones:
//
//   node --1--> block store --2--> its mirror        in the node's zone, acknowledged by both
//     \--3--> standby --4--> block store --5--> its mirror        in the other zone
//
// A write is there when the whole chain is: 1, 3 and 5 wait for each other, so that the slowest of four servers decides
// (a write quorum of 4 of 4). Each write of at most `largest` is one I/O of the node; those of the chain behind it are
// counted apart, as the publication does. Source: Verbitski et al., SIGMOD 2017, section 3.1, figure 2; section 3.2.
// Leaves out: failures, queues of the servers, limits on I/Os a second. No events but the wait of who writes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/random/distributions.hpp"
#include "engine/simulation.hpp"
#include "models/network/transport.hpp"
#include "models/request.hpp"

namespace faultline::models {

enum class WriteKind : std::uint8_t { redo, binary_log, page, double_write, metadata };
inline constexpr std::size_t write_kinds = 5;

struct MirroredVolumeShape {
    PlaceId node{};
    std::optional<PlaceId> standby{};                                  // none: a volume in one zone
    engine::Distribution write = engine::Distribution::constant(0.0);  // seconds, of one server of the block store
    // Of one I/O, above 0. Source: EBS User Guide, I/O characteristics: 256 KiB on SSD.
    Bytes largest{256 * 1024};
};

struct WriteCounts {
    std::array<std::uint64_t, write_kinds> of_node{};  // by WriteKind
    std::uint64_t in_block_stores = 0;                 // by all servers of them
    std::uint64_t across_zones = 0;

    std::uint64_t node() const {
        std::uint64_t sum = 0;
        for (const std::uint64_t one : of_node) sum += one;
        return sum;
    }
    std::uint64_t of(WriteKind kind) const { return of_node[static_cast<std::size_t>(kind)]; }
};

class MirroredVolume {
public:
    MirroredVolume(engine::Simulation& simulation, const Transport& transport, const std::string& path,
                   MirroredVolumeShape shape);

    // `writes` of `size` each, all at once. Returns when the last is durable. Requires: writes >= 1, size > 0.
    engine::Process<> write(WriteKind kind, Bytes size, int writes = 1);

    const WriteCounts& counts() const { return counts_; }
    void reset_statistics() { counts_ = {}; }

private:
    Duration chain(Bytes size);
    Duration stored_twice(PlaceId from, PlaceId zone, Bytes size);

    engine::Simulation& simulation_;
    const Transport& transport_;
    MirroredVolumeShape shape_;
    engine::RandomStream draws_;
    WriteCounts counts_;
};

}  // namespace faultline::models
