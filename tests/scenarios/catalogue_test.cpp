#include "scenarios/catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/embedded_data.hpp"

namespace faultline::scenarios {
namespace {

TEST(CatalogueTest, AClassHasWhatTheGuidesSay) {
    const InstanceClass* const entry = find_instance_class(CatalogueService::aurora, "db.r6g.4xlarge");
    ASSERT_NE(entry, nullptr);
    EXPECT_EQ(entry->vcpu, 16);
    EXPECT_EQ(entry->memory.count, std::int64_t{128} << 30);
    EXPECT_EQ(entry->connections_mysql, 4000);
    EXPECT_EQ(entry->connections_postgresql, 5000);
    EXPECT_DOUBLE_EQ(entry->network_baseline.value, 5e9);
    const InstanceClass* const cache = find_instance_class(CatalogueService::elasticache, "cache.r6g.large");
    ASSERT_NE(cache, nullptr);
    EXPECT_GT(cache->data_memory.count, 0);
    EXPECT_LT(cache->data_memory, cache->memory);
    EXPECT_EQ(find_instance_class(CatalogueService::elasticache, "db.r6g.4xlarge"), nullptr);
}

TEST(CatalogueTest, EveryClassCanBeSimulatedOrIsServerless) {
    ASSERT_GT(instance_classes().size(), 100U);
    for (const InstanceClass& entry : instance_classes()) {
        EXPECT_GT(entry.memory.count, 0) << entry.name;
        EXPECT_TRUE(entry.vcpu > 0 || entry.name.find("serverless") != std::string::npos) << entry.name;
        const bool connections = entry.connections || entry.connections_mysql || entry.connections_postgresql;
        EXPECT_TRUE(connections || entry.service == CatalogueService::rds || entry.vcpu == 0) << entry.name;
    }
}

TEST(CatalogueTest, PlacesAndPricesAreBuiltIn) {
    const auto& cities = profile_cities();
    EXPECT_NE(std::find(cities.begin(), cities.end(), "Boston, US"), cities.end());
    const auto& regions = profile_regions();
    EXPECT_NE(std::find(regions.begin(), regions.end(), "us-east-1"), regions.end());
    EXPECT_FALSE(embedded_file("prices.csv").empty());
}

}  // namespace
}  // namespace faultline::scenarios
