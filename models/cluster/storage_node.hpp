// A storage node: a host with disks in a zone that holds segments of many protection groups. Batches of log come to it
// over one connection, in order, and wait for its disks: a node that holds more of what is hot, or is slow, answers
// later, and the quorum goes on without it.
//
// Leaves out: the steps behind the acknowledgement (sorting, gossip as messages, coalescing, garbage collection), other
// tenants. Log and page reads have queues of their own.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/component.hpp"
#include "models/cluster/service_lanes.hpp"
#include "models/topology.hpp"

namespace faultline::models {

// What a node's SSD works on at once. Source: an assumption.
inline constexpr int disk_lanes = 4;

class StorageNode {
public:
    StorageNode(engine::Simulation& simulation, std::string path, PlaceId at)
        : component(simulation, std::move(path)), place(at) {}

    // When a batch that would reach the node then is on its disk.
    engine::Instant persist(engine::Instant arrival, engine::Duration work) {
        in_order_ = std::max(in_order_, arrival);
        return log_disk.serve(in_order_, slowed(work));
    }
    engine::Duration slowed(engine::Duration work) const {
        return slowdown == 1.0 ? work : engine::duration_from_seconds(engine::in_seconds(work) * slowdown);
    }
    // A reader there asked it for a page, and got no answer: until then he thinks it lost.
    void suspect(PlaceId reader, engine::Instant until) {
        for (Unanswered& one : unanswered_) {
            if (one.reader == reader) {
                one.until = until;
                return;
            }
        }
        unanswered_.push_back({reader, until});
    }
    bool suspected(PlaceId reader, engine::Instant now) const {
        for (const Unanswered& one : unanswered_) {
            if (one.reader == reader) return now < one.until;
        }
        return false;
    }
    // A new writer has connections of its own.
    void connect_anew() { in_order_ = engine::start_of_time; }

    Stand stand() const { return {place, component.number()}; }

    engine::Component component;
    PlaceId place;
    std::uint32_t losses = 0;  // so that who waits for it sees that it was gone, even if it is back
    double slowdown = 1.0;     // > 1: a slow disk, a hot node
    std::uint32_t epoch = 1;   // of the volume, as its segments know it: they accept nothing of an older one
    int segments = 0;          // that it holds, or is being given
    bool sending = false;      // a repair reads from it
    bool receiving = false;    // a repair writes to it
    // Of its page reads, recent ones first, with what its card adds to their way if it is gray.
    double read_s_mean = 0.0;
    ServiceLanes log_disk{disk_lanes};
    ServiceLanes page_disk{disk_lanes};

private:
    struct Unanswered {
        PlaceId reader{};
        engine::Instant until{};
    };
    std::vector<Unanswered> unanswered_;  // at most one of each place
    engine::Instant in_order_{};          // TCP: nothing overtakes what was sent before
};

}  // namespace faultline::models
