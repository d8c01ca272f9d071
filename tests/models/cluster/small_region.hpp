// One region with three zones, measured distances, and nothing in it: where tests put a volume or a cluster.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/simulation.hpp"
#include "models/network/transport.hpp"
#include "models/network/wiring.hpp"

namespace faultline::models {

struct SmallRegion {
    explicit SmallRegion(const std::string& profile = "aws-2025", std::uint64_t seed = 1)
        : network(wire(profile)), transport(network.topology), simulation({engine::Seed{seed}, 1}) {}

    static WiredNetwork wire(const std::string& profile) {
        std::vector<UnknownName> unknown;
        const NetworkPlan plan{.regions = {{"us-east-1", {"a", "b", "c"}}},
                               .sites = {{.name = "boston", .city = "Boston, US"}}};
        return wire_network(*NetworkProfile::named(profile), plan, unknown);
    }

    PlaceId zone(std::size_t i) const { return network.zones[0][i]; }
    const std::vector<PlaceId>& zones() const { return network.zones[0]; }
    std::vector<std::string> zone_names() const { return {"a", "b", "c"}; }

    WiredNetwork network;
    Transport transport;
    engine::Simulation simulation;
};

}  // namespace faultline::models
