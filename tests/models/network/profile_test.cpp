#include "models/network/profile.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/csv.hpp"
#include "scenarios/embedded_data.hpp"
#include "tests/support/test_generator.hpp"

namespace faultline::models {
namespace {

using namespace std::chrono_literals;
using engine::Duration;
using engine::in_milliseconds;

const NetworkProfile& aws() {
    static const NetworkProfile profile = NetworkProfile::aws_2025();
    return profile;
}

TEST(ProfileTest, RegionsAreAsFarApartAsMeasured) {
    const auto there = aws().region_round_trip("us-east-1", "us-west-2");
    const auto back = aws().region_round_trip("us-west-2", "us-east-1");
    ASSERT_TRUE(there);
    EXPECT_GT(there->round_trip, 50ms);
    EXPECT_LT(there->round_trip, 75ms);
    EXPECT_EQ(there->round_trip, back->round_trip);
    EXPECT_NE(there->basis.find("2025"), std::string::npos);
    EXPECT_EQ(aws().region_round_trip("us-east-1", "us-east-1")->round_trip, 1ms);
}

TEST(ProfileTest, NoPathIsFasterThanLightInGlass) {
    const auto& regions = aws().region_places();
    for (const AwsRegion& a : regions) {
        for (const AwsRegion& b : regions) {
            const double limit_ms = distance_km(a.location, b.location) / 100.0;
            EXPECT_GE(in_milliseconds(aws().region_round_trip(a.code, b.code)->round_trip), limit_ms)
                << a.code << " " << b.code;
        }
    }
}

TEST(ProfileTest, ARegionThatNobodyMeasuredIsEstimatedAndSaysSo) {
    const auto estimate = aws().region_round_trip("ap-east-2", "us-east-1");
    ASSERT_TRUE(estimate);
    EXPECT_GT(estimate->round_trip, 120ms);
    EXPECT_NE(estimate->basis.find("distance model"), std::string::npos);
}

TEST(ProfileTest, ZonesUseTheMeasuredPairsInOrderThenTheMedian) {
    EXPECT_EQ(aws().zone_round_trip("us-east-1", 0, 1)->round_trip, 807us);    // a-b
    EXPECT_EQ(aws().zone_round_trip("us-east-1", 2, 1)->round_trip, 790us);    // b-c, either way
    EXPECT_EQ(aws().zone_round_trip("us-east-1", 0, 9)->round_trip, 962us);    // the region's median
    EXPECT_EQ(aws().zone_round_trip("eu-north-1", 0, 1)->round_trip, 1000us);  // of all
    EXPECT_EQ(aws().zone_round_trip("us-east-1", 1, 1)->round_trip, 100us);
}

TEST(ProfileTest, OfficesAreCities) {
    const auto boston = aws().site_round_trip("Boston, US", "us-east-1");
    ASSERT_TRUE(boston);
    EXPECT_LT(boston->round_trip, 40ms);
    EXPECT_NE(boston->basis.find("probe"), std::string::npos);
    EXPECT_TRUE(aws().site_round_trip("sao paulo, BR", "sa-east-1")) << "accents and case do not matter";

    const Location near_boston{42.4, -71.1, "US", ""};
    const auto near = aws().site_round_trip(near_boston, "us-east-1");
    EXPECT_NE(near->basis.find("Boston, US"), std::string::npos) << near->basis;
    const Location south_dakota{44.4, -100.3, "US", ""};
    const auto far = aws().site_round_trip(south_dakota, "us-east-1");
    EXPECT_NE(far->basis.find("distance model"), std::string::npos) << far->basis;
    EXPECT_GT(far->round_trip, 20ms);
    EXPECT_LT(far->round_trip, 80ms);
}

TEST(ProfileTest, UnknownNamesComeWithTheNearest) {
    const auto region = aws().region_round_trip("us-est-1", "us-west-2");
    ASSERT_FALSE(region);
    EXPECT_EQ(region.error().nearest.at(0), "us-east-1");
    EXPECT_EQ(region.error().message().substr(0, 62),
              "no region is named \"us-est-1\"; did you mean \"us-east-1\", \"us-w");
    const auto city = aws().site_round_trip("Bostn, US", "us-east-1");
    ASSERT_FALSE(city);
    EXPECT_EQ(city.error().nearest.at(0), "Boston, US");
    EXPECT_EQ(aws().access("fiber").error().nearest.at(0), "fibre");
    EXPECT_TRUE(aws().access("zzzzzzzzzzzz").error().nearest.empty());
    EXPECT_FALSE(NetworkProfile::named("aws-2024"));
}

TEST(ProfileTest, EveryAccessKindIsKnownAndNamesItsSource) {
    for (const std::string& kind : NetworkProfile::access_kinds()) {
        ASSERT_TRUE(aws().access(kind)) << kind;
        EXPECT_FALSE(aws().access(kind)->basis.empty());
    }
    EXPECT_EQ(aws().access("fibre")->round_trip, 9ms);
    EXPECT_GT(aws().access("leo-satellite")->round_trip, aws().access("fibre")->round_trip);
    EXPECT_TRUE(aws().access("mpls")->private_network);
    EXPECT_EQ(aws().access("none")->round_trip, 0ms);
    EXPECT_EQ(aws().default_window().count, 3'020'000);
}

TEST(ProfileTest, TheZeroProfileIsZero) {
    const NetworkProfile zero = NetworkProfile::zero();
    EXPECT_EQ(zero.region_round_trip("us-east-1", "eu-west-1")->round_trip, 0ms);
    EXPECT_EQ(zero.zone_round_trip("us-east-1", 0, 1)->round_trip, 0ms);
    EXPECT_EQ(zero.site_round_trip("Boston, US", "us-east-1")->round_trip, 0ms);
    EXPECT_EQ(zero.jitter(LinkClass::InternetBad), JitterModel{});
    EXPECT_FALSE(zero.region_round_trip("us-est-1", "eu-west-1")) << "a wrong name is as wrong here";
}

// Goal:   the distance model here is the one that made the estimates of the city file.
// Method: every row of the city file whose method is "model" is computed again. The file's own rounding is 0.05 ms, and
//         where a probe was near it differs by up to 9 ms, so the median is held tight and each row loosely.
TEST(ProfileTest, TheDistanceModelAgreesWithTheCityFile) {
    scenarios::CsvReader csv("cities", scenarios::embedded_file("branch_city_to_region_rtt_estimate.csv"));
    const auto id = csv.column("city_id"), region = csv.column("region"), ms = csv.column("rtt_est_ms");
    const auto method = csv.column("method");
    const DistanceModel model = DistanceModel::from_embedded_data();
    std::vector<double> errors_ms;
    while (csv.next()) {
        if (csv.text(method) != "model") continue;
        Location city = aws().city_places()[static_cast<std::size_t>(csv.number(id)) - 1].location;
        city.country.clear();  // "model" rows are by zone
        const auto& places = aws().region_places();
        const auto place =
            std::find_if(places.begin(), places.end(), [&](const AwsRegion& r) { return r.code == csv.text(region); });
        ASSERT_NE(place, places.end());
        errors_ms.push_back(std::abs(in_milliseconds(model.round_trip(city, place->location)) - csv.number(ms)));
    }
    ASSERT_EQ(errors_ms.size(), 5760U);
    std::sort(errors_ms.begin(), errors_ms.end());
    EXPECT_LT(errors_ms[errors_ms.size() / 2], 0.06);
    EXPECT_LT(errors_ms.back(), 10.0);
}

// Goal:   the drawn scale of internet jitter has the stated distribution.
// Method: 20'000 draws; the share of bad paths within 4 standard errors of 10 %, the p90 of the others' scale near
//         0.22 ms x exp(1.2816 x 1.3) = 1.16 ms.
TEST(ProfileTest, InternetPathsDifferAsMeasured) {
    test::TestGenerator generator(1);
    const int n = 20'000;
    int bad = 0;
    std::vector<double> scales_ms;
    for (int i = 0; i < n; ++i) {
        const JitterModel drawn = aws().draw_internet_jitter(generator);
        if (drawn == aws().jitter(LinkClass::InternetBad)) {
            ++bad;
        } else {
            scales_ms.push_back(drawn.body_median_s * 1e3);
        }
    }
    EXPECT_NEAR(bad / double{n}, 0.1, 4.0 * std::sqrt(0.09 / n));
    std::sort(scales_ms.begin(), scales_ms.end());
    EXPECT_NEAR(scales_ms[scales_ms.size() / 2], 0.22, 0.012);
    EXPECT_NEAR(scales_ms[scales_ms.size() * 9 / 10], 1.16, 0.08);
}

TEST(ProfileTest, TheSpikeMultiplierScalesSpikesOnly) {
    const NetworkProfile calm = NetworkProfile::aws_2025({.spike_multiplier = 0.5});
    const JitterModel& full = aws().jitter(LinkClass::Backbone);
    const JitterModel& half = calm.jitter(LinkClass::Backbone);
    EXPECT_DOUBLE_EQ(half.spike_probability, 0.5 * full.spike_probability);
    EXPECT_EQ(half.body_median_s, full.body_median_s);
}

}  // namespace
}  // namespace faultline::models
