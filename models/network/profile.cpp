#include "models/network/profile.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/check.hpp"

namespace faultline::models {
namespace {

using engine::Duration;

constexpr double overall_zone_median_ms = 1.0;   // of the regions' medians in aws_inter_az_summary.csv
constexpr double intra_zone_ms = 0.1;            // IBM's mean inside a zone, the base of jitter_model.csv's intra_az
constexpr double nearest_city_limit_km = 100.0;  // beyond it, the distance model is no worse than another city's figure

// In the order of the codes that read_city_estimates stores.
constexpr std::array<std::string_view, 4> city_bases{"probe within 150 km, 2020", "distance model within the country",
                                                     "distance model", "same metropolitan area"};

}  // namespace

NetworkProfile NetworkProfile::aws_2025(ProfileOptions options) {
    SIM_CHECK(options.spike_multiplier >= 0.0);
    NetworkProfile profile;
    profile.name_ = "aws-2025";
    profile.cities_ = embedded_cities();
    profile.regions_ = embedded_regions(profile.cities_);
    for (const City& city : profile.cities_) {
        profile.city_names_.push_back(city.name);
        profile.folded_names_.push_back(folded(city.name));
    }
    for (const AwsRegion& region : profile.regions_) profile.region_codes_.push_back(region.code);
    profile.distance_ = DistanceModel::from_embedded_data();
    profile.read_inter_region();
    profile.read_zones();
    profile.read_city_estimates();
    profile.read_jitter(options.spike_multiplier);
    profile.read_limits();
    return profile;
}

NetworkProfile NetworkProfile::zero() {
    NetworkProfile profile = aws_2025();
    profile.make_zero();
    return profile;
}

const std::vector<std::string>& NetworkProfile::names() {
    static const std::vector<std::string> known{"aws-2025", "zero"};
    return known;
}

Lookup<NetworkProfile> NetworkProfile::named(std::string_view name, ProfileOptions options) {
    if (name == "aws-2025") return aws_2025(options);
    if (name == "zero") return zero();
    return unknown_name("network profile", name, names());
}

int NetworkProfile::region_index(std::string_view code) const {
    const auto found = std::find(region_codes_.begin(), region_codes_.end(), code);
    return found == region_codes_.end() ? -1 : static_cast<int>(found - region_codes_.begin());
}

int NetworkProfile::city_index(std::string_view name) const {
    const auto found = std::find(folded_names_.begin(), folded_names_.end(), folded(name));
    return found == folded_names_.end() ? -1 : static_cast<int>(found - folded_names_.begin());
}

Lookup<RoundTripEstimate> NetworkProfile::region_round_trip(std::string_view a, std::string_view b) const {
    const int from = region_index(a);
    const int to = region_index(b);
    if (from < 0) return unknown_region(a);
    if (to < 0) return unknown_region(b);
    if (zero_) return RoundTripEstimate{Duration{}, "zero profile"};
    if (from == to) return RoundTripEstimate{from_milliseconds(overall_zone_median_ms), "median between zones, 2019"};
    const auto i = static_cast<std::size_t>(from);
    const auto j = static_cast<std::size_t>(to);
    const Measured there = between_regions_[i * regions_.size() + j];
    const Measured back = between_regions_[j * regions_.size() + i];
    if (there.ms < 0.0 || back.ms < 0.0) {
        return RoundTripEstimate{distance_.round_trip(regions_[i].location, regions_[j].location),
                                 "distance model: no measurement between these regions"};
    }
    // A round trip is the same from either end; the two measurements differ by 0.9 % in the median.
    return RoundTripEstimate{from_milliseconds(0.5 * (there.ms + back.ms)), "measured, 1-year median, 2025"};
}

Lookup<RoundTripEstimate> NetworkProfile::zone_round_trip(std::string_view region, int i, int j) const {
    SIM_CHECK(i >= 0 && j >= 0);
    const int found = region_index(region);
    if (found < 0) return unknown_region(region);
    if (zero_) return RoundTripEstimate{Duration{}, "zero profile"};
    if (i == j) return RoundTripEstimate{from_milliseconds(intra_zone_ms), "IBM, mean within a zone, 2023-2026"};
    const auto index = static_cast<std::size_t>(found);
    std::string letters;  // of the zones that were measured, in order
    for (const ZonePair& pair : zone_pairs_) {
        if (pair.region != index) continue;
        if (letters.find(pair.a) == std::string::npos) letters += pair.a;
        if (letters.find(pair.b) == std::string::npos) letters += pair.b;
    }
    std::sort(letters.begin(), letters.end());
    const auto low = static_cast<std::size_t>(std::min(i, j));
    const auto high = static_cast<std::size_t>(std::max(i, j));
    for (const ZonePair& pair : zone_pairs_) {
        if (pair.region != index || high >= letters.size()) continue;
        if (pair.a == letters[low] && pair.b == letters[high]) {
            return RoundTripEstimate{from_milliseconds(pair.ms), "measured between two zones, 2019"};
        }
    }
    const double median_ms = zone_medians_ms_[index];
    if (median_ms >= 0.0) return RoundTripEstimate{from_milliseconds(median_ms), "median of the region's zones, 2019"};
    return RoundTripEstimate{from_milliseconds(overall_zone_median_ms), "median of all regions' zones, 2019"};
}

RoundTripEstimate NetworkProfile::estimate(std::size_t city, std::size_t region) const {
    if (zero_) return {Duration{}, "zero profile"};
    const Measured figure = from_cities_[city * regions_.size() + region];
    if (figure.ms >= 0.0) return {from_milliseconds(figure.ms), std::string{city_bases[figure.basis]}};
    return {distance_.round_trip(cities_[city].location, regions_[region].location),
            "distance model: no measurement to this region"};
}

Lookup<RoundTripEstimate> NetworkProfile::site_round_trip(std::string_view city, std::string_view region) const {
    const int from = city_index(city);
    const int to = region_index(region);
    if (from < 0) return unknown_name("city", city, city_names_);
    if (to < 0) return unknown_region(region);
    return estimate(static_cast<std::size_t>(from), static_cast<std::size_t>(to));
}

Lookup<RoundTripEstimate> NetworkProfile::site_round_trip(const Location& site, std::string_view region) const {
    const int to = region_index(region);
    if (to < 0) return unknown_region(region);
    const auto index = static_cast<std::size_t>(to);
    const std::size_t nearest = nearest_city(cities_, site);
    const double away_km = distance_km(site, cities_[nearest].location);
    if (zero_ || away_km <= nearest_city_limit_km) {
        RoundTripEstimate figure = estimate(nearest, index);
        figure.basis += fmt::format("; of {}, {:.0f} km away", cities_[nearest].name, away_km);
        return figure;
    }
    Location placed = site;
    if (placed.zone.empty()) placed.zone = cities_[nearest].location.zone;
    return RoundTripEstimate{
        distance_.round_trip(placed, regions_[index].location),
        fmt::format("distance model: no city of the table within {:.0f} km", nearest_city_limit_km)};
}

Lookup<Access> NetworkProfile::access(std::string_view kind) const {
    for (const Access& access : access_) {
        if (access.kind == kind) return access;
    }
    return unknown_name("access", kind, access_kinds());
}

const std::vector<std::string>& NetworkProfile::access_kinds() {
    static const std::vector<std::string> kinds{"fibre", "cable",          "dsl", "lte", "leo-satellite",
                                                "mpls",  "direct-connect", "none"};
    return kinds;
}

}  // namespace faultline::models
