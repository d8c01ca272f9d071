// One request and its answer between two places, with what the network does to them at this instant.
#pragma once

#include "engine/simulation.hpp"
#include "models/network/gray_path.hpp"
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
    Delays round_trip(const Stand& from, const Stand& to, const Payload& payload, Draws& draws) const {
        return round_trip_on(topology_.path(from.place, to.place), from, to, payload, draws);
    }
    // The same for who has the path at hand.
    template <class Draws>
    Delays round_trip_on(const Path& path, const Stand& from, const Stand& to, const Payload& payload,
                         Draws& draws) const {
        if (topology_.any_gray_machine()) [[unlikely]] {
            const Degradation machines = both_ends(from, to);
            if (!machines.any()) return sample_round_trip(path, payload, draws);
            path.send(payload.request, payload.response);
            return sample_round_trip(gray_.of(path, machines), payload, draws);
        }
        return sample_round_trip(path, payload, draws);
    }

    // How long `exchanges` round trips of set-up take, the first of them a TCP handshake. delivered is false if a
    // packet was lost for good or nothing goes through.
    template <class Draws>
    Delays handshake(const Stand& from, const Stand& to, int exchanges, Draws& draws) const {
        const Path& path = topology_.path(from.place, to.place);
        if (topology_.any_gray_machine()) [[unlikely]] {
            const Degradation machines = both_ends(from, to);
            if (machines.any()) return handshake_on(gray_.of(path, machines), exchanges, draws);
        }
        return handshake_on(path, exchanges, draws);
    }

    // Of the machines at both ends.
    Degradation both_ends(const Stand& from, const Stand& to) const {
        return both_of(topology_.degradation_of(from.machine), topology_.degradation_of(to.machine));
    }

private:
    template <class Draws>
    Delays handshake_on(const Path& path, int exchanges, Draws& draws) const {
        Delays total = sample_connect(path, draws);
        for (int i = 1; i < exchanges && total.delivered; ++i) {
            const Delays next = sample_round_trip(path, Payload{}, draws);
            total.delivered = next.delivered;
            total.forward += next.forward;
            total.back += next.back;
        }
        return total;
    }

    Topology& topology_;
    mutable GrayPath gray_;  // for the exchange that is drawn now
};

}  // namespace faultline::models
