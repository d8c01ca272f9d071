// The stages of a failover within a region, and the people who help where it does not go by itself.
#pragma once

#include "engine/random/distributions.hpp"
#include "engine/time.hpp"

namespace faultline::models {

// A failover that makes no progress, until somebody does it by hand.
struct StuckFailover {
    double probability = 0.0;  // of each failover, 0..1
    engine::Distribution noticed_after =
        engine::Distribution::constant(0);                             // seconds: stuck, until an operator sees it
    engine::Distribution by_hand = engine::Distribution::constant(0);  // seconds: seen, until he orders the promotion
};

// A writer in another zone, where the old one's is lost and nobody can be promoted (writer_rescue.hpp).
struct WriterElsewhere {
    engine::Duration alarm_after = engine::Duration::max();             // lost, until an operator is paged; max: never
    engine::Distribution decision = engine::Distribution::constant(0);  // seconds: paged, until he has ordered it
    engine::Distribution add_instance = engine::Distribution::constant(0);  // seconds: ordered, until it is there
};

struct FailoverShape {
    // Seconds. detection: from the first heartbeat missed; dns_update: promoted to published; restart: of a process
    // whose host is there; rebuild: of a writer that nobody can replace.
    engine::Distribution detection = engine::Distribution::constant(0.0);
    engine::Distribution promotion = engine::Distribution::constant(0.0);
    engine::Distribution dns_update = engine::Distribution::constant(0.0);
    engine::Distribution restart = engine::Distribution::constant(0.0);
    engine::Distribution rebuild = engine::Distribution::constant(0.0);
    StuckFailover stuck{};
    WriterElsewhere elsewhere{};
    bool readers_restart = false;  // all of them with the new writer, and with empty memory; else they go on

    // Is the old writer, restarting in place, expected back before a replica could be promoted and published?
    bool restart_is_faster() const { return restart.mean() < promotion.mean() + dns_update.mean(); }
};

}  // namespace faultline::models
