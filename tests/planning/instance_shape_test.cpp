// Connection limits by the engines' formulas against those that the catalogue lists.
#include "planning/instance_shape.hpp"

#include <gtest/gtest.h>

#include "scenarios/catalogue.hpp"

namespace faultline::planning {
namespace {

// The documented values follow from the formula to the last digit, because its logarithms are rounded.
TEST(DefaultConnectionsTest, MySqlAsDocumented) {
    int compared = 0;
    for (const auto& entry : scenarios::instance_classes()) {
        if (entry.service != scenarios::CatalogueService::aurora || !entry.connections_mysql) continue;
        ++compared;
        EXPECT_EQ(default_connections("aurora-mysql", entry.memory), *entry.connections_mysql) << entry.name;
    }
    EXPECT_GT(compared, 40);
}

// Within 1 %: what Aurora keeps for itself is 3.5 to 4.5 % of the memory, by class.
TEST(DefaultConnectionsTest, PostgreSqlAsDocumented) {
    int compared = 0;
    for (const auto& entry : scenarios::instance_classes()) {
        if (entry.service != scenarios::CatalogueService::aurora || !entry.connections_postgresql) continue;
        if (!entry.name.starts_with("db.r6g.")) continue;
        ++compared;
        const int documented = *entry.connections_postgresql;
        EXPECT_NEAR(default_connections("aurora-postgresql", entry.memory), documented, 0.01 * documented)
            << entry.name;
    }
    EXPECT_GE(compared, 6);
}

TEST(InstanceShapeTest, ServerlessHasTheCpusAndConnectionsOfItsMost) {
    scenarios::Database database;
    database.kind = "aurora-postgresql";
    database.buffer_pool.share = 0.65;
    database.serverless = scenarios::Serverless{2.0, 32.0, 0.7, 0.1, 0.01};
    scenarios::DatabaseInstance instance;
    instance.class_name = "db.serverless";
    const models::InstanceShape shape = instance_shape_of(database, instance);
    EXPECT_EQ(shape.vcpus, 8);
    EXPECT_EQ(shape.connections_max, 5000);
    // 0.65 of 64 GiB in pages of 8 KiB.
    EXPECT_EQ(shape.pool_pages, 5'452'595U);
    ASSERT_TRUE(shape.serverless);
    EXPECT_NEAR(shape.serverless->pool_pages_an_acu, 5'452'595.2 / 32.0, 1.0);
    EXPECT_EQ(shape.bandwidth.value, 0.0) << "not known: it is no limit";
    database.serverless->acu_min = 0.5;
    EXPECT_EQ(instance_shape_of(database, instance).connections_max, 2000);
}

// Its class's sustained bandwidth, whatever it bursts to.
TEST(InstanceShapeTest, TheCardIsThatOfTheClass) {
    scenarios::Database database;
    database.kind = "aurora-mysql";
    scenarios::DatabaseInstance instance;
    instance.class_name = "db.r6g.large";
    EXPECT_EQ(instance_shape_of(database, instance).bandwidth.value, 0.75e9);
    instance.class_name = "db.r6g.16xlarge";
    EXPECT_EQ(instance_shape_of(database, instance).bandwidth.value, 25e9);
    database.kind = "postgresql";
    EXPECT_EQ(instance_shape_of(database, instance).bandwidth.value, 25e9);
}

}  // namespace
}  // namespace faultline::planning
