#include "models/cluster/backups/volume_restore.hpp"

#include <algorithm>

#include "models/cluster/protection_groups.hpp"
#include "models/retry_pause.hpp"

namespace faultline::models {

using engine::Bytes;
using engine::Duration;

VolumeRestore::VolumeRestore(engine::Simulation& simulation, engine::Component& owner, Transfers& transfers,
                             const Topology& topology, RestoreShape shape)
    : simulation_(simulation),
      owner_(owner),
      transfers_(transfers),
      topology_(topology),
      shape_(std::move(shape)),
      draws_(simulation.stream(owner.path(), "restore")) {
    SIM_CHECK(shape_.nodes_per_zone >= 1 && !shape_.zones.empty() && shape_.size.count > 0);
}

engine::Process<> VolumeRestore::fill() {
    const engine::Instant instances_there = simulation_.now() + shape_.instances.sample_duration(draws_);
    for (const PlaceId zone : shape_.zones) {
        for (int node = 0; node < shape_.nodes_per_zone; ++node) {
            const Bytes share = share_of(node);
            if (share.count == 0) continue;
            ++unfilled_;
            simulation_.spawn(owner_, fill_node(zone, share));
        }
    }
    while (unfilled_ > 0) {
        engine::Condition::Wait node(filled_);
        co_await node;
    }
    co_await simulation_.delay(std::max(Duration::zero(), instances_there - simulation_.now()));
}

// Segments whose zone is gone are put into another one.
engine::Process<> VolumeRestore::fill_node(PlaceId zone, Bytes size) {
    for (;;) {
        TransferSpec spec{shape_.object_storage, zone, size};
        spec.options.window = fleet_window;
        spec.options.rate_most = shape_.node_rate;
        for (const PlaceId other : shape_.zones) {
            if (topology_.alive(spec.to)) break;
            spec.to = other;
        }
        const FlowOutcome outcome = co_await transfers_.transfer(spec);
        if (outcome == FlowOutcome::Completed || given_up_) break;
        co_await simulation_.delay(retry_pause);
    }
    --unfilled_;
    filled_.notify_all();
}

engine::Process<> VolumeRestore::recover(Bytes log) {
    co_await simulation_.delay(shape_.recovery.sample_duration(draws_) + apply_time(log));
}

Duration VolumeRestore::apply_time(Bytes log) const {
    return engine::transmission_time(log, shape_.log_apply);
}

Bytes VolumeRestore::share_of(int node) const {
    const std::int64_t groups = (shape_.size.count + group_size.count - 1) / group_size.count;
    const std::int64_t last = shape_.size.count - (groups - 1) * group_size.count;
    Bytes share{};
    for (std::int64_t segment = node; segment < groups * shape_.copies_per_zone; segment += shape_.nodes_per_zone) {
        const bool of_last_group = segment % groups == groups - 1;
        share.count += of_last_group ? last : group_size.count;
    }
    return share;
}

}  // namespace faultline::models
