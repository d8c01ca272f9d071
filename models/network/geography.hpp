// Where cities and regions are, and what a round trip between two positions takes when nobody measured it.
#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "engine/time.hpp"

namespace faultline::models {

// A figure of a data file, to the nearest nanosecond: 0.807 ms is 807'000 ns, not one more.
inline engine::Duration from_milliseconds(double ms) {
    return engine::Duration{std::llround(ms * 1e6)};
}

struct Location {
    double latitude_deg = 0.0;   // WGS84, north positive
    double longitude_deg = 0.0;  // east positive
    std::string country;         // ISO 3166, two letters
    std::string zone;            // NA SA EU ME AF SAS EAS OC; empty: unknown
};

// Great-circle distance on a sphere of 6371 km.
double distance_km(const Location& a, const Location& b);

struct City {
    std::string name;  // "Boston, US"
    Location location;
    double population = 0.0;
};

struct AwsRegion {
    std::string code;  // "us-east-1"
    std::string name;  // "US East (N. Virginia)"
    Location location;
};

// RTT = intercept + slope x distance, the row chosen by country (both ends in one), else by pair of zones, else for the
// world; never faster than light in glass, 100 km per ms of round trip.
// Source: scenarios/profiles/distance_rtt_model.csv; median error by construction about 0, p10 to p90 in its columns.
class DistanceModel {
public:
    static DistanceModel from_embedded_data();
    engine::Duration round_trip(const Location& a, const Location& b) const;

private:
    struct Row {
        std::string a, b;
        double intercept_ms, ms_per_1000km;
    };
    const Row& row(std::string_view a, std::string_view b, std::string_view otherwise) const;
    std::vector<Row> rows_;
};

// In the order of the files; every region has the zone of the city nearest to it.
std::vector<City> embedded_cities();
std::vector<AwsRegion> embedded_regions(const std::vector<City>& cities);

// The index of the city nearest to a position. Requires a city.
std::size_t nearest_city(const std::vector<City>& cities, const Location& location);

// "São Paulo, BR" and "sao paulo, br" are one name: letters lose case and accent.
std::string folded(std::string_view name);

}  // namespace faultline::models
