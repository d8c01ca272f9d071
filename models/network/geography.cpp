#include "models/network/geography.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/check.hpp"
#include "scenarios/csv.hpp"
#include "scenarios/embedded_data.hpp"

namespace faultline::models {

using scenarios::CsvReader;
using scenarios::embedded_file;

double distance_km(const Location& a, const Location& b) {
    constexpr double earth_radius_km = 6371.0;
    constexpr double radians = std::numbers::pi / 180.0;
    const double latitude = std::sin((b.latitude_deg - a.latitude_deg) * radians / 2.0);
    const double longitude = std::sin((b.longitude_deg - a.longitude_deg) * radians / 2.0);
    const double haversine = latitude * latitude + std::cos(a.latitude_deg * radians) *
                                                       std::cos(b.latitude_deg * radians) * longitude * longitude;
    return 2.0 * earth_radius_km * std::asin(std::sqrt(std::min(1.0, haversine)));
}

DistanceModel DistanceModel::from_embedded_data() {
    CsvReader csv("distance_rtt_model.csv", embedded_file("distance_rtt_model.csv"));
    const std::size_t a = csv.column("zone_a"), b = csv.column("zone_b");
    const std::size_t intercept = csv.column("intercept_ms"), slope = csv.column("ms_per_1000km");
    DistanceModel model;
    while (csv.next()) {
        model.rows_.push_back(
            {std::string{csv.text(a)}, std::string{csv.text(b)}, csv.number(intercept), csv.number(slope)});
    }
    SIM_CHECK(!csv.error() && !model.rows_.empty());
    return model;
}

const DistanceModel::Row& DistanceModel::row(std::string_view a, std::string_view b, std::string_view otherwise) const {
    const Row* fallback = nullptr;
    for (const Row& row : rows_) {
        if ((row.a == a && row.b == b) || (row.a == b && row.b == a)) return row;
        if (row.a == otherwise) fallback = &row;
    }
    SIM_CHECK(fallback != nullptr);
    return *fallback;
}

engine::Duration DistanceModel::round_trip(const Location& a, const Location& b) const {
    const std::string country = "country:" + a.country;
    const bool domestic = !a.country.empty() && a.country == b.country;
    const Row& chosen = domestic ? row(country, country, "country:*") : row(a.zone, b.zone, "*");
    const double km = distance_km(a, b);
    const double light_ms = km / 100.0;
    const double modelled_ms = chosen.intercept_ms + chosen.ms_per_1000km * km / 1000.0;
    return from_milliseconds(std::max(light_ms, modelled_ms));
}

std::vector<City> embedded_cities() {
    CsvReader csv("cities.csv", embedded_file("cities.csv"));
    const std::size_t id = csv.column("city_id"), name = csv.column("city"), country = csv.column("country_iso2");
    const std::size_t latitude = csv.column("lat"), longitude = csv.column("lon"), zone = csv.column("zone");
    const std::size_t population = csv.column("population");
    std::vector<City> cities;
    while (csv.next()) {
        City city;
        city.name = std::string{csv.text(name)} + ", " + std::string{csv.text(country)};
        city.location = {csv.number(latitude), csv.number(longitude), std::string{csv.text(country)},
                         std::string{csv.text(zone)}};
        city.population = csv.number(population);
        cities.push_back(std::move(city));
        // Other files name a city by its number, so its number must be its place in the list.
        SIM_CHECK(csv.number(id) == static_cast<double>(cities.size()));
    }
    SIM_CHECK(!csv.error() && !cities.empty());
    return cities;
}

std::vector<AwsRegion> embedded_regions(const std::vector<City>& cities) {
    CsvReader csv("aws_regions.csv", embedded_file("aws_regions.csv"));
    const std::size_t code = csv.column("region"), name = csv.column("name"), country = csv.column("country");
    const std::size_t latitude = csv.column("lat"), longitude = csv.column("lon");
    std::vector<AwsRegion> regions;
    while (csv.next()) {
        AwsRegion region{std::string{csv.text(code)}, std::string{csv.text(name)}, {}};
        region.location = {csv.number(latitude), csv.number(longitude), std::string{csv.text(country)}, {}};
        region.location.zone = cities[nearest_city(cities, region.location)].location.zone;
        regions.push_back(std::move(region));
    }
    SIM_CHECK(!csv.error() && !regions.empty());
    return regions;
}

std::size_t nearest_city(const std::vector<City>& cities, const Location& location) {
    SIM_CHECK(!cities.empty());
    std::size_t nearest = 0;
    for (std::size_t i = 1; i < cities.size(); ++i) {
        if (distance_km(cities[i].location, location) < distance_km(cities[nearest].location, location)) nearest = i;
    }
    return nearest;
}

std::string folded(std::string_view name) {
    // U+00C0..U+00FF, upper and lower case alike, by the low five bits of the second byte; 'x' is the sign of
    // multiplication or division, which no city has.
    static constexpr std::string_view latin1 = "aaaaaaaceeeeiiiidnoooooxouuuuyts";
    std::string plain;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const auto byte = static_cast<unsigned char>(name[i]);
        if (byte == 0xC3 && i + 1 < name.size()) {
            plain += latin1[static_cast<unsigned char>(name[++i]) & 0x1FU];
        } else {
            plain += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : name[i];
        }
    }
    return plain;
}

}  // namespace faultline::models
