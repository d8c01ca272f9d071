// From names to a topology: regions with their zones, offices in cities, every link with the figures of a profile.
//
//   zones of one region   a full mesh, each pair with its own round trip        (InterZone, BFD)
//   regions               a full mesh of the provider's backbone                (Backbone, BFD)
//   office                one or two access lines to its exchange, from there one path to each region: the internet
//                         (BGP), or a private carrier for MPLS and Direct Connect (Backbone's jitter, BGP)
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/network/profile.hpp"
#include "models/topology.hpp"

namespace faultline::models {

struct RegionPlan {
    std::string code;                // "us-east-1"
    std::vector<std::string> zones;  // "a", "b": the zones are named "us-east-1a", …
};

struct SitePlan {
    std::string name;                    // "boston"
    std::string city;                    // "Boston, US"
    std::string access = "fibre";        // NetworkProfile::access_kinds()
    std::string backup_access = "none";  // a second line, used when the first is known to be down
    bool vpn = false;                    // an IPsec tunnel over the internet
    // The office's own draw of internet jitter (NetworkProfile::draw_internet_jitter); without it, the typical path.
    std::optional<JitterModel> internet_jitter = std::nullopt;
};

struct NetworkPlan {
    std::vector<RegionPlan> regions;
    std::vector<SitePlan> sites;
    engine::BitsPerSecond backbone_bandwidth = unlimited_bandwidth;    // between two regions, each way
    engine::BitsPerSecond inter_zone_bandwidth = unlimited_bandwidth;  // between two zones, each way
};

struct WiredNetwork {
    Topology topology;
    std::vector<PlaceId> regions;             // in the order of the plan
    std::vector<std::vector<PlaceId>> zones;  // of each region
    std::vector<PlaceId> sites;
    std::vector<std::vector<LinkId>> access;  // of each site: the line, and its backup if there is one
};

// Sealed and ready. Unknown names do not stop it: all are put into `unknown`, and what they name is left out.
WiredNetwork wire_network(const NetworkProfile& profile, const NetworkPlan& plan, std::vector<UnknownName>& unknown);

}  // namespace faultline::models
