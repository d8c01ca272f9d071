// What the loss of a region, and of the links between regions, does to the whole system.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/properties/small_system.hpp"
#include "tests/support/in_child.hpp"

namespace faultline::tests {
namespace {

constexpr std::string_view region_lost =
    R"("region lost": { "kind": "region-outage", "target": "region-of: orders/writer", "at": "60s", "lasts": "60s" })";

// Three instances, the cluster (its control plane and volume as one), three shards, three instances of the service.
TEST(RegionTest, AllThatStandsInARegionDiesWithIt) {
    test::in_child([] {
        const auto result = run(read(in_two_regions(region_lost)));
        ASSERT_EQ(result.faults.size(), 1U);
        const auto& hit = result.faults.front().hit;
        EXPECT_EQ(hit.size(), 10U);
        for (const char* const part :
             {"orders", "orders/instance-1", "orders/instance-3", "caches/hot/1", "services/shop/us-east-1/2"}) {
            EXPECT_NE(std::find(hit.begin(), hit.end(), part), hit.end()) << part;
        }
        EXPECT_GT(result.faults.front().operations_cut, 0U);
    });
}

TEST(RegionTest, WithoutADatabaseElsewhereWritesAreAwayAsLongAsTheRegionAndNothingIsLost) {
    test::in_child([] {
        const auto result = run(read(in_two_regions(region_lost)));
        const auto& updates = class_named(result, "update");
        EXPECT_GT(good_between(updates, 60, 120), 0U);
        EXPECT_EQ(good_between(updates, 121, 181), 0U) << "the region is lost from 120 s to 180 s";
        EXPECT_GT(good_between(updates, 300, 360), 0U) << "the volume has what it had";
        ASSERT_EQ(result.incidents.size(), 1U);
        EXPECT_EQ(result.incidents.front().losses.front().commits_lost, 0U);
    });
}

// The service of us-west-2 no longer reaches the database; offices near us-east-1 keep their own lines to it.
TEST(RegionTest, ACutLinkSeparatesRegionsAndNotOfficesFromThem) {
    test::in_child([] {
        constexpr std::string_view cut =
            R"("cut": { "kind": "link-cut", "target": "us-west-2 - us-east-1", "at": "60s", "lasts": "60s" })";
        const auto far = [](scenarios::Scenario& scenario) { scenario.services.front().steering = "region:us-west-2"; };
        const auto separated = run(read(in_two_regions(cut), far));
        ASSERT_EQ(separated.faults.front().hit.size(), 1U);
        EXPECT_EQ(separated.faults.front().hit.front(), "us-east-1 - us-west-2");
        EXPECT_GT(good_between(class_named(separated, "update"), 60, 120), 0U);
        EXPECT_EQ(good_between(class_named(separated, "update"), 122, 180), 0U);
        EXPECT_GT(good_between(class_named(separated, "update"), 300, 360), 0U);
    });
    test::in_child([] {
        constexpr std::string_view cut =
            R"("cut": { "kind": "link-cut", "target": "region-of: orders/writer", "at": "60s", "lasts": "60s" })";
        const auto result = run(read(in_two_regions(cut), [](scenarios::Scenario& scenario) {
            scenario.services.front().steering = "region:us-east-1";
        }));
        const auto& updates = class_named(result, "update");
        EXPECT_GT(good_between(updates, 122, 180), 9U * good_between(updates, 60, 118) / 10U);
    });
}

}  // namespace
}  // namespace faultline::tests
