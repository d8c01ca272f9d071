// Snapshots of a warehouse: at an interval, or sooner after so much has changed; each is what has changed since the one
// before, and its copy to another region is a flow of that size. What the other region has is the newest whose copy has
// arrived. Sources: docs/models/warehouse.md. Leaves out: retention, a restore from one, the first full copy.
#pragma once

#include <functional>
#include <optional>

#include "models/network/transfers.hpp"

namespace faultline::models {

struct WarehouseSnapshotShape {
    engine::Duration interval{};     // above 0
    double changes_bytes = 0.0;      // of all nodes
    std::optional<PlaceId> copy_to;  // the border of a region
};

class WarehouseSnapshots {
public:
    // `storage`: of the warehouse's region. `bytes`: loaded since the start of the run.
    WarehouseSnapshots(engine::Simulation& simulation, engine::Component& owner, Transfers& transfers, PlaceId storage,
                       WarehouseSnapshotShape shape, std::function<double()> bytes);
    void begin();

    std::uint64_t taken() const { return taken_; }
    std::uint64_t copied() const { return copied_; }
    // How old what the other region has was at most, since the last reset; 0 where there is none.
    engine::Duration copy_age_most(engine::Instant now);
    void reset_statistics(engine::Instant now);

private:
    engine::Process<> take();
    engine::Process<> copy();

    engine::Simulation& simulation_;
    engine::Component& owner_;
    Transfers& transfers_;
    PlaceId storage_;
    WarehouseSnapshotShape shape_;
    std::function<double()> bytes_;
    engine::Condition news_;
    engine::Instant newest_{};
    double newest_bytes_ = 0.0;
    engine::Instant newest_copied_{};
    double copied_bytes_ = 0.0;
    engine::Duration copy_age_most_{};
    std::uint64_t taken_ = 0;
    std::uint64_t copied_ = 0;
};

}  // namespace faultline::models
