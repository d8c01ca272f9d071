// What is told of a scenario without simulating it.
#include "planning/lint.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace faultline::planning {
namespace {

// Ten instances of a service with full pools, towards a writer that takes 90 connections.
scenarios::Scenario with_pools_of(int pool) {
    scenarios::Scenario scenario;
    scenarios::Database database;
    database.name = "orders";
    database.writer.class_name = "db.t3.medium";
    database.buffer_pool.share = 0.72;
    scenario.databases.push_back(database);
    scenarios::Service service;
    service.name = "shop";
    service.regions = {{"us-east-1", 6}, {"us-west-2", 4}};
    service.pool = pool;
    scenario.services.push_back(service);
    scenarios::QueryClass update;
    update.name = "update";
    update.via = "shop";
    update.route = {{scenarios::TargetRole::writer, "orders"}};
    scenario.workload.classes.push_back(update);
    return scenario;
}

std::vector<LintFinding> of_connections(const scenarios::Scenario& scenario) {
    std::vector<LintFinding> findings = lint(scenario);
    std::erase_if(findings, [](const LintFinding& one) { return one.about != "/databases/orders"; });
    return findings;
}

TEST(LintTest, PoolsThatAWriterCannotHold) {
    EXPECT_TRUE(of_connections(with_pools_of(9)).empty());
    const auto findings = of_connections(with_pools_of(10));
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings.front().severity, Severity::warning);
    EXPECT_NE(findings.front().message.find("up to 100 connections"), std::string::npos) << findings.front().message;
    EXPECT_NE(findings.front().message.find("takes 90"), std::string::npos) << findings.front().message;
}

TEST(LintTest, ASmallReplicaMayBeTheNextWriter) {
    scenarios::Scenario scenario = with_pools_of(10);
    scenario.databases.front().writer.class_name = "db.r6g.large";
    EXPECT_TRUE(of_connections(scenario).empty());
    scenarios::DatabaseInstance small;
    small.class_name = "db.t3.medium";
    scenario.databases.front().replicas.push_back(small);
    EXPECT_EQ(of_connections(scenario).size(), 1U);
}

TEST(LintTest, OfficesWithPoolsOfTheirOwnCount) {
    scenarios::Scenario scenario = with_pools_of(1);
    scenario.workload.classes.front().via = "";
    scenario.workload.office_pool = 64;
    scenario.offices.resize(1);
    EXPECT_TRUE(of_connections(scenario).empty());
    scenario.offices.resize(2);
    EXPECT_EQ(of_connections(scenario).size(), 1U);
}

TEST(LintTest, AWarmUpInWhichTablesDoNotAge) {
    scenarios::Scenario scenario;
    scenarios::Warehouse warehouse;
    warehouse.name = "reports";
    warehouse.tables.emplace_back();
    warehouse.tables.front().name = "sales";
    warehouse.tables.front().interval = std::chrono::minutes{5};
    scenario.warehouses.push_back(warehouse);
    const auto told = [&] {
        const std::vector<LintFinding> findings = lint(scenario);
        return std::any_of(findings.begin(), findings.end(),
                           [](const LintFinding& one) { return one.about == "/run/warm_up"; });
    };
    EXPECT_FALSE(told()) << "an automatic one is long enough";
    scenario.run.warm_up = std::chrono::minutes{10};
    EXPECT_FALSE(told());
    scenario.run.warm_up = std::chrono::minutes{9};
    EXPECT_TRUE(told());
}

}  // namespace
}  // namespace faultline::planning
