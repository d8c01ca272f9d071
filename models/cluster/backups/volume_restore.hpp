// A new volume from object storage: every storage node reads its segments at once, at the rate of its share of the
// network card, while the new instances are made; then the writer recovers, the longer the more log there is to apply.
// Nothing is loaded later.
//
//   filling (flows to every node; instances beside them) --> recovering --> done
//
// Sources: docs/models/backups.md. Leaves out: throttling by the object storage, heat of its partitions.
#pragma once

#include <vector>

#include "engine/random/distributions.hpp"
#include "models/network/transfers.hpp"

namespace faultline::models {

struct RestoreShape {
    PlaceId object_storage{};
    std::vector<PlaceId> zones;
    int nodes_per_zone = 1;
    int copies_per_zone = 2;
    engine::Bytes size{};                  // of one copy of the volume
    engine::BitsPerSecond node_rate{1e9};  // above 0
    engine::Distribution instances = engine::Distribution::constant(0.0);
    engine::Distribution recovery = engine::Distribution::constant(0.0);
    engine::BitsPerSecond log_apply{1e9};  // above 0
};

class VolumeRestore {
public:
    VolumeRestore(engine::Simulation& simulation, engine::Component& owner, Transfers& transfers,
                  const Topology& topology, RestoreShape shape);

    // Ends when the volume is filled and the instances are there.
    engine::Process<> fill();
    // Ends when the new writer has applied the log, and is ready.
    engine::Process<> recover(engine::Bytes log);

    void move_to(PlaceId region, const std::vector<PlaceId>& zones) {
        shape_.object_storage = region;
        shape_.zones = zones;
    }

    // The region is given up: what cannot be filled is left.
    void give_up() { given_up_ = true; }

    engine::Duration apply_time(engine::Bytes log) const;
    // What node `node` of each zone is given: whole segments, dealt in turn.
    engine::Bytes share_of(int node) const;

private:
    engine::Process<> fill_node(PlaceId zone, engine::Bytes size);

    engine::Simulation& simulation_;
    engine::Component& owner_;
    Transfers& transfers_;
    const Topology& topology_;
    RestoreShape shape_;
    engine::RandomStream draws_;
    engine::Condition filled_;
    int unfilled_ = 0;  // nodes
    bool given_up_ = false;
};

}  // namespace faultline::models
