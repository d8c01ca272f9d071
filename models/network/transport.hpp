// One request and its answer between two places, with what the network does to them at this instant.
#pragma once

#include "engine/simulation.hpp"
#include "models/network/round_trip.hpp"
#include "models/topology.hpp"

namespace faultline::models {

// Where a component stands, and how to reach the others from there.
class Transport {
public:
    explicit Transport(Topology& topology) : topology_(topology) {}

    Topology& topology() const { return topology_; }
    const Path& path(PlaceId from, PlaceId to) const { return topology_.path(from, to); }

    template <class Draws>
    Delays round_trip(PlaceId from, PlaceId to, const Payload& payload, Draws& draws) const {
        const Path& path = topology_.path(from, to);
        return sample_round_trip(path, payload, draws);
    }

    // How long `exchanges` round trips of set-up take, the first of them a TCP handshake. delivered is false if a
    // packet was lost for good or nothing goes through.
    template <class Draws>
    Delays handshake(PlaceId from, PlaceId to, int exchanges, Draws& draws) const {
        const Path& path = topology_.path(from, to);
        Delays total = sample_connect(path, draws);
        for (int i = 1; i < exchanges && total.delivered; ++i) {
            const Delays next = sample_round_trip(path, Payload{}, draws);
            total.delivered = next.delivered;
            total.forward += next.forward;
            total.back += next.back;
        }
        return total;
    }

private:
    Topology& topology_;
};

}  // namespace faultline::models
