// A network profile: the measured round trips between regions, zones and cities, what an office's access adds, and the
// jitter and loss of each class of link. Built from the files of scenarios/profiles (source and date of each: README.md
// there). All round trips are medians without jitter; half is the one-way delay.
//
// It leaves out drift over weeks (2 % a month) and the state of cables (af-south-1 flips between two routes to Asia).
#pragma once

#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "engine/time.hpp"
#include "models/network/geography.hpp"
#include "models/network/jitter.hpp"
#include "models/network/lookup.hpp"

namespace faultline::models {

// A round trip and where it comes from: "measured" figures and estimates must not look alike in a report.
struct RoundTripEstimate {
    engine::Duration round_trip{};
    std::string basis;  // "measured 2025", "probe within 150 km, 2020", "distance model", …
};

// What lies between an office and the network that carries its traffic.
struct Access {
    std::string kind;               // "fibre"
    engine::Duration round_trip{};  // added to every round trip
    LinkClass link_class{};         // its jitter and loss
    bool private_network = false;   // MPLS and Direct Connect: beyond it lies a carrier's backbone, not the internet
    engine::BitsPerSecond bandwidth{};
    std::string basis;  // rows of access_latency.csv and jitter_model.csv, and their sources
};

struct ProfileOptions {
    // Factor on every spike probability. The fitted tail is probably too heavy (README.md): 0.2 to 1 is sensible.
    double spike_multiplier = 1.0;  // >= 0; a product above 1 counts as 1
};

class NetworkProfile {
public:
    // Regions and zones as measured on AWS: inter-region medians of 2025, zones 2019, cities 2020.
    static NetworkProfile aws_2025(ProfileOptions options = {});
    // The same names, every round trip 0, no jitter, no loss, no limit of bandwidth: what is left is not the network.
    static NetworkProfile zero();
    // "aws-2025" or "zero".
    static Lookup<NetworkProfile> named(std::string_view name, ProfileOptions options = {});
    static const std::vector<std::string>& names();

    const std::string& name() const { return name_; }

    // Between two regions, border to border plus 1.0 ms for the way inside them. A pair that was not measured (7 of 39
    // regions) is estimated by distance, and says so. From a region to itself: 1.0 ms, the median between its zones.
    Lookup<RoundTripEstimate> region_round_trip(std::string_view a, std::string_view b) const;

    // Between zones i and j of a region, counted from 0: the measured pairs in alphabetical order, where there are any;
    // else the region's median; else 1.0 ms, the median of all. Within one zone: 0.1 ms. Requires i, j >= 0.
    Lookup<RoundTripEstimate> zone_round_trip(std::string_view region, int i, int j) const;

    // From a city to a region, data centre to data centre: the last mile (access) comes on top.
    Lookup<RoundTripEstimate> site_round_trip(std::string_view city, std::string_view region) const;
    // The same for a position: the nearest city of the table if it lies within 100 km, else the distance model.
    Lookup<RoundTripEstimate> site_round_trip(const Location& site, std::string_view region) const;

    // fibre, cable, dsl, lte, leo-satellite, mpls, direct-connect, none.
    Lookup<Access> access(std::string_view kind) const;
    // What an IPsec tunnel adds to a round trip, and the most that one carries.
    engine::Duration vpn_round_trip() const { return vpn_round_trip_; }
    engine::BitsPerSecond vpn_bandwidth() const { return vpn_bandwidth_; }

    const JitterModel& jitter(LinkClass link_class) const { return jitter_[static_cast<std::size_t>(link_class)]; }

    // The internet between one office and the regions. Paths differ more than packets on one path do, so the scale is
    // drawn once per office: one in ten is a bad path, the others have a body median from a lognormal of median 0.22 ms
    // and sigma 1.3. Four uniforms at most; draw it from the office's own stream.
    template <typename Generator>
    JitterModel draw_internet_jitter(Generator& generator) const {
        constexpr double bad_share = 0.1;
        constexpr double scale_sigma = 1.3;
        if (generator.uniform() < bad_share) return jitter(LinkClass::InternetBad);
        boost::random::normal_distribution<double> normal;
        JitterModel model = jitter(LinkClass::InternetTypical);
        model.body_median_s *= std::exp(scale_sigma * normal(generator));
        return model;
    }

    // A flow's window with the default buffers of Linux: its rate is window / round trip.
    engine::Bytes default_window() const { return default_window_; }
    // The most that one flow carries inside a region, outside a placement group.
    engine::BitsPerSecond single_flow_bandwidth() const { return single_flow_bandwidth_; }

    const std::vector<std::string>& regions() const { return region_codes_; }
    const std::vector<std::string>& cities() const { return city_names_; }
    const std::vector<AwsRegion>& region_places() const { return regions_; }
    const std::vector<City>& city_places() const { return cities_; }
    static const std::vector<std::string>& access_kinds();

private:
    NetworkProfile() = default;
    void read_inter_region();
    void read_zones();
    void read_city_estimates();
    void read_jitter(double spike_multiplier);
    void read_limits();
    void make_zero();
    int region_index(std::string_view code) const;  // -1: unknown
    int city_index(std::string_view name) const;
    UnknownName unknown_region(std::string_view code) const { return unknown_name("region", code, region_codes_); }
    RoundTripEstimate estimate(std::size_t city, std::size_t region) const;

    struct Measured {
        double ms = -1.0;  // below 0: not measured
        std::uint8_t basis = 0;
    };
    struct ZonePair {
        std::size_t region;
        char a, b;  // zone letters
        double ms;
    };
    std::string name_;
    bool zero_ = false;
    std::vector<City> cities_;
    std::vector<AwsRegion> regions_;
    std::vector<std::string> city_names_, folded_names_, region_codes_;
    std::vector<Measured> between_regions_;  // regions x regions
    std::vector<Measured> from_cities_;      // cities x regions
    std::vector<ZonePair> zone_pairs_;
    std::vector<double> zone_medians_ms_;  // by region; below 0: not measured
    DistanceModel distance_;
    std::array<JitterModel, link_class_count> jitter_{};
    std::vector<Access> access_;
    engine::Duration vpn_round_trip_{};
    engine::BitsPerSecond vpn_bandwidth_{};
    engine::Bytes default_window_{};
    engine::BitsPerSecond single_flow_bandwidth_{};
};

}  // namespace faultline::models
