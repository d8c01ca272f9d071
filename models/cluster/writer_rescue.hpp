// How a cluster gets a writer again that has nobody to promote. Three ways, whichever ends first:
//
//   restart    the old writer's host stands, or is there again: its process restarts in place
//   rebuild    the zone stands and the host does not: the control plane makes a writer anew in the zone
//   elsewhere  the zone is lost: an operator is paged after a while, decides, and has a writer made in another zone.
//              By itself nobody does that
//
// What has begun goes on when the control plane falls ill; nothing begins meanwhile. A way whose ground is gone (the
// host or the zone is lost again) begins anew when it is there again. An operator who finds the zone back when he has
// decided orders nothing.
// Sources: Aurora User Guide, High availability: without a replica the writer is made anew in the same zone, and after
// the loss of the zone one has to be made in another by hand. Figures: FailoverShape.
#pragma once

#include <cstdint>

#include "engine/random/stream.hpp"
#include "models/alarm.hpp"
#include "models/cluster/failover_shape.hpp"

namespace faultline::models {

class WriterRescue {
public:
    enum class Way : std::uint8_t { none, restart, rebuild, elsewhere };
    enum class Doing : std::uint8_t { nothing, restarting, rebuilding, unnoticed, deciding, adding };
    // As it is now.
    struct Seen {
        bool host_stands, zone_stands, control_plane_acts;
    };

    // `rebuilds`: draws of the control plane's rebuild; `draws`: of all else.
    WriterRescue(const FailoverShape& shape, engine::RandomStream& rebuilds, engine::RandomStream& draws)
        : shape_(shape), rebuilds_(rebuilds), draws_(draws), alarm_(shape.elsewhere.alarm_after) {}

    // Which way has ended by now; none: go on, and look again at next_end() or when something else has changed.
    Way look(const Seen& seen, engine::Instant now);
    engine::Instant next_end() const;
    // What is under way that will end first.
    Doing doing() const { return doing_; }

private:
    void operators_part(const Seen& seen, engine::Instant now);
    Doing now_doing(const Seen& seen) const;

    const FailoverShape& shape_;
    engine::RandomStream& rebuilds_;
    engine::RandomStream& draws_;
    Alarm alarm_;
    // end_of_time: it has not begun.
    engine::Instant restarted_ = engine::end_of_time;
    engine::Instant rebuilt_ = engine::end_of_time;
    engine::Instant decided_ = engine::end_of_time;
    engine::Instant added_ = engine::end_of_time;
    Doing doing_ = Doing::nothing;
};

}  // namespace faultline::models
